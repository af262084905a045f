package dev.heddle.core.tcp;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.buffer.StreamBuffer;
import java.nio.ByteBuffer;

/** What the application has written and the peer has not acknowledged yet. */
final class SendBuffer {

    private final StreamBuffer text;

    /** The octet behind the last one that the application wrote; the FIN's octet once it is queued. */
    private long tail = 1;

    private int limitBytes;

    SendBuffer(BufferPool pool, int limitBytes) {
        text = new StreamBuffer(pool);
        text.start(1);
        this.limitBytes = limitBytes;
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
        return (int) Math.max(0, limitBytes - (tail - text.head()));
    }

    /** Whether a writer should be woken: a third of the buffer is free. */
    boolean isWritable() {
        return room() >= Math.max(1, limitBytes / 3);
    }

    void limit(int bytes) {
        limitBytes = bytes;
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
