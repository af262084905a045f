package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.Acknowledgement;
import dev.heddle.core.tcp.congestion.CongestionControl;
import dev.heddle.core.tcp.recovery.SendRecords;

/**
 * Decides what is lost and when recovery begins and ends: RFC 6675 where SACK was negotiated, RFC 5681 and RFC 6582
 * (NewReno) where not, RFC 6298 5 when the timer expires.
 *
 * <p>Without SACK every duplicate ACK counts as one segment that left the network; that is RFC 6582's inflation of the
 * window, told as a smaller flight.
 */
final class LossRecovery {

    enum Phase {
        OPEN,
        RECOVERY,
        LOSS
    }

    /** DupThresh (RFC 5681 3.2, RFC 6675 2). */
    static final int DUP_THRESH = 3;

    private final SendRecords records = new SendRecords();
    private final boolean sack;
    private final TcpContext context;

    private Phase phase = Phase.OPEN;
    /** RecoveryPoint of RFC 6675, recover of RFC 6582: SND.NXT when the loss was noticed. */
    private long recoveryPoint;

    private int duplicateAcks;
    /** Without SACK: bytes that duplicate ACKs say have left the network. */
    private long presumedDelivered;
    /** RFC 6675 RescueRxt: a rescue retransmission happened for this recovery. */
    private boolean rescued;
    /** The next retransmission goes whatever the window. */
    private boolean forced;

    LossRecovery(TcpContext context, boolean sack) {
        this.context = context;
        this.sack = sack;
    }

    SendRecords records() {
        return records;
    }

    Phase phase() {
        return phase;
    }

    /** Bytes in flight (pipe of RFC 6675). */
    long inFlightBytes() {
        return Math.max(0, records.inFlightBytes() - presumedDelivered);
    }

    /** Whether the next retransmission goes whatever the window. */
    boolean isForced() {
        return forced;
    }

    /** The first {@code bytes} of a record went out again. */
    void retransmitted(int index, long bytes, long nowNs) {
        forced = false;
        rescued |= index == records.size() - 1 && !records.has(index, SendRecords.LOST);
        records.retransmitted(index, bytes, nowNs);
    }

    /**
     * An acknowledgement was applied to the records.
     *
     * @param una SND.UNA after it
     * @param nxt SND.NXT
     */
    void acknowledged(Acknowledgement ack, long una, long nxt, int mssBytes, CongestionControl congestion) {
        if (ack.acknowledgedBytes > 0) {
            duplicateAcks = 0;
        } else if (sack ? ack.sackedBytes > 0 : ack.duplicate) {
            // RFC 6675 2: with SACK, a duplicate acknowledgment is one that SACKs something new.
            duplicateAcks++;
            if (!sack) {
                presumedDelivered = Math.min(presumedDelivered + mssBytes, Math.max(0, nxt - una - mssBytes));
            }
        }
        // RFC 5681 3.2 step 6: the ACK that ends recovery sets the window to ssthresh and does nothing more.
        boolean inRecovery = phase == Phase.RECOVERY;
        if (phase != Phase.OPEN && una >= recoveryPoint) {
            leave(ack.arrivalNs, congestion);
        }
        if (sack) {
            ack.lostBytes = records.markLostBySack(DUP_THRESH, mssBytes);
        }
        switch (phase) {
            case OPEN -> {
                if (ack.acknowledgedBytes > 0) {
                    presumedDelivered = Math.max(0, presumedDelivered - ack.acknowledgedBytes);
                }
                if (shouldEnter(ack, una)) {
                    enter(nxt - una, nxt, mssBytes, ack.arrivalNs, congestion);
                }
            }
            case RECOVERY -> {
                if (ack.acknowledgedBytes > 0 && !sack) {
                    // RFC 6582 3.2 step 3, partial acknowledgement: the next hole; deflate by what was
                    // acknowledged, but add one segment back.
                    presumedDelivered = Math.max(0, presumedDelivered - Math.max(0, ack.acknowledgedBytes - mssBytes));
                    ack.lostBytes += records.markFirstLost(mssBytes);
                    forced = true;
                }
            }
            case LOSS -> {
                // Slow start repairs what the timeout declared lost.
            }
        }
        ack.recovering = inRecovery || phase == Phase.RECOVERY;
        ack.inFlightBytes = inFlightBytes();
        congestion.acknowledged(ack);
    }

    private boolean shouldEnter(Acknowledgement ack, long una) {
        if (records.isEmpty()) {
            return false;
        }
        if (sack) {
            // RFC 6675 5: DupThresh duplicate ACKs, or IsLost(HighACK + 1).
            return ack.lostBytes > 0 || (duplicateAcks >= DUP_THRESH && records.sackedBytes() > 0);
        }
        // RFC 6582 3.2 step 2: after a timeout, duplicates below recover are echoes of our own retransmissions.
        return duplicateAcks >= DUP_THRESH && (recoveryPoint == 0 || una > recoveryPoint);
    }

    private void enter(long flightBytes, long nxt, int mssBytes, long nowNs, CongestionControl congestion) {
        phase = Phase.RECOVERY;
        recoveryPoint = nxt;
        rescued = false;
        forced = true;
        congestion.recoveryEntered(flightBytes, nowNs);
        records.markFirstLost(mssBytes);
        context.counters().increment(sack ? TcpCounter.TcpExtTCPSackRecovery : TcpCounter.TcpExtTCPRenoRecovery);
    }

    private void leave(long nowNs, CongestionControl congestion) {
        if (phase == Phase.RECOVERY) {
            congestion.recoveryLeft(nowNs);
        }
        phase = Phase.OPEN;
        presumedDelivered = 0;
        duplicateAcks = 0;
    }

    /** The retransmission timer expired (RFC 6298 5.4 to 5.6, RFC 5681 3.1). */
    void timedOut(long nxt) {
        if (records.has(0, SendRecords.SACKED)) {
            // RFC 2018 8: the first outstanding octet cannot be SACKed unless the peer has reneged.
            records.forgetSacks();
            context.counters().increment(TcpCounter.TcpExtTCPSACKReneging);
        }
        records.markAllLost();
        phase = Phase.LOSS;
        recoveryPoint = nxt;
        presumedDelivered = 0;
        duplicateAcks = 0;
        forced = true;
    }

    /** A window probe was not taken, or the path shrank: sends from SND.UNA again, without a congestion signal. */
    void resendFirst(long bytes) {
        records.markLostFromStart(bytes);
        forced = !records.isEmpty();
    }

    /** The record to retransmit next (RFC 6675 NextSeg (1)), or −1. */
    int nextLost() {
        return records.firstToRetransmit();
    }

    /** NextSeg (3) and (4): what may be retransmitted when there is no new data to send, or −1. */
    int nextSpeculative(int mssBytes) {
        if (phase != Phase.RECOVERY || !sack) {
            return -1;
        }
        int hole = records.firstUnsackedBelowHighestSack();
        if (hole >= 0) {
            return hole;
        }
        int last = records.size() - 1;
        if (!rescued && last >= 0 && !records.has(last, SendRecords.SACKED | SendRecords.RETRANSMITTED)) {
            return records.splitLast(mssBytes);
        }
        return -1;
    }
}
