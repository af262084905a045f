package dev.heddle.core.sim;

import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.SequenceNumber;
import dev.heddle.core.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Watches what a host says on its link, as its peers will understand it: neither the acknowledgment number nor the right edge
 * of the window goes back.
 */
final class EdgeWatch implements Link {

    private final Link inner;
    private final IntPredicate scales;
    private final Map<Long, Said> connections = new HashMap<>();
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final TcpHeader tcp = new TcpHeader();

    /** What was said last on one connection. */
    private static final class Said {
        private int scale;
        private boolean isEdgeKnown;
        private int acknowledgment;
        private int edge;
    }

    /** @param scales whether windows are scaled with the host whose address ends with this byte */
    EdgeWatch(Link inner, IntPredicate scales) {
        this.inner = inner;
        this.scales = scales;
    }

    @Override
    public boolean transmit(Packet packet) {
        boolean taken = inner.transmit(packet);
        if (taken) {
            look(packet);
        }
        return taken;
    }

    private void look(Packet packet) {
        ByteBuffer b = packet.buffer();
        int at = packet.offset();
        boolean isIpv4 = (b.get(at) & 0xf0) == 0x40;
        Refusal refusal =
                isIpv4 ? ipv4.wrapQuoted(b, at, packet.headLength()) : ipv6.wrapQuoted(b, at, packet.headLength());
        require(refusal == Refusal.NONE, "a host sent a packet with " + refusal);
        int protocol = isIpv4 ? ipv4.protocol() : ipv6.protocol();
        if (protocol != TcpHeader.PROTOCOL) {
            return;
        }
        int transport = isIpv4 ? ipv4.transportOffset() : ipv6.transportOffset();
        require(tcp.wrap(b, transport, packet.length() - (transport - at)) == Refusal.NONE, "malformed TCP header");
        // Hosts differ in the last byte of their addresses.
        int peer = b.get(at + (isIpv4 ? 19 : 39));
        long key = (long) peer << 32 | tcp.sourcePort() << 16 | tcp.destinationPort();
        if (tcp.isSyn()) {
            Said said = new Said();
            said.scale = scales.test(peer) ? Math.max(0, tcp.options().windowScale()) : 0;
            connections.put(key, said);
            if (tcp.isAck()) {
                learn(said, tcp.window());
            }
            return;
        }
        Said said = connections.get(key);
        if (tcp.isRst() || !tcp.isAck() || said == null) {
            return;
        }
        learn(said, tcp.window() << said.scale);
    }

    private void learn(Said said, int window) {
        int acknowledgment = tcp.acknowledgment();
        int edge = acknowledgment + window;
        if (said.isEdgeKnown) {
            require(
                    SequenceNumber.greaterOrEqual(acknowledgment, said.acknowledgment),
                    "acknowledgment went back from " + said.acknowledgment + " to " + acknowledgment);
            // RFC 7323 2.4: as a window is announced in steps of 2^scale, rounding may hide less than one of them.
            int hidden = (1 << said.scale) - 1;
            require(
                    SequenceNumber.greaterOrEqual(edge + hidden, said.edge),
                    "right edge went back from " + said.edge + " to " + edge);
        }
        said.isEdgeKnown = true;
        said.acknowledgment = acknowledgment;
        said.edge = edge;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public LinkCapabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public boolean receive(Packet into) {
        return inner.receive(into);
    }

    @Override
    public long nextDeadline() {
        return inner.nextDeadline();
    }

    @Override
    public void awaitWork(long untilNs) {
        inner.awaitWork(untilNs);
    }

    @Override
    public void wakeup() {
        inner.wakeup();
    }

    @Override
    public void close() {
        inner.close();
    }
}
