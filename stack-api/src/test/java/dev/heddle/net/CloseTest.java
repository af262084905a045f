package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.Requirement;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How connections end: close against blocked calls, resets, refusals, and what the calls after that say. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CloseTest {

    private static final byte[] MUCH = new byte[64 << 20];

    @ParameterizedTest
    @CsvSource({
        "JDK, PLATFORM",
        "JDK, VIRTUAL",
        "HEDDLE_IPV4, PLATFORM",
        "HEDDLE_IPV4, VIRTUAL",
    })
    @Requirement("RFC9293:MAY-1")
    void close_ends_a_blocked_read(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            InputStream in = connection.client().getInputStream();
            BlockedCall read = BlockedCall.start(threads, in::read);
            connection.client().close();
            assertThat(read.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            assertThatThrownBy(in::read)
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            assertThatThrownBy(in::available)
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JDK, PLATFORM",
        "JDK, VIRTUAL",
        "HEDDLE_IPV4, PLATFORM",
        "HEDDLE_IPV4, VIRTUAL",
    })
    void close_ends_a_blocked_write(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            OutputStream out = connection.client().getOutputStream();
            BlockedCall write = BlockedCall.start(threads, () -> {
                out.write(MUCH);
                return null;
            });
            connection.client().close();
            assertThat(write.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            assertThatThrownBy(() -> out.write(1))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JDK, PLATFORM",
        "JDK, VIRTUAL",
        "HEDDLE_IPV4, PLATFORM",
        "HEDDLE_IPV4, VIRTUAL",
    })
    @SuppressWarnings("try") // the close is what is tested
    void close_ends_a_blocked_accept(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            BlockedCall accept = BlockedCall.start(threads, listener::accept);
            listener.close();
            assertThat(accept.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            assertThatThrownBy(listener::accept)
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket is closed");
        }
    }

    @ParameterizedTest
    @EnumSource(BlockedCall.Threads.class)
    @SuppressWarnings("try") // the close is what is tested
    void close_ends_a_blocked_connect(BlockedCall.Threads threads) throws Exception {
        try (MemoryLink.Pair cable = MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());
                NetworkStack stack = NetworkStack.builder()
                        .link(cable.a())
                        .address("192.0.2.1/24")
                        .build();
                Socket socket = stack.socketFactory().createSocket()) {
            BlockedCall connect = BlockedCall.start(threads, () -> {
                socket.connect(new InetSocketAddress("192.0.2.2", 80));
                return null;
            });
            socket.close();
            assertThat(connect.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JDK, PLATFORM",
        "JDK, VIRTUAL",
        "HEDDLE_IPV4, PLATFORM",
        "HEDDLE_IPV4, VIRTUAL",
    })
    void shutdown_of_input_ends_a_blocked_read_with_the_end_of_stream(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            InputStream in = connection.client().getInputStream();
            BlockedCall read = BlockedCall.start(threads, in::read);
            connection.client().shutdownInput();
            assertThat(read.end().result()).isEqualTo(-1);
            connection.server().getOutputStream().write(1);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JDK, PLATFORM",
        "JDK, VIRTUAL",
        "HEDDLE_IPV4, PLATFORM",
        "HEDDLE_IPV4, VIRTUAL",
    })
    void shutdown_of_output_ends_a_blocked_write(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            OutputStream out = connection.client().getOutputStream();
            BlockedCall write = BlockedCall.start(threads, () -> {
                out.write(MUCH);
                return null;
            });
            connection.client().shutdownOutput();
            assertThat(write.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Broken pipe");
            assertThatThrownBy(() -> out.write(1))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Broken pipe");
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    @Requirement("RFC9293:MUST-12")
    void end_of_stream_stays_after_close(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            InputStream in = connection.client().getInputStream();
            connection.server().close();
            assertThat(in.read()).isEqualTo(-1);
            connection.client().close();
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    @Requirement("RFC9293:MUST-12")
    void close_with_linger_zero_resets_and_the_peer_keeps_seeing_it(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            BlockedCall read = BlockedCall.start(
                    BlockedCall.Threads.VIRTUAL, connection.server().getInputStream()::read);
            connection.client().setSoLinger(true, 0);
            connection.client().close();
            assertThat(read.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
            InputStream in = connection.server().getInputStream();
            assertThatThrownBy(in::read)
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
            assertThatThrownBy(() -> connection.server().getOutputStream().write(1))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Broken pipe");
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_writer_hears_of_a_reset_once_and_then_finds_the_pipe_broken(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            OutputStream out = connection.server().getOutputStream();
            BlockedCall write = BlockedCall.start(BlockedCall.Threads.VIRTUAL, () -> {
                out.write(MUCH);
                return null;
            });
            connection.client().setSoLinger(true, 0);
            connection.client().close();
            assertThat(write.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Connection reset by peer");
            assertThatThrownBy(() -> out.write(1))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Broken pipe");
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void writing_on_to_a_peer_that_has_closed_ends_in_a_broken_pipe(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            connection.server().close();
            assertThat(connection.client().getInputStream().read()).isEqualTo(-1);
            assertThatThrownBy(() -> writeUntilItFails(connection.client()))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Broken pipe");
        }
    }

    /** The first bytes may still go out and be answered with a reset. */
    private static void writeUntilItFails(Socket socket) throws IOException {
        while (true) {
            socket.getOutputStream().write(1);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void close_with_unread_data_ends_the_stream_and_then_resets(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            connection.client().getOutputStream().write(new byte[100]);
            assertThat(connection.server().getInputStream().read()).isZero();
            connection.server().close();
            assertThat(connection.client().getInputStream().read()).isEqualTo(-1);
            assertThatThrownBy(() -> writeUntilItFails(connection.client()))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Broken pipe");
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void close_with_linger_returns_when_the_peer_has_everything(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            byte[] data = new byte[100_000];
            connection.client().setSoLinger(true, 30);
            connection.client().getOutputStream().write(data);
            BlockedCall close = BlockedCall.startAnyway(BlockedCall.Threads.PLATFORM, () -> {
                connection.client().close();
                return null;
            });
            assertThat(connection.server().getInputStream().readAllBytes()).hasSize(data.length);
            connection.server().close();
            assertThat(close.end().exception()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_port_without_listener_refuses(Network.Kind kind) throws Exception {
        try (Network network = kind.open()) {
            int port;
            try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
                port = listener.getLocalPort();
            }
            assertThatThrownBy(() -> network.clients().createSocket(network.serverAddress(), port))
                    .isExactlyInstanceOf(ConnectException.class)
                    .hasMessage("Connection refused");
        }
    }
}
