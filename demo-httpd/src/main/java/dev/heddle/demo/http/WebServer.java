package dev.heddle.demo.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ServerSocketFactory;
import org.apache.hc.core5.http.ConnectionReuseStrategy;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.HttpProcessors;
import org.apache.hc.core5.http.impl.io.HttpService;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.apache.hc.core5.http.io.support.BasicHttpServerExpectationDecorator;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An HTTP/1.1 server: Apache HttpCore's blocking service, one virtual thread a connection. */
public final class WebServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

    private static final int BACKLOG = 1024;
    private static final int IDLE_TIMEOUT_MS = (int) TimeUnit.MINUTES.toMillis(10);

    /** HttpCore keeps several such buffers a connection, idle or not; large bodies pass them by. */
    private static final int BUFFER_BYTES = 4 * 1024;

    private static final Http1Config LIMITS = Http1Config.custom()
            .setBufferSize(BUFFER_BYTES)
            .setMaxLineLength(16 * 1024)
            .setMaxHeaderCount(200)
            .build();

    private final HttpService service;
    private final AcceptLoop acceptLoop;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition connectionEnded = lock.newCondition();

    /** Guarded by {@link #lock}. */
    private final Set<WebConnection> connections = new HashSet<>();

    /** Written under {@link #lock}. */
    private volatile boolean closing;

    /**
     * Starts a server.
     *
     * @param sockets where its server socket comes from
     * @param address the local address, null for all
     * @param port the local port, 0 for any
     * @throws IOException if the address or port cannot be had
     */
    public WebServer(
            ServerSocketFactory sockets, @Nullable InetAddress address, int port, HttpServerRequestHandler handler)
            throws IOException {
        service = HttpService.builder()
                .withHttpProcessor(HttpProcessors.server("Heddle"))
                .withHttpServerRequestHandler(new BasicHttpServerExpectationDecorator(handler))
                .withConnectionReuseStrategy(new UntilClosing())
                .build();
        acceptLoop = new AcceptLoop(sockets.createServerSocket(port, BACKLOG, address), this::serve);
    }

    /** The port it listens on. */
    public int port() {
        return acceptLoop.port();
    }

    /** How many connections are open now. */
    public int openConnections() {
        lock.lock();
        try {
            return connections.size();
        } finally {
            lock.unlock();
        }
    }

    private void serve(Socket socket) {
        WebConnection connection = null;
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(IDLE_TIMEOUT_MS);
            connection = new WebConnection(LIMITS, socket);
            if (enter(connection)) {
                while (!closing && connection.isOpen()) {
                    service.handleRequest(connection, HttpCoreContext.create());
                }
                connection.close();
            }
        } catch (IOException | HttpException e) {
            // The client went away, was idle for too long, or broke the protocol behind its answer.
            LOG.debug("{}: {}", socket, e.toString());
        } catch (RuntimeException e) {
            LOG.error("{}", socket, e);
        } finally {
            if (connection != null) {
                leave(connection);
            }
        }
    }

    private boolean enter(WebConnection connection) {
        lock.lock();
        try {
            return !closing && connections.add(connection);
        } finally {
            lock.unlock();
        }
    }

    private void leave(WebConnection connection) {
        lock.lock();
        try {
            connections.remove(connection);
            connectionEnded.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Closes at once, without letting answers finish. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /** Stops accepting, closes idle connections, and lets the others finish their answer for at most the given time. */
    public void close(Duration grace) {
        lock.lock();
        try {
            closing = true;
            acceptLoop.close();
            connections.stream()
                    .filter(connection -> !connection.busy())
                    .toList()
                    .forEach(WebServer::abandon);
            awaitEnd(grace.toNanos());
            List.copyOf(connections).forEach(WebServer::abandon);
        } finally {
            lock.unlock();
        }
    }

    private void awaitEnd(long timeoutNs) {
        long leftNs = timeoutNs;
        try {
            while (!connections.isEmpty() && leftNs > 0) {
                leftNs = connectionEnded.awaitNanos(leftNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void abandon(WebConnection connection) {
        try {
            connection.abandon();
        } catch (IOException e) {
            LOG.debug("closing {}", connection, e);
        }
    }

    /** Keeps connections as HTTP says, until the server closes: from then on each answer is the last. */
    private final class UntilClosing implements ConnectionReuseStrategy {
        @Override
        public boolean keepAlive(HttpRequest request, HttpResponse response, HttpContext context) {
            return !closing && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context);
        }
    }
}
