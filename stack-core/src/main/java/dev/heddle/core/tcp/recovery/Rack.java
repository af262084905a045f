package dev.heddle.core.tcp.recovery;

import dev.heddle.core.time.Clock;

/**
 * RACK (RFC 8985 6): what was sent sufficiently long before something that has been delivered is lost. It learns from the
 * deliveries of each ACK ({@link #acknowledging}, then {@link #delivered} for each range), adapts its reordering window, and
 * says until when a transmission may still arrive. {@link SendRecords#markLostByTime} applies it.
 */
public final class Rack {

    private static final long NONE = -1;

    /** RACK.reo_wnd_persist: the recoveries after which an inflated window is given up. */
    private static final int PERSISTENCE = 16;

    /** DupThresh: so many SACKed segments mean loss while no reordering was ever seen. */
    private static final int DUP_THRESH = 3;

    // RACK.segment: of all that was delivered, what was sent last.
    private long xmitNs = NONE;
    private long endSeq;

    private long rttNs = NONE;
    private long smoothedRttNs;
    private long fack;
    private boolean reorderingSeen;

    private long reorderingWindowNs;
    private long dsackRound = NONE;
    private int multiplier = 1;
    private int persist = PERSISTENCE;

    // The ACK at hand.
    private long arrivalNs;
    private long echoedBeforeNs;
    private long minRttNs;
    private long newestSentNs;
    private long newestEnd;
    private boolean reordered;

    /**
     * An ACK has arrived; its deliveries follow.
     *
     * @param newEchoedBeforeNs transmissions from this time on cannot be those that the ACK's timestamp echo answers;
     *     {@link Clock#NEVER} without timestamps
     * @param newMinRttNs RACK.min_RTT, 0 if nothing was measured
     */
    public void acknowledging(long newArrivalNs, long newEchoedBeforeNs, long newMinRttNs) {
        arrivalNs = newArrivalNs;
        echoedBeforeNs = newEchoedBeforeNs;
        minRttNs = newMinRttNs;
        newestSentNs = NONE;
        newestEnd = 0;
        reordered = false;
    }

    /** Steps 2 and 3; the ranges of one ACK come in ascending order. */
    public void delivered(long end, long sentNs, boolean retransmitted, boolean selectively) {
        if (end > fack) {
            fack = end;
        } else if (end < fack && !retransmitted) {
            reordered = true;
            reorderingSeen = true;
        }
        // RFC 7323 4.3: what arrives ahead of a gap is not echoed, so the echo says nothing of what is SACKed.
        boolean echoesEarlier = !selectively && sentNs >= echoedBeforeNs;
        if (retransmitted && (echoesEarlier || arrivalNs - sentNs < minRttNs)) {
            // The ACK is of an earlier transmission, or may be.
            return;
        }
        if (sentAfter(sentNs, end, newestSentNs, newestEnd)) {
            newestSentNs = sentNs;
            newestEnd = end;
            rttNs = arrivalNs - sentNs;
        }
        if (sentAfter(sentNs, end, xmitNs, endSeq)) {
            xmitNs = sentNs;
            endSeq = end;
        }
    }

    private static boolean sentAfter(long ns1, long end1, long ns2, long end2) {
        return ns1 > ns2 || ns1 == ns2 && end1 > end2;
    }

    /** Whether the ACK at hand has shown that segments overtook each other. */
    public boolean hasReordered() {
        return reordered;
    }

    /** RACK.reordering_seen. */
    public boolean isReorderingSeen() {
        return reorderingSeen;
    }

    /** A loss turned out to be none: what was late has overtaken nothing, but was overtaken. */
    public void reorderingProved() {
        reorderingSeen = true;
    }

    /**
     * Step 4, at each ACK: a round trip with a D-SACK widens the window.
     *
     * @param una SND.UNA
     * @param nxt SND.NXT
     * @param dsack whether the ACK reports a duplicate
     */
    public void adapt(long una, long nxt, boolean dsack) {
        if (dsackRound != NONE && una >= dsackRound) {
            dsackRound = NONE;
        }
        if (dsackRound == NONE && dsack) {
            dsackRound = nxt;
            multiplier++;
            persist = PERSISTENCE;
        }
    }

    /** Step 4, at the end of fast or RTO recovery. */
    public void recoveryLeft() {
        persist--;
        if (persist <= 0) {
            multiplier = 1;
        }
    }

    /**
     * Works RACK.reo_wnd out for the detection that follows.
     *
     * @param recovering whether fast or RTO recovery is under way
     * @param segmentsSacked RACK.segs_sacked
     * @param currentMinRttNs RACK.min_RTT, 0 if nothing was measured
     */
    public void updateReorderingWindow(boolean recovering, int segmentsSacked, long currentMinRttNs, long srttNs) {
        if (!reorderingSeen && (recovering || segmentsSacked >= DUP_THRESH)) {
            reorderingWindowNs = 0;
        } else {
            reorderingWindowNs = Math.min(multiplier * (currentMinRttNs / 4), srttNs);
        }
        smoothedRttNs = srttNs;
    }

    /** RACK.reo_wnd as last worked out. */
    public long reorderingWindowNs() {
        return reorderingWindowNs;
    }

    /** RACK.rtt, −1 before anything was delivered. */
    public long rttNs() {
        return rttNs;
    }

    /** Whether a transmission happened before that of RACK.segment; equal times are told apart by the sequence. */
    boolean isSentBeforeDelivered(long sentNs, long end) {
        return sentAfter(xmitNs, endSeq, sentNs, end);
    }

    /** Whether a transmission happened after that of RACK.segment, and is no loss therefore, nor what was sent later still. */
    boolean isSentAfterDelivered(long sentNs) {
        return sentNs > xmitNs;
    }

    /** When a transmission that RACK.segment has overtaken is deemed lost. */
    long lostAtNs(long sentNs) {
        // Before any delivery the handshake's round trip must do.
        return sentNs + (rttNs == NONE ? smoothedRttNs : rttNs) + reorderingWindowNs;
    }
}
