package dev.heddle.demo.http;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections on a virtual thread and gives each one a virtual thread of its own. */
public final class AcceptLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptLoop.class);

    /** After a failure, such as too many open files, the loop rests this long. */
    private static final long REST_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerSocket server;
    private final Consumer<Socket> handler;

    /** Takes over the server socket; the handler must close the sockets it is given. */
    public AcceptLoop(ServerSocket server, Consumer<Socket> handler) {
        this.server = server;
        this.handler = handler;
        Thread.ofVirtual().name("accept " + server.getLocalSocketAddress()).start(this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual()
                        .name("connection " + socket.getRemoteSocketAddress())
                        .start(() -> handler.accept(socket));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.warn("cannot accept on {}: {}", server, e.getMessage());
                    LockSupport.parkNanos(this, REST_NS);
                }
            }
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.getLocalPort();
    }

    /** Stops accepting. Connections that were accepted go on. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.debug("closing {}", server, e);
        }
    }
}
