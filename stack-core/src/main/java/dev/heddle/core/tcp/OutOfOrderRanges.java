package dev.heddle.core.tcp;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The ranges of the stream that arrived ahead of RCV.NXT, sorted and disjoint, and the SACK blocks that report them (RFC
 * 2018). Bounded: what does not fit is not kept and not reported.
 *
 * <p>A long path that loses much has thousands of them at a time, so they are found by halving, added at the end and taken
 * away at the start without moving others. Beyond a few they take memory that is the pool's, and give it back when the last
 * gap is filled: ranges of single octets must not be a way around the limit.
 */
final class OutOfOrderRanges {

    static final int MAX_RANGES = 4_096;

    /** The length of the arrays that are kept, and not charged: as many as an ordinary loss makes. */
    static final int KEPT_LENGTH = 8;

    /** Each has a left and a right edge. */
    private static final int BYTES_PER_RANGE = 2 * Long.BYTES;

    private final BufferPool pool;

    /* Of the arrays [first, first + count) is in use. */
    private long[] lefts = new long[KEPT_LENGTH];
    private long[] rights = new long[KEPT_LENGTH];
    private int first;
    private int count;

    private final RecentArrivals recent = new RecentArrivals();

    OutOfOrderRanges(BufferPool pool) {
        this.pool = pool;
    }

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /** The index of the first range that shares an octet with [left, right), or −1. */
    int firstOverlap(long left, long right) {
        int index = firstEndingAt(left + 1);
        return index < count && left(index) < right ? index : -1;
    }

    long left(int index) {
        return lefts[first + index];
    }

    long right(int index) {
        return rights[first + index];
    }

    /** Whether {@link #add} will take [left, right) or what is at its left end: there is, or was made, room for it. */
    boolean mayAdd(long left, long right) {
        return hasRoom() || joins(firstEndingAt(left), right);
    }

    /** Adds [left, right), joining what it touches; false if it would be one range too many. */
    boolean add(long left, long right) {
        int index = firstEndingAt(left);
        if (joins(index, right)) {
            int last = index;
            while (last + 1 < count && left(last + 1) <= right) {
                last++;
            }
            lefts[first + index] = Math.min(left(index), left);
            rights[first + index] = Math.max(right(last), right);
            remove(index + 1, last + 1);
        } else if (hasRoom()) {
            insert(index, left, right);
        } else {
            return false;
        }
        recent.arrived(left, left(index), right(index));
        return true;
    }

    /** RCV.NXT reached {@code nxt}: takes in the ranges it touches; returns the new RCV.NXT. */
    long absorb(long nxt) {
        long reached = nxt;
        int absorbed = 0;
        while (absorbed < count && left(absorbed) <= reached) {
            reached = Math.max(reached, right(absorbed));
            absorbed++;
        }
        remove(0, absorbed);
        if (absorbed > 0) {
            recent.forgetBelow(reached);
        }
        if (isEmpty()) {
            clear();
        }
        return reached;
    }

    /** Forgets all and gives the memory back. */
    void clear() {
        first = 0;
        count = 0;
        recent.forgetBelow(Long.MAX_VALUE);
        if (lefts.length > KEPT_LENGTH) {
            pool.discharge(chargedBytes());
            lefts = new long[KEPT_LENGTH];
            rights = new long[KEPT_LENGTH];
        }
    }

    /** What is charged to the pool. */
    long chargedBytes() {
        return (long) BYTES_PER_RANGE * (lefts.length - KEPT_LENGTH);
    }

    /**
     * Writes up to {@code maxBlocks} blocks, all if there are no more, and returns the offset behind them. The one that grew
     * last comes first (RFC 2018 4), then those before it as far back as is remembered, then the highest.
     */
    int writeBlocks(ByteBuffer b, int at, int maxBlocks, ReceiveSequence sequence) {
        int blocks = Math.min(count, maxBlocks);
        int offset = at;
        int written = 0;
        for (; written < Math.min(blocks, recent.count()); written++) {
            offset = writeBlock(b, offset, firstEndingAt(recent.octet(written) + 1), sequence);
        }
        for (int index = count - 1; written < blocks; index--) {
            if (!recent.isIn(left(index), right(index))) {
                offset = writeBlock(b, offset, index, sequence);
                written++;
            }
        }
        return offset;
    }

    private int writeBlock(ByteBuffer b, int offset, int index, ReceiveSequence sequence) {
        return TcpOptions.writeSackBlock(b, offset, sequence.wire(left(index)), sequence.wire(right(index)));
    }

    private boolean joins(int index, long right) {
        return index < count && left(index) <= right;
    }

    /** The index of the first range that ends at an offset or behind it; the count if there is none. */
    private int firstEndingAt(long offset) {
        // Most of what arrives extends the last range or is behind it.
        if (count == 0 || right(count - 1) < offset) {
            return count;
        }
        if (left(count - 1) <= offset) {
            return count - 1;
        }
        int index = Arrays.binarySearch(rights, first, first + count, offset);
        return (index < 0 ? -(index + 1) : index) - first;
    }

    /** Whether one more range has room; makes some if it may. */
    private boolean hasRoom() {
        if (count == MAX_RANGES) {
            return false;
        }
        if (first + count < lefts.length) {
            return true;
        }
        // Moving all costs little for each of those that were taken away at the start if they were many; and if there
        // is no memory for more, it is done for few.
        if (first < lefts.length / 4 && grow()) {
            return true;
        }
        if (first == 0) {
            return false;
        }
        System.arraycopy(lefts, first, lefts, 0, count);
        System.arraycopy(rights, first, rights, 0, count);
        first = 0;
        return true;
    }

    private boolean grow() {
        // At twice the most ranges there is always a quarter free at the start.
        int length = 2 * lefts.length;
        if (!pool.chargeOrdinary((long) BYTES_PER_RANGE * (length - lefts.length), chargedBytes())) {
            return false;
        }
        lefts = Arrays.copyOf(lefts, length);
        rights = Arrays.copyOf(rights, length);
        return true;
    }

    /** Inserts a range, for which there is room at the end; what is on the shorter side moves. */
    private void insert(int index, long left, long right) {
        if (first > 0 && index < count - index) {
            move(0, index, -1);
            first--;
        } else {
            move(index, count, 1);
        }
        count++;
        lefts[first + index] = left;
        rights[first + index] = right;
    }

    private void remove(int from, int to) {
        if (from == to) {
            return;
        }
        if (from < count - to) {
            move(0, from, to - from);
            first += to - from;
        } else {
            move(to, count, from - to);
        }
        count -= to - from;
    }

    /** Moves the ranges [from, to) by some places. */
    private void move(int from, int to, int places) {
        System.arraycopy(lefts, first + from, lefts, first + from + places, to - from);
        System.arraycopy(rights, first + from, rights, first + from + places, to - from);
    }
}
