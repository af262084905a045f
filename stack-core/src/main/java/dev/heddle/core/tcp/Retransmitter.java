package dev.heddle.core.tcp;

import dev.heddle.core.tcp.recovery.SendRecords;

/** Sends again what is lost, as far as loss recovery and the pace let it, and probes for losses that nothing has told of. */
final class Retransmitter {

    private final TcpContext context;
    private final SendSequence sequence;
    private final SegmentEmitter emitter;
    private final SendBuffer buffer;
    private final Congestion congestion;

    /** A loss probe waits for room in the link. */
    private boolean probeDue;

    Retransmitter(
            TcpContext context,
            SendSequence sequence,
            SegmentEmitter emitter,
            SendBuffer buffer,
            Congestion congestion) {
        this.context = context;
        this.sequence = sequence;
        this.emitter = emitter;
        this.buffer = buffer;
        this.congestion = congestion;
    }

    /** The retransmission timer has expired. */
    void timedOut() {
        probeDue = false;
    }

    /** The probe timer expired: if a loss probe may go, it goes with the next {@link #send}. */
    void probeTimerExpired(LossRecovery recovery) {
        probeDue = recovery.maySendProbe();
    }

    /**
     * Sends what may go.
     *
     * @return false if the link refused a segment
     */
    boolean send(Transmission transmission, boolean finQueued, long nowNs) {
        if (probeDue && !probeForLoss(transmission, finQueued, nowNs)) {
            return false;
        }
        return !transmission.hasOutstanding() || retransmit(transmission, nowNs);
    }

    private boolean retransmit(Transmission transmission, long nowNs) {
        LossRecovery recovery = transmission.recovery();
        SendRecords records = recovery.records();
        int mss = emitter.mssBytes();
        while (true) {
            boolean forced = recovery.isForced();
            int index = recovery.nextLost();
            if (index < 0) {
                return true;
            }
            long room = recovery.allowedFlightBytes(congestion.control()) - recovery.inFlightBytes();
            if (room < mss && !forced) {
                congestion.windowLimited(true);
                return true;
            }
            if (!congestion.pacer().isDue(nowNs)) {
                return true;
            }
            long start = records.start(index);
            long end = records.end(index);
            long most = forced ? mss : Math.max(mss, Math.min(room - room % mss, congestion.burstBytes(start)));
            // If the window shrank below what was sent (RFC 9293 MUST-34), what is still inside is sent again
            // (SHLD-16),
            // the rest is left to the persist timer.
            long inside = sequence.windowEdge() - start;
            if (!forced && inside <= 0) {
                return true;
            }
            long length = Math.min(end - start, inside > 0 ? Math.min(most, inside) : most);
            boolean push = end == sequence.nxt && start + length == end;
            TcpCounter kind = recovery.phase() == LossRecovery.Phase.RECOVERY
                    ? TcpCounter.TcpExtTCPFastRetrans
                    : TcpCounter.TcpExtTCPSlowStartRetrans;
            if (!transmission.sendAgain(index, length, push, kind, nowNs)) {
                return false;
            }
        }
    }

    /** TLP_send_probe (RFC 8985 7.3): new data if there is some and the peer's window takes it, else the last segment again. */
    private boolean probeForLoss(Transmission transmission, boolean finQueued, long nowNs) {
        LossRecovery recovery = transmission.recovery();
        if (!transmission.hasOutstanding() || !recovery.maySendProbe()) {
            probeDue = false;
            return true;
        }
        int mss = emitter.mssBytes();
        long unsent = buffer.unsentBytes(sequence.nxt);
        long windowRoom = sequence.windowEdge() - sequence.nxt;
        long length = Math.min(Math.min(unsent, mss), windowRoom);
        boolean isRetransmission = length <= 0;
        if (!isRetransmission) {
            boolean fin = finQueued && length == unsent && windowRoom > length;
            if (!transmission.sendNext(length, fin, nowNs)) {
                return false;
            }
            context.counters().increment(TcpCounter.TcpExtTCPLossProbes);
        } else {
            SendRecords records = recovery.records();
            int last = records.splitLast(mss);
            long again = sequence.nxt - records.start(last);
            if (!transmission.sendAgain(last, again, true, TcpCounter.TcpExtTCPLossProbes, nowNs)) {
                return false;
            }
        }
        recovery.probed(sequence.nxt, isRetransmission);
        probeDue = false;
        return true;
    }
}
