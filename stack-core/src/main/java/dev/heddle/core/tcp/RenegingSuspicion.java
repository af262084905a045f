package dev.heddle.core.tcp;

import dev.heddle.core.tcp.recovery.SendRecords;

/**
 * The suspicion that a peer has reneged (RFC 2018 8): an acknowledgment ended where a range begins that it has SACKed, and a peer
 * that still had it would have acknowledged it, too.
 */
final class RenegingSuspicion {

    /** A peer that has reneged is given this long at least to take it back, as in Linux. */
    private static final long LEAST_PATIENCE_NS = 10_000_000L;

    private boolean raised;

    /** SND.UNA has advanced to the first of these records. */
    void advanced(SendRecords records) {
        raised |= isFirstSacked(records);
    }

    /** Whether it was raised since the last call and still stands. */
    boolean take(SendRecords records) {
        boolean suspected = raised;
        raised = false;
        return suspected && isFirstSacked(records);
    }

    private static boolean isFirstSacked(SendRecords records) {
        return !records.isEmpty() && records.has(0, SendRecords.SACKED);
    }

    /** How long such a peer is waited for. */
    static long patienceNs(long srttNs) {
        return Math.max(srttNs / 2, LEAST_PATIENCE_NS);
    }
}
