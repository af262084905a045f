package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** A datagram socket of the client's and one of the server's, each bound to an address of its host. */
record DatagramPair(Network network, DatagramSocket client, DatagramSocket server) implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 10_000;

    static DatagramPair open(Network network) throws IOException {
        DatagramSocket client = network.clientDatagrams(new InetSocketAddress(network.clientAddress(), 0));
        DatagramSocket server = network.serverDatagrams(new InetSocketAddress(network.serverAddress(), 0));
        client.setSoTimeout(TIMEOUT_MILLIS);
        server.setSoTimeout(TIMEOUT_MILLIS);
        return new DatagramPair(network, client, server);
    }

    /** Every network with every kind of thread. */
    static Stream<Arguments> everywhere() {
        return Arrays.stream(Network.Kind.values())
                .flatMap(kind ->
                        Arrays.stream(BlockedCall.Threads.values()).map(threads -> Arguments.of(kind, threads)));
    }

    @FunctionalInterface
    interface Body {
        void run(Network network, DatagramPair pair) throws Exception;
    }

    /** Runs a test with a pair of sockets on a thread of the given kind. */
    static void on(Network.Kind kind, BlockedCall.Threads threads, Body body) throws Exception {
        FutureTask<Void> task = new FutureTask<>(() -> {
            try (Network network = kind.open();
                    DatagramPair pair = open(network)) {
                body.run(network, pair);
            }
            return null;
        });
        threads.builder().start(task);
        try {
            task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw (Error) e.getCause();
        }
    }

    InetSocketAddress clientName() {
        return (InetSocketAddress) client.getLocalSocketAddress();
    }

    InetSocketAddress serverName() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static DatagramPacket to(SocketAddress target, byte... payload) {
        return new DatagramPacket(payload, payload.length, target);
    }

    static DatagramPacket buffer(int length) {
        return new DatagramPacket(new byte[length], length);
    }

    static byte[] payload(DatagramPacket packet) {
        return Arrays.copyOfRange(packet.getData(), packet.getOffset(), packet.getOffset() + packet.getLength());
    }

    /** Receives a datagram, and sees that it is this one. */
    static void expect(DatagramSocket at, byte... payload) throws IOException {
        DatagramPacket packet = buffer(70_000);
        at.receive(packet);
        assertThat(payload(packet)).isEqualTo(payload);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
