package dev.heddle.core.tcp;

import dev.heddle.core.buffer.StreamBuffer;
import java.nio.ByteBuffer;

/** What had arrived in order and was not read when a connection ended; it stays readable. Same exclusion as the connection. */
public final class UnreadData {

    private final StreamBuffer buffer;
    private final StreamReader reader;
    private final boolean complete;

    /** The octet behind the last one. */
    private long end;

    UnreadData(StreamBuffer buffer, StreamReader reader, long end, boolean complete) {
        this.buffer = buffer;
        this.reader = reader;
        this.end = end;
        this.complete = complete;
    }

    public int available() {
        return reader.available(end);
    }

    /**
     * Whether nothing is left. An out-of-band octet is, although there is nothing {@linkplain #available to read}: it may yet be
     * asked for, or be wanted in line.
     */
    public boolean isEmpty() {
        return reader.unreadBytes(end) == 0;
    }

    /** Whether the stream ended with the peer's FIN, and not by a failure. */
    public boolean isComplete() {
        return complete;
    }

    /** Returns the number of bytes read, 0 if there are none. */
    public int read(byte[] target, int offset, int length) {
        int n = reader.read(target, offset, length, end);
        releaseIfEmpty();
        return n;
    }

    /** Returns the number of bytes read, 0 if there are none. */
    public int read(ByteBuffer target) {
        int n = reader.read(target, end);
        releaseIfEmpty();
        return n;
    }

    /** Like {@link #read(byte[], int, int)}, but the bytes stay. */
    public int peek(byte[] target, int offset, int length) {
        return reader.peek(target, offset, length, end);
    }

    /** How many octets are to be read until the urgent data ends, as far as it has arrived; 0 if there is none. */
    public long urgentBytes() {
        long bytes = reader.urgentBytes();
        return bytes <= end - buffer.head() ? bytes : 0;
    }

    /** The out-of-band octet, or −1. */
    public int takeOutOfBand() {
        return reader.takeOutOfBand(end);
    }

    /** Whether urgent data stays in the stream as a whole. */
    public void inline(boolean value) {
        reader.inline(value);
    }

    private void releaseIfEmpty() {
        if (isEmpty()) {
            release();
        }
    }

    /** Gives the memory back; idempotent. */
    public void release() {
        end = buffer.head();
        buffer.clear();
    }
}
