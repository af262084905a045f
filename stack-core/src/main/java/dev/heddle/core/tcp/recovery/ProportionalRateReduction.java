package dev.heddle.core.tcp.recovery;

/**
 * Proportional Rate Reduction (RFC 6937 and its successor RFC 9937): how much may be sent for each ACK during recovery, so
 * that the flight comes down, or up, to ssthresh by its end. Bytes.
 */
public final class ProportionalRateReduction {

    private long ssthresh;
    private long recoverFlightBytes;
    private long deliveredBytes;
    private long sentBytes;

    /**
     * Recovery begins.
     *
     * @param newSsthresh what congestion control has chosen to end with
     * @param flightBytes RecoverFS: outstanding and not SACKed before the ACK that begins recovery
     */
    public void begin(long newSsthresh, long flightBytes) {
        ssthresh = newSsthresh;
        recoverFlightBytes = Math.max(1, flightBytes);
        deliveredBytes = 0;
        sentBytes = 0;
    }

    /**
     * An ACK of this recovery has arrived.
     *
     * @param newlyDelivered DeliveredData
     * @param inFlightBytes after what it says was taken in
     * @param safe SafeACK: SND.UNA has advanced and no further loss is known
     * @return SndCnt, how much may be sent now
     */
    public long acknowledged(long newlyDelivered, long inFlightBytes, boolean safe, int mssBytes) {
        deliveredBytes += newlyDelivered;
        long count;
        if (inFlightBytes > ssthresh) {
            long target = (deliveredBytes * ssthresh + recoverFlightBytes - 1) / recoverFlightBytes;
            count = target - sentBytes;
        } else {
            // PRR-CRB; PRR-SSRB, one segment more, while recovery makes good progress.
            count = Math.max(deliveredBytes - sentBytes, newlyDelivered) + (safe ? mssBytes : 0);
            count = Math.min(ssthresh - inFlightBytes, count);
        }
        if (sentBytes == 0 && count <= 0) {
            // RFC 9937: the fast retransmit goes.
            return mssBytes;
        }
        return Math.max(0, count);
    }

    /** Data went out, new or again. */
    public void sent(long bytes) {
        sentBytes += bytes;
    }
}
