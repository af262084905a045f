package dev.heddle.core.tcp.recovery;

/**
 * Whether a recovery was for nothing: by the Eifel detection algorithm (RFC 3522), which compares the timestamp that the first
 * acceptable ACK echoes with that of the first retransmission, or because D-SACKs have reported every octet that was
 * retransmitted as a duplicate (RFC 2883, RFC 3708).
 */
public final class SpuriousRecovery {

    private static final long NONE = -1;

    /** SND.UNA when the recovery began, or −1 if there is none to judge. */
    private long marker = NONE;

    private boolean timeout;
    /** When the first retransmission went out, or −1. */
    private long firstRetransmissionNs = NONE;
    /** Behind the last octet that was retransmitted. */
    private long retransmittedTo;
    /** Retransmitted octets that no D-SACK has reported. */
    private long unreportedBytes;

    private boolean retransmittedAny;
    private boolean acceptableAckSeen;

    /** Over the whole connection: the peer sends D-SACKs. */
    private boolean duplicatesReported;

    /**
     * A recovery begins.
     *
     * @param una SND.UNA
     * @param byTimeout whether the retransmission timer began it
     * @param retransmittedBytes retransmissions that are in flight already, a probe's for example
     * @param to behind the last octet of them
     */
    public void begin(long una, boolean byTimeout, long retransmittedBytes, long to) {
        marker = una;
        timeout = byTimeout;
        firstRetransmissionNs = NONE;
        retransmittedTo = to;
        unreportedBytes = retransmittedBytes;
        retransmittedAny = retransmittedBytes > 0;
        acceptableAckSeen = false;
    }

    /** It was judged. */
    public void end() {
        marker = NONE;
    }

    /** Whether it was a timeout's. */
    public boolean isTimeout() {
        return timeout;
    }

    /** Octets up to {@code end} went out again. */
    public void retransmitted(long bytes, long end, long nowNs) {
        if (marker == NONE) {
            return;
        }
        if (firstRetransmissionNs == NONE) {
            firstRetransmissionNs = nowNs;
        }
        retransmittedTo = Math.max(retransmittedTo, end);
        unreportedBytes += bytes;
        retransmittedAny = true;
    }

    /**
     * A D-SACK has reported [left, right).
     *
     * @return whether nothing is left of what was retransmitted: all of it was for nothing
     */
    public boolean duplicateReported(long left, long right) {
        duplicatesReported = true;
        if (marker == NONE || !retransmittedAny || left < marker || right > retransmittedTo) {
            // RFC 3708 3: a duplicate that this recovery has not made.
            return false;
        }
        unreportedBytes -= right - left;
        return unreportedBytes <= 0;
    }

    /**
     * Steps 3 to 6 of RFC 3522 3.2, when an ACK advances SND.UNA.
     *
     * @param echoedBeforeNs transmissions from this time on cannot be those that the timestamp echo answers
     * @param timestamps whether the ACK has timestamps
     * @param dsack whether it reports a duplicate
     * @param all whether it acknowledges everything outstanding
     * @return whether it answers the original, not the retransmission
     */
    public boolean isEchoOfOriginal(long echoedBeforeNs, boolean timestamps, boolean dsack, boolean all) {
        if (marker == NONE || firstRetransmissionNs == NONE || acceptableAckSeen) {
            return false;
        }
        acceptableAckSeen = true;
        if (!timestamps || firstRetransmissionNs < echoedBeforeNs || dsack) {
            return false;
        }
        return duplicatesReported || !all;
    }
}
