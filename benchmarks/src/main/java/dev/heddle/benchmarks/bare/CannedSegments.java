package dev.heddle.benchmarks.bare;

import dev.heddle.core.link.Link;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;

/** Writes segments over IPv4 and hands them to a link. */
final class CannedSegments {

    private static final int IP = Packet.HEADROOM;
    private static final int TCP = IP + Ipv4Header.HEADER_BYTES;
    private static final int DATA = TCP + TcpHeader.HEADER_BYTES;
    private static final int TTL = 64;
    private static final int HEADERS = Ipv4Header.HEADER_BYTES + TcpHeader.HEADER_BYTES;

    private final Link link;
    private final int ownAddress;
    private final boolean offload;
    private final int mssBytes;
    private final int windowShift;
    private final Packet small = new Packet(2 * Packet.HEADROOM);

    /** Room for headers, and the same payload in every segment. */
    private final Packet canned = new Packet(Packet.MAX_LENGTH);

    /** The checksum's part for one MSS of that payload. */
    private final long cannedSum;

    private final Packet echo = new Packet(Packet.MAX_LENGTH);

    CannedSegments(Link link, int ownAddress, int windowShift) {
        this.link = link;
        this.ownAddress = ownAddress;
        this.windowShift = windowShift;
        mssBytes = link.capabilities().mtu() - HEADERS;
        offload = link.capabilities().maxSuperSegmentBytes() > 0;
        for (int at = DATA; at < canned.buffer().capacity(); at++) {
            canned.buffer().put(at, (byte) 'x');
        }
        cannedSum = Checksum.add(canned.buffer(), DATA, mssBytes, 0);
    }

    int mssBytes() {
        return mssBytes;
    }

    /** The most payload of one segment: whole pieces of the MSS. */
    int largestBytes() {
        return offload ? (Packet.MAX_LENGTH - HEADERS) / mssBytes * mssBytes : mssBytes;
    }

    boolean synAck(Flow flow) {
        int at = TcpOptions.writeMss(small.buffer(), DATA, mssBytes);
        at = TcpOptions.writeNop(small.buffer(), at);
        at = TcpOptions.writeWindowScale(small.buffer(), at, windowShift);
        return send(small, flow, TcpHeader.SYN | TcpHeader.ACK, at - DATA, 0, 0);
    }

    boolean ack(Flow flow, int moreFlags) {
        return send(small, flow, TcpHeader.ACK | moreFlags, 0, 0, 0);
    }

    /** Sends back what a packet brought. */
    boolean echo(Flow flow, Packet from, int offset, int length) {
        from.copyTo(offset - from.offset(), length, echo.buffer(), DATA);
        long sum = offload ? 0 : Checksum.add(echo.buffer(), DATA, length, 0);
        return send(echo, flow, TcpHeader.ACK | TcpHeader.PSH, 0, length, sum);
    }

    /** Sends some of the same payload: whole pieces of the MSS. */
    boolean canned(Flow flow, int length) {
        return send(canned, flow, TcpHeader.ACK, 0, length, cannedSum);
    }

    private boolean send(Packet packet, Flow flow, int flags, int optionBytes, int payloadBytes, long payloadSum) {
        ByteBuffer b = packet.buffer();
        int tcpBytes = TcpHeader.HEADER_BYTES + optionBytes + payloadBytes;
        packet.reset();
        packet.head(IP, Ipv4Header.HEADER_BYTES + tcpBytes);
        Ipv4Header.write(b, IP, packet.length(), 0, true, TTL, TcpHeader.PROTOCOL, 0, ownAddress, flow.peerAddress);
        // A SYN's window is not scaled; the largest does for it as well.
        TcpHeader.write(
                b,
                TCP,
                flow.ownPort,
                flow.peerPort,
                flow.next,
                flow.expected,
                TcpHeader.HEADER_BYTES + optionBytes,
                flags,
                0xffff,
                0);
        long pseudo = (ownAddress & 0xffff_ffffL) + (flow.peerAddress & 0xffff_ffffL) + TcpHeader.PROTOCOL + tcpBytes;
        if (offload && payloadBytes > 0) {
            TcpHeader.checksum(b, TCP, Checksum.fold(pseudo));
            packet.incompleteChecksum(Ipv4Header.HEADER_BYTES, TcpHeader.CHECKSUM_OFFSET);
            if (payloadBytes > mssBytes) {
                packet.gsoSize(mssBytes);
            }
        } else {
            long sum = Checksum.add(b, TCP, TcpHeader.HEADER_BYTES + optionBytes, pseudo + payloadSum);
            TcpHeader.checksum(b, TCP, Checksum.finish(sum));
        }
        return link.transmit(packet);
    }
}
