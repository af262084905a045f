package dev.heddle.core.tcp;

import dev.heddle.core.buffer.StreamBuffer;
import java.nio.ByteBuffer;

/** What had arrived in order and was not read when a connection ended; it stays readable. Same exclusion as the connection. */
public final class UnreadData {

    private final StreamBuffer buffer;
    private final boolean complete;
    private int available;

    UnreadData(StreamBuffer buffer, int available, boolean complete) {
        this.buffer = buffer;
        this.available = available;
        this.complete = complete;
    }

    public int available() {
        return available;
    }

    /** Whether the stream ended with the peer's FIN, and not by a failure. */
    public boolean isComplete() {
        return complete;
    }

    /** Returns the number of bytes read, 0 if there are none. */
    public int read(byte[] target, int offset, int length) {
        int n = peek(target, offset, length);
        consumed(n);
        return n;
    }

    /** Returns the number of bytes read, 0 if there are none. */
    public int read(ByteBuffer target) {
        int n = Math.min(target.remaining(), available);
        if (n > 0) {
            buffer.read(buffer.head(), target, target.position(), n);
            target.position(target.position() + n);
            consumed(n);
        }
        return n;
    }

    /** Like {@link #read(byte[], int, int)}, but the bytes stay. */
    public int peek(byte[] target, int offset, int length) {
        int n = Math.min(length, available);
        if (n > 0) {
            buffer.read(buffer.head(), target, offset, n);
        }
        return n;
    }

    private void consumed(int length) {
        available -= length;
        if (available == 0) {
            release();
        } else {
            buffer.release(buffer.head() + length);
        }
    }

    /** Gives the memory back; idempotent. */
    public void release() {
        available = 0;
        buffer.clear();
    }
}
