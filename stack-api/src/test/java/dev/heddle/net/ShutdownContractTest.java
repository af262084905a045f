package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Closing one direction of a connection. */
class ShutdownContractTest {

    private static final byte[] MUCH = new byte[64 << 20];

    @SocketContract
    void a_connection_closed_in_one_direction_still_carries_the_other(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            Socket client = connection.client();
            Socket server = connection.server();
            client.getOutputStream().write(1);
            client.shutdownOutput();
            assertThat(client.isOutputShutdown()).isTrue();
            assertThat(client.isInputShutdown()).isFalse();
            assertThat(client.isClosed()).isFalse();
            assertThat(client.isConnected()).isTrue();
            InputStream in = server.getInputStream();
            assertThat(in.read()).isEqualTo(1);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(server.isInputShutdown()).isFalse();
            server.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
            server.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(client.isClosed()).isFalse();
        }
    }

    @SocketContract
    void shutdown_of_input_ends_a_blocked_read_with_the_end_of_stream(Network network) throws Exception {
        for (int timeoutMillis : new int[] {0, 30_000}) {
            try (Connection connection = Connection.open(network)) {
                connection.client().setSoTimeout(timeoutMillis);
                InputStream in = connection.client().getInputStream();
                BlockedCall read = BlockedCall.start(in::read);
                connection.client().shutdownInput();
                assertThat(read.end().result()).isEqualTo(-1);
                connection.server().getOutputStream().write(1);
                assertThat(in.read()).isEqualTo(-1);
                assertThat(connection.client().isInputShutdown()).isTrue();
            }
        }
    }

    @SocketContract
    void what_was_not_read_before_shutdown_of_input_is_out_of_reach(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            InputStream in = connection.client().getInputStream();
            connection.server().getOutputStream().write(new byte[10]);
            assertThat(in.read()).isZero();
            assertThat(in.available()).isEqualTo(9);
            connection.client().shutdownInput();
            assertThat(in.available()).isZero();
            assertThat(in.read()).isEqualTo(-1);
            connection.client().close();
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    /**
     * {@link Socket#shutdownInput} says that what still arrives is acknowledged and thrown away. So it is on Heddle; Linux
     * keeps it, so that the peer is held back, and resets the connection if the other direction is closed, too.
     */
    @SocketContract
    void what_arrives_after_shutdown_of_input_is_thrown_away_or_kept_for_nobody(Network network) throws Exception {
        int much = 32 << 20;
        try (Connection connection = Connection.open(network)) {
            connection.server().shutdownInput();
            BlockedCall write = BlockedCall.startAnyway(() -> {
                connection.client().getOutputStream().write(new byte[much]);
                return "written";
            });
            if (network.isHeddles()) {
                assertThat(write.end().result()).isEqualTo("written");
            } else {
                Awaitility.await()
                        .during(Duration.ofMillis(100))
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> !write.isDone());
                connection.client().close();
                assertThat(write.failure()).hasMessage("Socket closed");
            }
        }
    }

    @SocketContract
    void writing_to_who_has_ended_both_directions_ends_in_a_broken_pipe_or_is_thrown_away(Network network)
            throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.server().shutdownInput();
            connection.server().shutdownOutput();
            OutputStream out = connection.client().getOutputStream();
            assertThat(connection.client().getInputStream().read()).isEqualTo(-1);
            out.write(1);
            Connection.awaitArrivals(network);
            if (network.isHeddles()) {
                out.write(1);
            } else {
                assertFails(SocketException.class, "Broken pipe", () -> out.write(1));
            }
        }
    }

    @SocketContract
    void shutdown_of_output_ends_a_blocked_write(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            OutputStream out = connection.client().getOutputStream();
            BlockedCall write = BlockedCall.start(() -> {
                out.write(MUCH);
                return null;
            });
            connection.client().shutdownOutput();
            assertThat(write.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Broken pipe");
            assertFails(SocketException.class, "Broken pipe", () -> out.write(1));
        }
    }

    @SocketContract
    void a_stream_of_a_direction_that_was_shut_down_cannot_be_had(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            Socket socket = connection.client();
            socket.shutdownInput();
            assertFails(SocketException.class, "Socket input is shutdown", socket::getInputStream);
            assertFails(SocketException.class, "Socket input is already shutdown", socket::shutdownInput);
            OutputStream out = socket.getOutputStream();
            socket.shutdownOutput();
            assertFails(SocketException.class, "Socket output is shutdown", socket::getOutputStream);
            assertFails(SocketException.class, "Socket output is already shutdown", socket::shutdownOutput);
            assertFails(SocketException.class, "Broken pipe", () -> out.write(1));
            assertFails(IOException.class, "Broken pipe", () -> socket.sendUrgentData(1));
        }
    }

    @SocketContract
    void both_ends_may_shut_down_at_once(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().shutdownOutput();
            connection.server().shutdownOutput();
            assertThat(connection.client().getInputStream().read()).isEqualTo(-1);
            assertThat(connection.server().getInputStream().read()).isEqualTo(-1);
            assertThat(connection.client().getInputStream().available()).isZero();
            connection.client().shutdownInput();
            connection.server().close();
            assertThat(connection.client().isClosed()).isFalse();
        }
    }
}
