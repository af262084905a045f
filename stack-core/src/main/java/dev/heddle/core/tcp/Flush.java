package dev.heddle.core.tcp;

import dev.heddle.core.tcp.ConnectionTimers.Kind;

/** Says what events and calls have made due, once at the end of a batch: SYN, retransmissions, data, FIN, ACK. */
final class Flush {

    private Flush() {}

    /** Sends what may and must go now, then sets the timers; false if the link refused a segment. */
    static boolean process(Tcb tcb, long nowNs) {
        if (tcb.sendSequence().una == 0) {
            return handshake(tcb, nowNs);
        }
        boolean sent = send(tcb, nowNs);
        TimerExpiry.arm(tcb, nowNs);
        return sent;
    }

    private static boolean handshake(Tcb tcb, long nowNs) {
        Receiver receiver = tcb.receiverIfAny();
        SegmentEmitter emitter = tcb.emitter();
        if (tcb.handshake().isSynDue()) {
            Handshake handshake = tcb.handshake();
            // Once the peer's SYN is known, the window's right edge is where it was announced to be.
            int window = receiver != null
                    ? handshake.window()
                    : handshake.announce(Receiver.synWindow(tcb.context(), tcb.options()));
            if (!emitter.syn(emitter.negotiated(), window, handshake.asksForEcn(), nowNs)) {
                return false;
            }
            tcb.handshake().synSent(receiver != null, nowNs);
            if (receiver != null) {
                receiver.acknowledged(false);
            }
            tcb.timers().arm(Kind.RETRANSMIT, TimerExpiry.synDeadlineNs(tcb, nowNs));
            return true;
        }
        return receiver == null || !receiver.ackDue() || emitter.ack(nowNs);
    }

    private static boolean send(Tcb tcb, long nowNs) {
        Receiver receiver = tcb.receiver();
        SegmentEmitter emitter = tcb.emitter();
        receiver.tune(nowNs);
        // SACK blocks travel on a bare ACK: data keeps its full size.
        if (receiver.ackDue() && (receiver.hasOutOfOrder() || receiver.hasDuplicates()) && !emitter.ack(nowNs)) {
            return false;
        }
        if (tcb.state() != TcpState.TIME_WAIT
                && !tcb.sender().send(tcb.closing().finQueued(), tcb.options(), nowNs)) {
            return false;
        }
        // Urgent data is announced also while the window, or the congestion window, is closed.
        return !(receiver.ackDue() || emitter.hasNews()) || emitter.ack(nowNs);
    }
}
