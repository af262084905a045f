package dev.heddle.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes arrive, all of them, in order, in both directions, on any number of connections. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransferTest {

    private static final int LARGE = 24 << 20;

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void what_one_end_writes_the_other_end_reads(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            connection.client().getOutputStream().write("hello".getBytes(UTF_8));
            assertThat(connection.server().getInputStream().readNBytes(5))
                    .asString(UTF_8)
                    .isEqualTo("hello");
            connection.server().getOutputStream().write('!');
            assertThat(connection.client().getInputStream().read()).isEqualTo('!');
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void large_transfers_in_both_directions_at_once_arrive_intact(Network.Kind kind) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Network network = kind.open();
                Connection connection = Connection.open(network)) {
            Future<byte[]> up = threads.submit(() -> send(connection.client(), 1));
            Future<byte[]> down = threads.submit(() -> send(connection.server(), 2));
            Future<byte[]> upReceived = threads.submit(() -> receive(connection.server()));
            Future<byte[]> downReceived = threads.submit(() -> receive(connection.client()));
            assertThat(upReceived.get()).isEqualTo(up.get());
            assertThat(downReceived.get()).isEqualTo(down.get());
        }
    }

    /** Sends a stream of pseudo-random bytes in pieces of all sizes, ends it, and returns its digest. */
    private static byte[] send(Socket socket, long seed) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        Random random = new Random(seed);
        byte[] piece = new byte[200_000];
        random.nextBytes(piece);
        OutputStream out = socket.getOutputStream();
        for (int sent = 0; sent < LARGE; ) {
            int length = Math.min(LARGE - sent, 1 + random.nextInt(piece.length));
            piece[random.nextInt(piece.length)]++;
            out.write(piece, 0, length);
            digest.update(piece, 0, length);
            sent += length;
        }
        socket.shutdownOutput();
        return digest.digest();
    }

    private static byte[] receive(Socket socket) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        DigestInputStream in = new DigestInputStream(socket.getInputStream(), digest);
        assertThat(in.transferTo(OutputStream.nullOutputStream())).isEqualTo(LARGE);
        return digest.digest();
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_thousand_virtual_threads_are_each_answered_on_their_own_connection(Network.Kind kind) throws Exception {
        int connections = 1_000;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 1_024, network.serverAddress())) {
            BlockedCall accepting = BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, () -> {
                for (int i = 0; i < connections; i++) {
                    Socket accepted = listener.accept();
                    BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, () -> echo(accepted));
                }
                return connections;
            });
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                String question = "question " + i;
                answers.add(threads.submit(() -> ask(network, listener.getLocalPort(), question)));
            }
            for (int i = 0; i < connections; i++) {
                assertThat(answers.get(i).get(60, TimeUnit.SECONDS)).isEqualTo("question " + i);
            }
            assertThat(accepting.end().result()).isEqualTo(connections);
        }
    }

    private static Void echo(Socket socket) throws Exception {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        }
        return null;
    }

    private static String ask(Network network, int port, String question) throws Exception {
        try (Socket socket = network.clients().createSocket(network.serverAddress(), port)) {
            socket.getOutputStream().write(question.getBytes(UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_connection_closed_in_one_direction_still_carries_the_other(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            Socket client = connection.client();
            Socket server = connection.server();
            client.getOutputStream().write(1);
            client.shutdownOutput();
            InputStream in = server.getInputStream();
            assertThat(in.read()).isEqualTo(1);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read()).isEqualTo(-1);
            server.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
            server.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void available_counts_what_can_be_read_at_once(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            InputStream in = connection.server().getInputStream();
            assertThat(in.available()).isZero();
            connection.client().getOutputStream().write(new byte[100]);
            assertThat(in.read()).isZero();
            assertThat(in.available()).isEqualTo(99);
            connection.server().shutdownInput();
            assertThat(in.available()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void data_sent_before_close_arrives_although_the_sender_is_gone(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            byte[] data = new byte[1 << 20];
            BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, () -> {
                connection.client().getOutputStream().write(data);
                connection.client().close();
                return null;
            });
            assertThat(connection.server().getInputStream().readAllBytes()).hasSize(data.length);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JDK, PLATFORM, VIRTUAL",
        "HEDDLE_IPV4, PLATFORM, PLATFORM",
        "HEDDLE_IPV4, PLATFORM, VIRTUAL",
        "HEDDLE_IPV4, VIRTUAL, VIRTUAL",
    })
    void no_wake_up_is_lost_in_many_short_exchanges(
            Network.Kind kind, BlockedCall.Threads asking, BlockedCall.Threads answering) throws Exception {
        int rounds = 5_000;
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            connection.client().setTcpNoDelay(true);
            connection.server().setTcpNoDelay(true);
            BlockedCall answers = BlockedCall.startAnyway(answering, () -> echo(connection.server()));
            BlockedCall questions = BlockedCall.startAnyway(asking, () -> {
                for (int i = 0; i < rounds; i++) {
                    connection.client().getOutputStream().write(i);
                    assertThat(connection.client().getInputStream().read()).isEqualTo(i & 0xff);
                }
                connection.client().close();
                return rounds;
            });
            assertThat(questions.end().result()).isEqualTo(rounds);
            assertThat(answers.end().exception()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void every_call_ends_when_sockets_are_closed_at_any_moment(Network.Kind kind) throws Exception {
        Random random = new Random(7);
        try (Network network = kind.open()) {
            List<BlockedCall> calls = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                Connection connection = Connection.open(network);
                for (Socket end : List.of(connection.client(), connection.server())) {
                    BlockedCall.Threads threads = BlockedCall.Threads.values()[i % 2];
                    calls.add(BlockedCall.startAnyway(
                            threads, () -> end.getInputStream().transferTo(OutputStream.nullOutputStream())));
                    calls.add(BlockedCall.startAnyway(threads, () -> {
                        while (true) {
                            end.getOutputStream().write(new byte[10_000]);
                        }
                    }));
                }
                long delayNs = random.nextInt(2_000_000);
                calls.add(BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, () -> {
                    LockSupport.parkNanos(delayNs);
                    connection.close();
                    return null;
                }));
            }
            for (BlockedCall call : calls) {
                BlockedCall.Outcome outcome = call.end();
                assertThat(outcome.exception())
                        .satisfiesAnyOf(
                                e -> assertThat(e).isNull(), e -> assertThat(e).isInstanceOf(SocketException.class));
            }
        }
    }
}
