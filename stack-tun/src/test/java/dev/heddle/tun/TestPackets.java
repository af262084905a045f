package dev.heddle.tun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.buffer.Chunk;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Packets by hand, and a link driven by hand. */
final class TestPackets {

    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMP = 1;
    static final int ICMPV6 = 58;

    private static final int CHUNK_BYTES = 16 * 1024;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private TestPackets() {}

    /** A packet of an IP header and room for the transport's bytes. */
    static Packet ip(IpAddress from, IpAddress to, int protocol, int transportBytes) {
        Packet packet = new Packet(Packet.MAX_LENGTH);
        int header = ipHeaderBytes(from);
        writeIp(packet, from, to, protocol, transportBytes);
        packet.head(Packet.HEADROOM, header + transportBytes);
        return packet;
    }

    private static void writeIp(Packet packet, IpAddress from, IpAddress to, int protocol, int length) {
        ByteBuffer b = packet.buffer();
        int at = Packet.HEADROOM;
        if (from.isIpv4()) {
            Ipv4Header.write(b, at, 20 + length, 7, true, 64, protocol, 0, from.ipv4(), to.ipv4());
        } else {
            Ipv6Header.write(b, at, length, protocol, 64, 0, 0, from.high(), from.low(), to.high(), to.low());
        }
    }

    static int ipHeaderBytes(IpAddress address) {
        return address.isIpv4() ? 20 : 40;
    }

    static boolean isIpv4(Packet packet) {
        return packet.buffer().get(packet.offset()) >>> 4 == 4;
    }

    /** The transport's protocol; the test's packets have neither options nor extension headers. */
    static int protocol(Packet packet) {
        return packet.buffer().get(packet.offset() + (isIpv4(packet) ? 9 : 6));
    }

    /** Where the transport starts, absolute in the buffer. */
    static int transport(Packet packet) {
        return packet.offset() + (isIpv4(packet) ? 20 : 40);
    }

    static long pseudoHeader(IpAddress from, IpAddress to, int protocol, int length) {
        return Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), protocol, length);
    }

    /** A UDP datagram; its payload is a slice of a chunk, or in the head if there is none. */
    static Packet udp(IpAddress from, IpAddress to, int port, byte[] payload, @Nullable BufferPool sliced) {
        int length = 8 + payload.length;
        Packet packet = new Packet(2048);
        writeIp(packet, from, to, UDP, length);
        int header = ipHeaderBytes(from);
        ByteBuffer b = packet.buffer();
        int at = Packet.HEADROOM + header;
        b.putShort(at, (short) port).putShort(at + 2, (short) port).putShort(at + 4, (short) length);
        b.putShort(at + 6, (short) 0).put(at + 8, payload);
        int checksum = Checksum.finish(Checksum.add(b, at, length, pseudoHeader(from, to, UDP, length)));
        b.putShort(at + 6, (short) (checksum == 0 ? 0xffff : checksum));
        if (sliced == null) {
            packet.head(Packet.HEADROOM, header + length);
        } else {
            b.put(at + 8, new byte[payload.length]);
            packet.head(Packet.HEADROOM, header + 8);
            addSlices(packet, payload, sliced);
        }
        return packet;
    }

    static BufferPool pool() {
        return new BufferPool(64L << 20, CHUNK_BYTES);
    }

    /** Appends bytes as slices, each of a chunk of its own. */
    static void addSlices(Packet packet, byte[] bytes, BufferPool pool) {
        for (int from = 0; from < bytes.length; from += CHUNK_BYTES) {
            Chunk chunk = pool.acquire(0);
            assertThat(chunk).isNotNull();
            int length = Math.min(CHUNK_BYTES, bytes.length - from);
            chunk.bytes().put(0, bytes, from, length);
            packet.slice(chunk, 0, length);
        }
    }

    /** Transport checksum over what is in the head, complete. */
    static boolean checksumIsRight(Packet packet, IpAddress from, IpAddress to) {
        int at = transport(packet);
        int length = packet.offset() + packet.headLength() - at;
        long sum = Checksum.add(packet.buffer(), at, length, pseudoHeader(from, to, protocol(packet), length));
        return Checksum.finish(sum) == 0;
    }

    /** Receives until a packet is the wanted one; IPv6 hosts send things unasked. */
    static Packet receive(TunLink link, Predicate<Packet> wanted) {
        Clock clock = Clock.system();
        long deadlineNs = clock.nanoTime() + PATIENCE_NS;
        Packet packet = new Packet(Packet.MAX_LENGTH);
        while (clock.nanoTime() < deadlineNs) {
            while (link.receive(packet)) {
                if (wanted.test(packet)) {
                    return packet;
                }
            }
            link.awaitWork(deadlineNs);
        }
        throw new AssertionError("no such packet within 10 s");
    }
}
