package dev.heddle.core.tcp;

import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The ranges of the stream that arrived ahead of RCV.NXT, sorted and disjoint, and the SACK blocks that report them (RFC
 * 2018). Bounded: what does not fit is not kept and not reported.
 */
final class OutOfOrderRanges {

    static final int MAX_RANGES = 256;
    private static final int INITIAL_CAPACITY = 4;

    private long[] lefts = new long[INITIAL_CAPACITY];
    private long[] rights = new long[INITIAL_CAPACITY];
    /** When a range last grew: RFC 2018 4 wants the most recent one reported first. */
    private long[] updates = new long[INITIAL_CAPACITY];

    private int count;
    private long update;

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /** Whether {@link #add} would have to refuse a range that touches no other. */
    boolean isFull() {
        return count == MAX_RANGES;
    }

    /** The index of the first range that shares an octet with [left, right), or −1. */
    int firstOverlap(long left, long right) {
        for (int i = 0; i < count && lefts[i] < right; i++) {
            if (rights[i] > left) {
                return i;
            }
        }
        return -1;
    }

    long left(int index) {
        return lefts[index];
    }

    long right(int index) {
        return rights[index];
    }

    /** Adds [left, right), joining what it touches; false if it would be one range too many. */
    boolean add(long left, long right) {
        int index = 0;
        while (index < count && rights[index] < left) {
            index++;
        }
        if (index == count || lefts[index] > right) {
            if (isFull()) {
                return false;
            }
            insert(index, left, right);
        } else {
            int last = index;
            while (last + 1 < count && lefts[last + 1] <= right) {
                last++;
            }
            lefts[index] = Math.min(lefts[index], left);
            rights[index] = Math.max(rights[last], right);
            removeRange(index + 1, last + 1);
        }
        updates[index] = ++update;
        return true;
    }

    /** RCV.NXT reached {@code nxt}: takes in the ranges it touches; returns the new RCV.NXT. */
    long absorb(long nxt) {
        long reached = nxt;
        int absorbed = 0;
        while (absorbed < count && lefts[absorbed] <= reached) {
            reached = Math.max(reached, rights[absorbed]);
            absorbed++;
        }
        removeRange(0, absorbed);
        return reached;
    }

    void clear() {
        count = 0;
    }

    /** Writes up to {@code maxBlocks} blocks, latest first; returns the offset behind them. */
    int writeBlocks(ByteBuffer b, int at, int maxBlocks, ReceiveSequence sequence) {
        int blocks = Math.min(count, maxBlocks);
        int offset = at;
        long before = Long.MAX_VALUE;
        for (int i = 0; i < blocks; i++) {
            int latest = -1;
            for (int j = 0; j < count; j++) {
                if (updates[j] < before && (latest < 0 || updates[j] > updates[latest])) {
                    latest = j;
                }
            }
            before = updates[latest];
            offset = TcpOptions.writeSackBlock(b, offset, sequence.wire(lefts[latest]), sequence.wire(rights[latest]));
        }
        return offset;
    }

    private void insert(int index, long left, long right) {
        if (count == lefts.length) {
            lefts = Arrays.copyOf(lefts, 2 * count);
            rights = Arrays.copyOf(rights, 2 * count);
            updates = Arrays.copyOf(updates, 2 * count);
        }
        System.arraycopy(lefts, index, lefts, index + 1, count - index);
        System.arraycopy(rights, index, rights, index + 1, count - index);
        System.arraycopy(updates, index, updates, index + 1, count - index);
        lefts[index] = left;
        rights[index] = right;
        count++;
    }

    private void removeRange(int from, int to) {
        System.arraycopy(lefts, to, lefts, from, count - to);
        System.arraycopy(rights, to, rights, from, count - to);
        System.arraycopy(updates, to, updates, from, count - to);
        count -= to - from;
    }
}
