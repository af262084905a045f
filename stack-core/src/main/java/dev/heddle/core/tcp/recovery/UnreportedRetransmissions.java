package dev.heddle.core.tcp.recovery;

import java.util.Arrays;

/**
 * The octets that a recovery has sent again and that no D-SACK has reported. What was sent again twice must be reported twice,
 * and a duplicate that the network has made of something else counts for nothing (RFC 3708 3).
 */
final class UnreportedRetransmissions {

    /** A recovery that has sent more pieces again than this is not judged by D-SACKs. */
    private static final int MOST = 1_024;

    private static final int INITIAL_CAPACITY = 8;

    private long[] starts = new long[INITIAL_CAPACITY];
    private long[] ends = new long[INITIAL_CAPACITY];
    private int count;
    private boolean tooMany;

    /** A recovery begins. */
    void clear() {
        count = 0;
        tooMany = false;
    }

    /** [start, end) was sent again. */
    void add(long start, long end) {
        if (count > 0 && ends[count - 1] == start) {
            ends[count - 1] = end;
        } else {
            insert(count, start, end);
        }
    }

    /**
     * A D-SACK has reported [left, right).
     *
     * @return whether it was about the last of what was sent again
     */
    boolean reported(long left, long right) {
        long from = left;
        boolean ours = false;
        // Nearly always in ascending order, so that one pass finds all that a report is about.
        for (int i = 0; i < count && from < right; i++) {
            long start = Math.max(from, starts[i]);
            long end = Math.min(right, ends[i]);
            if (start < end) {
                ours = true;
                from = end;
                i -= cut(i, start, end);
            }
        }
        return ours && count == 0 && !tooMany;
    }

    /** Takes [start, end) out of a piece; returns 1 if nothing is left of it. */
    private int cut(int index, long start, long end) {
        long pieceEnd = ends[index];
        if (start == starts[index] && end == pieceEnd) {
            count--;
            System.arraycopy(starts, index + 1, starts, index, count - index);
            System.arraycopy(ends, index + 1, ends, index, count - index);
            return 1;
        }
        if (start == starts[index]) {
            starts[index] = end;
        } else {
            ends[index] = start;
            if (end < pieceEnd) {
                insert(index + 1, end, pieceEnd);
            }
        }
        return 0;
    }

    private void insert(int index, long start, long end) {
        if (count == MOST) {
            tooMany = true;
            return;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        System.arraycopy(starts, index, starts, index + 1, count - index);
        System.arraycopy(ends, index, ends, index + 1, count - index);
        starts[index] = start;
        ends[index] = end;
        count++;
    }
}
