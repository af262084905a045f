package dev.heddle.core.tcp;

import dev.heddle.core.buffer.StreamBuffer;
import java.nio.ByteBuffer;

/**
 * How the application reads what has arrived, and the urgent data in it (RFC 9293 3.8.5). As on Linux the last octet of the
 * urgent data is out of band, so that reading passes it over, unless it is asked for in line; either way a read that begins
 * before it stops at it, so that the boundary shows.
 *
 * <p>Methods that take {@code end} mean the octet behind the last one that has arrived in order.
 */
final class StreamReader {

    private final StreamBuffer buffer;

    /** RCV.UP: the octet behind the urgent data; 0 if there never was any. */
    private long up;

    private boolean inline;
    private boolean outOfBandTaken;

    /** The application reads no more: there is nothing for it any more, whatever arrives. */
    private boolean discarding;

    StreamReader(StreamBuffer buffer, boolean inline) {
        this.buffer = buffer;
        this.inline = inline;
    }

    /** Whether urgent data stays in the stream as a whole. */
    void inline(boolean value) {
        inline = value;
    }

    /** Forgets what there is to read, for ever. */
    void discard() {
        discarding = true;
        buffer.clear();
    }

    boolean isDiscarding() {
        return discarding;
    }

    /**
     * A segment carried an urgent pointer.
     *
     * @param newUp the offset that it points to
     * @return whether it is news
     */
    boolean urgent(long newUp, long end) {
        // What points into text that has been taken is a repetition.
        if (discarding || newUp <= Math.max(up, end)) {
            return false;
        }
        if (outOfBandIsNext(end)) {
            buffer.release(up);
        }
        up = newUp;
        outOfBandTaken = false;
        return true;
    }

    /** How many octets are to be read until the urgent data ends, arrived or not; 0 if there is none (RFC 9293 MUST-33). */
    long urgentBytes() {
        return discarding ? 0 : Math.max(0, up - buffer.head());
    }

    /** The out-of-band octet, 0 to 255; −1 if it has not arrived, was taken or passed over, or is in line. */
    int takeOutOfBand(long end) {
        if (inline || outOfBandTaken || urgentBytes() == 0 || up > end) {
            return -1;
        }
        outOfBandTaken = true;
        return buffer.at(up - 1) & 0xff;
    }

    private boolean outOfBandIsNext(long end) {
        return !inline && buffer.head() == up - 1 && up <= end;
    }

    /** The number of octets that a read can have. */
    int available(long end) {
        if (discarding) {
            return 0;
        }
        long head = buffer.head();
        if (inline || up <= head || up > end) {
            return (int) (end - head);
        }
        return (int) (head == up - 1 ? end - up : up - 1 - head);
    }

    int read(byte[] target, int offset, int length, long end) {
        passOverAlone(length, end);
        int n = peek(target, offset, length, end);
        consumed(n, end);
        return n;
    }

    int read(ByteBuffer target, long end) {
        passOverAlone(target.remaining(), end);
        int n = readable(target.remaining(), end);
        if (n > 0) {
            buffer.read(first(end), target, target.position(), n);
            target.position(target.position() + n);
            consumed(n, end);
        }
        return n;
    }

    int peek(byte[] target, int offset, int length, long end) {
        int n = readable(length, end);
        if (n > 0) {
            buffer.read(first(end), target, offset, n);
        }
        return n;
    }

    private void consumed(int length, long end) {
        if (length > 0) {
            buffer.release(first(end) + length);
        }
    }

    /** As on Linux a read passes the out-of-band octet over also where nothing is behind it. */
    private void passOverAlone(int most, long end) {
        if (most > 0 && up == end && outOfBandIsNext(end)) {
            buffer.release(up);
        }
    }

    /** The octets that were neither read nor passed over, the out-of-band one among them. */
    long unreadBytes(long end) {
        return discarding ? 0 : end - buffer.head();
    }

    /** The first octet to read. */
    private long first(long end) {
        return outOfBandIsNext(end) ? up : buffer.head();
    }

    private int readable(int most, long end) {
        if (discarding) {
            return 0;
        }
        long first = first(end);
        long stop = first < up - 1 && up - 1 < end ? up - 1 : end;
        return (int) Math.min(most, stop - first);
    }
}
