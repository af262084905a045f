package dev.heddle.core.tcp;

import dev.heddle.core.wire.TcpOptions;

/**
 * What the SACK option of one ACK reports: the D-SACK block apart (RFC 2883 5), the others in ascending order. Blocks that
 * cannot be are left out. Reused for every ACK.
 */
final class SackReport {

    private static final int MOST_BLOCKS = 4;
    private static final long NONE = -1;

    private final TcpContext context;
    private final long[] lefts = new long[MOST_BLOCKS];
    private final long[] rights = new long[MOST_BLOCKS];
    private int count;
    private long duplicateLeft;
    private long duplicateRight = NONE;
    private boolean empty = true;

    SackReport(TcpContext context) {
        this.context = context;
    }

    void clear() {
        count = 0;
        duplicateRight = NONE;
        empty = true;
    }

    /** Reads the option of an ACK of {@code ack}. */
    void read(TcpOptions options, SendSequence sequence, long ack) {
        clear();
        int blocks = Math.min(options.sackBlocks(), MOST_BLOCKS);
        empty = blocks == 0;
        for (int i = 0; i < blocks; i++) {
            long left = sequence.offset(options.sackLeft(i));
            long right = sequence.offset(options.sackRight(i));
            if (left >= right || left < 0 || right > sequence.nxt) {
                // Never sent: a liar or a stray.
                context.counters().increment(TcpCounter.TcpExtTCPSACKDiscard);
            } else if (i == 0 && isDuplicate(options, sequence, left, right, ack, blocks)) {
                duplicateLeft = left;
                duplicateRight = right;
            } else if (right > sequence.una) {
                insert(left, right);
            }
        }
    }

    /** RFC 2883 5: below the acknowledgment of the same ACK, or within the second block. */
    private boolean isDuplicate(
            TcpOptions options, SendSequence sequence, long left, long right, long ack, int blocks) {
        if (right <= ack) {
            context.counters().increment(TcpCounter.TcpExtTCPDSACKRecv);
            return true;
        }
        if (blocks > 1
                && left >= sequence.offset(options.sackLeft(1))
                && right <= sequence.offset(options.sackRight(1))) {
            context.counters().increment(TcpCounter.TcpExtTCPDSACKOfoRecv);
            return true;
        }
        return false;
    }

    private void insert(long left, long right) {
        int at = count++;
        while (at > 0 && lefts[at - 1] > left) {
            lefts[at] = lefts[at - 1];
            rights[at] = rights[at - 1];
            at--;
        }
        lefts[at] = left;
        rights[at] = right;
    }

    /** Whether the ACK has no SACK option. */
    boolean isEmpty() {
        return empty;
    }

    int count() {
        return count;
    }

    long left(int index) {
        return lefts[index];
    }

    long right(int index) {
        return rights[index];
    }

    boolean hasDuplicate() {
        return duplicateRight != NONE;
    }

    long duplicateLeft() {
        return duplicateLeft;
    }

    /** −1 if no duplicate is reported. */
    long duplicateRight() {
        return duplicateRight;
    }
}
