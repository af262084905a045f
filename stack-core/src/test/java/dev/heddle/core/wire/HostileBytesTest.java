package dev.heddle.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * No bytes, however hostile, make a parser throw or read where it must not. Every buffer ends where the packet ends, so
 * that a read beyond it throws; what stands in front of it is checked by comparing with the same packet elsewhere.
 */
class HostileBytesTest {

    private static final List<byte[]> GOLDEN = List.copyOf(GoldenPackets.all().values());

    /** The sum of everything that the getters tell, so that no read can be left out as dead code. */
    private long seen;

    @Property(tries = 2000)
    void random_bytes(@ForAll @Size(max = 120) byte[] bytes) {
        parseEverything(bytes);
    }

    @Property(tries = 2000)
    @Requirement("RFC9293:MUST-7")
    void random_bytes_behind_a_right_version_and_header_length(
            @ForAll @Size(min = 60, max = 100) byte[] bytes, @ForAll @IntRange(min = 0, max = 15) int words) {
        bytes[0] = (byte) (0x40 | words);
        bytes[2] = 0;
        bytes[3] = (byte) bytes.length;
        parseEverything(bytes);
        bytes[12] = (byte) (words << 4);
        parseEverything(bytes);
    }

    @Property(tries = 2000)
    void random_extension_header_chains(
            @ForAll @Size(min = 48, max = 300) byte[] bytes, @ForAll("extensions") byte first, @ForAll long seed) {
        bytes[0] = 0x60;
        int payload = bytes.length - 40;
        bytes[4] = (byte) (payload >>> 8);
        bytes[5] = (byte) payload;
        bytes[6] = first;
        // make most headers plausible, so that the walk gets far
        SplittableRandom random = new SplittableRandom(seed);
        byte[] kinds = {0, 43, 44, 51, 59, 60, 6};
        for (int at = 40; at + 8 <= bytes.length; at += 8) {
            bytes[at] = kinds[random.nextInt(kinds.length)];
            bytes[at + 1] = (byte) random.nextInt(3);
        }
        parseEverything(bytes);
    }

    @Provide
    Arbitrary<Byte> extensions() {
        return Arbitraries.of((byte) 0, (byte) 43, (byte) 44, (byte) 51, (byte) 60);
    }

    @Property(tries = 3000)
    void mutated_real_packets(@ForAll("mutants") byte[] bytes) {
        parseEverything(bytes);
    }

    @Provide
    Arbitrary<byte[]> mutants() {
        return Combinators.combine(
                        Arbitraries.of(GOLDEN),
                        Arbitraries.longs(),
                        Arbitraries.integers().between(1, 8))
                .as((packet, seed, changes) -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    byte[] bytes = packet.clone();
                    for (int i = 0; i < changes; i++) {
                        // mostly in the headers
                        int at = random.nextInt(Math.min(bytes.length, random.nextInt(3) == 0 ? bytes.length : 100));
                        bytes[at] = (byte) random.nextInt();
                    }
                    int length = random.nextInt(3) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
                    return Arrays.copyOf(bytes, length);
                });
    }

    private void parseEverything(byte[] bytes) {
        long before = seen;
        parseAt(ByteBuffer.wrap(bytes), 0, bytes.length);
        long atStart = seen - before;

        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 7);
        for (int i = 0; i < 7; i++) {
            direct.put(i, (byte) 0xa5);
        }
        direct.put(7, bytes);
        before = seen;
        parseAt(direct, 7, bytes.length);
        assertThat(seen - before).as("depends on the packet's bytes only").isEqualTo(atStart);
    }

    private void parseAt(ByteBuffer b, int offset, int length) {
        Ipv4Header ipv4 = new Ipv4Header();
        note(ipv4.wrapQuoted(b, offset, length));
        if (note(ipv4.wrap(b, offset, length))) {
            assertThat(ipv4.transportOffset() - offset + ipv4.transportLength()).isLessThanOrEqualTo(length);
            seen += ipv4.headerBytes() + ipv4.totalLength() + ipv4.trafficClass() + ipv4.identification();
            seen += ipv4.fragmentOffsetBytes() + ipv4.ttl() + ipv4.protocol() + ipv4.source() + ipv4.destination();
            seen += flag(ipv4.verifyChecksum()) + flag(ipv4.isFragment()) + flag(ipv4.moreFragments());
            parseTransports(b, ipv4.transportOffset(), ipv4.transportLength());
        }
        Ipv6Header ipv6 = new Ipv6Header();
        note(ipv6.wrapQuoted(b, offset, length));
        if (note(ipv6.wrap(b, offset, length))) {
            assertThat(ipv6.transportLength()).isNotNegative();
            assertThat(ipv6.transportOffset() - offset + ipv6.transportLength()).isLessThanOrEqualTo(length);
            seen += ipv6.trafficClass() + ipv6.flowLabel() + ipv6.hopLimit() + ipv6.protocol() + ipv6.payloadLength();
            seen += ipv6.sourceHigh() + ipv6.sourceLow() + ipv6.destinationHigh() + ipv6.destinationLow();
            if (ipv6.isFragment()) {
                seen += ipv6.fragmentOffsetBytes() + ipv6.identification() + flag(ipv6.moreFragments());
            }
            parseTransports(b, ipv6.transportOffset(), ipv6.transportLength());
        }
        parseTransports(b, offset, length);
    }

    private void parseTransports(ByteBuffer b, int offset, int length) {
        TcpHeader tcp = new TcpHeader();
        if (note(tcp.wrap(b, offset, length))) {
            assertThat(tcp.payloadOffset() - offset + tcp.payloadLength()).isEqualTo(length);
            seen += tcp.sourcePort() + tcp.destinationPort() + tcp.sequence() + tcp.acknowledgment() + tcp.flags();
            seen += tcp.window() + tcp.urgentPointer() + tcp.headerBytes() + flag(tcp.verifyChecksum(0));
            TcpOptions options = tcp.options();
            seen += options.mss() + options.windowScale() + flag(options.sackPermitted()) + flag(options.hasAccEcn());
            if (options.hasTimestamps()) {
                seen += options.timestampValue() + options.timestampEcho();
            }
            assertThat(options.sackBlocks()).isBetween(0, 4);
            for (int i = 0; i < options.sackBlocks(); i++) {
                seen += options.sackLeft(i) - options.sackRight(i);
            }
            if (options.hasFastOpenCookie()) {
                for (int i = 0; i < options.fastOpenCookieBytes(); i++) {
                    seen += b.get(options.fastOpenCookieOffset() + i);
                }
            }
        }
        UdpHeader udp = new UdpHeader();
        if (note(udp.wrap(b, offset, length))) {
            assertThat(udp.payloadOffset() - offset + udp.payloadLength()).isLessThanOrEqualTo(length);
            seen += udp.sourcePort() + udp.destinationPort() + udp.length() + flag(udp.hasChecksum());
            seen += flag(udp.verifyChecksum(0));
        }
        IcmpMessage icmp = new IcmpMessage();
        if (note(icmp.wrap(b, offset, length))) {
            assertThat(icmp.bodyOffset() - offset + icmp.bodyLength()).isEqualTo(length);
            seen += icmp.type() + icmp.code() + icmp.checksum() + icmp.identifier() + icmp.sequence();
            seen += icmp.mtuV4() + icmp.mtuV6() + flag(icmp.verifyChecksum(0));
        }
    }

    private boolean note(Refusal refusal) {
        seen += refusal.name().hashCode();
        return refusal == Refusal.NONE;
    }

    private static int flag(boolean value) {
        return value ? 1 : 0;
    }
}
