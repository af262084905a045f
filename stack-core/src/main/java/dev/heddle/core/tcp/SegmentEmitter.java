package dev.heddle.core.tcp;

import dev.heddle.core.buffer.StreamBuffer;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a connection wants to say into segments: numbers, flags, window, timestamps and SACK blocks as they are at the
 * moment of sending.
 */
final class SegmentEmitter {

    /** Payloads up to this size are copied behind the header; longer ones are referred to. */
    private static final int INLINE_BYTES = 1_024;

    private final TcpContext context;
    private final SocketPair pair;
    private final SendSequence send;
    private @Nullable ReceiveSequence receive;
    private @Nullable Receiver receiver;
    private NegotiatedOptions negotiated;
    private ConnectionOptions options;
    private PathProperties path;
    private int mssBytes;

    private final UserTimeout userTimeout;
    private final TimestampRecent timestampRecent = new TimestampRecent();
    private final Ecn ecn = new Ecn();

    private final SegmentCounts counts = new SegmentCounts();

    private long retransmittedBytes;

    SegmentEmitter(
            TcpContext context,
            SocketPair pair,
            SendSequence send,
            NegotiatedOptions negotiated,
            ConnectionOptions options,
            PathProperties path,
            UserTimeout userTimeout) {
        this.context = context;
        this.pair = pair;
        this.send = send;
        this.negotiated = negotiated;
        this.options = options;
        this.path = path;
        this.userTimeout = userTimeout;
        resize();
    }

    // --- what changes during the connection

    void synchronize(ReceiveSequence newReceive, Receiver newReceiver, NegotiatedOptions agreed) {
        receive = newReceive;
        receiver = newReceiver;
        negotiated = agreed;
        resize();
    }

    void options(ConnectionOptions newOptions) {
        options = newOptions;
        resize();
    }

    void path(PathProperties newPath) {
        path = newPath;
        resize();
    }

    PathProperties path() {
        return path;
    }

    NegotiatedOptions negotiated() {
        return negotiated;
    }

    Ecn ecn() {
        return ecn;
    }

    TimestampRecent timestampRecent() {
        return timestampRecent;
    }

    /** RFC 9293 3.7.1, MUST-16: Eff.snd.MSS, the payload of a full-sized segment. */
    private void resize() {
        int most = Math.min(negotiated.sendMss(), mssFitting(path.mtu()));
        mssBytes = Math.max(1, most - negotiated.segmentOptionBytes());
    }

    int mssBytes() {
        return mssBytes;
    }

    /**
     * The MSS option that we send: what may come in without fragments, options not subtracted (RFC 9293 MUST-67). How narrow
     * the path is for what goes out says nothing about the way back (RFC 1191 3.1).
     */
    int announcedMss() {
        return mssFitting(path.firstHopMtu());
    }

    private int mssFitting(int mtu) {
        int fitting = mtu - path.ipHeaderBytes() - TcpHeader.HEADER_BYTES;
        return options.mssClamp() > 0 ? Math.min(options.mssClamp(), fitting) : fitting;
    }

    /** The most text that a segment at an offset may have: a super-segment's, a multiple of the MSS, but for urgent data. */
    int maxPayloadBytes(long start) {
        if (start < send.up || path.fragmenting()) {
            // An offload would give every piece the same pointer; and what is fragmented needs an identification of its
            // own.
            return mssBytes;
        }
        int most = path.maxSegmentBytes() - TcpHeader.HEADER_BYTES - negotiated.segmentOptionBytes();
        return Math.max(mssBytes, most - most % mssBytes);
    }

    /** What this and the peer have sent. */
    SegmentCounts counts() {
        return counts;
    }

    long retransmittedBytes() {
        return retransmittedBytes;
    }

    void countRetransmitted(long bytes) {
        retransmittedBytes += bytes;
    }

    // --- segments

    /**
     * A SYN, or a SYN-ACK if the peer's SYN has arrived.
     *
     * @param askForEcn whether it is an ECN-setup SYN (RFC 3168 6.1.1)
     */
    boolean syn(NegotiatedOptions offered, int window, boolean askForEcn, long nowNs) {
        Packet packet = context.output().acquire();
        boolean answer = receive != null;
        int optionsEnd = SegmentWriter.synOptions(
                packet.buffer(),
                announcedMss(),
                offered,
                offered.timestamp(nowNs),
                answer ? timestampRecent.value() : 0);
        if (userTimeout.isDue()) {
            // It stays due: the first segment behind the SYN says it again (RFC 5482 3).
            optionsEnd = TcpOptions.writeUserTimeout(packet.buffer(), optionsEnd, userTimeout.field());
        }
        int flags = answer ? TcpHeader.SYN | TcpHeader.ACK : TcpHeader.SYN;
        if (askForEcn && !answer) {
            flags |= TcpHeader.ECE | TcpHeader.CWR;
        }
        SegmentWriter.header(packet, pair, send.wire(0), acknowledgment(), flags, window, optionsEnd);
        return transmit(packet, 0, 0);
    }

    /**
     * Text and FIN of [start, start + length): octets from {@code tail} on are the FIN.
     *
     * @param push whether the range ends what there is to send now
     */
    boolean data(long start, long length, long tail, boolean push, long nowNs, StreamBuffer buffer) {
        Packet packet = context.output().acquire();
        int optionsEnd = commonOptions(packet.buffer(), nowNs);
        int payload = (int) (Math.min(start + length, tail) - start);
        int flags = TcpHeader.ACK | ecn.acknowledgmentFlags();
        // RFC 3168 6.1.5, 6.1.6: neither retransmissions nor window probes are ECN-capable.
        boolean fresh = payload > 0 && start >= send.nxt && start + payload <= send.windowEdge() && ecn.isCapable();
        if (fresh) {
            flags |= ecn.newDataFlags();
        }
        if (start + length > tail) {
            flags |= TcpHeader.FIN;
        }
        if (push && payload > 0) {
            // RFC 9293 MUST-61, SHLD-27: PSH on the last segment of what is buffered.
            flags |= TcpHeader.PSH;
        }
        int window = requireReceiver().announceWindow();
        SegmentWriter.header(packet, pair, send.wire(start), acknowledgment(), flags, window, optionsEnd);
        int urgentPointer = send.urgentPointer(start, start + length);
        SegmentWriter.urgent(packet, urgentPointer);
        if (payload > INLINE_BYTES) {
            buffer.slices(start, payload, packet);
        } else if (payload > 0) {
            buffer.read(start, packet.buffer(), optionsEnd, payload);
            packet.head(SegmentOutput.TCP_OFFSET, optionsEnd - SegmentOutput.TCP_OFFSET + payload);
        }
        if (payload > mssBytes) {
            packet.gsoSize(mssBytes);
        }
        boolean sent = transmit(packet, payload, fresh ? Ecn.ECT_0 : 0);
        if (sent && fresh) {
            ecn.newDataSent();
        }
        if (sent) {
            requireReceiver().acknowledged(payload > 0);
            announced(urgentPointer);
        }
        return sent;
    }

    /** An ACK with the SACK blocks that there are to report; one for each duplicate that must be told (RFC 2883 4). */
    boolean ack(long nowNs) {
        do {
            if (!emptyAck(send.acceptableSequence(), nowNs)) {
                return false;
            }
        } while (requireReceiver().hasDuplicates());
        return true;
    }

    /** A segment from before the window, which the peer must answer (RFC 9293 3.8.4, SHLD-12). */
    boolean keepAliveProbe(long nowNs) {
        return emptyAck(send.una - 1, nowNs);
    }

    private boolean emptyAck(long seq, long nowNs) {
        Packet packet = context.output().acquire();
        ByteBuffer b = packet.buffer();
        int optionsEnd = commonOptions(b, nowNs);
        Receiver current = requireReceiver();
        int sackEnd = sackOption(b, optionsEnd, current);
        boolean tellsTimeout = sackEnd == optionsEnd && userTimeout.isDue();
        if (tellsTimeout) {
            sackEnd = TcpOptions.writeUserTimeout(b, optionsEnd, userTimeout.field());
        }
        int flags = TcpHeader.ACK | ecn.acknowledgmentFlags();
        int window = current.announceWindow();
        SegmentWriter.header(packet, pair, send.wire(seq), acknowledgment(), flags, window, sackEnd);
        int urgentPointer = send.urgentPointer(seq, seq);
        SegmentWriter.urgent(packet, urgentPointer);
        boolean sent = transmit(packet, 0, 0);
        if (sent) {
            current.acknowledged(false);
            duplicateReported(current);
            announced(urgentPointer);
            if (tellsTimeout) {
                userTimeout.sent();
            }
        }
        return sent;
    }

    private int sackOption(ByteBuffer b, int at, Receiver current) {
        ReceiveSequence sequence = receive;
        OutOfOrderRanges ranges = current.outOfOrder();
        DuplicateReports reports = current.hasDuplicates() ? current.duplicates() : null;
        int ahead = ranges == null ? 0 : ranges.count();
        if (!negotiated.sack() || sequence == null || ahead == 0 && reports == null) {
            return at;
        }
        int most = negotiated.timestamps() ? 3 : 4;
        int blocks = Math.min(most, ahead + (reports == null ? 0 : 1));
        int offset = TcpOptions.writeSackHeader(b, TcpOptions.writeNop(b, TcpOptions.writeNop(b, at)), blocks);
        if (reports != null) {
            // RFC 2883 4: the duplicate comes first; the range that it may lie in has grown last and follows.
            offset =
                    TcpOptions.writeSackBlock(b, offset, sequence.wire(reports.left()), sequence.wire(reports.right()));
            blocks--;
        }
        return ranges == null ? offset : ranges.writeBlocks(b, offset, blocks, sequence);
    }

    /** Each duplicate is told once (RFC 2883 4 (1)). */
    private void duplicateReported(Receiver current) {
        DuplicateReports reports = current.duplicates();
        if (reports != null && !reports.isEmpty()) {
            boolean old = receive != null && reports.right() <= receive.nxt;
            context.counters().increment(old ? TcpCounter.TcpExtTCPDSACKOldSent : TcpCounter.TcpExtTCPDSACKOfoSent);
            reports.removeFirst();
        }
    }

    private void announced(int urgentPointer) {
        if (urgentPointer > 0) {
            send.announcedUp = send.up;
        }
    }

    /** Whether a bare ACK would tell the peer what it does not know: how far urgent data reaches, or our user timeout. */
    boolean hasNews() {
        return urgentNews() || userTimeout.isDue() && !requireReceiver().hasOutOfOrder();
    }

    private boolean urgentNews() {
        long seq = send.acceptableSequence();
        return send.announcedUp < send.up && send.urgentPointer(seq, seq) > 0;
    }

    /**
     * RFC 9293 3.10.4, 3.10.5: ABORT sends a reset at SND.NXT. A peer whose window was probed, or has shrunk, may not have
     * taken what is before that, and would drop the reset (RFC 5961 3.2) with nobody left to answer its challenge: for it
     * there is one at the window's edge. The one that is not meant hits nothing.
     */
    void reset() {
        if (send.acceptableSequence() != send.nxt) {
            reset(send.acceptableSequence());
        }
        reset(send.nxt);
    }

    private void reset(long seq) {
        Packet packet = context.output().acquire();
        context.counters().increment(TcpCounter.TcpOutRsts);
        context.counters().increment(TcpCounter.TcpOutSegs);
        int flags = TcpHeader.RST | TcpHeader.ACK;
        SegmentWriter.header(packet, pair, send.wire(seq), acknowledgment(), flags, 0, SegmentWriter.OPTIONS_OFFSET);
        SegmentWriter.pseudoChecksum(packet, pair);
        context.output().send(packet, pair, options.trafficClass() & ~Ecn.MASK, options.hopLimit());
    }

    private int commonOptions(ByteBuffer b, long nowNs) {
        int at = SegmentWriter.OPTIONS_OFFSET;
        if (negotiated.timestamps()) {
            at = SegmentWriter.timestamps(b, at, negotiated.timestamp(nowNs), timestampRecent.value());
        }
        return at;
    }

    private int acknowledgment() {
        ReceiveSequence current = receive;
        return current == null ? 0 : current.wire(current.nxt);
    }

    private boolean transmit(Packet packet, int payloadBytes, int ecnCodepoint) {
        // RFC 9293 SHLD-21, SHLD-22: traffic class and TTL as they are set now.
        SegmentWriter.pseudoChecksum(packet, pair);
        packet.mayBeFragmented(path.fragmenting());
        // Whatever the application says, the ECN bits are TCP's (RFC 3168 5).
        int trafficClass = options.trafficClass() & ~Ecn.MASK | ecnCodepoint;
        boolean sent = context.output().transmit(packet, pair, trafficClass, options.hopLimit());
        if (sent) {
            context.counters().add(TcpCounter.TcpOutSegs, Math.max(1, (payloadBytes + mssBytes - 1) / mssBytes));
            counts.sent(payloadBytes, mssBytes);
        }
        return sent;
    }

    private Receiver requireReceiver() {
        Receiver current = receiver;
        if (current == null) {
            throw new IllegalStateException("not synchronized");
        }
        return current;
    }
}
