package dev.heddle.core.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.buffer.StreamBuffer;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;
import java.util.Random;

/** Makes the packets that TCP and IP would, and reads packets as a strict receiver would. */
final class TestPackets {

    static final int SEQUENCE = 0xffff_f000; // wraps within a super-segment
    static final int IDENTIFICATION = 0xfffe;
    static final int TCP_BYTES = TcpHeader.HEADER_BYTES + 12;

    private static final int SOURCE_V4 = 0xc0000201;
    private static final int DESTINATION_V4 = 0xc0000202;
    private static final long HIGH_V6 = 0x2001_0db8_0000_0000L;

    private TestPackets() {}

    static int headerBytes(boolean ipv4) {
        return (ipv4 ? Ipv4Header.HEADER_BYTES : Ipv6Header.HEADER_BYTES) + TCP_BYTES;
    }

    /** A contiguous segment with an incomplete checksum. */
    static Packet segment(boolean ipv4, int flags, byte[] payload, int gsoSize) {
        Packet packet = headers(ipv4, flags, payload.length, payload.length, gsoSize);
        int at = packet.offset() + headerBytes(ipv4);
        packet.buffer().put(at, payload);
        packet.head(packet.offset(), headerBytes(ipv4) + payload.length);
        return packet;
    }

    /** A segment with some bytes of its payload in the head and the others in chunks of the stream. */
    static Packet slicedSegment(boolean ipv4, int flags, byte[] payload, int gsoSize, int inHead, StreamBuffer stream) {
        Packet packet = headers(ipv4, flags, payload.length, inHead, gsoSize);
        packet.buffer().put(packet.offset() + headerBytes(ipv4), payload, 0, inHead);
        packet.head(packet.offset(), headerBytes(ipv4) + inHead);
        stream.write(stream.head(), payload, inHead, payload.length - inHead);
        stream.slices(stream.head(), payload.length - inHead, packet);
        return packet;
    }

    private static Packet headers(boolean ipv4, int flags, int payloadLength, int capacity, int gsoSize) {
        int headers = headerBytes(ipv4);
        Packet packet = new Packet(headers + capacity);
        ByteBuffer b = packet.buffer();
        int at = packet.offset();
        int tcpLength = TCP_BYTES + payloadLength;
        if (ipv4) {
            Ipv4Header.write(b, at, headers + payloadLength, IDENTIFICATION, true, 64, 6, 2, SOURCE_V4, DESTINATION_V4);
        } else {
            Ipv6Header.write(b, at, tcpLength, 6, 64, 2, 0x12345, HIGH_V6, 1, HIGH_V6, 2);
        }
        int tcp = at + headers - TCP_BYTES;
        TcpHeader.write(b, tcp, 80, 40_000, SEQUENCE, 77, TCP_BYTES, flags, 1000, 0);
        int option = TcpOptions.writeNop(b, TcpOptions.writeNop(b, tcp + TcpHeader.HEADER_BYTES));
        TcpOptions.writeTimestamps(b, option, 123, 456);
        TcpHeader.checksum(b, tcp, Checksum.fold(pseudo(ipv4, tcpLength)));
        packet.incompleteChecksum(headers - TCP_BYTES, TcpHeader.CHECKSUM_OFFSET);
        packet.gsoSize(gsoSize);
        return packet;
    }

    private static long pseudo(boolean ipv4, int tcpLength) {
        return ipv4
                ? Checksum.pseudoHeader(
                        0,
                        0xffff_0000_0000L | (SOURCE_V4 & 0xffff_ffffL),
                        0,
                        0xffff_0000_0000L | (DESTINATION_V4 & 0xffff_ffffL),
                        6,
                        tcpLength)
                : Checksum.pseudoHeader(HIGH_V6, 1, HIGH_V6, 2, 6, tcpLength);
    }

    static byte[] payload(int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        return payload;
    }

    static byte[] bytesOf(Packet packet) {
        byte[] bytes = new byte[packet.length()];
        packet.copyTo(0, bytes.length, ByteBuffer.wrap(bytes), 0);
        return bytes;
    }

    static Packet copy(Packet packet) {
        Packet copy = new Packet(packet.length());
        copy.copyOf(packet);
        return copy;
    }

    /** What a receiver sees in a packet. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Seen(int sequence, int flags, int identification, byte[] payload) {}

    /** Whether a receiver's checksums accept the packet. */
    static boolean checksumsAreRight(boolean ipv4, Packet packet) {
        Packet contiguous = copy(packet);
        ByteBuffer b = contiguous.buffer();
        int tcp = contiguous.offset() + headerBytes(ipv4) - TCP_BYTES;
        int tcpLength = contiguous.length() - headerBytes(ipv4) + TCP_BYTES;
        boolean ipRight = !ipv4 || Checksum.finish(Checksum.add(b, contiguous.offset(), 20, 0)) == 0;
        return ipRight && Checksum.finish(Checksum.add(b, tcp, tcpLength, pseudo(ipv4, tcpLength))) == 0;
    }

    /** Reads one packet; every length and checksum must be right. */
    static Seen see(boolean ipv4, Packet packet) {
        assertThat(packet.gsoSize()).isZero();
        assertThat(packet.checksumStart()).isEqualTo(-1);
        Packet contiguous = copy(packet);
        ByteBuffer b = contiguous.buffer();
        int at = contiguous.offset();
        int length = contiguous.length();
        int identification = 0;
        if (ipv4) {
            Ipv4Header ip = new Ipv4Header();
            assertThat(ip.wrap(b, at, length)).isEqualTo(Refusal.NONE);
            assertThat(ip.verifyChecksum()).isTrue();
            assertThat(ip.totalLength()).isEqualTo(length);
            identification = ip.identification();
        } else {
            Ipv6Header ip = new Ipv6Header();
            assertThat(ip.wrap(b, at, length)).isEqualTo(Refusal.NONE);
            assertThat(ip.payloadLength()).isEqualTo(length - Ipv6Header.HEADER_BYTES);
        }
        int tcpLength = length - headerBytes(ipv4) + TCP_BYTES;
        TcpHeader tcp = new TcpHeader();
        assertThat(tcp.wrap(b, at + length - tcpLength, tcpLength)).isEqualTo(Refusal.NONE);
        assertThat(tcp.verifyChecksum(pseudo(ipv4, tcpLength))).isTrue();
        assertThat(tcp.options().timestampValue()).isEqualTo(123);
        assertThat(tcp.acknowledgment()).isEqualTo(77);
        byte[] payload = new byte[tcp.payloadLength()];
        b.get(tcp.payloadOffset(), payload);
        return new Seen(tcp.sequence(), tcp.flags(), identification, payload);
    }

    static StreamBuffer stream() {
        return new StreamBuffer(new BufferPool(1 << 20, 1024));
    }
}
