package dev.heddle.net;

import static dev.heddle.net.DatagramPair.buffer;
import static dev.heddle.net.DatagramPair.payload;
import static dev.heddle.net.DatagramPair.random;
import static dev.heddle.net.DatagramPair.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOptions;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What older versions of the JDK ask of the implementation behind {@code new DatagramSocket()}. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatagramImplementationTest {

    @Test
    void what_was_looked_at_is_received_next_and_once() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                DatagramSocket sender = network.serverDatagrams(null)) {
            HeddleDatagramSocketImpl implementation = new HeddleDatagramSocketImpl(network.client.sockets());
            implementation.create();
            implementation.bind(4000, network.clientAddress());
            implementation.setOption(SocketOptions.SO_TIMEOUT, 10_000);
            InetSocketAddress target = new InetSocketAddress(network.clientAddress(), 4000);
            sender.send(to(target, random(2_000)));
            sender.send(to(target, random(3)));
            for (int i = 0; i < 2; i++) {
                DatagramPacket looked = buffer(1);
                assertThat(implementation.peekData(looked)).isEqualTo(sender.getLocalPort());
                assertThat(looked.getAddress()).isEqualTo(network.serverAddress());
            }
            for (int length : new int[] {2_000, 3}) {
                DatagramPacket packet = buffer(3_000);
                implementation.receive(packet);
                assertThat(payload(packet)).isEqualTo(random(length));
                assertThat(packet.getPort()).isEqualTo(sender.getLocalPort());
            }
            implementation.setOption(SocketOptions.SO_TIMEOUT, 1);
            assertThatThrownBy(() -> implementation.receive(buffer(1)))
                    .isExactlyInstanceOf(SocketTimeoutException.class);
            implementation.close();
            assertThatThrownBy(() -> implementation.peekData(buffer(1)))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            assertThat(network.client.host().datagramEndpoints()).isEmpty();
        }
    }
}
