package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;

/** What each call says after the peer has reset the connection, and how often. */
class ResetContractTest {

    private static final byte[] MUCH = new byte[64 << 20];

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @SocketContract
    @Requirement("RFC9293:MUST-12")
    void close_with_linger_zero_resets_and_the_peer_keeps_seeing_it(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            Socket socket = connection.server();
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            BlockedCall read = BlockedCall.start(in::read);
            reset(connection.client());
            assertThat(read.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
            assertFails(SocketException.class, "Connection reset", in::read);
            assertThat(in.available()).isZero();
            assertFails(SocketException.class, "Broken pipe", () -> out.write(1));
            assertFails(IOException.class, "Broken pipe", () -> socket.sendUrgentData(1));
            socket.shutdownOutput();
            assertFails(SocketException.class, "Broken pipe", () -> out.write(1));
            socket.shutdownInput();
            assertFails(SocketException.class, "Connection reset", in::read);
            assertThat(socket.isClosed()).isFalse();
            assertThat(socket.isConnected()).isTrue();
            assertThat(socket.getPort()).isEqualTo(connection.client().getLocalPort());
            assertThat(socket.getLocalAddress()).isEqualTo(network.serverAddress());
            socket.close();
            assertFails(SocketException.class, "Socket closed", in::read);
            assertFails(SocketException.class, "Socket closed", () -> out.write(1));
        }
    }

    @SocketContract
    void close_with_linger_zero_forgets_what_was_not_sent_yet(Network network) throws Exception {
        try (Connection connection = Connection.open(network, 5_000)) {
            connection.client().setSendBufferSize(1 << 20);
            connection.client().getOutputStream().write(new byte[200_000]);
            reset(connection.client());
            assertFails(
                    SocketException.class,
                    "Connection reset",
                    () -> connection.server().getInputStream().readAllBytes());
        }
    }

    @SocketContract
    void what_arrived_before_a_reset_can_still_be_read(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().getOutputStream().write(new byte[10]);
            reset(connection.client());
            Connection.awaitArrivals(network);
            InputStream in = connection.server().getInputStream();
            assertThat(in.available()).isEqualTo(10);
            assertThat(in.read(new byte[4])).isEqualTo(4);
            assertThat(in.read(new byte[100])).isEqualTo(6);
            assertFails(SocketException.class, "Connection reset", in::read);
            assertThat(in.available()).isZero();
        }
    }

    @SocketContract
    void a_blocked_writer_hears_of_a_reset_once_and_then_finds_the_pipe_broken(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            OutputStream out = connection.server().getOutputStream();
            BlockedCall write = BlockedCall.start(() -> {
                out.write(MUCH);
                return null;
            });
            reset(connection.client());
            assertThat(write.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Connection reset by peer");
            assertFails(SocketException.class, "Broken pipe", () -> out.write(1));
        }
    }

    @SocketContract
    void a_reset_that_a_writer_has_heard_of_is_the_end_of_the_stream_for_readers(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            reset(connection.client());
            Connection.awaitArrivals(network);
            Socket socket = connection.server();
            assertFails(
                    SocketException.class,
                    "Connection reset by peer",
                    () -> socket.getOutputStream().write(1));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertFails(
                    SocketException.class,
                    "Broken pipe",
                    () -> socket.getOutputStream().write(1));
        }
    }

    @SocketContract
    void urgent_data_hears_of_a_reset_as_other_writes_do(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            reset(connection.client());
            Connection.awaitArrivals(network);
            Socket socket = connection.server();
            assertFails(IOException.class, "Connection reset by peer", () -> socket.sendUrgentData(1));
            assertFails(IOException.class, "Broken pipe", () -> socket.sendUrgentData(1));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @SocketContract
    void shutdown_after_a_reset_succeeds_and_the_reset_is_told_to_the_writer(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            reset(connection.client());
            Connection.awaitArrivals(network);
            Socket socket = connection.server();
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            socket.shutdownInput();
            assertThat(in.read()).isEqualTo(-1);
            socket.shutdownOutput();
            assertFails(SocketException.class, "Connection reset by peer", () -> out.write(1));
            assertFails(SocketException.class, "Broken pipe", () -> out.write(1));
        }
    }

    @SocketContract
    void names_and_options_stay_after_a_reset(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            Socket socket = connection.server();
            socket.setTcpNoDelay(true);
            reset(connection.client());
            Connection.awaitArrivals(network);
            assertThat(socket.getTcpNoDelay()).isTrue();
            assertThat(socket.getSoLinger()).isEqualTo(-1);
            socket.setKeepAlive(true);
            assertThat(socket.getKeepAlive()).isTrue();
            assertThat(socket.getLocalAddress()).isEqualTo(network.serverAddress());
            assertThat(socket.getInetAddress()).isEqualTo(network.clientAddress());
            socket.close();
        }
    }

    @SocketContract
    void a_reset_after_the_end_of_the_stream_changes_nothing_for_readers(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().getOutputStream().write(new byte[10]);
            connection.client().shutdownOutput();
            reset(connection.client());
            Connection.awaitArrivals(network);
            InputStream in = connection.server().getInputStream();
            assertThat(in.available()).isEqualTo(10);
            assertThat(in.readAllBytes()).hasSize(10);
            assertThat(in.read()).isEqualTo(-1);
            assertFails(
                    SocketException.class,
                    "Broken pipe",
                    () -> connection.server().getOutputStream().write(1));
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @SocketContract
    void a_writer_whose_peer_had_closed_finds_the_pipe_broken_whatever_was_read(Network network) throws Exception {
        for (boolean shut : new boolean[] {false, true}) {
            try (Connection connection = Connection.open(network)) {
                Socket socket = connection.server();
                InputStream in = socket.getInputStream();
                connection.client().getOutputStream().write(new byte[10]);
                connection.client().shutdownOutput();
                Connection.awaitArrivals(network);
                if (shut) {
                    socket.shutdownInput();
                }
                reset(connection.client());
                Connection.awaitArrivals(network);
                OutputStream out = socket.getOutputStream();
                assertFails(SocketException.class, "Broken pipe", () -> out.write(1));
                assertFails(IOException.class, "Broken pipe", () -> socket.sendUrgentData(1));
                assertThat(in.readAllBytes()).hasSize(shut ? 0 : 10);
            }
        }
    }

    @SocketContract
    void a_writer_who_has_shut_down_his_input_hears_of_a_reset(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            Socket socket = connection.server();
            socket.shutdownInput();
            reset(connection.client());
            Connection.awaitArrivals(network);
            OutputStream out = socket.getOutputStream();
            assertFails(SocketException.class, "Connection reset by peer", () -> out.write(1));
            assertFails(SocketException.class, "Broken pipe", () -> out.write(1));
        }
    }

    @SocketContract
    void who_has_shut_down_his_output_hears_of_a_reset(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.server().shutdownOutput();
            assertThat(connection.client().getInputStream().read()).isEqualTo(-1);
            BlockedCall read = BlockedCall.start(connection.server().getInputStream()::read);
            reset(connection.client());
            assertThat(read.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
        }
    }
}
