package dev.heddle.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What the connection of a script sends: cut into segments, its text and pseudo-header sum verified. */
final class ScriptOutput implements SegmentOutput {

    private final SocketPair pair;
    /** Gives the connection under test, null before there is one. */
    private final Supplier<Tcb> connection;

    /** Looks at each segment as it is sent, before super-segments are cut. */
    Consumer<TcpHeader> watcher = header -> {};

    /** The traffic class and the TTL that the last segment was sent with. */
    int lastTrafficClass;

    int lastHopLimit;

    private List<Seg> sent = new ArrayList<>();
    int iss;
    boolean full;

    /** How often IP was told that nobody answers. */
    int adviceGiven;

    ScriptOutput(SocketPair pair, Supplier<Tcb> connection) {
        this.pair = pair;
        this.connection = connection;
    }

    /** What was sent since the last call. */
    List<Seg> take() {
        List<Seg> taken = sent;
        sent = new ArrayList<>();
        return taken;
    }

    @Override
    public Packet acquire() {
        return new Packet(2048);
    }

    @Override
    public void send(Packet segment, SocketPair to, int trafficClass, int hopLimit) {
        transmit(segment, to, trafficClass, hopLimit);
    }

    @Override
    public void unanswered(SocketPair of, long triedNs, long nowNs) {
        assertThat(of).isEqualTo(pair);
        adviceGiven++;
    }

    @Override
    public boolean transmit(Packet segment, SocketPair to, int trafficClass, int hopLimit) {
        assertThat(to).isEqualTo(pair);
        if (full) {
            return false;
        }
        Packet whole = new Packet(65_535);
        whole.copyOf(segment);
        TcpHeader header = whole.tcp();
        assertThat(header.wrap(whole.buffer(), whole.offset(), whole.length())).isEqualTo(Refusal.NONE);
        long pseudo = Checksum.pseudoHeader(
                pair.localHigh(), pair.localLow(), pair.remoteHigh(), pair.remoteLow(), 6, whole.length());
        int field = whole.buffer().getShort(whole.offset() + TcpHeader.CHECKSUM_OFFSET) & 0xffff;
        assertThat(field).as("pseudo-header sum").isEqualTo(Checksum.fold(pseudo));
        watcher.accept(header);
        lastTrafficClass = trafficClass;
        lastHopLimit = hopLimit;
        int total = header.payloadLength();
        boolean answersNone = header.isRst() && (!header.isAck() || connection.get() == null);
        long seq = answersNone && header.sequence() == 0 ? 0 : header.sequence() - iss;
        for (int i = 0; i < total; i++) {
            assertThat(whole.buffer().get(header.payloadOffset() + i))
                    .as("octet %d", seq + i)
                    .isEqualTo(TcpScript.pattern(seq + i));
        }
        assertThat(header.isUrg() && segment.gsoSize() > 0)
                .as("urgent super-segment")
                .isFalse();
        int unit = segment.gsoSize() > 0 ? segment.gsoSize() : Math.max(1, total);
        int from = 0;
        do {
            int n = Math.min(unit, total - from);
            Seg seg = describe(header, seq + from, n, from == 0, from + n == total);
            sent.add(seg.ecn(trafficClass & Ecn.MASK));
            from += n;
        } while (from < total);
        return true;
    }

    private Seg describe(TcpHeader header, long seq, int length, boolean first, boolean last) {
        String flags = (header.isSyn() ? "S" : "")
                + (header.isFin() && last ? "F" : "")
                + (header.isRst() ? "R" : "")
                + (header.isPsh() && last ? "P" : "")
                + (header.isUrg() ? "U" : "")
                + ((header.flags() & TcpHeader.ECE) != 0 ? "E" : "")
                + ((header.flags() & TcpHeader.CWR) != 0 && first ? "W" : "")
                + (header.isAck() ? "." : "");
        Seg seg = length > 0 ? Seg.data(seq, seq + length) : Seg.seg("").seq(seq);
        seg.flags = flags;
        seg.ack = header.isAck() ? header.acknowledgment() - ScriptPeer.ISS : Seg.ANY;
        Tcb tcb = connection.get();
        int shift =
                header.isSyn() || tcb == null ? 0 : tcb.emitter().negotiated().receiveShift();
        seg.window = (long) header.window() << shift;
        seg.up = header.isUrg() ? seq + header.urgentPointer() : Seg.ANY;
        TcpOptions o = header.options();
        seg.userTimeoutSeconds = o.userTimeoutSeconds() < 0 ? Seg.ANY : o.userTimeoutSeconds();
        seg.mss = o.mss() < 0 ? Seg.ANY : o.mss();
        seg.windowScale = o.windowScale() < 0 ? Seg.ANY : o.windowScale();
        seg.sackPermitted = o.sackPermitted();
        seg.timestamps = o.hasTimestamps();
        if (o.hasTimestamps()) {
            seg.timestampValue = o.timestampValue();
            seg.timestampEcho = o.timestampEcho();
        }
        for (int i = 0; i < o.sackBlocks(); i++) {
            seg.sack(o.sackLeft(i) - ScriptPeer.ISS, o.sackRight(i) - ScriptPeer.ISS);
        }
        return seg;
    }
}
