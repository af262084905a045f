package dev.heddle.demo.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * HttpCore's connection, which in addition knows whether a request is being answered, and closes so that the last answer
 * arrives: a socket that is closed while the client still sends would be reset, and the answer with it.
 */
final class WebConnection extends DefaultBHttpServerConnection {

    private static final int DRAIN_TIMEOUT_MS = 500;
    private static final long DRAIN_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int DRAIN_BYTES = 1024 * 1024;

    private final Socket socket;

    /** Written by the connection's own thread, read by whoever shuts the server down. */
    private volatile boolean busy;

    WebConnection(Http1Config config, Socket socket) throws IOException {
        super("http", config);
        this.socket = socket;
        bind(socket);
    }

    /** Whether a request has come whose answer is not finished. */
    boolean busy() {
        return busy;
    }

    @Override
    public @Nullable ClassicHttpRequest receiveRequestHeader() throws HttpException, IOException {
        busy = false;
        ClassicHttpRequest request = super.receiveRequestHeader();
        busy = true;
        if (request != null) {
            checkContentLength(request);
        }
        return request;
    }

    /** RFC 9110 8.6: digits alone. HttpCore also takes a sign, which a proxy in front may read differently. */
    private static void checkContentLength(ClassicHttpRequest request) throws ProtocolException {
        Header length = request.getFirstHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null && !length.getValue().strip().chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new ProtocolException("Invalid content length: " + length.getValue());
        }
    }

    @Override
    public void sendResponseEntity(ClassicHttpResponse response) throws HttpException, IOException {
        HttpEntity entity = response.getEntity();
        if (entity != null) {
            response.setEntity(new WholeOrBroken(entity));
        }
        super.sendResponseEntity(response);
    }

    /** A body that cannot be finished ends the connection, because HttpCore would end its last chunk as if it were whole. */
    private final class WholeOrBroken extends HttpEntityWrapper {

        WholeOrBroken(HttpEntity entity) {
            super(entity);
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            try {
                super.writeTo(out);
            } catch (IOException | RuntimeException e) {
                try {
                    WebConnection.this.close();
                } catch (IOException closing) {
                    e.addSuppressed(closing);
                }
                throw e;
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (isOpen() && !socket.isClosed()) {
            try (socket) {
                flush();
                socket.shutdownOutput();
                drain();
            }
        }
        super.close();
    }

    /** Ends the connection from another thread: whatever it waits for fails. */
    void abandon() throws IOException {
        socket.close();
    }

    private void drain() throws IOException {
        socket.setSoTimeout(DRAIN_TIMEOUT_MS);
        long deadlineNs = System.nanoTime() + DRAIN_NS;
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[8192];
        int drained = 0;
        int count = 0;
        while (count >= 0 && drained < DRAIN_BYTES && System.nanoTime() - deadlineNs < 0) {
            count = in.read(buffer);
            drained += count;
        }
    }
}
