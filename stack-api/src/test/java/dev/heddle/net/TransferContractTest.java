package dev.heddle.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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

/** Bytes arrive, all of them, in order, in both directions, on any number of connections. */
class TransferContractTest {

    private static final int LARGE = 8 << 20;

    @SocketContract
    void what_one_end_writes_the_other_end_reads(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().getOutputStream().write("hello".getBytes(UTF_8));
            assertThat(connection.server().getInputStream().readNBytes(5))
                    .asString(UTF_8)
                    .isEqualTo("hello");
            connection.server().getOutputStream().write('!');
            assertThat(connection.client().getInputStream().read()).isEqualTo('!');
        }
    }

    @SocketContract
    void large_transfers_in_both_directions_at_once_arrive_intact(Network network) throws Exception {
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                        BlockedCall.Threads.current().builder().factory());
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

    @SocketContract(threads = BlockedCall.Threads.VIRTUAL)
    void a_thousand_virtual_threads_are_each_answered_on_their_own_connection(Network network) throws Exception {
        int connections = 1_000;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                ServerSocket listener = network.servers().createServerSocket(0, 1_024, network.serverAddress())) {
            BlockedCall accepting = BlockedCall.startAnyway(() -> {
                for (int i = 0; i < connections; i++) {
                    Socket accepted = listener.accept();
                    BlockedCall.startAnyway(() -> echo(accepted));
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

    @SocketContract
    void no_wake_up_is_lost_in_many_short_exchanges(Network network) throws Exception {
        for (BlockedCall.Threads answering : BlockedCall.Threads.values()) {
            exchange(network, answering);
        }
    }

    private static void exchange(Network network, BlockedCall.Threads answering) throws Exception {
        int rounds = 2_000;
        try (Connection connection = Connection.open(network)) {
            connection.client().setTcpNoDelay(true);
            connection.server().setTcpNoDelay(true);
            BlockedCall answers = BlockedCall.startAnyway(answering, () -> echo(connection.server()));
            for (int i = 0; i < rounds; i++) {
                connection.client().getOutputStream().write(i);
                assertThat(connection.client().getInputStream().read()).isEqualTo(i & 0xff);
            }
            connection.client().close();
            assertThat(answers.end().exception()).isNull();
        }
    }

    @SocketContract
    void every_call_ends_when_sockets_are_closed_at_any_moment(Network network) throws Exception {
        Random random = new Random(7);
        List<BlockedCall> calls = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Connection connection = Connection.open(network);
            for (Socket end : List.of(connection.client(), connection.server())) {
                calls.add(BlockedCall.startAnyway(
                        () -> end.getInputStream().transferTo(OutputStream.nullOutputStream())));
                calls.add(BlockedCall.startAnyway(() -> {
                    while (true) {
                        end.getOutputStream().write(new byte[10_000]);
                    }
                }));
            }
            long delayNs = random.nextInt(2_000_000);
            calls.add(BlockedCall.startAnyway(() -> {
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
