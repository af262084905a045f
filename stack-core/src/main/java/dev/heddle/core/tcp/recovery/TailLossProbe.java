package dev.heddle.core.tcp.recovery;

/** Tail loss probes (RFC 8985 7): when one may go, and what its acknowledgement tells. */
public final class TailLossProbe {

    /** TLP.max_ack_delay: how long a peer may wait before it acknowledges a single segment. */
    static final long MAX_ACK_DELAY_NS = 200_000_000L;

    private static final long WITHOUT_SRTT_NS = 1_000_000_000L;
    private static final long NONE = -1;

    private long endSeq = NONE;
    private boolean retransmission;
    /** A round trip was measured since the last probe. */
    private boolean sampled;
    /** New data was sent or acknowledged since its timer was set. */
    private boolean scheduleDue;

    /** TLP_calc_PTO, before it is cut to the time of the RTO. */
    public static long timeoutNs(long srttNs, boolean oneSegmentInFlight) {
        if (srttNs == 0) {
            return WITHOUT_SRTT_NS;
        }
        return 2 * srttNs + (oneSegmentInFlight ? MAX_ACK_DELAY_NS : 0);
    }

    /** TLP_init: a connection or a recovery begins. */
    public void reset() {
        endSeq = NONE;
        retransmission = false;
    }

    /** A round-trip time was measured. */
    public void sampled() {
        sampled = true;
    }

    /** New data was sent or acknowledged. */
    public void schedule() {
        scheduleDue = true;
    }

    /** Whether new data was sent or acknowledged since the last call, so that the timer starts anew. */
    public boolean takeScheduleDue() {
        boolean due = scheduleDue;
        scheduleDue = false;
        return due;
    }

    /** 7.3: no probe is in flight, and the last one has not kept the round trip from being measured. */
    public boolean maySend() {
        return endSeq == NONE && sampled;
    }

    /** Whether a probe is in flight. */
    public boolean isOutstanding() {
        return endSeq != NONE;
    }

    /** TLP.end_seq: SND.NXT when the probe went out; −1 if none is in flight. */
    public long end() {
        return endSeq;
    }

    /**
     * A probe went out.
     *
     * @param nxt SND.NXT after it
     * @param isRetransmission whether it repeated the last segment
     */
    public void sent(long nxt, boolean isRetransmission) {
        endSeq = nxt;
        retransmission = isRetransmission;
        sampled = false;
        // RFC 8985 7.3: the RTO is armed, not another probe.
        scheduleDue = false;
    }

    /**
     * TLP_process_ack (7.4.2).
     *
     * @param ack the acknowledgment
     * @param duplicateEnd the right edge of the ACK's D-SACK block, or −1
     * @param plainDuplicate whether it is a duplicate ACK without SACK blocks
     * @return whether the probe has repaired a loss, which congestion control must answer
     */
    public boolean acknowledged(long ack, long duplicateEnd, boolean plainDuplicate) {
        if (endSeq == NONE || ack < endSeq) {
            return false;
        }
        if (!retransmission || duplicateEnd == endSeq) {
            endSeq = NONE;
        } else if (ack > endSeq) {
            endSeq = NONE;
            return true;
        } else if (plainDuplicate) {
            endSeq = NONE;
        }
        return false;
    }
}
