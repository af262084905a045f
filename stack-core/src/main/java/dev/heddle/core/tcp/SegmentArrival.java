package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.TcpHeader;

/**
 * What happens when a segment arrives in a state other than CLOSED, LISTEN and SYN-SENT: the checks of RFC 9293 3.10.7.4 in
 * the RFC's order, one method a step. Whatever must be said in answer is marked and goes out with the next flush.
 */
final class SegmentArrival {

    private SegmentArrival() {}

    static void process(Tcb tcb, Packet packet, long nowNs) {
        TcpHeader header = packet.tcp();
        ReceiveSequence rcv = tcb.receiveSequence();
        long seq = rcv.offset(header.sequence());
        boolean syn = header.isSyn();
        if (tcb.sendSequence().una == 0 && syn && header.isAck() && seq == 0) {
            // Simultaneous open (RFC 9293 figure 7): the peer's SYN-ACK repeats the SYN that we have; the rest is new.
            seq = 1;
            syn = false;
        }
        if (!checkTimestamp(tcb, header, nowNs)
                || !checkSequence(tcb, header, seq, syn, nowNs)
                || !checkReset(tcb, header, seq, nowNs)
                || !checkSyn(tcb, syn, nowNs)
                || !checkAcknowledgment(tcb, packet, seq, nowNs)) {
            return;
        }
        tcb.userTimeout().received(header.options().userTimeoutSeconds());
        processUrgent(tcb, header, seq);
        processText(tcb, packet, seq, nowNs);
    }

    /** PAWS (RFC 7323 5.3 R1): an old timestamp means an old duplicate. */
    private static boolean checkTimestamp(Tcb tcb, TcpHeader header, long nowNs) {
        if (!tcb.emitter().negotiated().timestamps() || header.isRst()) {
            return true;
        }
        if (!header.options().hasTimestamps()) {
            // RFC 7323 3.2: once negotiated, a segment without them is dropped.
            outdated(tcb, header);
            return false;
        }
        if (tcb.emitter().timestampRecent().isOutdated(header.options().timestampValue(), nowNs)) {
            outdated(tcb, header);
            tcb.answers().outOfWindow(tcb, header.payloadLength() > 0 || header.isFin(), nowNs);
            return false;
        }
        return true;
    }

    private static void outdated(Tcb tcb, TcpHeader header) {
        tcb.count(TcpCounter.TcpExtPAWSEstab);
        TcpEvents events = tcb.context().events();
        if (events.isWanted()) {
            events.happened(new TcpEvent.Dropped(TcpCounter.TcpExtPAWSEstab, header.payloadLength()));
        }
    }

    /**
     * R3 of RFC 7323 5.3: TS.Recent follows the segment that the next ACK is for. Only after the sequence and the ACK number
     * were found good, so that a stray cannot spoil it.
     */
    private static void recordTimestamp(Tcb tcb, TcpHeader header, long seq, long nowNs) {
        if (tcb.emitter().negotiated().timestamps() && seq <= tcb.receiveSequence().lastAcknowledged) {
            tcb.emitter().timestampRecent().record(header.options().timestampValue(), nowNs);
        }
    }

    /** First: the four cases of acceptability (RFC 9293 table 6). */
    private static boolean checkSequence(Tcb tcb, TcpHeader header, long seq, boolean syn, long nowNs) {
        ReceiveSequence rcv = tcb.receiveSequence();
        int length = header.payloadLength() + (syn ? 1 : 0) + (header.isFin() ? 1 : 0);
        boolean acceptable;
        if (seq == rcv.nxt) {
            // With a closed window, too: valid ACKs, URGs and RSTs get through
            // (MUST-66); text is cut to the window later.
            acceptable = true;
        } else if (length == 0) {
            // At the edge, too: there is SND.NXT of a peer that has filled the window. If two such ends dropped each
            // other's bare ACKs and text were lost, neither could ever go on.
            acceptable = seq > rcv.nxt && (seq < rcv.edge || seq == rcv.edge && !header.isRst());
        } else {
            acceptable = seq < rcv.edge && seq + length > rcv.nxt;
        }
        if (!acceptable && !header.isRst()) {
            if (syn) {
                // RFC 5961 4.2: a SYN is challenged wherever it points.
                tcb.count(TcpCounter.TcpExtTCPSYNChallenge);
                tcb.answers().challenge(tcb, nowNs);
            } else {
                if (length > 0 && seq < rcv.nxt) {
                    tcb.receiver().noteDuplicate(seq, seq + length);
                }
                tcb.answers().outOfWindow(tcb, header.payloadLength() > 0 || header.isFin(), nowNs);
            }
        }
        return acceptable;
    }

    /** Second: a reset counts at RCV.NXT exactly; elsewhere in the window it is challenged (RFC 5961 3.2). */
    private static boolean checkReset(Tcb tcb, TcpHeader header, long seq, long nowNs) {
        if (!header.isRst()) {
            return true;
        }
        if (seq != tcb.receiveSequence().nxt) {
            tcb.answers().challenge(tcb, nowNs);
            return false;
        }
        // Text that it carries is not looked at (RFC 9293 3.5.3, SHLD-2). The failure is what the application is told
        // (MUST-12).
        switch (tcb.state()) {
            case SYN_RECEIVED -> {
                tcb.count(TcpCounter.TcpAttemptFails);
                tcb.fail(Failure.REFUSED);
            }
            case CLOSING, LAST_ACK, TIME_WAIT -> tcb.fail(Failure.NONE);
            default -> {
                tcb.count(TcpCounter.TcpEstabResets);
                tcb.fail(Failure.RESET);
            }
        }
        return false;
    }

    /** Fourth: a SYN in a synchronized state is challenged (RFC 5961 4.2). */
    private static boolean checkSyn(Tcb tcb, boolean syn, long nowNs) {
        if (!syn) {
            return true;
        }
        tcb.count(TcpCounter.TcpExtTCPSYNChallenge);
        tcb.answers().challenge(tcb, nowNs);
        return false;
    }

    /** Fifth. */
    private static boolean checkAcknowledgment(Tcb tcb, Packet packet, long seq, long nowNs) {
        TcpHeader header = packet.tcp();
        if (!header.isAck()) {
            return false;
        }
        SendSequence snd = tcb.sendSequence();
        long ack = snd.offset(header.acknowledgment());
        if (tcb.state() == TcpState.SYN_RECEIVED) {
            if (ack <= snd.una || ack > snd.nxt) {
                Reset.answer(tcb.context(), packet, tcb.pair());
                return false;
            }
            tcb.state(TcpState.ESTABLISHED);
        } else if (ack > snd.nxt || ack < snd.una - snd.maxWnd) {
            // RFC 5961 5.2 (RFC 9293 MAY-12), and RFC 9293 for what was never sent.
            tcb.answers().challenge(tcb, nowNs);
            return false;
        }
        // Here at the earliest: what anybody can forge says nothing of the peer.
        tcb.keepAlive().peerHeard(nowNs);
        recordTimestamp(tcb, header, seq, nowNs);
        if (snd.una == 0) {
            if (ack == 0) {
                return false;
            }
            tcb.handshake().synAcknowledged(tcb, seq, header.window(), packet.arrivalNs);
        }
        long before = snd.una;
        boolean bare = header.payloadLength() == 0 && !header.isFin();
        tcb.sender().acknowledge(header, seq, ack, bare, packet);
        if (snd.una > before) {
            tcb.acknowledgmentAdvanced();
        }
        if (tcb.closing().finAcknowledged()) {
            switch (tcb.state()) {
                case FIN_WAIT_1 -> {
                    tcb.closing().enterFinWait2(nowNs);
                    return tcb.state() == TcpState.FIN_WAIT_2;
                }
                case CLOSING -> tcb.closing().enterTimeWait(nowNs);
                case LAST_ACK -> {
                    tcb.fail(Failure.NONE);
                    return false;
                }
                default -> {
                    // The FIN was acknowledged before.
                }
            }
        }
        return true;
    }

    /** Sixth: RCV.UP ← max(RCV.UP, SEG.UP); with a closed window, too (MUST-66). */
    static void processUrgent(Tcb tcb, TcpHeader header, long seq) {
        if (header.isUrg() && tcb.state().mayReceive()) {
            tcb.receiver().urgent(seq + header.urgentPointer());
        }
    }

    /** Seventh and eighth: text and FIN. */
    private static void processText(Tcb tcb, Packet packet, long seq, long nowNs) {
        TcpHeader header = packet.tcp();
        int length = header.payloadLength();
        if (length == 0 && !header.isFin()) {
            return;
        }
        Receiver receiver = tcb.receiver();
        if (!tcb.state().mayReceive()) {
            // After the peer's FIN there is no text; a repeated FIN is acknowledged again.
            if (tcb.state() == TcpState.TIME_WAIT) {
                tcb.closing().enterTimeWait(nowNs);
            }
            receiver.requireAck();
            return;
        }
        if (tcb.closing().isOrphan() && seq + length > tcb.receiveSequence().nxt && length > 0) {
            // RFC 9293 3.6.1, SHLD-3: nobody will read this; the peer must know.
            tcb.count(TcpCounter.TcpExtTCPAbortOnData);
            tcb.closing().abort();
            return;
        }
        if (length > 0 && tcb.emitter().ecn().dataArrived(packet.trafficClass, header.flags())) {
            receiver.requireAck();
        }
        receiver.accept(
                seq,
                packet,
                header.payloadOffset(),
                length,
                header.isFin(),
                tcb.options().quickAck());
        if (receiver.finConsumed()) {
            switch (tcb.state()) {
                case ESTABLISHED -> tcb.state(TcpState.CLOSE_WAIT);
                case FIN_WAIT_1 -> tcb.state(TcpState.CLOSING);
                case FIN_WAIT_2 -> tcb.closing().enterTimeWait(nowNs);
                default -> throw new IllegalStateException(tcb.state().name());
            }
        }
    }
}
