package dev.heddle.net;

import static dev.heddle.net.DatagramPair.expect;
import static dev.heddle.net.DatagramPair.on;
import static dev.heddle.net.DatagramPair.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Options of datagram sockets by their setters and by their names. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatagramOptionTest {

    private static final String EVERYWHERE = "dev.heddle.net.DatagramPair#everywhere";

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void options_keep_what_was_set(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            try (DatagramSocket unbound = network.clientDatagrams(null)) {
                pair.client().connect(pair.serverName());
                for (DatagramSocket socket : new DatagramSocket[] {unbound, pair.client(), pair.server()}) {
                    checkSetters(kind, socket);
                    checkNames(socket);
                }
            }
            pair.client().send(to(pair.serverName(), (byte) 1));
            expect(pair.server(), (byte) 1);
        });
    }

    private static void checkSetters(Network.Kind kind, DatagramSocket socket) throws SocketException {
        assertThat(socket.getReuseAddress()).isFalse();
        socket.setReuseAddress(true);
        assertThat(socket.getReuseAddress()).isTrue();
        assertThat(socket.getBroadcast()).isTrue();
        socket.setBroadcast(false);
        assertThat(socket.getBroadcast()).isFalse();
        assertThat(socket.getTrafficClass()).isZero();
        socket.setTrafficClass(0xb9);
        assertThat(socket.getTrafficClass()).isEqualTo(0xb9);
        socket.setSoTimeout(123);
        assertThat(socket.getSoTimeout()).isEqualTo(123);
        socket.setSendBufferSize(100_000);
        assertThat(socket.getSendBufferSize()).isEqualTo(100_000);
        socket.setReceiveBufferSize(100_000);
        assertThat(socket.getReceiveBufferSize()).isEqualTo(100_000);
        assertThatThrownBy(() -> socket.setSoTimeout(-1))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeout < 0");
        assertThatThrownBy(() -> socket.setSendBufferSize(0))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(kind.words("Invalid send size", "negative send size"));
        assertThatThrownBy(() -> socket.setReceiveBufferSize(0))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(kind.words("Invalid receive size", "invalid receive size"));
        assertThatThrownBy(() -> socket.setTrafficClass(256))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(kind.words("Invalid IP_TOS value", "tc is not in range 0 -- 255"));
        socket.setSoTimeout(10_000);
    }

    private static void checkNames(DatagramSocket socket) throws Exception {
        check(socket, StandardSocketOptions.SO_RCVBUF, 50_000);
        check(socket, StandardSocketOptions.SO_SNDBUF, 50_000);
        check(socket, StandardSocketOptions.SO_REUSEADDR, false);
        check(socket, StandardSocketOptions.SO_BROADCAST, true);
        check(socket, StandardSocketOptions.IP_TOS, 0x28);
        socket.setOption(StandardSocketOptions.SO_RCVBUF, 0);
        assertThat(socket.getOption(StandardSocketOptions.SO_RCVBUF)).isPositive();
        assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.SO_RCVBUF, -1))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid send/receive buffer size");
        assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.SO_RCVBUF, null))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid value 'null'");
        assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.IP_TOS, -1))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid IP_TOS value");
        assertThatThrownBy(() -> socket.getOption(StandardSocketOptions.TCP_NODELAY))
                .isExactlyInstanceOf(UnsupportedOperationException.class)
                .hasMessage("'TCP_NODELAY' not supported");
        assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.TCP_NODELAY, true))
                .isExactlyInstanceOf(UnsupportedOperationException.class)
                .hasMessage("'TCP_NODELAY' not supported");
        assertThatThrownBy(() -> socket.getOption(null)).isExactlyInstanceOf(NullPointerException.class);
    }

    private static <T> void check(DatagramSocket socket, SocketOption<T> option, T value) throws Exception {
        assertThat(socket.setOption(option, value)).isSameAs(socket);
        assertThat(socket.getOption(option)).isEqualTo(value);
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void the_names_of_the_options_are_known(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                DatagramSocket socket = network.clientDatagrams(null)) {
            assertThat(socket.supportedOptions())
                    .contains(
                            StandardSocketOptions.SO_RCVBUF,
                            StandardSocketOptions.SO_SNDBUF,
                            StandardSocketOptions.SO_REUSEADDR,
                            StandardSocketOptions.SO_BROADCAST,
                            StandardSocketOptions.IP_TOS)
                    .doesNotContain(StandardSocketOptions.TCP_NODELAY);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_closed_socket_has_no_options(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            DatagramSocket socket = pair.client();
            socket.close();
            for (ThrowingCall call : new ThrowingCall[] {
                socket::getReuseAddress,
                socket::getBroadcast,
                socket::getTrafficClass,
                socket::getSoTimeout,
                socket::getSendBufferSize,
                socket::getReceiveBufferSize,
                () -> socket.setReuseAddress(true),
                () -> socket.setBroadcast(true),
                () -> socket.setTrafficClass(0),
                () -> socket.setSoTimeout(-1),
                () -> socket.setSendBufferSize(1),
                () -> socket.setReceiveBufferSize(1)
            }) {
                assertThatThrownBy(call::run)
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Socket is closed");
            }
            assertThatThrownBy(() -> socket.setReceiveBufferSize(0))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
            Class<?> closed = kind.exception(ClosedChannelException.class, SocketException.class);
            assertThatThrownBy(() -> socket.getOption(StandardSocketOptions.SO_RCVBUF))
                    .isExactlyInstanceOf(closed);
            assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.IP_TOS, 256))
                    .isExactlyInstanceOf(closed);
            assertThat(socket.supportedOptions()).isNotEmpty();
        });
    }

    @FunctionalInterface
    private interface ThrowingCall {
        void run() throws Exception;
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void what_is_no_group_cannot_be_joined(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            DatagramSocket socket = pair.client();
            assertThatThrownBy(() -> socket.joinGroup(null, null))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Unsupported address type");
            assertThatThrownBy(() -> socket.joinGroup(InetSocketAddress.createUnresolved("nowhere.invalid", 0), null))
                    .isExactlyInstanceOf(kind.exception(IllegalArgumentException.class, NullPointerException.class))
                    .hasMessageContaining(kind.words("Unresolved address", "is null"));
            assertThatThrownBy(() -> socket.joinGroup(pair.serverName(), null))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Not a multicast address");
            InetSocketAddress group = new InetSocketAddress("239.1.2.3", 0);
            assertThatThrownBy(() -> socket.leaveGroup(group, null))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Not a member of group");
            socket.close();
            assertThatThrownBy(() -> socket.joinGroup(group, null))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket is closed");
            assertThatThrownBy(() -> socket.leaveGroup(group, null))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket is closed");
        });
    }
}
