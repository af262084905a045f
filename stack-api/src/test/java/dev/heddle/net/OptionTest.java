package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.tcp.congestion.NewReno;
import dev.heddle.core.time.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options by their setters and by their names, before and after the connection is made. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OptionTest {

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void options_keep_what_was_set(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Socket unconnected = network.clients().createSocket();
                Connection connection = Connection.open(network)) {
            for (Socket socket : new Socket[] {unconnected, connection.client(), connection.server()}) {
                checkSetters(socket);
                checkNames(socket);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void an_accepted_socket_inherits_from_its_listener(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket()) {
            listener.setReceiveBufferSize(30_000);
            listener.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 77);
            listener.bind(new InetSocketAddress(network.serverAddress(), 0));
            listener.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
            try (Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                    Socket accepted = listener.accept()) {
                assertThat(accepted.getReuseAddress()).isTrue();
                assertThat(client.getReuseAddress()).isFalse();
                assertThat(accepted.getReceiveBufferSize()).isEqualTo(listener.getReceiveBufferSize());
                assertThat(accepted.getOption(ExtendedSocketOptions.TCP_KEEPIDLE))
                        .isEqualTo(77);
                assertThat(accepted.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT))
                        .isEqualTo(3);
            }
        }
    }

    private static void checkSetters(Socket socket) throws SocketException {
        assertThat(socket.getTcpNoDelay()).isFalse();
        socket.setTcpNoDelay(true);
        assertThat(socket.getTcpNoDelay()).isTrue();
        assertThat(socket.getKeepAlive()).isFalse();
        socket.setKeepAlive(true);
        assertThat(socket.getKeepAlive()).isTrue();
        assertThat(socket.getOOBInline()).isFalse();
        socket.setOOBInline(true);
        assertThat(socket.getOOBInline()).isTrue();
        assertThat(socket.getSoLinger()).isEqualTo(-1);
        socket.setSoLinger(true, 70_000);
        assertThat(socket.getSoLinger()).isEqualTo(65_535);
        socket.setSoLinger(false, 0);
        assertThat(socket.getSoLinger()).isEqualTo(-1);
        assertThat(socket.getSoTimeout()).isZero();
        socket.setSoTimeout(123);
        assertThat(socket.getSoTimeout()).isEqualTo(123);
        assertThat(socket.getTrafficClass()).isZero();
        socket.setTrafficClass(0x28);
        assertThat(socket.getTrafficClass()).isEqualTo(0x28);
        socket.setReuseAddress(true);
        assertThat(socket.getReuseAddress()).isTrue();
        socket.setSendBufferSize(100_000);
        assertThat(socket.getSendBufferSize()).isGreaterThanOrEqualTo(100_000);
        socket.setReceiveBufferSize(100_000);
        assertThat(socket.getReceiveBufferSize()).isGreaterThanOrEqualTo(100_000);
    }

    private static void checkNames(Socket socket) throws Exception {
        check(socket, ExtendedSocketOptions.TCP_KEEPIDLE, 11);
        check(socket, ExtendedSocketOptions.TCP_KEEPINTERVAL, 12);
        check(socket, ExtendedSocketOptions.TCP_KEEPCOUNT, 13);
        check(socket, StandardSocketOptions.TCP_NODELAY, false);
        check(socket, StandardSocketOptions.SO_KEEPALIVE, false);
        check(socket, StandardSocketOptions.SO_LINGER, 5);
        check(socket, StandardSocketOptions.SO_LINGER, -1);
        check(socket, StandardSocketOptions.SO_REUSEADDR, false);
        check(socket, StandardSocketOptions.IP_TOS, 0);
        assertThatThrownBy(() -> socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 0))
                .isExactlyInstanceOf(SocketException.class)
                .hasMessage("Invalid argument");
        assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.IP_TOS, 256))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid IP_TOS value");
        assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.SO_SNDBUF, -1))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid send/receive buffer size");
        assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.SO_SNDBUF, null))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid value 'null'");
        assertThatThrownBy(() -> socket.getOption(StandardSocketOptions.IP_MULTICAST_TTL))
                .isExactlyInstanceOf(UnsupportedOperationException.class)
                .hasMessage("'IP_MULTICAST_TTL' not supported");
    }

    private static <T> void check(Socket socket, SocketOption<T> option, T value) throws Exception {
        socket.setOption(option, value);
        assertThat(socket.getOption(option)).isEqualTo(value);
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void the_names_of_the_options_are_known(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Socket socket = network.clients().createSocket();
                ServerSocket listener = network.servers().createServerSocket()) {
            assertThat(socket.supportedOptions())
                    .contains(
                            StandardSocketOptions.SO_RCVBUF,
                            StandardSocketOptions.SO_SNDBUF,
                            StandardSocketOptions.SO_REUSEADDR,
                            StandardSocketOptions.SO_KEEPALIVE,
                            StandardSocketOptions.SO_LINGER,
                            StandardSocketOptions.IP_TOS,
                            StandardSocketOptions.TCP_NODELAY,
                            ExtendedSocketOptions.TCP_KEEPIDLE,
                            ExtendedSocketOptions.TCP_KEEPINTERVAL,
                            ExtendedSocketOptions.TCP_KEEPCOUNT,
                            ExtendedSocketOptions.TCP_QUICKACK);
            assertThat(listener.supportedOptions())
                    .contains(StandardSocketOptions.SO_RCVBUF, StandardSocketOptions.SO_REUSEADDR)
                    .doesNotContain(StandardSocketOptions.TCP_NODELAY);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_listener_has_its_own_options(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            assertThat(listener.getReuseAddress()).isTrue();
            listener.setSoTimeout(50);
            assertThat(listener.getSoTimeout()).isEqualTo(50);
            listener.setReceiveBufferSize(20_000);
            assertThat(listener.getReceiveBufferSize()).isGreaterThanOrEqualTo(20_000);
            Set<SocketOption<?>> options = listener.supportedOptions();
            assertThat(options).contains(StandardSocketOptions.IP_TOS);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_closed_socket_has_no_options(Network.Kind kind) throws Exception {
        try (Network network = kind.open()) {
            Socket socket = network.clients().createSocket();
            socket.setTcpNoDelay(true);
            socket.close();
            assertThatThrownBy(socket::getTcpNoDelay)
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket is closed");
            assertThatThrownBy(socket::getTrafficClass)
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
        }
    }

    @Test
    void figures_of_a_connection_are_read_and_not_set() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                Socket unconnected = network.clients().createSocket();
                Connection connection = Connection.open(network)) {
            assertThatThrownBy(() -> unconnected.getOption(HeddleSocketOptions.TCP_INFO))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Not connected");
            connection.client().getOutputStream().write(new byte[1000]);
            assertThat(connection.server().getInputStream().readNBytes(1000)).hasSize(1000);
            TcpInfo info = connection.server().getOption(HeddleSocketOptions.TCP_INFO);
            assertThat(info.state()).isEqualTo(TcpState.ESTABLISHED);
            assertThat(info.traffic().receivedBytes()).isEqualTo(1000);
            assertThatThrownBy(() -> connection.server().setOption(HeddleSocketOptions.TCP_INFO, info))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void buffers_are_as_large_as_they_are_now_until_a_size_is_set() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                Socket unconnected = network.clients().createSocket();
                Connection connection = Connection.open(network)) {
            ConnectionOptions defaults = ConnectionOptions.DEFAULTS;
            assertThat(unconnected.getReceiveBufferSize()).isEqualTo(defaults.receiveBufferBytes());
            assertThat(unconnected.getSendBufferSize()).isEqualTo(defaults.sendBufferBytes());
            Thread reader = Thread.startVirtualThread(() -> {
                try {
                    connection.server().getInputStream().skipNBytes(8_000_000);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            connection.client().getOutputStream().write(new byte[8_000_000]);
            reader.join();
            assertThat(connection.client().getSendBufferSize())
                    .isGreaterThan(defaults.sendBufferBytes())
                    .isLessThanOrEqualTo(defaults.maxSendBufferBytes());
            assertThat(connection.server().getReceiveBufferSize())
                    .isGreaterThan(defaults.receiveBufferBytes())
                    .isLessThanOrEqualTo(defaults.maxReceiveBufferBytes());
            connection.server().setReceiveBufferSize(50_000);
            assertThat(connection.server().getReceiveBufferSize()).isEqualTo(50_000);
        }
    }

    @Test
    void congestion_control_is_chosen_by_name_and_an_unknown_name_refused() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                Socket unconnected = network.clients().createSocket();
                ServerSocket listener = network.servers().createServerSocket();
                Connection connection = Connection.open(network)) {
            assertThat(unconnected.getOption(HeddleSocketOptions.TCP_CONGESTION))
                    .isEqualTo("cubic");
            for (Socket socket : new Socket[] {unconnected, connection.client(), connection.server()}) {
                check(socket, HeddleSocketOptions.TCP_CONGESTION, "newreno");
                check(socket, HeddleSocketOptions.SO_MAX_PACING_RATE, 1_000_000L);
                assertThatThrownBy(() -> socket.setOption(HeddleSocketOptions.TCP_CONGESTION, "warp"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("warp");
                assertThat(socket.getOption(HeddleSocketOptions.TCP_CONGESTION)).isEqualTo("newreno");
            }
            listener.setOption(HeddleSocketOptions.TCP_CONGESTION, "newreno");
            assertThat(listener.getOption(HeddleSocketOptions.TCP_CONGESTION)).isEqualTo("newreno");
        }
    }

    @Test
    void how_long_a_socket_is_patient_is_an_option() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                ServerSocket listener = network.servers().createServerSocket();
                Connection connection = Connection.open(network)) {
            Socket socket = connection.client();
            assertThat(socket.getOption(HeddleSocketOptions.TCP_USER_TIMEOUT)).isZero();
            check(socket, HeddleSocketOptions.TCP_USER_TIMEOUT, 30_000);
            check(socket, HeddleSocketOptions.TCP_LINGER2, 5);
            check(socket, HeddleSocketOptions.TCP_LINGER2, -1);
            check(socket, HeddleSocketOptions.TCP_LINGER2, 0);
            assertThatThrownBy(() -> socket.setOption(HeddleSocketOptions.TCP_USER_TIMEOUT, -1))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Invalid argument");
            listener.setOption(HeddleSocketOptions.TCP_LINGER2, 7);
            assertThat(listener.getOption(HeddleSocketOptions.TCP_LINGER2)).isEqualTo(7);
        }
    }

    @Test
    void an_algorithm_of_the_user_s_is_one_registration() throws Exception {
        AtomicInteger made = new AtomicInteger();
        MemoryLink.Pair cable = MemoryLink.pair("client", "server", LinkCapabilities.plain(1500), Clock.system());
        try (NetworkStack client = NetworkStack.builder()
                        .link(cable.a())
                        .address("192.0.2.1/24")
                        .congestionControl("mine", start -> {
                            made.incrementAndGet();
                            return new NewReno(start);
                        })
                        .build();
                NetworkStack server = NetworkStack.builder()
                        .link(cable.b())
                        .address("192.0.2.2/24")
                        .build();
                ServerSocket listener = server.serverSocketFactory().createServerSocket(80);
                Socket socket = client.socketFactory().createSocket()) {
            socket.setOption(HeddleSocketOptions.TCP_CONGESTION, "mine");
            socket.connect(new InetSocketAddress("192.0.2.2", 80));
            listener.accept().close();
            assertThat(made).hasValue(1);
            assertThatThrownBy(() -> listener.setOption(HeddleSocketOptions.TCP_CONGESTION, "mine"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
