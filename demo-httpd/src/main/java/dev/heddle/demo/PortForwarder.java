package dev.heddle.demo;

import dev.heddle.demo.http.AcceptLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins each connection that a server socket accepts to a new one, byte for byte in both directions. An end of stream
 * passes through in its direction; a broken connection breaks the other one.
 */
final class PortForwarder implements AutoCloseable {

    /** Makes the other connection. */
    @FunctionalInterface
    interface Connector {
        Socket connect() throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(PortForwarder.class);

    /** A connection's buffer starts small, because most connections are idle, and grows while its reads fill it. */
    private static final int FIRST_BUFFER_BYTES = 2 * 1024;

    private static final int LARGEST_BUFFER_BYTES = 64 * 1024;

    private final Connector connector;
    private final AcceptLoop acceptLoop;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. */
    private final Set<Socket> open = new HashSet<>();

    /** Guarded by {@link #lock}. */
    private boolean closed;

    /** Takes over the server socket. */
    PortForwarder(ServerSocket outside, Connector connector) {
        this.connector = connector;
        acceptLoop = new AcceptLoop(outside, this::forward);
    }

    private void forward(Socket outer) {
        try (outer) {
            if (!enter(outer)) {
                return;
            }
            try (Socket inner = connect(outer)) {
                outer.setTcpNoDelay(true);
                inner.setTcpNoDelay(true);
                Thread back = Thread.ofVirtual()
                        .name(Thread.currentThread().getName() + " back")
                        .start(() -> copy(inner, outer));
                copy(outer, inner);
                back.join();
            }
        } catch (IOException e) {
            LOG.debug("forwarding {}: {}", outer, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            leave(outer);
        }
    }

    private Socket connect(Socket outer) throws IOException {
        try {
            return connector.connect();
        } catch (IOException e) {
            reset(outer);
            throw e;
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[FIRST_BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                if (count == buffer.length && count < LARGEST_BUFFER_BYTES) {
                    buffer = new byte[2 * count];
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            LOG.debug("{} to {}: {}", from, to, e.toString());
            reset(from);
            reset(to);
        }
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            LOG.debug("{}: {}", socket, e.toString());
        }
    }

    private boolean enter(Socket socket) {
        lock.lock();
        try {
            return !closed && open.add(socket);
        } finally {
            lock.unlock();
        }
    }

    private void leave(Socket socket) {
        lock.lock();
        try {
            open.remove(socket);
        } finally {
            lock.unlock();
        }
    }

    /** Stops accepting and breaks the connections that are left. */
    @Override
    public void close() {
        acceptLoop.close();
        List<Socket> left;
        lock.lock();
        try {
            closed = true;
            left = List.copyOf(open);
        } finally {
            lock.unlock();
        }
        left.forEach(PortForwarder::reset);
    }
}
