package dev.heddle.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;

/** The peer of a script: its numbers and its window, and how its segments are written where the script leaves blanks. */
final class ScriptPeer {

    static final int ISS = 0x7fff_fff0;
    static final int SHIFT = 7;

    private final SocketPair pair;

    /** The ISS of the connection under test. */
    int acknowledgedIss;

    int mss = 1000;
    boolean sack = true;
    /** The value of its timestamps; {@link Seg#ANY} if it sends none. */
    int timestamp = Seg.ANY;

    long window = 1 << 20;
    private long next = 1;
    private long acknowledges = 1;

    ScriptPeer(SocketPair pair) {
        this.pair = pair;
    }

    Seg syn() {
        return Seg.syn().mss(mss).windowScale(SHIFT).sackPermitted(sack);
    }

    Seg synAck() {
        Seg segment = Seg.synAck().mss(mss).windowScale(SHIFT).sackPermitted(sack);
        return timestamp == Seg.ANY ? segment : segment.timestamps(timestamp, 0);
    }

    /** The packet of a segment, its header wrapped; what it says of SEQ, ACK and window holds for the blanks of the next. */
    Packet packetOf(Seg segment, long nowNs) {
        Packet packet = new Packet(65_535);
        ByteBuffer b = packet.buffer();
        int at = writeOptions(segment, b);
        long seq = segment.seq == Seg.ANY ? next : segment.seq;
        if (segment.ack != Seg.ANY) {
            acknowledges = segment.ack;
        }
        if (segment.window != Seg.ANY) {
            window = segment.window;
        }
        boolean scaled = !segment.has('S');
        int windowField = (int) Math.min(65_535, scaled ? window >> SHIFT : window);
        int headerBytes = at - SegmentOutput.TCP_OFFSET;
        TcpHeader.write(
                b,
                SegmentOutput.TCP_OFFSET,
                pair.remotePort(),
                pair.localPort(),
                ISS + (int) seq,
                segment.has('.') ? acknowledgedIss + (int) acknowledges : 0,
                headerBytes,
                flags(segment),
                windowField,
                segment.up == Seg.ANY ? 0 : (int) (segment.up - seq));
        for (int i = 0; i < segment.length; i++) {
            b.put(at + i, TcpScript.pattern(seq + i));
        }
        packet.head(SegmentOutput.TCP_OFFSET, headerBytes + segment.length);
        packet.gsoSize(segment.gso);
        packet.trafficClass = segment.ecn == Seg.ANY ? 0 : segment.ecn;
        packet.arrivalNs = nowNs;
        assertThat(packet.tcp().wrap(b, SegmentOutput.TCP_OFFSET, headerBytes + segment.length))
                .isEqualTo(Refusal.NONE);
        long end = seq + segment.length + (segment.has('S') ? 1 : 0) + (segment.has('F') ? 1 : 0);
        if (seq == next || segment.has('S')) {
            next = Math.max(next, end);
        }
        return packet;
    }

    private int writeOptions(Seg segment, ByteBuffer b) {
        int at = SegmentWriter.OPTIONS_OFFSET;
        if (segment.mss != Seg.ANY) {
            at = TcpOptions.writeMss(b, at, segment.mss);
        }
        if (segment.windowScale != Seg.ANY) {
            at = TcpOptions.writeWindowScale(b, TcpOptions.writeNop(b, at), segment.windowScale);
        }
        if (segment.sackPermitted != null && segment.sackPermitted) {
            at = TcpOptions.writeSackPermitted(b, TcpOptions.writeNop(b, TcpOptions.writeNop(b, at)));
        }
        if (segment.timestamps == null && timestamp != Seg.ANY && !segment.has('R')) {
            at = SegmentWriter.timestamps(b, at, timestamp, 0);
        } else if (segment.timestamps != null && segment.timestamps) {
            at = SegmentWriter.timestamps(b, at, segment.timestampValue, segment.timestampEcho);
        }
        if (segment.userTimeoutSeconds != Seg.ANY) {
            at = TcpOptions.writeUserTimeout(b, at, segment.userTimeoutSeconds);
        }
        if (!segment.sack.isEmpty()) {
            at = TcpOptions.writeNop(b, TcpOptions.writeNop(b, at));
            at = TcpOptions.writeSackHeader(b, at, segment.sack.size());
            for (long[] block : segment.sack) {
                at = TcpOptions.writeSackBlock(
                        b, at, acknowledgedIss + (int) block[0], acknowledgedIss + (int) block[1]);
            }
        }
        return at;
    }

    private static int flags(Seg segment) {
        return (segment.has('S') ? TcpHeader.SYN : 0)
                | (segment.has('F') ? TcpHeader.FIN : 0)
                | (segment.has('R') ? TcpHeader.RST : 0)
                | (segment.has('P') ? TcpHeader.PSH : 0)
                | (segment.has('.') ? TcpHeader.ACK : 0)
                | (segment.has('U') ? TcpHeader.URG : 0)
                | (segment.has('E') ? TcpHeader.ECE : 0)
                | (segment.has('W') ? TcpHeader.CWR : 0);
    }
}
