package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.TcpHeader;
import java.nio.ByteBuffer;

/**
 * A passive open between the SYN and the ACK that completes it: SYN-RECEIVED without a {@link Tcb}. Exclusion: the lock of
 * the listener that owns it.
 */
public final class HalfOpenConnection {

    /** What a segment did to the handshake. */
    public enum Verdict {
        /** Something was sent in reply. */
        ANSWERED,
        DROPPED,
        /** The handshake is over: back to LISTEN. */
        REMOVE,
        /** The peer acknowledged our SYN: {@link #promote}, then feed the Tcb this same segment. */
        PROMOTE
    }

    /** By then any RTO is at its upper bound. */
    private static final int MAX_SHIFT = 20;

    private final TcpContext context;
    private final SocketPair pair;
    private final ConnectionOptions options;
    private final PathProperties path;
    private final NegotiatedOptions negotiated;
    private final int iss;
    private final int irs;
    private final int peerTimestamp;

    /** What was announced: as much as there was memory for; never taken back. */
    private int window;

    private boolean ecn;
    private long sentNs;
    private long deadlineNs;
    private int retries;
    /** Whether the peer's SYN came more than once, so that nobody knows which SYN-ACK the ACK is for. */
    private boolean repeated;

    private HalfOpenConnection(
            TcpContext context,
            SocketPair pair,
            TcpHeader syn,
            ConnectionOptions options,
            PathProperties path,
            int iss,
            long nowNs) {
        this.context = context;
        this.pair = pair;
        this.options = options;
        this.path = path;
        this.iss = iss;
        irs = syn.sequence();
        negotiated = NegotiatedOptions.offer(
                        context.config(),
                        options,
                        pair.isIpv4(),
                        context.initialSequence().timestampOffset(pair))
                .accept(syn.options());
        peerTimestamp = negotiated.timestamps() ? syn.options().timestampValue() : 0;
        ecn = context.config().ecn() != EcnMode.OFF && Ecn.isSetupSyn(syn);
        sentNs = nowNs;
        deadlineNs = nowNs + context.config().initialRtoNs();
    }

    /**
     * A SYN has arrived for a listener (RFC 9293 3.10.7.2). Nothing is sent yet.
     *
     * @param options what the connection will start with
     */
    public static HalfOpenConnection open(
            TcpContext context,
            SocketPair pair,
            Packet syn,
            ConnectionOptions options,
            PathProperties path,
            int iss,
            long nowNs) {
        return new HalfOpenConnection(context, pair, syn.tcp(), options, path, iss, nowNs);
    }

    public SocketPair pair() {
        return pair;
    }

    public long nextDeadlineNs() {
        return deadlineNs;
    }

    /** Whether a sequence number that an ICMP error quotes is the SYN-ACK's (RFC 5927 4.1). */
    public boolean isOutstanding(int quotedSequence) {
        return quotedSequence == iss;
    }

    /** Whether a segment acknowledges our SYN-ACK, and not, say, one of before. */
    public boolean isAcknowledgedBy(TcpHeader header) {
        return header.isAck() && header.acknowledgment() == iss + 1;
    }

    /** What is known of the connection that is to be; of what never changes, so that anybody may ask. */
    public TcpInfo info() {
        return Snapshot.ofRecord(TcpState.SYN_RECEIVED, negotiated, false, path.mtu());
    }

    /** Retransmissions of the SYN-ACK so far. */
    public int retries() {
        return retries;
    }

    /** Sends the SYN-ACK. */
    public void sendSynAck(long nowNs) {
        sentNs = nowNs;
        window = Math.max(window, Receiver.synWindow(context, options));
        int timestamp = negotiated.timestamp(nowNs);
        SynAck.send(context, pair, options, path, negotiated, iss, irs, timestamp, peerTimestamp, window, ecn);
    }

    /**
     * The timer ran out: sends the SYN-ACK again.
     *
     * @param mostRetries how often it may be sent again
     * @return false if the peer is given up
     */
    public boolean timerExpires(int mostRetries, long nowNs) {
        if (nowNs < deadlineNs) {
            return true;
        }
        if (retries >= mostRetries) {
            context.counters().increment(TcpCounter.TcpAttemptFails);
            return false;
        }
        TcpEvents events = context.events();
        if (events.isWanted()) {
            events.happened(new TcpEvent.TimedOut(timeoutNs(), retries + 1, 0));
            events.happened(new TcpEvent.Retransmitted(iss, 0, TcpCounter.TcpExtTCPSynRetrans));
        }
        retries++;
        // IP is not told at R1: whose address a SYN has may be forged, and his connections must not go another way for
        // it.
        context.counters().increment(TcpCounter.TcpExtTCPSynRetrans);
        context.counters().increment(TcpCounter.TcpRetransSegs);
        sendSynAck(nowNs);
        deadlineNs = nowNs + timeoutNs();
        return true;
    }

    /** How long the SYN-ACK of the moment waits for its ACK. */
    private long timeoutNs() {
        return Math.min(
                context.config().initialRtoNs() << Math.min(retries, MAX_SHIFT),
                context.config().maxRtoNs());
    }

    /** RFC 9293 3.10.7.4 for SYN-RECEIVED, up to the point where a connection comes of it. */
    public Verdict segmentArrives(Packet packet, long nowNs) {
        TcpHeader header = packet.tcp();
        int ahead = header.sequence() - (irs + 1);
        if (header.isSyn() && !header.isAck() && !header.isRst() && ahead == -1) {
            // The peer has not seen our SYN-ACK.
            repeated = true;
            // RFC 3168 6.1.1: with one SYN that does not ask for ECN there is none.
            ecn &= Ecn.isSetupSyn(header);
            sendSynAck(nowNs);
            return Verdict.ANSWERED;
        }
        int length = header.payloadLength() + (header.isSyn() ? 1 : 0) + (header.isFin() ? 1 : 0);
        boolean acceptable = ahead == 0 || ahead > 0 && ahead < window || ahead < 0 && ahead + length > 0;
        if (!acceptable) {
            return header.isRst() ? Verdict.DROPPED : challenge(nowNs);
        }
        if (header.isRst()) {
            if (ahead != 0) {
                return challenge(nowNs);
            }
            context.counters().increment(TcpCounter.TcpAttemptFails);
            return Verdict.REMOVE;
        }
        if (header.isSyn()) {
            // Fourth step: a passive open returns to LISTEN.
            context.counters().increment(TcpCounter.TcpAttemptFails);
            return Verdict.REMOVE;
        }
        if (!header.isAck()) {
            return Verdict.DROPPED;
        }
        if (!isAcknowledgedBy(header)) {
            Reset.answer(context, packet, pair);
            return Verdict.ANSWERED;
        }
        if (negotiated.timestamps() && !header.options().hasTimestamps()) {
            // RFC 7323 3.2
            outdated(header);
            return Verdict.DROPPED;
        }
        if (negotiated.timestamps() && header.options().timestampValue() - peerTimestamp < 0) {
            outdated(header);
            return challenge(nowNs);
        }
        return Verdict.PROMOTE;
    }

    private void outdated(TcpHeader header) {
        context.counters().increment(TcpCounter.TcpExtPAWSEstab);
        if (context.events().isWanted()) {
            context.events().happened(new TcpEvent.Dropped(TcpCounter.TcpExtPAWSEstab, header.payloadLength()));
        }
    }

    /**
     * The connection that the handshake becomes, in SYN-RECEIVED until it is fed the ACK.
     *
     * @param ofConnection what it shares with others; its output need not be the handshake's
     */
    public Tcb promote(TcpContext ofConnection, long nowNs) {
        Opening opening = new Opening(ofConnection, pair, options, path, iss, nowNs);
        Handshake handshake = Handshake.passive(retries > 0, repeated, sentNs);
        Tcb tcb = Tcb.passiveOpen(opening, negotiated, handshake, irs, peerTimestamp, window);
        if (ecn) {
            tcb.emitter().ecn().agree();
        }
        return tcb;
    }

    private Verdict challenge(long nowNs) {
        if (!context.challengeAcks().tryAcquire(nowNs)) {
            context.counters().increment(TcpCounter.TcpExtTCPACKSkippedChallenge);
            return Verdict.DROPPED;
        }
        context.counters().increment(TcpCounter.TcpExtTCPChallengeACK);
        Packet packet = context.output().acquire();
        ByteBuffer b = packet.buffer();
        int optionsEnd = SegmentWriter.OPTIONS_OFFSET;
        if (negotiated.timestamps()) {
            optionsEnd = SegmentWriter.timestamps(b, optionsEnd, negotiated.timestamp(nowNs), peerTimestamp);
        }
        int windowField = window >> negotiated.receiveShift();
        SegmentWriter.header(packet, pair, iss + 1, irs + 1, TcpHeader.ACK, windowField, optionsEnd);
        SegmentWriter.pseudoChecksum(packet, pair);
        context.counters().increment(TcpCounter.TcpOutSegs);
        context.output().send(packet, pair, options.trafficClass() & ~Ecn.MASK, options.hopLimit());
        return Verdict.ANSWERED;
    }
}
