package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.CongestionControl;
import dev.heddle.core.tcp.recovery.DeliveryRateEstimator;
import dev.heddle.core.tcp.recovery.RttEstimator;

/**
 * A connection's figures, with the meanings of Linux's {@code tcp_info}. Times are nanoseconds, sizes bytes.
 *
 * @param recoveryPhase OPEN, RECOVERY (fast retransmit) or LOSS (after a timeout)
 * @param retransmits consecutive timeouts that nothing has answered
 * @param rtoNs the retransmission timeout, backed off
 * @param rttNs SRTT, 0 before the first measurement
 * @param minRttNs the smallest measurement, {@link Long#MAX_VALUE} before the first
 * @param sendMssBytes the payload of a full-sized segment that is sent
 * @param receiveMssBytes the largest segment that has arrived
 * @param ssthreshBytes {@link Long#MAX_VALUE} before the first loss
 * @param unacknowledgedBytes SND.NXT − SND.UNA
 * @param unsentBytes written by the application, not sent yet
 * @param unreadBytes arrived in order, not read by the application yet
 * @param congestionControl the algorithm's name
 * @param congestionDiagnostics its inner state in a few words, for people
 * @param deliveryRateBytesPerSecond the latest measured, 0 before the first
 * @param deliveryRateApplicationLimited whether the application may have set that rate
 * @param pacingRateBytesPerSecond what transmissions are spread to, {@link Long#MAX_VALUE} if they are not
 * @param deliveredBytes what is known to have arrived, in order or not
 * @param urgentBytes to be read until the urgent data ends
 * @param userTimeoutNs how long data may stay unanswered, 0 if the number of retries decides
 * @param peerUserTimeoutNs what the peer's User Timeout Option said, 0 if nothing
 * @param softFailure what troubles the connection without ending it: an ICMP error, or TIMED_OUT if nobody answers
 * @param retransmittedBytes over the whole connection
 */
public record TcpInfo(
        TcpState state,
        String recoveryPhase,
        int retransmits,
        long rtoNs,
        long rttNs,
        long rttVarNs,
        long minRttNs,
        int sendMssBytes,
        int receiveMssBytes,
        long congestionWindowBytes,
        long ssthreshBytes,
        String congestionControl,
        String congestionDiagnostics,
        long deliveryRateBytesPerSecond,
        boolean deliveryRateApplicationLimited,
        long pacingRateBytesPerSecond,
        long deliveredBytes,
        long sendWindowBytes,
        long receiveWindowBytes,
        long unacknowledgedBytes,
        long sackedBytes,
        long lostBytes,
        long unsentBytes,
        int unreadBytes,
        long urgentBytes,
        long userTimeoutNs,
        long peerUserTimeoutNs,
        Failure softFailure,
        long acknowledgedBytes,
        long receivedBytes,
        long retransmittedBytes,
        boolean timestamps,
        boolean sack,
        boolean windowScaling,
        int pathMtu) {

    static TcpInfo of(Tcb tcb) {
        Sender sender = tcb.sender();
        SendSequence snd = tcb.sendSequence();
        SegmentEmitter emitter = tcb.emitter();
        RttEstimator rtt = tcb.rtt();
        Receiver receiver = tcb.receiverIfAny();
        LossRecovery recovery = sender.recovery();
        CongestionControl congestion = sender.congestion().controlIfAny();
        DeliveryRateEstimator rate =
                recovery == null ? null : recovery.records().deliveryRate();
        return new TcpInfo(
                tcb.state(),
                (recovery == null ? LossRecovery.Phase.OPEN : recovery.phase()).name(),
                sender.unanswered(),
                rtt.rtoNs(),
                rtt.srttNs(),
                rtt.rttvarNs(),
                rtt.minRttNs(),
                emitter.mssBytes(),
                receiver == null ? 0 : receiver.segmentEstimateBytes(),
                congestion == null ? 0 : congestion.congestionWindowBytes(),
                congestion == null ? Long.MAX_VALUE : congestion.slowStartThresholdBytes(),
                tcb.options().congestionControl(),
                congestion == null ? "" : congestion.diagnostics(),
                rate == null ? 0 : rate.bytesPerSecond(),
                rate != null && rate.isRateApplicationLimited(),
                sender.pacingRateBytesPerSecond(),
                rate == null ? 0 : rate.deliveredBytes(),
                snd.wnd,
                receiver == null ? 0 : receiver.sequence().window(),
                tcb.unacknowledgedBytes(),
                recovery == null ? 0 : recovery.records().sackedBytes(),
                recovery == null ? 0 : recovery.records().lostBytes(),
                sender.unsentBytes(),
                tcb.available(),
                tcb.urgentBytes(),
                tcb.userTimeout().timeoutNs(rtt.rtoNs()),
                tcb.userTimeout().remoteNs(),
                tcb.softFailure(),
                sender.acknowledgedBytes(),
                receiver == null ? 0 : receiver.receivedBytes(),
                emitter.retransmittedBytes(),
                emitter.negotiated().timestamps(),
                emitter.negotiated().sack(),
                emitter.negotiated().windowScaling(),
                emitter.path().mtu());
    }
}
