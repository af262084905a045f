package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.Acknowledgement;
import dev.heddle.core.tcp.recovery.Frto;
import dev.heddle.core.tcp.recovery.Rack;
import dev.heddle.core.tcp.recovery.SendRecords;
import dev.heddle.core.tcp.recovery.SpuriousRecovery;
import dev.heddle.core.time.Clock;

/** Finds that a recovery or a timeout was for nothing: by D-SACK, Eifel (RFC 3522) or F-RTO (RFC 5682). */
final class Hindsight {

    /** What an ACK shows. */
    enum Finding {
        NOTHING,
        /** F-RTO: up to two new segments go, and no retransmission. */
        SEND_NEW,
        RECOVERY_FOR_NOTHING,
        TIMEOUT_FOR_NOTHING
    }

    private final TcpContext context;
    private final SackReport report;
    private final Rack rack;
    private final LossCounts counts;
    private final boolean sack;
    private final Frto frto = new Frto();
    private final SpuriousRecovery spurious = new SpuriousRecovery();

    /** SND.UNA when the timer expired last. */
    private long timedOutAt;
    /** Whether the timeout began outside of any recovery, so that F-RTO may judge it. */
    private boolean testable;

    // The ACK at hand.
    private long echoedBeforeNs;
    private long highestDelivered;

    Hindsight(TcpContext context, SackReport report, Rack rack, LossCounts counts, boolean sack) {
        this.context = context;
        this.report = report;
        this.rack = rack;
        this.counts = counts;
        this.sack = sack;
    }

    /** SND.UNA when the timer expired last. */
    long timedOutAt() {
        return timedOutAt;
    }

    /** Whether retransmissions wait for what new data tells of the timeout. */
    boolean isTesting() {
        return frto.isTesting();
    }

    /** Recovery begins. */
    void recoveryBegins(long una, SendRecords records) {
        begin(una, false, records);
    }

    private void begin(long una, boolean byTimeout, SendRecords records) {
        spurious.begin(una, byTimeout);
        if (records.retransmittedBytes() > 0) {
            for (int index = 0; index < records.size(); index++) {
                if (records.has(index, SendRecords.RETRANSMITTED)) {
                    spurious.retransmittedBefore(records.start(index), records.end(index));
                }
            }
        }
    }

    /**
     * The retransmission timer expired.
     *
     * @param phase what the sender was doing
     */
    void timedOut(LossRecovery.Phase phase, long una, SendRecords records) {
        // RFC 5682 2.1 step 1, 3.1: not within another recovery, but again for the same segment.
        boolean again = phase == LossRecovery.Phase.LOSS && una == timedOutAt;
        testable = phase == LossRecovery.Phase.OPEN || again && testable;
        timedOutAt = una;
        if (!again) {
            // RFC 3522 3.2: not upon subsequent timeouts for the same segment.
            begin(una, true, records);
        }
        if (testable) {
            frto.begin();
        } else {
            frto.end();
        }
    }

    /** The recovery is over. */
    void recoveryEnds() {
        frto.end();
    }

    /** [start, end) went out again. */
    void retransmitted(long start, long end, long nowNs) {
        frto.retransmitted(end);
        spurious.retransmitted(start, end, nowNs);
    }

    /**
     * An ACK has arrived; its deliveries follow.
     *
     * @param newEchoedBeforeNs transmissions from this time on cannot be those that its timestamp echo answers
     */
    void acknowledging(long newEchoedBeforeNs) {
        echoedBeforeNs = newEchoedBeforeNs;
        highestDelivered = 0;
    }

    /** Octets up to {@code end} have arrived. */
    void delivered(long end) {
        highestDelivered = Math.max(highestDelivered, end);
    }

    /**
     * Judges by the ACK at hand.
     *
     * @param newDataMayGo whether a full segment of new data waits and fits the peer's window
     */
    Finding judge(
            Acknowledgement ack,
            LossRecovery.Phase phase,
            long recoveryPoint,
            long una,
            long nxt,
            boolean newDataMayGo) {
        if (ack.ecnEcho) {
            // RFC 4015 3.4: congestion was real. The peer will not say so again: CWR goes with the new data that F-RTO
            // sends.
            spurious.end();
            frto.end();
        }
        if (report.hasDuplicate() && spurious.duplicateReported(report.duplicateLeft(), report.duplicateRight())) {
            context.counters().increment(TcpCounter.TcpExtTCPDSACKUndo);
            if (!spurious.isTimeout()) {
                // The original came after what was sent later: without timestamps nothing else tells that it was late.
                rack.reorderingProved();
            }
            return forNothing(spurious.isTimeout());
        }
        boolean advances = ack.acknowledgedBytes > 0;
        if (advances
                && spurious.isEchoOfOriginal(
                        echoedBeforeNs, echoedBeforeNs != Clock.NEVER, report.hasDuplicate(), una == nxt)) {
            if (spurious.isTimeout()) {
                context.counters().increment(TcpCounter.TcpExtTCPLossUndo);
            } else {
                boolean full = una >= recoveryPoint;
                context.counters().increment(full ? TcpCounter.TcpExtTCPFullUndo : TcpCounter.TcpExtTCPPartialUndo);
                context.counters().increment(TcpCounter.TcpExtTCPTSReorder);
                counts.reorderings++;
                rack.reorderingProved();
            }
            return forNothing(spurious.isTimeout());
        }
        return phase == LossRecovery.Phase.LOSS ? judgeTimeout(ack, una, nxt, newDataMayGo) : Finding.NOTHING;
    }

    private Finding judgeTimeout(Acknowledgement ack, long una, long nxt, boolean newDataMayGo) {
        boolean advances = ack.acknowledgedBytes > 0;
        boolean repeats = !advances && ack.duplicate;
        Frto.Verdict verdict = sack
                ? frto.acknowledgedWithSack(
                        una, nxt, advances, ack.deliveredBytes > 0, highestDelivered, repeats, newDataMayGo)
                : frto.acknowledged(una, nxt, advances, ack.duplicate, newDataMayGo);
        return switch (verdict) {
            case SEND_NEW -> Finding.SEND_NEW;
            case SPURIOUS -> {
                context.counters().increment(TcpCounter.TcpExtTCPLossUndo);
                context.counters().increment(TcpCounter.TcpExtTCPSpuriousRTOs);
                yield forNothing(true);
            }
            case UNDECIDED, GENUINE -> Finding.NOTHING;
        };
    }

    private Finding forNothing(boolean timeout) {
        spurious.end();
        return timeout ? Finding.TIMEOUT_FOR_NOTHING : Finding.RECOVERY_FOR_NOTHING;
    }
}
