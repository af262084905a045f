package dev.heddle.core.tcp;

import dev.heddle.core.wire.TcpHeader;

/**
 * One connection's Explicit Congestion Notification (RFC 3168 6.1): what was agreed, what the receiving half echoes, and what
 * the sending half answers.
 */
final class Ecn {

    /** The codepoints of the traffic class's two low bits (RFC 3168 5). */
    static final int ECT_0 = 2;

    static final int CE = 3;
    static final int MASK = 3;

    private static final int SETUP = TcpHeader.ECE | TcpHeader.CWR;

    private boolean capable;

    /** CE has arrived and the peer has not said CWR since: every ACK carries ECE. */
    private boolean echoing;

    /** The window was reduced: the next new data carries CWR. */
    private boolean reductionToReport;

    /** SND.NXT at the last reduction; ECE that acknowledges less is about the same congestion. */
    private long reducedAt;

    /** Whether a SYN without ACK asks for ECN (RFC 3168 6.1.1, RFC 9293 SHLD-8). */
    static boolean isSetupSyn(TcpHeader syn) {
        return (syn.flags() & SETUP) == SETUP;
    }

    /** Whether a SYN-ACK grants it; one that mirrors all flags does not. */
    static boolean isSetupSynAck(TcpHeader synAck) {
        return (synAck.flags() & SETUP) == TcpHeader.ECE;
    }

    /** Both ends agreed. */
    void agree() {
        capable = true;
    }

    boolean isCapable() {
        return capable;
    }

    // --- the receiving half

    /**
     * Data that is taken has arrived.
     *
     * @return whether it must be acknowledged at once: congestion is news
     */
    boolean dataArrived(int trafficClass, int flags) {
        if (!capable) {
            return false;
        }
        // RFC 3168 6.1.3: CWR ends the echo, but not that of the segment's own mark.
        if ((flags & TcpHeader.CWR) != 0) {
            echoing = false;
        }
        if ((trafficClass & MASK) != CE || echoing) {
            return false;
        }
        echoing = true;
        return true;
    }

    /** What every segment with an ACK carries. */
    int acknowledgmentFlags() {
        return echoing ? TcpHeader.ECE : 0;
    }

    // --- the sending half

    /** Whether a segment's ECE counts. */
    boolean isEcho(int flags) {
        return capable && (flags & (TcpHeader.ECE | TcpHeader.SYN)) == TcpHeader.ECE;
    }

    /** Whether what an ACK acknowledges was sent before the last reduction: the window neither shrinks nor grows by it. */
    boolean isReducing(long unacknowledged) {
        return unacknowledged <= reducedAt;
    }

    /** Whether data at an offset was sent before the last reduction: its loss is of the same congestion. */
    boolean isBeforeReduction(long offset) {
        return offset < reducedAt;
    }

    /** The last reduction was for nothing and is taken back. */
    void restored() {
        reducedAt = 0;
    }

    /** The window was reduced, for whatever reason (RFC 3168 6.1.2). */
    void reduced(long next) {
        if (capable) {
            reducedAt = next;
            reductionToReport = true;
        }
    }

    /** What the next new data carries besides. */
    int newDataFlags() {
        return reductionToReport ? TcpHeader.CWR : 0;
    }

    void newDataSent() {
        reductionToReport = false;
    }
}
