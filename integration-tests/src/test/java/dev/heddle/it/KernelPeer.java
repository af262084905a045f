package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.peer.GeneratedContent;
import dev.heddle.it.peer.KernelServer;
import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A {@link KernelServer} that runs in a namespace, and requests that Heddle's sockets make of it. */
final class KernelPeer implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final int READ_TIMEOUT_MS = 60_000;

    private final RunningProcess process;
    private final int port;

    private KernelPeer(RunningProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    static KernelPeer start(Namespace namespace) {
        RunningProcess process = namespace.java(KernelServer.class).start();
        try {
            return new KernelPeer(process, Integer.parseInt(process.expectLine("port", START_TIMEOUT)));
        } catch (RuntimeException | Error e) {
            process.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    /** Lets those read that wait for it. */
    void goOn() {
        process.say("");
    }

    /** Connects and sends the line that says what is wanted. */
    Socket request(NetworkStack stack, InetAddress address, String line) throws IOException {
        Socket socket = stack.socketFactory().createSocket(address, port);
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Lets the server send so many bytes and compares each. */
    void sends(long bytes, NetworkStack stack, InetAddress address) throws IOException {
        try (Socket socket = request(stack, address, "SEND " + bytes)) {
            assertThat(GeneratedContent.sha256(socket.getInputStream(), Long.MAX_VALUE))
                    .as("received from the kernel")
                    .isEqualTo(GeneratedContent.sha256(bytes));
        }
    }

    /** Sends so many bytes to the server, which must receive each. */
    void receives(long bytes, NetworkStack stack, InetAddress address) throws IOException {
        try (Socket socket = request(stack, address, "DIGEST")) {
            GeneratedContent.write(bytes, socket.getOutputStream());
            socket.shutdownOutput();
            assertDigest(bytes, socket);
        }
    }

    /** The answer to what was sent before a half-close. */
    static void assertDigest(long bytes, Socket socket) throws IOException {
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(answer.strip()).as("received by the kernel").isEqualTo(GeneratedContent.sha256(bytes));
    }

    @Override
    public void close() {
        process.close();
    }
}
