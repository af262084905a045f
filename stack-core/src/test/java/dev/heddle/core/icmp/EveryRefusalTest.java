package dev.heddle.core.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.ip.FragmentPackets;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpInput;
import dev.heddle.core.ip.IpLocalAddresses;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.GoldenPackets;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For each reason a packet that differs from a good one by nothing else, and is refused for just this reason. */
class EveryRefusalTest {

    private static final IpLocalAddresses LOCAL =
            IpLocalAddresses.of(List.of(IpPrefix.parse("192.0.2.2/24"), IpPrefix.parse("2001:db8::2/64")));

    record Case(Refusal reason, String packet, Packet bytes) {

        @Override
        public String toString() {
            return reason + " (" + packet + ")";
        }
    }

    /** A real packet, changed; the IPv4 header checksum is put right again. */
    private static Case changed(Refusal reason, String name, Consumer<ByteBuffer> change) {
        byte[] bytes = GoldenPackets.bytes(name);
        ByteBuffer b = ByteBuffer.wrap(bytes);
        change.accept(b);
        int headerBytes = (bytes[0] & 0xf) * 4;
        if (bytes[0] >>> 4 == 4 && headerBytes <= bytes.length) {
            b.putShort(10, (short) 0);
            b.putShort(10, (short) Checksum.finish(Checksum.add(b, 0, headerBytes, 0)));
        }
        return new Case(reason, name, Packets.of(bytes));
    }

    private static Case cut(Refusal reason, String name, int length) {
        return new Case(reason, name + " cut", Packets.of(Arrays.copyOf(GoldenPackets.bytes(name), length)));
    }

    private static Case ip(Refusal reason, String source, String destination, int protocol, String payload) {
        byte[] bytes = HexFormat.of().parseHex(payload.replace(" ", ""));
        return new Case(reason, source + " > " + destination, Packets.ip(source, destination, protocol, bytes));
    }

    private static Case ipv6(Refusal reason, int nextHeader, String payload) {
        return ip(reason, "2001:db8::1", "2001:db8::2", nextHeader, payload);
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(Refusal.IP_VERSION, "empty", Packets.of(new byte[0])),
                changed(Refusal.IP_VERSION, "tcp4-syn", b -> b.put(0, (byte) 0x75)),
                cut(Refusal.IPV4_TRUNCATED, "tcp4-syn", 19),
                changed(Refusal.IPV4_HEADER_LENGTH, "tcp4-syn", b -> b.put(0, (byte) 0x44)),
                cut(Refusal.IPV4_HEADER_LENGTH, "udp4-router-alert", 23),
                changed(Refusal.IPV4_TOTAL_LENGTH, "tcp4-syn", b -> b.putShort(2, (short) 19)),
                changed(Refusal.IPV4_TOTAL_LENGTH, "tcp4-syn", b -> b.putShort(2, (short) 61)),
                changed(Refusal.IPV4_OPTION_LENGTH, "udp4-router-alert", b -> b.put(21, (byte) 5)),
                changed(Refusal.IPV4_OPTION_LENGTH, "udp4-router-alert", b -> b.put(21, (byte) 1)),
                changed(Refusal.IPV4_OPTION_LENGTH, "udp4-router-alert", b -> b.putInt(20, 0x01010194)),
                changed(Refusal.IPV4_SOURCE_ROUTE, "udp4-source-route", b -> {}),
                changed(Refusal.IPV4_FRAGMENT, "udp4-first-fragment", b -> b.putShort(2, (short) 1499)),
                changed(Refusal.IPV4_FRAGMENT, "udp4-last-fragment", b -> b.putShort(6, (short) 0x1fff)),
                changed(Refusal.IPV4_FRAGMENT, "udp4-last-fragment", b -> b.putShort(2, (short) 20)),
                changed(Refusal.IPV4_SOURCE_ADDRESS, "tcp4-syn", b -> b.putInt(12, 0xe0000001)),
                changed(Refusal.IPV4_SOURCE_ADDRESS, "tcp4-syn", b -> b.putInt(12, 0xf0000001)),
                changed(Refusal.IPV4_DESTINATION_ADDRESS, "tcp4-syn", b -> b.putInt(16, 0x7f000001)),
                changed(Refusal.IPV4_DESTINATION_ADDRESS, "tcp4-syn", b -> b.putInt(16, 0)),
                cut(Refusal.IPV6_TRUNCATED, "tcp6-syn", 39),
                changed(Refusal.IPV6_PAYLOAD_LENGTH, "tcp6-syn", b -> b.putShort(4, (short) 41)),
                ipv6(Refusal.IPV6_EXTENSION_LENGTH, 60, "06000000000000"),
                ipv6(Refusal.IPV6_EXTENSION_LENGTH, 60, "0601010400000000"),
                ipv6(Refusal.IPV6_EXTENSION_LENGTH, 51, "0602000000000000"),
                ipv6(Refusal.IPV6_EXTENSION_LENGTH, 44, "06000000"),
                ipv6(Refusal.IPV6_EXTENSION_ORDER, 60, "0000010400000000 0600010400000000"),
                ipv6(Refusal.IPV6_EXTENSION_COUNT, 60, "3c00010400000000".repeat(8) + "0600010400000000"),
                ipv6(Refusal.IPV6_OPTION_LENGTH, 60, "0600010500000000"),
                ipv6(Refusal.IPV6_OPTION_LENGTH, 60, "0600010300000001"),
                ipv6(Refusal.IPV6_OPTION_UNKNOWN, 60, "0600420400000000"),
                ipv6(Refusal.IPV6_OPTION_UNKNOWN, 0, "0600c20400000000"),
                ipv6(Refusal.IPV6_ROUTING_HEADER, 43, "0602000100000000" + "00".repeat(16)),
                ipv6(Refusal.IPV6_FRAGMENT, 44, "0600000100000001 00000000000000"),
                ipv6(Refusal.IPV6_FRAGMENT, 44, "0600000100000001"),
                ipv6(Refusal.IPV6_FRAGMENT, 44, "0600fff800000001 0000000000000000"),
                ipv6(Refusal.FRAGMENT_HEADER_CHAIN, 44, "0600000100000001" + "00".repeat(16)),
                new Case(
                        Refusal.FRAGMENT_TINY,
                        "half a TCP header",
                        FragmentPackets.of("192.0.2.1", "192.0.2.2", 6, 1, 0, true, new byte[16])),
                new Case(
                        Refusal.FRAGMENT_TINY,
                        "the other half",
                        FragmentPackets.of("192.0.2.1", "192.0.2.2", 6, 1, 8, true, new byte[16])),
                ipv6(Refusal.IPV6_NO_NEXT_HEADER, 59, ""),
                changed(Refusal.IPV6_SOURCE_ADDRESS, "tcp6-syn", b -> b.put(8, (byte) 0xff)),
                ip(Refusal.IPV6_DESTINATION_ADDRESS, "2001:db8::1", "::", 6, ""),
                new Case(
                        Refusal.IPV6_MAPPED_ADDRESS,
                        "mapped",
                        Packets.ipv6(IpAddress.parse("192.0.2.1"), IpAddress.parse("192.0.2.2"), 6)),
                ip(Refusal.TCP_DESTINATION_ADDRESS, "192.0.2.1", "192.0.2.255", 6, "00".repeat(20)),
                ip(Refusal.TCP_TRUNCATED, "192.0.2.1", "192.0.2.2", 6, "00".repeat(19)),
                changed(Refusal.TCP_DATA_OFFSET, "tcp4-syn", b -> b.put(32, (byte) 0x40)),
                changed(Refusal.TCP_DATA_OFFSET, "tcp4-syn", b -> b.put(32, (byte) 0xb0)),
                changed(Refusal.TCP_OPTION_LENGTH, "tcp4-syn", b -> b.put(41, (byte) 0)),
                changed(Refusal.TCP_OPTION_MALFORMED, "tcp6-syn", b -> b.put(61, (byte) 3)),
                changed(Refusal.TCP_CHECKSUM, "tcp4-data", b -> b.put(60, (byte) 1)),
                changed(Refusal.TCP_CHECKSUM, "tcp6-data", b -> b.put(85, (byte) 1)),
                ip(Refusal.UDP_TRUNCATED, "192.0.2.1", "192.0.2.2", 17, "00".repeat(7)),
                changed(Refusal.UDP_LENGTH, "udp4-odd", b -> b.putShort(24, (short) 7)),
                changed(Refusal.UDP_LENGTH, "udp6-odd", b -> b.putShort(44, (short) 14)),
                changed(Refusal.UDP_CHECKSUM, "udp4-odd", b -> b.put(30, (byte) 1)),
                changed(Refusal.UDP_CHECKSUM, "udp6-odd", b -> b.putShort(46, (short) 0)),
                ip(Refusal.ICMP_TRUNCATED, "192.0.2.1", "192.0.2.2", 1, "08000000000000"),
                changed(Refusal.ICMP_CHECKSUM, "echo6-request", b -> b.put(60, (byte) 1)),
                ip(Refusal.ICMP_QUOTE, "192.0.2.1", "192.0.2.2", 1, "0303fcfc00000000"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Requirement({"RFC9293:MUST-3", "RFC9293:MUST-7", "RFC791:3.1", "RFC1122:3.2.1.1", "RFC8200:3"})
    void packet_is_refused_for_just_this_reason(Case one) {
        CounterSet<Refusal> refusals = new CounterSet<>(Refusal.class);
        deliver(one.bytes(), refusals);
        assertThat(refusals.snapshot())
                .allSatisfy((reason, count) ->
                        assertThat(count).as(reason.name()).isEqualTo(reason == one.reason() ? 1L : 0L));
    }

    @Test
    void header_checksum() {
        Packet packet = Packets.golden("tcp4-syn");
        packet.buffer().put(packet.offset() + 10, (byte) 0);
        CounterSet<Refusal> refusals = new CounterSet<>(Refusal.class);
        deliver(packet, refusals);
        assertThat(refusals.get(Refusal.IPV4_CHECKSUM)).isEqualTo(1);
    }

    @Test
    void every_reason_has_a_case() {
        Set<Refusal> without = EnumSet.allOf(Refusal.class);
        without.removeAll(cases().map(Case::reason).collect(Collectors.toSet()));
        // The version is looked at before the packet is given to either family's view: see below.
        assertThat(without)
                .containsExactlyInAnyOrder(
                        Refusal.NONE,
                        Refusal.IPV4_CHECKSUM,
                        Refusal.IPV4_VERSION,
                        Refusal.IPV6_VERSION,
                        // It takes several fragments to be refused for these: see ReassemblyTest, ReassemblyLimitsTest.
                        Refusal.FRAGMENT_OVERLAP,
                        Refusal.FRAGMENT_COUNT,
                        Refusal.FRAGMENT_TOO_LONG,
                        Refusal.FRAGMENT_ECN,
                        Refusal.FRAGMENT_MEMORY);
    }

    @Test
    void views_refuse_the_other_family() {
        ByteBuffer four = GoldenPackets.get("tcp4-syn");
        ByteBuffer six = GoldenPackets.get("tcp6-syn");
        assertThat(new Ipv4Header().wrap(six, 0, six.capacity())).isEqualTo(Refusal.IPV4_VERSION);
        assertThat(new Ipv6Header().wrap(four, 0, four.capacity())).isEqualTo(Refusal.IPV6_VERSION);
    }

    @Test
    void unchanged_packets_are_not_refused() {
        for (String name : List.of(
                "tcp4-syn",
                "tcp4-data",
                "tcp6-syn",
                "tcp6-data",
                "udp4-odd",
                "udp6-odd",
                "udp4-router-alert",
                "udp6-destination-options",
                "udp4-first-fragment",
                "udp6-last-fragment",
                "echo4-request",
                "echo6-request")) {
            CounterSet<Refusal> refusals = new CounterSet<>(Refusal.class);
            deliver(Packets.golden(name), refusals);
            assertThat(refusals.snapshot().values()).as(name).containsOnly(0L);
        }
    }

    /** What a host does with a packet, as far as packets are refused. */
    private static void deliver(Packet packet, CounterSet<Refusal> refusals) {
        IpInput ip = new IpInput(new CounterSet<>(IpCounter.class), refusals);
        Refusal refusal = switch (ip.accept(packet, LOCAL)) {
            case TCP -> tcp(packet);
            case UDP -> udp(packet);
            case ICMP, ICMPV6 -> {
                new IcmpInput(new CounterSet<>(IcmpCounter.class), refusals, new NoOutput(), (reply, message) -> {})
                        .accept(packet, LOCAL);
                yield Refusal.NONE;
            }
            default -> Refusal.NONE;
        };
        if (refusal != Refusal.NONE) {
            refusals.increment(refusal);
        }
    }

    private static Refusal tcp(Packet packet) {
        Refusal refusal = packet.tcp().wrap(packet.buffer(), packet.transportOffset, packet.transportLength);
        if (refusal == Refusal.NONE && !packet.tcp().verifyChecksum(pseudoSum(packet, packet.transportLength))) {
            return Refusal.TCP_CHECKSUM;
        }
        return refusal;
    }

    private static Refusal udp(Packet packet) {
        UdpHeader udp = new UdpHeader();
        Refusal refusal = udp.wrap(packet.buffer(), packet.transportOffset, packet.transportLength);
        if (refusal != Refusal.NONE) {
            return refusal;
        }
        boolean mayBeWithout = IpAddress.isIpv4(packet.sourceHigh, packet.sourceLow);
        boolean intact = udp.hasChecksum() ? udp.verifyChecksum(pseudoSum(packet, udp.length())) : mayBeWithout;
        return intact ? Refusal.NONE : Refusal.UDP_CHECKSUM;
    }

    private static long pseudoSum(Packet packet, int length) {
        return Checksum.pseudoHeader(
                packet.sourceHigh,
                packet.sourceLow,
                packet.destinationHigh,
                packet.destinationLow,
                packet.protocol,
                length);
    }

    private static final class NoOutput implements MessageOutput {

        @Override
        public Packet acquire(int bytes) {
            return new Packet(bytes);
        }

        @Override
        public void transmit(Packet message, long sh, long sl, long dh, long dl, int protocol, int trafficClass) {}
    }
}
