package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.CongestionControl;
import dev.heddle.core.tcp.recovery.RttEstimator;
import dev.heddle.core.tcp.recovery.SendRecords;

/**
 * The Eifel response (RFC 4015): takes back what a recovery or a timeout has done that hindsight shows to be for nothing. Nothing
 * is lost, the window and the RTO are what they were.
 */
final class EifelResponse {

    private final SendRecords records;
    private final RttEstimator rtt;
    private final Ecn ecn;

    /** Whether the recovery has reduced the window itself; if ECN had before, there is nothing of its own to take back. */
    private boolean reduced;

    /** New data beyond this offset measures the path after a spurious timeout; 0 if none was. */
    private long spikeEnd;

    EifelResponse(SendRecords records, RttEstimator rtt, Ecn ecn) {
        this.records = records;
        this.rtt = rtt;
        this.ecn = ecn;
    }

    /**
     * Recovery begins.
     *
     * @param reduces whether the window was reduced for it
     */
    void recoveryBegins(boolean reduces) {
        reduced = reduces;
    }

    /** The recovery, perhaps over by now, was for nothing. */
    void recoveryWasSpurious(long nowNs, CongestionControl congestion) {
        records.unmarkLost();
        if (reduced) {
            congestion.recoveryWasSpurious(nowNs);
            ecn.restored();
        }
    }

    /** The timeout was for nothing. */
    void timeoutWasSpurious(long nxt, long nowNs, CongestionControl congestion) {
        records.unmarkLost();
        congestion.timeoutWasSpurious(nowNs);
        ecn.restored();
        rtt.resetBackOff();
        spikeEnd = nxt;
    }

    /** Whether a round-trip time is the first of new data after a timeout that was for nothing. */
    boolean takeSpikeSample(long una) {
        boolean first = spikeEnd > 0 && una > spikeEnd;
        if (first) {
            spikeEnd = 0;
        }
        return first;
    }
}
