package dev.heddle.core.tcp;

/** What one connection has lost and doubted; made when data is first sent. */
final class LossCounts {

    int retransmittedSegments;
    int timeouts;
    /** Recoveries after a timeout that have ended. */
    int timeoutRecoveries;
    /** D-SACKs that have arrived. */
    int duplicateReports;
    /** How often reordering was seen. */
    int reorderings;
    /** Segments delivered with a mark of congestion. */
    int markedSegments;

    private long lossNs;
    private long lossSinceNs;
    private boolean inLoss;

    void timedOut(long nowNs) {
        timeouts++;
        if (!inLoss) {
            inLoss = true;
            lossSinceNs = nowNs;
        }
    }

    /** A recovery ended. */
    void recovered(long nowNs) {
        if (inLoss) {
            lossNs = timeoutRecoveryNs(nowNs);
            timeoutRecoveries++;
            inLoss = false;
        }
    }

    /** The time spent in recovery after timeouts, nanoseconds. */
    long timeoutRecoveryNs(long nowNs) {
        return lossNs + (inLoss ? nowNs - lossSinceNs : 0);
    }
}
