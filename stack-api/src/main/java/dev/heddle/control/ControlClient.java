package dev.heddle.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One who asks: reads his line, then writes the answer as fast as he takes it. Of the loop's thread. */
final class ControlClient {

    static final int LONGEST_REQUEST_BYTES = 256;

    /** How long he may do nothing. */
    static final Duration IDLE = Duration.ofSeconds(5);

    /** How long all of it may take. */
    private static final long TOTAL_NS = TimeUnit.SECONDS.toNanos(120);

    private static final int PIECE_BYTES = 64 << 10;

    /** Written for one call, so that a client who takes much leaves time for others. */
    private static final int PIECES = 16;

    private static final Logger LOG = LoggerFactory.getLogger(ControlClient.class);

    private final SocketChannel connection;
    private final Answers answers;
    private final long idleNs;
    private final long endNs;
    private final ByteBuffer request = ByteBuffer.allocate(LONGEST_REQUEST_BYTES);
    private @Nullable Iterator<String> lines;
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private long idleEndNs;

    ControlClient(SocketChannel connection, Answers answers, long idleNs, long nowNs) {
        this.connection = connection;
        this.answers = answers;
        this.idleNs = idleNs;
        endNs = nowNs + TOTAL_NS;
        idleEndNs = nowNs + idleNs;
    }

    /** The connection can be read from or written to. */
    void ready(SelectionKey key, long nowNs) {
        try {
            Iterator<String> answer = lines;
            if (answer == null && !isAsked()) {
                return;
            }
            if (answer == null) {
                answer = lines = answers.to(requestLine());
            }
            int interest = SelectionKey.OP_WRITE;
            if (key.interestOps() != interest) {
                key.interestOps(interest);
            }
            if (write(answer, nowNs)) {
                close();
            }
        } catch (IOException e) {
            // He went away.
            close();
        } catch (RuntimeException e) {
            LOG.warn("no answer to \"{}\"", requestLine(), e);
            close();
        }
    }

    /** Reads; true if the request is complete or will not be. */
    private boolean isAsked() throws IOException {
        int read = connection.read(request);
        return read < 0 || !request.hasRemaining() || requestEnd() >= 0;
    }

    private int requestEnd() {
        for (int i = 0; i < request.position(); i++) {
            if (request.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private String requestLine() {
        int end = requestEnd();
        return new String(request.array(), 0, end < 0 ? request.position() : end, StandardCharsets.UTF_8).strip();
    }

    /** Writes what has room; true if that was the end. */
    private boolean write(Iterator<String> answer, long nowNs) throws IOException {
        for (int i = 0; i < PIECES; i++) {
            if (!piece.hasRemaining()) {
                if (!answer.hasNext()) {
                    return true;
                }
                piece = next(answer);
            }
            if (connection.write(piece) == 0) {
                return false;
            }
            idleEndNs = nowNs + idleNs;
        }
        return false;
    }

    private static ByteBuffer next(Iterator<String> answer) {
        StringBuilder text = new StringBuilder();
        while (text.length() < PIECE_BYTES && answer.hasNext()) {
            text.append(answer.next()).append('\n');
        }
        return StandardCharsets.UTF_8.encode(text.toString());
    }

    /** Whether he has gone, or has had his time, and is sent away. */
    boolean isOver(long nowNs) {
        if (nowNs - idleEndNs > 0 || nowNs - endNs > 0) {
            close();
        }
        return !connection.isOpen();
    }

    void close() {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("cannot close", e);
        }
    }
}
