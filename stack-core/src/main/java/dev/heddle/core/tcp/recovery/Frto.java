package dev.heddle.core.tcp.recovery;

/**
 * F-RTO (RFC 5682): after a retransmission timeout, new data is sent instead of more retransmissions, and the ACKs that come
 * tell whether the timeout was needed. The basic algorithm (2.1) without SACK, the enhanced one (3.1) with it.
 */
public final class Frto {

    /** What an ACK means. */
    public enum Verdict {
        /** Nothing: wait, or go on as ever. */
        UNDECIDED,
        /** Up to two new segments go, and no retransmission. */
        SEND_NEW,
        /** The timeout was for nothing. */
        SPURIOUS,
        /** The conventional recovery goes on. */
        GENUINE
    }

    private enum Step {
        OFF,
        RETRANSMITTED,
        NEW_DATA_SENT
    }

    private Step step = Step.OFF;
    /** Behind what step 1 retransmitted. */
    private long retransmittedTo;
    /** "recover" or "RecoveryPoint". */
    private long recover;

    /** Step 1: the timer has expired, and the first segment goes out again. */
    public void begin() {
        step = Step.RETRANSMITTED;
        retransmittedTo = 0;
    }

    public void end() {
        step = Step.OFF;
    }

    /** Whether retransmissions wait for what the new data tells. */
    public boolean isTesting() {
        return step == Step.NEW_DATA_SENT;
    }

    /** Octets up to {@code end} went out again. */
    public void retransmitted(long end) {
        if (step == Step.RETRANSMITTED) {
            retransmittedTo = Math.max(retransmittedTo, end);
        }
    }

    /**
     * An ACK has arrived, SACK not negotiated.
     *
     * @param una SND.UNA after it
     * @param nxt SND.NXT
     * @param advances whether it acknowledges new data
     * @param duplicate whether it is a duplicate ACK
     * @param newDataMayGo whether there is new data and the peer's window lets it go
     */
    public Verdict acknowledged(long una, long nxt, boolean advances, boolean duplicate, boolean newDataMayGo) {
        if (step == Step.OFF || !advances && !duplicate) {
            return Verdict.UNDECIDED;
        }
        if (step == Step.RETRANSMITTED) {
            recover = nxt;
            // 2a, 2b
            return duplicate ? genuine() : firstAdvance(una, newDataMayGo);
        }
        // 3a, 3b
        return duplicate ? genuine() : spurious();
    }

    /**
     * An ACK has arrived, SACK negotiated.
     *
     * @param advances whether it acknowledges new data
     * @param delivered whether it acknowledges or SACKs anything for the first time
     * @param highestDelivered behind the highest octet that it acknowledges or SACKs
     * @param duplicate whether it is a duplicate ACK, one that repeats SND.UNA
     */
    public Verdict acknowledgedWithSack(
            long una,
            long nxt,
            boolean advances,
            boolean delivered,
            long highestDelivered,
            boolean duplicate,
            boolean newDataMayGo) {
        switch (step) {
            case RETRANSMITTED -> {
                if (!advances) {
                    // Step 2 waits for the acknowledgment of what was retransmitted.
                    return Verdict.UNDECIDED;
                }
                recover = nxt;
                return firstAdvance(una, newDataMayGo);
            }
            case NEW_DATA_SENT -> {
                if (highestDelivered > recover) {
                    return genuine();
                }
                if (delivered) {
                    return spurious();
                }
                return duplicate ? genuine() : Verdict.UNDECIDED;
            }
            default -> {
                return Verdict.UNDECIDED;
            }
        }
    }

    private Verdict firstAdvance(long una, boolean newDataMayGo) {
        if (una >= recover || una < retransmittedTo || !newDataMayGo) {
            return genuine();
        }
        step = Step.NEW_DATA_SENT;
        return Verdict.SEND_NEW;
    }

    private Verdict genuine() {
        step = Step.OFF;
        return Verdict.GENUINE;
    }

    private Verdict spurious() {
        step = Step.OFF;
        return Verdict.SPURIOUS;
    }
}
