package dev.heddle.net;

import static dev.heddle.net.DatagramPair.buffer;
import static dev.heddle.net.DatagramPair.expect;
import static dev.heddle.net.DatagramPair.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.core.udp.UdpCounter;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code new DatagramSocket()} where a stack is the JVM's default; in a JVM of its own, as {@link DefaultStackTest}. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DefaultDatagramsTest {

    private static final InetSocketAddress OWN = new InetSocketAddress("192.0.2.1", 4000);

    @Test
    void plain_datagram_sockets_are_the_stacks() throws Exception {
        try (Network.DefaultStackLoopback network = new Network.DefaultStackLoopback()) {
            try (DatagramSocket server = new DatagramSocket(OWN);
                    DatagramSocket client = new DatagramSocket()) {
                server.setSoTimeout(10_000);
                client.send(to(OWN, (byte) 7));
                expect(server, (byte) 7);
                // It is counted when it has been delivered.
                await().until(() -> network.stack.counters().udp().get(UdpCounter.UdpInDatagrams) == 1);
            }
            assertThat(network.stack.host().datagramEndpoints()).isEmpty();
        }
    }

    @Test
    void while_no_stack_is_installed_there_are_none_and_that_is_said() throws Exception {
        DatagramSocket before;
        try (Network.DefaultStackLoopback network = new Network.DefaultStackLoopback()) {
            before = new DatagramSocket();
            assertThat(network.stack.host().datagramEndpoints()).hasSize(1);
        }
        assertThatThrownBy(() -> before.send(to(OWN, (byte) 1)))
                .isExactlyInstanceOf(SocketException.class)
                .hasMessage("Socket closed");
        for (ThrowingCall made : new ThrowingCall[] {
            DatagramSocket::new, () -> new DatagramSocket(4000), () -> new DatagramSocket(null), MulticastSocket::new
        }) {
            assertThatThrownBy(made::run)
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage(DefaultStack.NONE);
        }
        before.close();
    }

    @FunctionalInterface
    private interface ThrowingCall {
        Object run() throws Exception;
    }

    @Test
    void who_could_not_bind_may_try_again_with_what_was_set() throws Exception {
        try (Network.DefaultStackLoopback network = new Network.DefaultStackLoopback();
                DatagramSocket taken = new DatagramSocket(OWN);
                DatagramSocket socket = new DatagramSocket(null)) {
            socket.setTrafficClass(0x28);
            socket.setSoTimeout(10_000);
            assertThatThrownBy(() -> socket.bind(taken.getLocalSocketAddress()))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessage("Address already in use");
            assertThat(socket.isBound()).isFalse();
            InetSocketAddress other = new InetSocketAddress(OWN.getAddress(), 4001);
            socket.bind(other);
            assertThat(socket.getTrafficClass()).isEqualTo(0x28);
            taken.send(to(other, (byte) 3));
            expect(socket, (byte) 3);
            // A constructor that fails leaves nothing.
            assertThatThrownBy(() -> new DatagramSocket(OWN)).isExactlyInstanceOf(BindException.class);
            assertThat(network.stack.host().datagramEndpoints()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(BlockedCall.Threads.class)
    void a_stack_that_closes_ends_receivers(BlockedCall.Threads threads) throws Exception {
        try (Network.DefaultStackLoopback network = new Network.DefaultStackLoopback();
                DatagramSocket socket = new DatagramSocket()) {
            BlockedCall receive = BlockedCall.start(threads, () -> {
                socket.receive(buffer(1));
                return null;
            });
            network.stack.close();
            assertThat(receive.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
        }
    }

    @Test
    @SuppressWarnings("deprecation") // as programs call it
    void multicast_is_refused() throws Exception {
        try (Network.DefaultStackLoopback network = new Network.DefaultStackLoopback();
                MulticastSocket socket = new MulticastSocket(4000)) {
            InetAddress group = InetAddress.getByName("239.1.2.3");
            InetSocketAddress named = new InetSocketAddress(group, 4000);
            assertThat(socket.getReuseAddress()).isTrue();
            for (ThrowingCall call : new ThrowingCall[] {
                () -> {
                    socket.joinGroup(named, null);
                    return null;
                },
                () -> {
                    socket.send(to(named, (byte) 1));
                    return null;
                },
                () -> {
                    socket.setTimeToLive(2);
                    return null;
                },
                socket::getTimeToLive,
                socket::getInterface,
                socket::getLoopbackMode
            }) {
                assertThatThrownBy(call::run)
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Multicast is not supported");
            }
            assertThatThrownBy(() -> socket.leaveGroup(named, null))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Not a member of group");
            assertThatThrownBy(() -> socket.getOption(StandardSocketOptions.IP_MULTICAST_TTL))
                    .isExactlyInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("'IP_MULTICAST_TTL' not supported");
            assertThat(network.stack.host().isClosed()).isFalse();
        }
    }
}
