package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Reads with a time limit end when it is over, not before (but for the JDK's rounding), and say so. */
class TimeoutContractTest {

    @SocketContract
    void a_read_times_out_and_the_connection_stays_usable(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().setSoTimeout(80);
            InputStream in = connection.client().getInputStream();
            long start = System.nanoTime();
            SocketTimeoutException timeout = (SocketTimeoutException) Failures.of(in::read);
            assertThat(timeout)
                    .isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Read timed out");
            assertThat(timeout.bytesTransferred).isZero();
            assertThat(System.nanoTime() - start)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(75).toNanos());
            assertThat(connection.client().isClosed()).isFalse();
            connection.server().getOutputStream().write(7);
            connection.client().setSoTimeout(10_000);
            assertThat(in.read()).isEqualTo(7);
        }
    }

    @SocketContract
    void a_reader_that_waits_for_its_turn_times_out_too(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            InputStream in = connection.client().getInputStream();
            BlockedCall first = BlockedCall.start(in::read);
            connection.client().setSoTimeout(50);
            assertFails(SocketTimeoutException.class, "Read timed out", in::read);
            assertThat(first.isDone()).isFalse();
            connection.server().getOutputStream().write(7);
            assertThat(first.end().result()).isEqualTo(7);
        }
    }

    @SocketContract
    void a_time_limit_that_is_taken_back_later_is_still_that_of_a_read_that_waits(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().setSoTimeout(200);
            BlockedCall read = BlockedCall.start(connection.client().getInputStream()::read);
            connection.client().setSoTimeout(0);
            assertThat(read.failure())
                    .isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Read timed out");
        }
    }

    @SocketContract
    void a_time_limit_does_not_end_what_does_not_wait(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.server().setSoTimeout(1);
            connection.client().getOutputStream().write(new byte[] {7, 8});
            Connection.awaitArrivals(network);
            assertThat(connection.server().getInputStream().read()).isEqualTo(7);
            assertThat(connection.server().getInputStream().read()).isEqualTo(8);
            connection.client().close();
            Connection.awaitArrivals(network);
            assertThat(connection.server().getInputStream().read()).isEqualTo(-1);
        }
    }

    @SocketContract
    void a_time_limit_is_no_writers(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().setSoTimeout(1);
            byte[] much = new byte[16 << 20];
            BlockedCall write = BlockedCall.start(() -> {
                connection.client().getOutputStream().write(much);
                return "written";
            });
            assertFails(
                    SocketTimeoutException.class,
                    "Read timed out",
                    () -> connection.client().getInputStream().read());
            connection.server().getInputStream().skipNBytes(much.length);
            assertThat(write.end().result()).isEqualTo("written");
        }
    }

    @SocketContract
    void no_time_limit_is_negative(Network network) throws Exception {
        try (Socket socket = network.clients().createSocket();
                ServerSocket listener = network.servers().createServerSocket()) {
            assertFails(IllegalArgumentException.class, "timeout can't be negative", () -> socket.setSoTimeout(-1));
            assertFails(IllegalArgumentException.class, "timeout < 0", () -> listener.setSoTimeout(-1));
            assertThat(socket.getSoTimeout()).isZero();
            assertThat(listener.getSoTimeout()).isZero();
            socket.setSoTimeout(Integer.MAX_VALUE);
            listener.setSoTimeout(Integer.MAX_VALUE);
            assertThat(socket.getSoTimeout()).isEqualTo(Integer.MAX_VALUE);
            assertThat(listener.getSoTimeout()).isEqualTo(Integer.MAX_VALUE);
        }
    }

    @SocketContract
    void the_longest_time_limit_is_long(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().setSoTimeout(Integer.MAX_VALUE);
            BlockedCall read = BlockedCall.start(connection.client().getInputStream()::read);
            connection.server().getOutputStream().write(7);
            assertThat(read.end().result()).isEqualTo(7);
        }
    }
}
