package dev.heddle.commands.connect;

import dev.heddle.commands.OpenStack;
import dev.heddle.commands.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** Copies between two streams and a connection, in both directions at once. */
final class StreamPipe {

    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream in;
    private final OutputStream out;

    /** Written by who reads the input. */
    private volatile @Nullable IOException inputFailure;

    StreamPipe(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Connects, and copies until the server has ended its stream.
     *
     * @throws Refusal if the connection cannot be made, or is reset
     * @throws IOException if the streams here fail
     */
    void run(SocketFactory sockets, InetSocketAddress server, @Nullable Duration timeout) throws IOException {
        try (Socket socket = sockets.createSocket()) {
            connect(socket, server, timeout);
            // A thread that may be in the middle of a read when the process ends.
            Thread.ofPlatform().daemon().name("input").start(() -> send(socket));
            receive(socket, server);
        }
    }

    private static void connect(Socket socket, InetSocketAddress server, @Nullable Duration timeout) {
        try {
            socket.connect(server, timeout == null ? 0 : (int) Math.max(1, timeout.toMillis()));
        } catch (IOException e) {
            if ("Network is unreachable".equals(e.getMessage())) {
                throw OpenStack.noWay(server.getAddress());
            }
            throw Refusal.failed("cannot connect to " + text(server) + ": " + e.getMessage());
        }
    }

    static String text(InetSocketAddress server) {
        return OpenStack.text(server.getAddress()) + " port " + server.getPort();
    }

    private void send(Socket socket) {
        try {
            copy(socket.getOutputStream());
            if (inputFailure == null) {
                socket.shutdownOutput();
            } else {
                // Wakes who receives. The server is not told that this was all.
                socket.setSoLinger(true, 0);
                socket.close();
            }
        } catch (IOException e) {
            // The connection is over, and who receives hears why.
        }
    }

    private void receive(Socket socket, InetSocketAddress server) throws IOException {
        InputStream from = socket.getInputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = read(from, buffer, server); count >= 0; count = read(from, buffer, server)) {
            out.write(buffer, 0, count);
        }
    }

    private int read(InputStream from, byte[] buffer, InetSocketAddress server) {
        try {
            return from.read(buffer);
        } catch (IOException e) {
            IOException failure = inputFailure;
            if (failure != null) {
                throw Refusal.failed("cannot read the input: " + failure.getMessage());
            }
            throw Refusal.failed("the connection to " + text(server) + " has ended: " + e.getMessage());
        }
    }

    private void copy(OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = readInput(buffer); count >= 0; count = readInput(buffer)) {
            to.write(buffer, 0, count);
        }
    }

    /** As {@link InputStream#read(byte[])}; the end, too, if it cannot be read. */
    private int readInput(byte[] buffer) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            inputFailure = e;
            return -1;
        }
    }
}
