package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.host.HostInterface;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SeveralGatewaysTest {

    private static final LinkCapabilities PLAIN = LinkCapabilities.plain(1500);

    private final MemoryLink.Pair one = MemoryLink.pair("one", "gateway1", PLAIN, Clock.system());
    private final MemoryLink.Pair two = MemoryLink.pair("two", "gateway2", PLAIN, Clock.system());

    /** The last byte of the source of the next packet; gateways do not answer. */
    private static int nextSource(MemoryLink.Pair pair) {
        Packet packet = new Packet(1500);
        while (!pair.b().receive(packet)) {
            pair.b().awaitWork(Clock.NEVER);
        }
        return packet.buffer().get(packet.offset() + 15);
    }

    private static void connectInVain(NetworkStack stack) throws Exception {
        try (Socket socket = stack.socketFactory().createSocket()) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress("203.0.113.1", 80), 100))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void the_second_gateway_serves_while_the_first_ones_link_is_down() throws Exception {
        NetworkStack stack = NetworkStack.builder()
                .link(one.a())
                .address("192.0.2.11/24")
                .link(two.a())
                .address("198.51.100.22/24")
                .defaultGateway("192.0.2.1")
                .defaultGateway("198.51.100.1")
                .build();
        try {
            connectInVain(stack);
            assertThat(nextSource(one)).isEqualTo(11);
            one.b().close();
            HostInterface first = stack.host().interfaces().getFirst();
            while (first.isUp()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            connectInVain(stack);
            assertThat(nextSource(two)).isEqualTo(22);
        } finally {
            stack.close(Duration.ZERO);
            one.close();
            two.close();
        }
    }
}
