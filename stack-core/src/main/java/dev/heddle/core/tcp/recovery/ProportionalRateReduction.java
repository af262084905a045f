package dev.heddle.core.tcp.recovery;

/**
 * Proportional Rate Reduction (RFC 9937, the successor of RFC 6937): how much may be sent for each ACK during recovery, so
 * that the flight comes down, or up, to ssthresh by its end. Bytes.
 *
 * <p>ACKs that arrive in one batch are answered once, after the last of them: then DeliveredData is that of all.
 */
public final class ProportionalRateReduction {

    private long ssthresh;
    private long recoverFlightBytes;
    private long deliveredBytes;
    private long sentBytes;
    /** DeliveredData since something could be sent last. */
    private long unansweredBytes;

    /**
     * Recovery begins.
     *
     * @param newSsthresh what congestion control has chosen to end with
     * @param flightBytes RecoverFS: outstanding and not SACKed before the ACK, or batch of ACKs, that begins recovery
     */
    public void begin(long newSsthresh, long flightBytes) {
        ssthresh = newSsthresh;
        recoverFlightBytes = Math.max(1, flightBytes);
        deliveredBytes = 0;
        sentBytes = 0;
        unansweredBytes = 0;
    }

    /**
     * An ACK of this recovery has arrived that has delivered something (RFC 9937 6.2: others change nothing).
     *
     * @param newlyDelivered DeliveredData
     * @param inFlightBytes after what it says was taken in
     * @param safe SafeACK: SND.UNA has advanced and no further loss is known
     * @return SndCnt, how much may be sent now
     */
    public long acknowledged(long newlyDelivered, long inFlightBytes, boolean safe, int mssBytes) {
        deliveredBytes += newlyDelivered;
        unansweredBytes += newlyDelivered;
        long count;
        if (inFlightBytes > ssthresh) {
            long target = (deliveredBytes * ssthresh + recoverFlightBytes - 1) / recoverFlightBytes;
            count = target - sentBytes;
        } else {
            // PRR-CRB; PRR-SSRB, one segment more, while recovery makes good progress.
            count = Math.max(deliveredBytes - sentBytes, unansweredBytes) + (safe ? mssBytes : 0);
            count = Math.min(ssthresh - inFlightBytes, count);
        }
        if (sentBytes == 0 && count <= 0) {
            // RFC 9937 6.2: the fast retransmit goes.
            return mssBytes;
        }
        return Math.max(0, count);
    }

    /** What could be sent has been sent. */
    public void answered() {
        unansweredBytes = 0;
    }

    /** Data went out, new or again. */
    public void sent(long bytes) {
        sentBytes += bytes;
    }
}
