package dev.heddle.core.tcp;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.buffer.StreamBuffer;
import java.nio.ByteBuffer;

/** What the application has written and the peer has not acknowledged yet. */
final class SendBuffer {

    /** There is room for twice as many segments at least. */
    private static final int LEAST_SEGMENTS = 10;

    private final BufferPool pool;
    private final StreamBuffer text;
    private final BufferLimit limit;

    /** The octet behind the last one that the application wrote; the FIN's octet once it is queued. */
    private long tail = 1;

    SendBuffer(BufferPool pool, ConnectionOptions options) {
        this.pool = pool;
        text = new StreamBuffer(pool);
        text.start(1);
        limit = new BufferLimit(options.sendBufferBytes(), options.maxSendBufferBytes());
    }

    int write(byte[] source, int offset, int length) {
        int written = text.write(tail, source, offset, Math.min(length, room()));
        tail += written;
        return written;
    }

    int write(ByteBuffer source) {
        int written = text.write(tail, source, source.position(), Math.min(source.remaining(), room()));
        source.position(source.position() + written);
        tail += written;
        return written;
    }

    int room() {
        return (int) Math.max(0, limit.bytes() - (tail - text.head()));
    }

    /** Whether a writer should be woken: a third of the buffer is free. */
    boolean isWritable() {
        return room() >= Math.max(1, limit.bytes() / 3);
    }

    void options(ConnectionOptions options) {
        limit.appoint(options.sendBufferBytes(), options.maxSendBufferBytes());
    }

    /** As Linux: room for twice what may be in flight, that is for what is, and for what follows when it is acknowledged. */
    void grow(long congestionWindowBytes, int mssBytes) {
        if (limit.mayGrow() && !pool.isShort()) {
            limit.raise(2 * Math.max(congestionWindowBytes, (long) LEAST_SEGMENTS * mssBytes));
        }
    }

    int limitBytes() {
        return limit.bytes();
    }

    /** Whether there would be memory for more. */
    boolean isMemoryAvailable() {
        return text.heldBytes() < pool.shareBytes();
    }

    boolean holdsMemory() {
        return text.heldBytes() > 0;
    }

    long tail() {
        return tail;
    }

    /** The text from {@code next} on, which has not been sent. */
    long unsentBytes(long next) {
        return Math.max(0, tail - Math.max(next, 1));
    }

    StreamBuffer text() {
        return text;
    }

    /** Everything below {@code una} is acknowledged. */
    void acknowledged(long una) {
        text.release(Math.min(una, tail));
    }

    void clear() {
        text.clear();
    }
}
