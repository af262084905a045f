package dev.heddle.benchmarks.bare;

import dev.heddle.benchmarks.services.Service;
import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers the segments of echo, discard and chargen clients in one thread, with the fewest words that keep the peer's TCP
 * going: no retransmission, no congestion control, no timer, no buffer, and in place of the characters always the same
 * bytes. What a TCP over the same link does can be at most a little more than this, or a little less.
 */
final class BareResponder {

    private static final int BATCH_PACKETS = 64;

    /** So much is announced without offloads that eight connections never overflow the interface's queue of 500 packets. */
    private static final int PLAIN_WINDOW_SHIFT = 0;

    private static final int OFFLOAD_WINDOW_SHIFT = 7;

    private final Link link;
    private final CannedSegments out;
    private final Packet packet = new Packet(Packet.MAX_LENGTH);
    private final Ipv4Header ip = new Ipv4Header();
    private final TcpHeader tcp = new TcpHeader();
    private final Map<Long, Flow> flows = new HashMap<>();
    private final List<Flow> touched = new ArrayList<>();

    /** Flows that found the link full. */
    private final List<Flow> stopped = new ArrayList<>();

    BareResponder(Link link, int ownAddress) {
        this.link = link;
        boolean offload = link.capabilities().maxSuperSegmentBytes() > 0;
        out = new CannedSegments(link, ownAddress, offload ? OFFLOAD_WINDOW_SHIFT : PLAIN_WINDOW_SHIFT);
    }

    /** Runs until the link is closed. */
    void run() {
        try {
            while (true) {
                int packets = 0;
                while (packets < BATCH_PACKETS && link.receive(packet)) {
                    arrives();
                    packets++;
                }
                endBatch();
                if (packets < BATCH_PACKETS) {
                    link.awaitWork(Clock.NEVER);
                }
            }
        } catch (LinkDownException e) {
            // Closed.
        }
    }

    private void endBatch() {
        List<Flow> again = List.copyOf(stopped);
        stopped.clear();
        again.forEach(this::send);
        for (Flow flow : touched) {
            if (flow.ackDue) {
                flow.ackDue = false;
                out.ack(flow, 0);
            }
        }
        touched.clear();
    }

    private void arrives() {
        if (ip.wrap(packet.buffer(), packet.offset(), packet.length()) != Refusal.NONE
                || ip.protocol() != TcpHeader.PROTOCOL
                || tcp.wrap(packet.buffer(), ip.transportOffset(), ip.transportLength()) != Refusal.NONE) {
            return;
        }
        long name = (long) tcp.destinationPort() << 48 | (long) tcp.sourcePort() << 32 | ip.source() & 0xffff_ffffL;
        if (tcp.isSyn()) {
            Flow flow = new Flow(
                    ip.source(),
                    tcp.sourcePort(),
                    tcp.destinationPort(),
                    Math.max(0, tcp.options().windowScale()),
                    tcp.sequence() + 1);
            flows.put(name, flow);
            out.synAck(flow);
            flow.next++;
            flow.acknowledged = flow.next;
            return;
        }
        Flow flow = flows.get(name);
        if (flow == null) {
            return;
        }
        if (tcp.isRst()) {
            flows.remove(name);
            return;
        }
        acknowledged(flow);
        int length = tcp.payloadLength();
        if (length > 0) {
            text(flow, length);
        }
        if (tcp.isFin() && tcp.sequence() + length == flow.expected) {
            flow.expected++;
            out.ack(flow, TcpHeader.FIN);
            flow.ackDue = false;
            flows.remove(name);
        }
    }

    private void acknowledged(Flow flow) {
        if (tcp.acknowledgment() - flow.acknowledged >= 0) {
            flow.acknowledged = tcp.acknowledgment();
            flow.peerWindowBytes = tcp.window() << flow.peerWindowShift;
        }
        if (flow.ownPort == Service.CHARGEN.port()) {
            send(flow);
        }
    }

    private void text(Flow flow, int length) {
        if (tcp.sequence() == flow.expected) {
            flow.expected += length;
            if (flow.ownPort == Service.ECHO.port() && out.echo(flow, packet, tcp.payloadOffset(), length)) {
                flow.next += length;
                return;
            }
        }
        if (!flow.ackDue) {
            flow.ackDue = true;
            touched.add(flow);
        }
    }

    /** Sends what the peer's window takes. */
    private void send(Flow flow) {
        int mss = out.mssBytes();
        for (int room = flow.room(); room >= mss; room = flow.room()) {
            int length = Math.min(out.largestBytes(), room / mss * mss);
            if (!out.canned(flow, length)) {
                stopped.add(flow);
                return;
            }
            flow.next += length;
        }
    }
}
