package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.Acknowledgement;
import dev.heddle.core.tcp.congestion.CongestionControl;
import dev.heddle.core.tcp.recovery.Rack;
import dev.heddle.core.tcp.recovery.RttEstimator;
import dev.heddle.core.tcp.recovery.SendRecords;
import dev.heddle.core.tcp.recovery.TailLossProbe;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.TcpOptions;

/**
 * Decides what is lost, and when recovery begins and ends. With SACK losses are found by RACK-TLP (RFC 8985), without it by
 * RFC 5681 and RFC 6582 (NewReno); the timer's expiry is RFC 6298 5, tested by F-RTO (RFC 5682). {@link Flight} knows how much may
 * go in recovery; {@link Hindsight} finds that it was for nothing, and {@link EifelResponse} takes it back.
 */
final class LossRecovery {

    enum Phase {
        OPEN,
        RECOVERY,
        LOSS
    }

    /** DupThresh (RFC 5681 3.2). */
    static final int DUP_THRESH = 3;

    private final SendRecords records = new SendRecords(this::delivered);
    private final Rack rack = new Rack();
    private final TailLossProbe probe = new TailLossProbe();
    private final DuplicateAcks duplicates = new DuplicateAcks();
    private final Flight flight = new Flight(records, duplicates);
    private final SackReport report;
    private final Hindsight hindsight;
    private final EifelResponse response;
    private final LossCounts counts;
    private final RecoveryReports reports;
    private final RenegingSuspicion reneging = new RenegingSuspicion();
    private final TimeoutRepair repair;
    private final RttEstimator rtt;
    private final boolean sack;
    private final Ecn ecn;
    private final TcpContext context;

    private Phase phase = Phase.OPEN;
    /** RecoveryPoint of RFC 6675, recover of RFC 6582: SND.NXT when the loss was noticed; 0 if there was none. */
    private long recoveryPoint;

    /** The next retransmission goes whatever the window. */
    private boolean forced;

    // The ACK at hand.
    private long newestSentNs;

    LossRecovery(TcpContext context, RttEstimator rtt, boolean sack, Ecn ecn, LossCounts counts) {
        this.context = context;
        this.counts = counts;
        reports = new RecoveryReports(context, sack);
        repair = new TimeoutRepair(sack);
        this.rtt = rtt;
        this.sack = sack;
        this.ecn = ecn;
        report = new SackReport(context);
        hindsight = new Hindsight(context, report, rack, counts, sack);
        response = new EifelResponse(records, rtt, ecn);
        if (rtt.srttNs() > 0) {
            probe.sampled();
        }
    }

    SendRecords records() {
        return records;
    }

    Rack rack() {
        return rack;
    }

    LossCounts counts() {
        return counts;
    }

    /** Whether the peer has reported something ahead of a gap. */
    boolean isDisordered() {
        return records.sackedBytes() > 0 || duplicates.count() > 0;
    }

    SackReport report() {
        return report;
    }

    Phase phase() {
        return phase;
    }

    /** Bytes in flight (pipe of RFC 6675). */
    long inFlightBytes() {
        return flight.bytes();
    }

    /** FlightSize (RFC 5681 2) before the ACKs of this batch. */
    long flightBytes(long nxt) {
        return flight.size(nxt);
    }

    /** What may be sent has been sent. */
    void flushed(long una) {
        flight.flushed(una);
    }

    /** How many bytes may be in flight now. */
    long allowedFlightBytes(CongestionControl congestion) {
        boolean ours = phase == Phase.RECOVERY && !congestion.ownsRecoveryWindow() || hindsight.isTesting();
        return ours ? flight.allowedBytes() : congestion.congestionWindowBytes();
    }

    /** Whether the next retransmission goes whatever the window. */
    boolean isForced() {
        return forced;
    }

    // --- transmissions

    /** New data went out: [from, to). */
    void sent(long from, long to, long nowNs) {
        records.append(from, to, nowNs);
        flight.sent(to - from);
        probe.schedule();
    }

    /** The first {@code bytes} of a record went out again. */
    void retransmitted(int index, long bytes, long nowNs) {
        forced = false;
        long start = records.start(index);
        records.retransmitted(index, bytes, nowNs);
        flight.sent(bytes);
        hindsight.retransmitted(start, start + bytes, nowNs);
    }

    /** The record to retransmit next, or −1. */
    int nextLost() {
        return hindsight.isTesting() ? -1 : records.firstToRetransmit();
    }

    // --- acknowledgements

    /**
     * An ACK has arrived and will be applied to the records.
     *
     * @param echoedBeforeNs transmissions from this time on cannot be those that its timestamp echo answers
     */
    void acknowledging(long arrivalNs, long echoedBeforeNs) {
        newestSentNs = -1;
        rack.acknowledging(arrivalNs, echoedBeforeNs, knownMinRttNs());
        hindsight.acknowledging(echoedBeforeNs);
        report.clear();
    }

    /** Whether an ACK means something although nothing is outstanding: it may report duplicates, or answer a probe. */
    boolean hears(TcpOptions options) {
        return sack && (options.sackBlocks() > 0 || probe.isOutstanding());
    }

    private void delivered(long from, long to, long sentNs, boolean retransmitted, boolean selectively) {
        hindsight.delivered(to);
        if (!retransmitted) {
            newestSentNs = Math.max(newestSentNs, sentNs);
        }
        rack.delivered(to, sentNs, retransmitted, selectively);
    }

    private long knownMinRttNs() {
        long min = rtt.minRttNs();
        return min == Long.MAX_VALUE ? 0 : min;
    }

    /** The transmission time of the newest segment, sent once, that the ACK has proved delivered; −1 if there is none. */
    long newestDeliveredSentNs() {
        return newestSentNs;
    }

    /** A round-trip time was measured; whether it is the first of new data after a timeout that was for nothing. */
    boolean takeSpikeSample(long una) {
        probe.sampled();
        return response.takeSpikeSample(una);
    }

    /**
     * An acknowledgement was applied to the records.
     *
     * @param una SND.UNA after it
     * @param nxt SND.NXT
     * @param newDataMayGo whether a full segment of new data waits and fits the peer's window
     */
    void acknowledged(
            Acknowledgement ack, long una, long nxt, int mssBytes, boolean newDataMayGo, CongestionControl congestion) {
        boolean advances = ack.acknowledgedBytes > 0;
        if (advances) {
            probe.schedule();
            duplicates.ended(ack, phase == Phase.RECOVERY, mssBytes);
        } else if (!sack && ack.duplicate) {
            duplicates.another(ack, duplicableBytes(una, nxt, mssBytes), mssBytes);
        }
        if (report.hasDuplicate()) {
            counts.duplicateReports++;
        }
        flight.delivered(ack.deliveredBytes);
        if (phase == Phase.LOSS) {
            ack.repairedBytes = repair.credit(ack, mssBytes);
        }
        if (rack.hasReordered()) {
            context.counters().increment(TcpCounter.TcpExtTCPSACKReorder);
            counts.reorderings++;
        }
        acknowledgeProbe(ack, una, congestion);
        // RFC 5681 3.2 step 6: the ACK that ends recovery sets the window to ssthresh and does nothing more.
        boolean inRecovery = phase == Phase.RECOVERY;
        Hindsight.Finding finding = hindsight.judge(ack, phase, recoveryPoint, una, nxt, newDataMayGo);
        boolean undone = undo(finding, ack, nxt, mssBytes, congestion);
        boolean leaving = phase != Phase.OPEN && una >= recoveryPoint;
        if (leaving) {
            leave(ack.arrivalNs, congestion);
            reports.left(TcpEvent.Outcome.REPAIRED, congestion);
        }
        if (sack) {
            rack.adapt(una, nxt, report.hasDuplicate());
            if (advances) {
                reneging.advanced(records);
            }
            ack.lostBytes = detect(ack.arrivalNs, mssBytes);
        }
        switch (phase) {
            case OPEN -> {
                boolean lost = sack
                        ? ack.lostBytes > 0 || leaving && records.firstToRetransmit() >= 0
                        : duplicates.count() >= DUP_THRESH && !undone && mayBeginByDuplicates(una);
                if (lost && !records.isEmpty()) {
                    enter(flight.unansweredBytes(), una, nxt, mssBytes, ack.arrivalNs, congestion);
                    flight.reduce(flight.unansweredBytes(), false, mssBytes);
                }
            }
            case RECOVERY -> {
                if (advances && !sack) {
                    // RFC 6582 3.2 step 3, partial acknowledgement: the next hole.
                    ack.lostBytes += records.markFirstLost(mssBytes);
                    forced = true;
                }
                // RFC 9937 6.2: what delivers nothing changes nothing. But where SACKs are not recorded any more, they
                // let nothing go.
                if (ack.deliveredBytes > 0 || records.isFull()) {
                    flight.reduce(ack.deliveredBytes, advances && ack.lostBytes == 0, mssBytes);
                }
            }
            case LOSS -> {
                // Slow start repairs what the timeout declared lost.
            }
        }
        // RFC 4015 3.4: an ACK that takes a reduction back changes the window no further.
        ack.recovering |= inRecovery || phase == Phase.RECOVERY || undone;
        ack.inFlightBytes = inFlightBytes();
        congestion.acknowledged(ack);
    }

    /** What duplicates may tell of: as much as is outstanding, the hole included. */
    private long duplicableBytes(long una, long nxt, int mssBytes) {
        return switch (phase) {
            // RFC 3042 2: two segments more than the window, also where RFC 6582 3.2 lets no recovery begin.
            case OPEN -> mayBeginByDuplicates(una) ? nxt - una : Math.min(nxt - una, 3L * mssBytes);
            case RECOVERY -> nxt - una;
            // What was sent before the timeout is not reckoned in flight any more; only what F-RTO has sent is.
            case LOSS -> nxt - recoveryPoint + mssBytes;
        };
    }

    /** RFC 6582 3.2 step 2: not for what was outstanding in the last recovery. */
    private boolean mayBeginByDuplicates(long una) {
        return recoveryPoint == 0 || una > recoveryPoint;
    }

    private void acknowledgeProbe(Acknowledgement ack, long una, CongestionControl congestion) {
        long probeEnd = probe.end();
        if (probe.acknowledged(una, report.duplicateRight(), ack.duplicate && report.isEmpty())
                && phase == Phase.OPEN) {
            // RFC 8985 7.4.2: as a fast recovery, one that is over at once.
            context.counters().increment(TcpCounter.TcpExtTCPLossProbeRecovery);
            boolean reducing = !ecn.isBeforeReduction(probeEnd - 1);
            if (reducing) {
                congestion.recoveryEntered(ack.priorInFlightBytes, ack.arrivalNs);
            }
            reports.entered(TcpEvent.Loss.REPORTED, inFlightBytes(), congestion);
            if (reducing) {
                congestion.recoveryLeft(ack.arrivalNs);
                ecn.reduced(ack.nextOffset);
            }
            reports.left(TcpEvent.Outcome.REPAIRED, congestion);
        }
    }

    /** RACK_detect_loss, with the reordering window of the moment. */
    private long detect(long nowNs, int mssBytes) {
        long segments = Math.max(records.sackedRanges(), (records.sackedBytes() + mssBytes - 1) / mssBytes);
        rack.updateReorderingWindow(
                phase != Phase.OPEN, (int) Math.min(segments, DUP_THRESH), knownMinRttNs(), rtt.srttNs());
        long retransmittedBefore = records.retransmittedBytes();
        long lost = records.markLostByTime(rack, nowNs);
        long lostAgain = retransmittedBefore - records.retransmittedBytes();
        if (lostAgain > 0) {
            context.counters().add(TcpCounter.TcpExtTCPLostRetransmit, (lostAgain + mssBytes - 1) / mssBytes);
        }
        return lost;
    }

    private void enter(
            long justDeliveredBytes, long una, long nxt, int mssBytes, long nowNs, CongestionControl congestion) {
        phase = Phase.RECOVERY;
        recoveryPoint = nxt;
        forced = true;
        probe.reset();
        // RFC 3168 6.1.2: once a window of data.
        boolean reducing = !ecn.isBeforeReduction(una);
        if (reducing) {
            // RFC 5681 3.2 step 2: what limited transmit has sent does not count.
            congestion.recoveryEntered(Math.min(flightBytes(nxt), congestion.congestionWindowBytes()), nowNs);
            ecn.reduced(nxt);
        }
        response.recoveryBegins(reducing);
        flight.recoveryBegins(congestion.slowStartThresholdBytes(), una, nxt, justDeliveredBytes);
        hindsight.recoveryBegins(una, records);
        if (!sack) {
            records.markFirstLost(mssBytes);
        }
        context.counters().increment(sack ? TcpCounter.TcpExtTCPSackRecovery : TcpCounter.TcpExtTCPRenoRecovery);
        reports.entered(TcpEvent.Loss.REPORTED, inFlightBytes(), congestion);
    }

    private void leave(long nowNs, CongestionControl congestion) {
        if (phase == Phase.RECOVERY) {
            congestion.recoveryLeft(nowNs);
        }
        rack.recoveryLeft();
        open(nowNs);
    }

    /** The connection ends, and with it the recovery that it may be in. */
    void ended(CongestionControl congestion) {
        if (phase != Phase.OPEN) {
            reports.left(TcpEvent.Outcome.CONNECTION_ENDED, congestion);
        }
    }

    private void open(long nowNs) {
        counts.recovered(nowNs);
        phase = Phase.OPEN;
        hindsight.recoveryEnds();
        duplicates.reset();
        forced = false;
    }

    // --- what was for nothing

    /** Takes back what the ACK has shown to be for nothing. */
    private boolean undo(
            Hindsight.Finding finding, Acknowledgement ack, long nxt, int mssBytes, CongestionControl congestion) {
        switch (finding) {
            case NOTHING -> {
                return false;
            }
            case SEND_NEW -> {
                flight.allowMore(2L * mssBytes);
                return false;
            }
            case TIMEOUT_FOR_NOTHING -> response.timeoutWasSpurious(nxt, ack.arrivalNs, congestion);
            case RECOVERY_FOR_NOTHING -> response.recoveryWasSpurious(ack.arrivalNs, congestion);
        }
        // RFC 5682: duplicates may tell of a loss again.
        recoveryPoint = 0;
        // A D-SACK often comes when the recovery is over, and was left.
        boolean leaving = phase != Phase.OPEN;
        open(ack.arrivalNs);
        if (leaving) {
            reports.left(TcpEvent.Outcome.FOR_NOTHING, congestion);
        }
        return true;
    }

    // --- timers

    /** Whether the octet at SND.UNA has been sent again because the timer expired (RFC 5681 (4)). */
    boolean hasTimedOut(long una) {
        return phase == Phase.LOSS && una == hindsight.timedOutAt();
    }

    /** The retransmission timer expired (RFC 6298 5.4 to 5.6, RFC 5681 3.1). */
    void timedOut(long una, long nxt, long nowNs, CongestionControl congestion) {
        counts.timedOut(nowNs);
        if (phase == Phase.RECOVERY) {
            reports.left(TcpEvent.Outcome.TIMED_OUT, congestion);
        }
        boolean again = phase == Phase.LOSS;
        reports.failed(phase, una == hindsight.timedOutAt(), records.sackedBytes() > 0, duplicates.count() > 0);
        if (records.has(0, SendRecords.SACKED)) {
            // RFC 2018 8: the first outstanding octet cannot be SACKed unless the peer has reneged.
            records.forgetSacks();
            context.counters().increment(TcpCounter.TcpExtTCPSACKReneging);
        }
        hindsight.timedOut(phase, una, records);
        if (sack) {
            rack.updateReorderingWindow(true, 0, knownMinRttNs(), rtt.srttNs());
            records.markLostByTimeout(rack, nowNs);
        } else {
            records.markAllLost();
        }
        phase = Phase.LOSS;
        recoveryPoint = nxt;
        repair.begin();
        duplicates.reset();
        forced = true;
        probe.reset();
        if (!again) {
            reports.entered(TcpEvent.Loss.TIMEOUT, inFlightBytes(), congestion);
        }
    }

    /** When RACK wants to look for losses again; {@link Clock#NEVER} if it waits for nothing. */
    long reorderingDeadlineNs() {
        return records.isEmpty() ? Clock.NEVER : records.nextLossNs();
    }

    /** The reordering timer expired (RFC 8985 6.2, step 5). */
    void reorderingTimerExpired(long una, long nxt, int mssBytes, long nowNs, CongestionControl congestion) {
        long lost = detect(nowNs, mssBytes);
        if (lost == 0 || phase == Phase.LOSS) {
            return;
        }
        if (phase == Phase.OPEN) {
            enter(0, una, nxt, mssBytes, nowNs, congestion);
        }
        // No ACK may come any more to let this go.
        forced = true;
        flight.reduce(0, false, mssBytes);
    }

    /** Whether a loss probe may be scheduled (RFC 8985 7.2). */
    boolean mayScheduleProbe() {
        return sack && phase == Phase.OPEN && records.sackedBytes() == 0 && records.lostBytes() == 0;
    }

    /** Whether new data was sent or acknowledged since the last call, so that the probe's timer starts anew. */
    boolean takeProbeScheduleDue() {
        return probe.takeScheduleDue();
    }

    /** Whether a loss probe may be sent now (RFC 8985 7.3). */
    boolean maySendProbe() {
        return probe.maySend() && mayScheduleProbe();
    }

    /** A loss probe went out. */
    void probed(long nxt, boolean isRetransmission) {
        probe.sent(nxt, isRetransmission);
    }

    /** Whether an acknowledgment ended where a SACKed range begins since the last call: the peer has reneged. */
    boolean takeRenegingSuspected() {
        return reneging.take(records);
    }

    /** How long a peer that seems to have reneged is waited for. */
    long renegingPatienceNs() {
        return RenegingSuspicion.patienceNs(rtt.srttNs());
    }

    /** A window probe was not taken, or the path shrank: sends from SND.UNA again, without a congestion signal. */
    void resendFirst(long bytes) {
        records.markLostFromStart(bytes);
        forced = !records.isEmpty();
    }
}
