package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Closing in each state and from other threads, what the calls after it say, and what the peer sees of it. */
class CloseContractTest {

    private static final byte[] MUCH = new byte[64 << 20];

    @SocketContract
    @Requirement("RFC9293:MAY-1")
    void close_ends_a_blocked_read(Network network) throws Exception {
        for (int timeoutMillis : new int[] {0, 30_000}) {
            try (Connection connection = Connection.open(network)) {
                connection.client().setSoTimeout(timeoutMillis);
                InputStream in = connection.client().getInputStream();
                BlockedCall read = BlockedCall.start(in::read);
                connection.client().close();
                assertThat(read.failure())
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Socket closed");
                assertFails(SocketException.class, "Socket closed", in::read);
                assertFails(SocketException.class, "Socket closed", in::available);
            }
        }
    }

    @SocketContract
    void close_ends_every_read_that_waits(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            InputStream in = connection.client().getInputStream();
            List<BlockedCall> reads = new ArrayList<>();
            reads.add(BlockedCall.start(in::read));
            reads.add(BlockedCall.startAnyway(in::read));
            reads.add(BlockedCall.startAnyway(in::read));
            connection.client().close();
            for (BlockedCall read : reads) {
                assertThat(read.failure())
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Socket closed");
            }
        }
    }

    @SocketContract
    void close_ends_a_blocked_write(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            OutputStream out = connection.client().getOutputStream();
            BlockedCall write = BlockedCall.start(() -> {
                out.write(MUCH);
                return null;
            });
            connection.client().close();
            assertThat(write.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            assertFails(SocketException.class, "Socket closed", () -> out.write(1));
        }
    }

    @SocketContract
    void closing_either_stream_closes_the_socket(Network network) throws Exception {
        for (boolean input : new boolean[] {true, false}) {
            try (Connection connection = Connection.open(network)) {
                Socket socket = connection.client();
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream();
                assertThat(socket.getInputStream()).isSameAs(in);
                assertThat(socket.getOutputStream()).isSameAs(out);
                if (input) {
                    in.close();
                } else {
                    out.close();
                }
                assertThat(socket.isClosed()).isTrue();
                assertFails(SocketException.class, "Socket closed", in::read);
                assertFails(SocketException.class, "Socket closed", () -> out.write(1));
                assertThat(connection.server().getInputStream().read()).isEqualTo(-1);
                in.close();
                out.close();
                socket.close();
            }
        }
    }

    @SocketContract
    void a_closed_socket_refuses_everything(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            Socket socket = connection.client();
            socket.close();
            socket.close();
            String words = "Socket is closed";
            assertFails(SocketException.class, words, socket::getInputStream);
            assertFails(SocketException.class, words, socket::getOutputStream);
            assertFails(SocketException.class, words, socket::shutdownInput);
            assertFails(SocketException.class, words, socket::shutdownOutput);
            assertFails(SocketException.class, words, () -> socket.setSoTimeout(1));
            assertFails(SocketException.class, words, socket::getSoTimeout);
            assertFails(SocketException.class, words, () -> socket.bind(null));
            assertFails(SocketException.class, words, () -> socket.connect(socket.getRemoteSocketAddress()));
            assertFails(SocketException.class, "Socket closed", () -> socket.sendUrgentData(1));
            assertThat(socket.isInputShutdown()).isFalse();
            assertThat(socket.isOutputShutdown()).isFalse();
        }
    }

    @SocketContract
    void urgent_data_of_a_socket_that_was_never_used_but_closed_is_refused(Network network) throws Exception {
        Socket socket = network.clients().createSocket();
        socket.close();
        assertFails(SocketException.class, "Socket is closed", () -> socket.sendUrgentData(1));
    }

    @SocketContract
    @Requirement("RFC9293:MUST-12")
    void end_of_stream_stays_after_close(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            InputStream in = connection.client().getInputStream();
            connection.server().close();
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.available()).isZero();
            connection.client().close();
            assertThat(in.read()).isEqualTo(-1);
            assertFails(SocketException.class, "Socket closed", in::available);
        }
    }

    @SocketContract
    void data_sent_before_close_arrives_although_the_sender_is_gone(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            byte[] data = new byte[1 << 20];
            BlockedCall.startAnyway(() -> {
                connection.client().getOutputStream().write(data);
                connection.client().close();
                return null;
            });
            assertThat(connection.server().getInputStream().readAllBytes()).hasSize(data.length);
        }
    }

    @SocketContract
    void close_with_unread_data_ends_the_stream_and_then_resets(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().getOutputStream().write(new byte[100]);
            assertThat(connection.server().getInputStream().read()).isZero();
            connection.server().close();
            assertThat(connection.client().getInputStream().read()).isEqualTo(-1);
            assertFails(SocketException.class, "Broken pipe", () -> writeUntilItFails(connection.client()));
        }
    }

    @SocketContract
    void a_blocked_writer_whose_peer_closes_finds_the_pipe_broken(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            BlockedCall write = BlockedCall.start(() -> {
                connection.client().getOutputStream().write(MUCH);
                return null;
            });
            connection.server().close();
            assertThat(write.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Broken pipe");
            assertThat(connection.client().getInputStream().read()).isEqualTo(-1);
        }
    }

    @SocketContract
    void writing_on_to_a_peer_that_has_closed_ends_in_a_broken_pipe(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.server().close();
            assertThat(connection.client().getInputStream().read()).isEqualTo(-1);
            assertFails(SocketException.class, "Broken pipe", () -> writeUntilItFails(connection.client()));
            assertThat(connection.client().getInputStream().read()).isEqualTo(-1);
        }
    }

    /** The first bytes may still go out and be answered with a reset. */
    private static void writeUntilItFails(Socket socket) throws IOException {
        while (true) {
            socket.getOutputStream().write(1);
            Thread.onSpinWait();
        }
    }

    @SocketContract
    void close_with_linger_returns_when_the_peer_has_everything(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            byte[] data = new byte[100_000];
            connection.client().setSoLinger(true, 30);
            connection.client().getOutputStream().write(data);
            BlockedCall close = BlockedCall.startAnyway(() -> {
                connection.client().close();
                return null;
            });
            assertThat(connection.server().getInputStream().readAllBytes()).hasSize(data.length);
            connection.server().close();
            assertThat(close.end().exception()).isNull();
        }
    }

    @SocketContract
    void close_without_linger_does_not_wait_for_the_peer(Network network) throws Exception {
        try (Connection connection = Connection.open(network, 5_000)) {
            byte[] data = fillUntilThePeerMustRead(connection);
            connection.client().setSoLinger(false, 30);
            connection.client().close();
            assertThat(readAll(connection.server())).hasSize(data.length);
        }
    }

    /**
     * When the time to linger is over, close returns, and not before, though the thread be interrupted; what was written is
     * sent all the same.
     */
    @SocketContract
    void close_lingers_no_longer_than_it_was_told_to(Network network) throws Exception {
        try (Connection connection = Connection.open(network, 5_000)) {
            byte[] data = fillUntilThePeerMustRead(connection);
            connection.client().setSoLinger(true, 1);
            Thread.currentThread().interrupt();
            long start = System.nanoTime();
            connection.client().close();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(System.nanoTime() - start)
                    .isBetween(
                            Duration.ofMillis(900).toNanos(),
                            Duration.ofSeconds(10).toNanos());
            assertThat(readAll(connection.server())).hasSize(data.length);
        }
    }

    /** Writes more than the peer's system takes, but no more than one's own. */
    private static byte[] fillUntilThePeerMustRead(Connection connection) throws IOException {
        connection.client().setSendBufferSize(1 << 20);
        byte[] data = new byte[50_000];
        connection.client().getOutputStream().write(data);
        return data;
    }

    private static byte[] readAll(Socket socket) throws IOException {
        socket.setReceiveBufferSize(1 << 20);
        return socket.getInputStream().readAllBytes();
    }

    @SocketContract
    void close_of_a_listener_that_lingers_or_not_returns_at_once(Network network) throws Exception {
        try (FullListener full = FullListener.open(network)) {
            full.listener().close();
            full.listener().close();
            assertThat(full.listener().isClosed()).isTrue();
        }
    }
}
