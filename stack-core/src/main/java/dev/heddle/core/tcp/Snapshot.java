package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.CongestionControl;
import dev.heddle.core.tcp.recovery.RttEstimator;
import org.jspecify.annotations.Nullable;

/** Gathers a connection's figures from its parts. */
final class Snapshot {

    private Snapshot() {}

    /** A handshake, or a connection in TIME-WAIT, of which little is known. */
    static TcpInfo ofRecord(TcpState state, NegotiatedOptions negotiated, boolean ecn, int mtu) {
        return new TcpInfo(
                state,
                SendLimit.NOTHING,
                negotiated(negotiated, ecn),
                TcpInfo.Timing.NONE,
                TcpInfo.Sending.NONE,
                TcpInfo.Receiving.NONE,
                TcpInfo.Congestion.NONE,
                TcpInfo.Loss.NONE,
                TcpInfo.Trouble.NONE,
                TcpInfo.Traffic.NONE,
                new TcpInfo.Path(mtu));
    }

    /** A connection. */
    static TcpInfo of(Tcb tcb, long nowNs) {
        SegmentEmitter emitter = tcb.emitter();
        LossRecovery recovery = tcb.sender().recovery();
        SendHistory history = tcb.sender().history();
        SendTimes times = history == null ? null : history.times();
        return new TcpInfo(
                tcb.state(),
                times == null ? SendLimit.NOTHING : times.limit(),
                negotiated(emitter.negotiated(), emitter.ecn().isCapable()),
                timing(tcb, times, nowNs),
                new TcpInfo.Sending(
                        emitter.mssBytes(),
                        tcb.sendSequence().wnd,
                        tcb.unacknowledgedBytes(),
                        tcb.unsentBytes(),
                        tcb.sendBufferBytes()),
                receiving(tcb),
                congestion(tcb, recovery, history),
                history == null ? TcpInfo.Loss.NONE : loss(history, recovery, nowNs),
                new TcpInfo.Trouble(
                        tcb.sender().unanswered(),
                        tcb.rtt().backOffs(),
                        tcb.keepAlive().probes(),
                        tcb.userTimeout().timeoutNs(tcb.rtt().rtoNs()),
                        tcb.userTimeout().remoteNs(),
                        tcb.softFailure()),
                traffic(tcb, history),
                new TcpInfo.Path(emitter.path().mtu()));
    }

    private static TcpInfo.Negotiated negotiated(NegotiatedOptions agreed, boolean ecn) {
        return new TcpInfo.Negotiated(
                agreed.timestamps(),
                agreed.sack(),
                agreed.windowScaling(),
                agreed.sendShift(),
                agreed.receiveShift(),
                ecn);
    }

    private static TcpInfo.Timing timing(Tcb tcb, @Nullable SendTimes times, long nowNs) {
        RttEstimator rtt = tcb.rtt();
        Receiver receiver = tcb.receiverIfAny();
        ReceiveTuning tuning = receiver == null ? null : receiver.tuning();
        return new TcpInfo.Timing(
                rtt.rtoNs(),
                rtt.srttNs(),
                rtt.rttvarNs(),
                rtt.minRttNs(),
                tuning == null ? 0 : tuning.rttNs(),
                tcb.context().config().delayedAckNs(),
                times == null ? 0 : times.lastSentNs(),
                receiver == null ? 0 : receiver.lastDataNs(),
                tcb.keepAlive().lastArrivalNs(),
                times == null ? 0 : times.busyNs(nowNs),
                times == null ? 0 : times.receiveWindowNs(nowNs),
                times == null ? 0 : times.sendBufferNs(nowNs));
    }

    private static TcpInfo.Receiving receiving(Tcb tcb) {
        Receiver receiver = tcb.receiverIfAny();
        if (receiver == null) {
            return TcpInfo.Receiving.NONE;
        }
        ReceiveTuning tuning = receiver.tuning();
        return new TcpInfo.Receiving(
                receiver.segmentEstimateBytes(),
                tcb.emitter().announcedMss(),
                receiver.sequence().window(),
                receiver.available(),
                receiver.urgentBytes(),
                receiver.limitBytes(),
                tuning == null ? 0 : tuning.takenBytes(),
                Integer.toUnsignedLong(receiver.outOfOrderSegments()));
    }

    private static TcpInfo.Congestion congestion(
            Tcb tcb, @Nullable LossRecovery recovery, @Nullable SendHistory history) {
        CongestionControl control = tcb.sender().congestion().controlIfAny();
        boolean reducing = tcb.emitter().ecn().isReducing(tcb.sendSequence().una);
        return new TcpInfo.Congestion(
                recovery == null ? CongestionState.OPEN : CongestionState.of(recovery, reducing),
                tcb.options().congestionControl(),
                control == null ? "" : control.diagnostics(),
                control == null ? 0 : control.congestionWindowBytes(),
                control == null ? Long.MAX_VALUE : control.slowStartThresholdBytes(),
                tcb.sender().pacingRateBytesPerSecond(),
                tcb.options().maxPacingRateBytesPerSecond(),
                history == null ? 0 : history.rateBytesPerSecond(),
                history != null && history.rateApplicationLimited());
    }

    private static TcpInfo.Loss loss(SendHistory history, @Nullable LossRecovery recovery, long nowNs) {
        LossCounts counts = history.counts();
        return new TcpInfo.Loss(
                recovery == null ? 0 : recovery.records().sackedBytes(),
                recovery == null ? 0 : recovery.records().lostBytes(),
                recovery == null ? 0 : recovery.records().retransmittedBytes(),
                Integer.toUnsignedLong(counts.retransmittedSegments),
                history.reorderingSeen(),
                Integer.toUnsignedLong(counts.reorderings),
                Integer.toUnsignedLong(counts.duplicateReports),
                counts.timeouts,
                counts.timeoutRecoveries,
                counts.timeoutRecoveryNs(nowNs));
    }

    private static TcpInfo.Traffic traffic(Tcb tcb, @Nullable SendHistory history) {
        SegmentCounts counts = tcb.emitter().counts();
        Receiver receiver = tcb.receiverIfAny();
        return new TcpInfo.Traffic(
                tcb.sender().acknowledgedBytes(),
                counts.sentBytes,
                tcb.emitter().retransmittedBytes(),
                receiver == null ? 0 : receiver.receivedBytes(),
                history == null ? 0 : history.deliveredBytes(),
                history == null ? 0 : history.counts().markedSegments,
                Integer.toUnsignedLong(counts.out),
                Integer.toUnsignedLong(counts.dataOut),
                Integer.toUnsignedLong(counts.in),
                Integer.toUnsignedLong(counts.dataIn));
    }
}
