package dev.heddle.core.link;

import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import java.nio.ByteBuffer;

/** What a rule about packets may ask of one: a view, valid until the next packet is parsed. */
public final class PacketFields {

    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final TcpHeader tcp = new TcpHeader();
    private int packetBytes;
    private int protocol;
    private boolean tcpParsed;

    PacketFields() {}

    /** Looks at a packet; false if it is not IP. Its headers are in its head. */
    boolean parse(Packet packet) {
        packetBytes = packet.length();
        tcpParsed = false;
        ByteBuffer b = packet.buffer();
        if (packet.headLength() == 0) {
            return false;
        }
        boolean isIpv4 = (b.get(packet.offset()) & 0xf0) == 0x40;
        Refusal refusal = isIpv4
                ? ipv4.wrapQuoted(b, packet.offset(), packet.headLength())
                : ipv6.wrapQuoted(b, packet.offset(), packet.headLength());
        if (refusal != Refusal.NONE) {
            return false;
        }
        protocol = isIpv4 ? ipv4.protocol() : ipv6.protocol();
        boolean laterFragment = isIpv4 ? ipv4.fragmentOffsetBytes() > 0 : ipv6.fragmentOffsetBytes() > 0;
        if (protocol == TcpHeader.PROTOCOL && !laterFragment) {
            int at = isIpv4 ? ipv4.transportOffset() : ipv6.transportOffset();
            int transportBytes = packetBytes - (at - packet.offset());
            boolean headersHere = at + TcpHeader.HEADER_BYTES <= packet.offset() + packet.headLength();
            tcpParsed = headersHere && tcp.wrap(b, at, transportBytes) == Refusal.NONE;
        }
        return true;
    }

    /** The length of the IP packet in bytes. */
    public int packetBytes() {
        return packetBytes;
    }

    /** The transport's protocol number. */
    public int protocol() {
        return protocol;
    }

    /** Whether it is a whole TCP segment, or the first fragment of one. */
    public boolean isTcp() {
        return tcpParsed;
    }

    /** Whether it is a TCP segment that carries text. */
    public boolean hasData() {
        return tcpParsed && tcp.payloadLength() > 0;
    }

    /** Whether it is a TCP segment with all these flags, of {@link TcpHeader}. */
    public boolean hasFlags(int flags) {
        return tcpParsed && (tcp.flags() & flags) == flags;
    }

    /** The text's length in bytes, 0 if it is no TCP segment. */
    public int payloadBytes() {
        return tcpParsed ? tcp.payloadLength() : 0;
    }

    /** The sequence number of the TCP segment; meaningless if it is none. */
    public int sequence() {
        return tcp.sequence();
    }
}
