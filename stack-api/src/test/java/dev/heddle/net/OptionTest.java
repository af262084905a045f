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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Options that only the stack has, and what the others do to it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OptionTest {

    private static <T> void check(Socket socket, SocketOption<T> option, T value) throws Exception {
        socket.setOption(option, value);
        assertThat(socket.getOption(option)).isEqualTo(value);
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
