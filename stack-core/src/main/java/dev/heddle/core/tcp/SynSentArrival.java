package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.TcpHeader;

/** What happens when a segment arrives in SYN-SENT (RFC 9293 3.10.7.3). */
final class SynSentArrival {

    private SynSentArrival() {}

    static void process(Tcb tcb, Packet packet, long nowNs) {
        TcpHeader header = packet.tcp();
        SendSequence snd = tcb.sendSequence();
        long ack = snd.offset(header.acknowledgment());
        // First: the ACK must be of our SYN.
        if (header.isAck() && (ack <= 0 || ack > snd.nxt)) {
            Reset.answer(tcb.context(), packet, tcb.pair());
            return;
        }
        // Second: a reset counts only with an acceptable ACK.
        if (header.isRst()) {
            if (header.isAck()) {
                tcb.count(TcpCounter.TcpAttemptFails);
                tcb.fail(Failure.REFUSED);
            }
            return;
        }
        // Fourth and fifth.
        if (!header.isSyn()) {
            return;
        }
        synchronize(tcb, header, nowNs);
        if (!header.isAck()) {
            // Simultaneous open (RFC 9293 3.5, MUST-10): our SYN goes out again, now as a SYN-ACK. Text on the SYN will
            // be sent again.
            tcb.state(TcpState.SYN_RECEIVED);
            tcb.handshake().answerSyn();
            return;
        }
        tcb.state(TcpState.ESTABLISHED);
        if (tcb.handshake().hasAskedForEcn() && Ecn.isSetupSynAck(header)) {
            tcb.emitter().ecn().agree();
        }
        tcb.handshake().synAcknowledged(tcb, 0, header.window(), packet.arrivalNs);
        tcb.receiver().requireAck();
        tcb.userTimeout().received(header.options().userTimeoutSeconds());
        SegmentArrival.processUrgent(tcb, header, 0);
        if (header.payloadLength() > 0 || header.isFin()) {
            tcb.receiver().accept(1, packet, header.payloadOffset(), header.payloadLength(), header.isFin(), true);
            if (tcb.receiver().finConsumed()) {
                tcb.state(TcpState.CLOSE_WAIT);
            }
        }
    }

    /** IRS, the options and the first window. */
    private static void synchronize(Tcb tcb, TcpHeader syn, long nowNs) {
        NegotiatedOptions agreed = tcb.emitter().negotiated().accept(syn.options());
        tcb.receiveFrom(syn.sequence(), agreed, tcb.handshake().window());
        if (agreed.timestamps()) {
            tcb.emitter().timestampRecent().record(syn.options().timestampValue(), nowNs);
        }
        SendSequence snd = tcb.sendSequence();
        snd.wnd = syn.window();
        snd.maxWnd = snd.wnd;
    }
}
