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

    private boolean acceptableAckSeen;
    private final UnreportedRetransmissions unreported = new UnreportedRetransmissions();

    /** Over the whole connection: the peer sends D-SACKs. */
    private boolean duplicatesReported;

    /**
     * A recovery begins.
     *
     * @param una SND.UNA
     * @param byTimeout whether the retransmission timer began it
     */
    public void begin(long una, boolean byTimeout) {
        marker = una;
        timeout = byTimeout;
        firstRetransmissionNs = NONE;
        acceptableAckSeen = false;
        unreported.clear();
    }

    /** [start, end) was in flight again when it began: a probe's, for example. */
    public void retransmittedBefore(long start, long end) {
        unreported.add(start, end);
    }

    /** It was judged. */
    public void end() {
        marker = NONE;
    }

    /** Whether it was a timeout's. */
    public boolean isTimeout() {
        return timeout;
    }

    /** [start, end) went out again. */
    public void retransmitted(long start, long end, long nowNs) {
        if (marker == NONE) {
            return;
        }
        if (firstRetransmissionNs == NONE) {
            firstRetransmissionNs = nowNs;
        }
        unreported.add(start, end);
    }

    /**
     * A D-SACK has reported [left, right).
     *
     * @return whether nothing is left of what was retransmitted: all of it was for nothing
     */
    public boolean duplicateReported(long left, long right) {
        duplicatesReported = true;
        return marker != NONE && unreported.reported(left, right);
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
