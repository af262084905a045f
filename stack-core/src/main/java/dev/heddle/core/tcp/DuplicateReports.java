package dev.heddle.core.tcp;

/**
 * Duplicate text that has arrived and that no D-SACK block has reported yet (RFC 2883 4). Each ACK reports one; what a batch
 * of packets brings is kept until as many ACKs have gone.
 */
final class DuplicateReports {

    private static final int MOST = 4;

    private final long[] lefts = new long[MOST];
    private final long[] rights = new long[MOST];
    private int first;
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    /** Remembers [left, right); the oldest goes if there are too many: a D-SACK may get lost anyway. */
    void add(long left, long right) {
        if (count > 0) {
            int last = (first + count - 1) % MOST;
            if (left == rights[last]) {
                // The segments of one packet that was cut on its way: one contiguous duplicate.
                rights[last] = right;
                return;
            }
        }
        if (count == MOST) {
            removeFirst();
        }
        int slot = (first + count++) % MOST;
        lefts[slot] = left;
        rights[slot] = right;
    }

    /** The left edge of the one to report next. */
    long left() {
        return lefts[first];
    }

    long right() {
        return rights[first];
    }

    /** It was reported. */
    void removeFirst() {
        first = (first + 1) % MOST;
        count--;
    }
}
