package dev.heddle.core.tcp;

/** Something that befell a connection and that its owner may want to know. */
public sealed interface TcpEvent {

    /**
     * Octets, a SYN or a FIN went out again.
     *
     * @param sequence the first sequence number, as in the header
     * @param bytes of text
     * @param why under which it was counted: {@code TcpExtTCPFastRetrans}, {@code …SlowStartRetrans}, {@code …LossProbes},
     *     {@code …SynRetrans}
     */
    record Retransmitted(int sequence, long bytes, TcpCounter why) implements TcpEvent {}

    /**
     * The retransmission timer has expired (RFC 6298 5).
     *
     * @param rtoNs the timeout in force, nanoseconds; a user timeout, or a peer that reneges, has the timer expire sooner
     * @param unanswered how often it has expired without an answer, this time included
     * @param outstandingBytes what was sent and not acknowledged
     */
    record TimedOut(long rtoNs, int unanswered, long outstandingBytes) implements TcpEvent {}

    /** What a recovery answers. */
    enum Loss {
        /** Losses that acknowledgments tell of (RFC 6675, 8985, 6582). */
        REPORTED,
        /** A retransmission timeout. */
        TIMEOUT
    }

    /**
     * Recovery from loss has begun. It is left, with the connection at the latest. What a loss probe has repaired (RFC 8985
     * 7.4.2) is a recovery that is left at once.
     *
     * @param inFlightBytes what is thought to be on its way
     * @param congestionWindowBytes after the reduction
     */
    record RecoveryEntered(Loss loss, long inFlightBytes, long congestionWindowBytes, long slowStartThresholdBytes)
            implements TcpEvent {}

    /** How a recovery ended. */
    enum Outcome {
        /** All that was outstanding at its beginning is acknowledged. A D-SACK may yet show that it was for nothing. */
        REPAIRED,
        /** Nothing was lost: the reduction was taken back (RFC 4015, 5682, D-SACK). */
        FOR_NOTHING,
        /** The retransmission timer expired in it. */
        TIMED_OUT,
        /** The connection ended in it: reset, given up or failed. */
        CONNECTION_ENDED
    }

    /**
     * Recovery from loss is over.
     *
     * @param congestionWindowBytes after it
     */
    record RecoveryLeft(Outcome outcome, long congestionWindowBytes) implements TcpEvent {}

    /** Whose receive window. */
    enum Side {
        OURS,
        PEERS
    }

    /** A receive window was announced as zero: no data may come, or go, until it opens. */
    record WindowClosed(Side side) implements TcpEvent {}

    /** A receive window that was zero has opened. */
    record WindowOpened(Side side, long windowBytes) implements TcpEvent {}

    /**
     * Data that had arrived was dropped; the peer will send it again.
     *
     * @param why under which it was counted
     * @param bytes of text
     */
    record Dropped(TcpCounter why, long bytes) implements TcpEvent {}
}
