package dev.heddle.core.ip;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.GoldenPackets;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import java.nio.ByteBuffer;

/** Makes received packets for tests. */
public final class Packets {

    private Packets() {}

    /** A packet of these bytes, in memory that ends where they end. */
    public static Packet of(byte[] bytes) {
        Packet packet = new Packet(bytes.length);
        packet.buffer().put(Packet.HEADROOM, bytes);
        packet.head(Packet.HEADROOM, bytes.length);
        return packet;
    }

    /** The bytes of a packet, which stay when it is used again. */
    public static byte[] bytesOf(Packet packet) {
        byte[] bytes = new byte[packet.length()];
        packet.copyTo(0, bytes.length, ByteBuffer.wrap(bytes), 0);
        return bytes;
    }

    public static Packet golden(String name) {
        return of(GoldenPackets.bytes(name));
    }

    /** A packet of 20 or 40 bytes of header, by the family of the destination, and the payload. */
    public static Packet ip(String source, String destination, int protocol, byte... payload) {
        IpAddress from = IpAddress.parse(source);
        IpAddress to = IpAddress.parse(destination);
        return to.isIpv4() ? ipv4(from, to, protocol, payload) : ipv6(from, to, protocol, payload);
    }

    private static Packet ipv4(IpAddress from, IpAddress to, int protocol, byte... payload) {
        ByteBuffer b = ByteBuffer.allocate(Ipv4Header.HEADER_BYTES + payload.length);
        Ipv4Header.write(b, 0, b.capacity(), 0, false, 64, protocol, 0, (int) from.low(), (int) to.low());
        return of(b.put(Ipv4Header.HEADER_BYTES, payload).array());
    }

    /** An IPv6 header whatever the addresses. */
    public static Packet ipv6(IpAddress from, IpAddress to, int nextHeader, byte... payload) {
        ByteBuffer b = ByteBuffer.allocate(Ipv6Header.HEADER_BYTES + payload.length);
        Ipv6Header.write(b, 0, payload.length, nextHeader, 64, 0, 0, from.high(), from.low(), to.high(), to.low());
        return of(b.put(Ipv6Header.HEADER_BYTES, payload).array());
    }
}
