package dev.heddle.core.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.GoldenPackets;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpInputTest {

    private static final IpLocalAddresses LOCAL =
            IpLocalAddresses.of(List.of(IpPrefix.parse("192.0.2.2/24"), IpPrefix.parse("2001:db8::2/64")));

    private final CounterSet<IpCounter> counters = new CounterSet<>(IpCounter.class);
    private final CounterSet<Refusal> refusals = new CounterSet<>(Refusal.class);
    private final IpInput input = new IpInput(counters, refusals);

    private IpVerdict accept(Packet packet) {
        return input.accept(packet, LOCAL);
    }

    private void assertDropped(Packet packet, Refusal reason) {
        assertThat(accept(packet)).isEqualTo(IpVerdict.DROPPED);
        assertThat(refusals.get(reason)).as(reason.name()).isEqualTo(1);
    }

    @Test
    void segment_for_this_host_fills_the_packets_fields() {
        Packet packet = Packets.golden("tcp4-data");
        assertThat(accept(packet)).isEqualTo(IpVerdict.TCP);
        assertThat(IpAddress.of(packet.sourceHigh, packet.sourceLow)).hasToString("192.0.2.1");
        assertThat(IpAddress.of(packet.destinationHigh, packet.destinationLow)).hasToString("192.0.2.2");
        assertThat(packet.protocol).isEqualTo(6);
        assertThat(packet.transportOffset).isEqualTo(Packet.HEADROOM + 20);
        assertThat(packet.transportLength).isEqualTo(552);
        assertThat(packet.hopLimit).isEqualTo(64);
        assertThat(packet.trafficClass).isZero();
        assertThat(counters.get(IpCounter.IpInReceives)).isEqualTo(1);
        assertThat(counters.get(IpCounter.IpInDelivers)).isEqualTo(1);

        packet = Packets.golden("tcp6-data");
        assertThat(accept(packet)).isEqualTo(IpVerdict.TCP);
        assertThat(IpAddress.of(packet.sourceHigh, packet.sourceLow)).hasToString("2001:db8::1");
        assertThat(packet.transportOffset).isEqualTo(Packet.HEADROOM + 40);
        assertThat(packet.transportLength).isEqualTo(46);
        assertThat(counters.get(IpCounter.Ip6InDelivers)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "udp4-odd, UDP",
        "udp6-odd, UDP",
        "udp4-router-alert, UDP",
        "udp6-destination-options, UDP",
        "echo4-request, ICMP",
        "echo6-request, ICMPV6",
        "udp4-first-fragment, FRAGMENT",
        "udp4-last-fragment, FRAGMENT",
        "udp6-first-fragment, FRAGMENT",
        "udp6-last-fragment, FRAGMENT",
        "tcp4-syn-ack, DROPPED", // from this host's own address
        "mld6-report-hop-by-hop, NOT_LOCAL",
        "router-solicitation6, NOT_LOCAL",
        "icmp4-port-unreachable, DROPPED"
    })
    void real_packets_get_their_verdict(String name, IpVerdict verdict) {
        assertThat(accept(Packets.golden(name))).isEqualTo(verdict);
    }

    @Test
    void fragments_are_counted_but_not_delivered() {
        accept(Packets.golden("udp4-first-fragment"));
        accept(Packets.golden("udp6-first-fragment"));
        assertThat(counters.get(IpCounter.IpReasmReqds)).isEqualTo(1);
        assertThat(counters.get(IpCounter.Ip6ReasmReqds)).isEqualTo(1);
        assertThat(counters.get(IpCounter.IpInDelivers) + counters.get(IpCounter.Ip6InDelivers))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "255"})
    @Requirement("RFC1122:3.2.1.7")
    void a_datagram_that_has_arrived_has_lived_long_enough(int ttl) {
        Packet packet = Packets.ip("192.0.2.1", "192.0.2.2", 17);
        packet.buffer().put(packet.offset() + 8, (byte) ttl);
        Ipv4Header.becomeWhole(packet.buffer(), packet.offset(), 20, 20, 0);
        assertThat(accept(packet)).isEqualTo(IpVerdict.UDP);
        assertThat(packet.hopLimit).isEqualTo(ttl);
        packet = Packets.ip("2001:db8::1", "2001:db8::2", 17);
        packet.buffer().put(packet.offset() + 7, (byte) ttl);
        assertThat(accept(packet)).isEqualTo(IpVerdict.UDP);
    }

    @ParameterizedTest
    @CsvSource({"tcp4-rst, 40", "tcp6-syn, 80", "udp4-odd, 31", "mld6-report-hop-by-hop, 96"})
    void padding_of_the_link_is_cut_off(String name, int length) {
        Packet packet = Packets.of(Arrays.copyOf(GoldenPackets.bytes(name), length + 6));
        accept(packet);
        assertThat(packet.length()).isEqualTo(length);
        assertThat(packet.transportOffset + packet.transportLength).isEqualTo(Packet.HEADROOM + length);
    }

    @Test
    void unknown_transports_are_told_from_known_ones() {
        assertThat(accept(Packets.ip("192.0.2.1", "192.0.2.2", 132))).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
        assertThat(accept(Packets.ip("2001:db8::1", "2001:db8::2", 132))).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
        // ICMP belongs to its own family only
        assertThat(accept(Packets.ip("192.0.2.1", "192.0.2.2", 58))).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
        assertThat(accept(Packets.ip("2001:db8::1", "2001:db8::2", 1))).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
        assertThat(counters.get(IpCounter.IpInUnknownProtos)).isEqualTo(2);
        assertThat(counters.get(IpCounter.Ip6InUnknownProtos)).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 192.0.2.3", "192.0.2.1, 224.0.0.251", "2001:db8::1, 2001:db8::3", "2001:db8::1, ff02::fb"})
    void packets_for_others_are_not_local(String source, String destination) {
        assertThat(accept(Packets.ip(source, destination, 17))).isEqualTo(IpVerdict.NOT_LOCAL);
        assertThat(counters.get(IpCounter.IpInAddrErrors) + counters.get(IpCounter.Ip6InAddrErrors))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 192.0.2.255", "192.0.2.1, 255.255.255.255", "192.0.2.1, 224.0.0.1", "2001:db8::1, ff02::1"})
    @Requirement("RFC9293:MUST-57")
    void groups_and_broadcasts_get_datagrams_but_no_segments(String source, String destination) {
        assertThat(accept(Packets.ip(source, destination, 17))).isEqualTo(IpVerdict.UDP);
        assertDropped(Packets.ip(source, destination, 6), Refusal.TCP_DESTINATION_ADDRESS);
    }

    @ParameterizedTest
    @CsvSource({
        "224.0.0.5",
        "255.255.255.255",
        "192.0.2.255",
        "0.0.0.0",
        "0.1.2.3",
        "127.0.0.1",
        "127.9.9.9",
        "240.0.0.1",
        "255.255.255.254",
        "192.0.2.2"
    })
    @Requirement({"RFC1122:3.2.1.3", "RFC9293:MUST-63"})
    void martian_ipv4_sources_are_dropped(String source) {
        assertDropped(Packets.ip(source, "192.0.2.2", 6), Refusal.IPV4_SOURCE_ADDRESS);
        assertThat(counters.get(IpCounter.IpInAddrErrors)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"ff02::1", "::1", "::", "2001:db8::2"})
    @Requirement({"RFC4291:2.5.3", "RFC9293:MUST-63"})
    void martian_ipv6_sources_are_dropped(String source) {
        assertDropped(Packets.ip(source, "2001:db8::2", 6), Refusal.IPV6_SOURCE_ADDRESS);
        assertThat(counters.get(IpCounter.Ip6InAddrErrors)).isEqualTo(1);
    }

    @Test
    void unspecified_ipv6_source_is_for_icmpv6_only() {
        assertThat(accept(Packets.ip("::", "ff02::1", 58))).isEqualTo(IpVerdict.ICMPV6);
        assertDropped(Packets.ip("::", "ff02::1", 17), Refusal.IPV6_SOURCE_ADDRESS);
    }

    @Test
    void loopback_destinations_do_not_come_from_a_wire() {
        assertDropped(Packets.ip("192.0.2.1", "127.0.0.1", 6), Refusal.IPV4_DESTINATION_ADDRESS);
        assertDropped(Packets.ip("2001:db8::1", "::1", 6), Refusal.IPV6_DESTINATION_ADDRESS);
    }

    @ParameterizedTest
    @CsvSource({"ff00::1", "ff01::1", "ff11::1"})
    void groups_that_end_at_the_interface_do_not_come_from_a_wire(String destination) {
        assertDropped(Packets.ip("2001:db8::1", destination, 17), Refusal.IPV6_DESTINATION_ADDRESS);
    }

    @Test
    void loopback_interface_takes_loopback_and_own_addresses() {
        IpInput loopback = new IpInput(counters, refusals, true);
        assertThat(loopback.accept(Packets.ip("127.0.0.1", "127.1.2.3", 6), LOCAL))
                .isEqualTo(IpVerdict.TCP);
        assertThat(loopback.accept(Packets.ip("::1", "::1", 6), LOCAL)).isEqualTo(IpVerdict.TCP);
        assertThat(loopback.accept(Packets.ip("::1", "ff01::1", 17), LOCAL)).isEqualTo(IpVerdict.UDP);
        IpLocalAddresses whole = LOCAL.with(IpPrefix.parse("127.0.0.1/8"));
        assertThat(loopback.accept(Packets.ip("127.0.0.1", "127.255.255.255", 6), whole))
                .as("the broadcast address of the loopback network")
                .isEqualTo(IpVerdict.DROPPED);
        assertThat(loopback.accept(Packets.ip("192.0.2.2", "192.0.2.2", 6), LOCAL))
                .isEqualTo(IpVerdict.TCP);
        assertThat(loopback.accept(Packets.ip("192.0.2.2", "192.0.2.9", 6), LOCAL))
                .isEqualTo(IpVerdict.NOT_LOCAL);
    }

    @Test
    void mapped_addresses_in_ipv6_headers_cannot_pass_for_ipv4() {
        IpAddress mapped = IpAddress.parse("192.0.2.2");
        IpAddress peer = IpAddress.parse("2001:db8::1");
        assertThat(accept(Packets.ipv6(peer, mapped, 6))).isEqualTo(IpVerdict.DROPPED);
        assertThat(accept(Packets.ipv6(IpAddress.parse("192.0.2.1"), IpAddress.parse("2001:db8::2"), 6)))
                .isEqualTo(IpVerdict.DROPPED);
        assertThat(refusals.get(Refusal.IPV6_MAPPED_ADDRESS)).isEqualTo(2);
    }

    @Test
    @Requirement("RFC1122:3.2.1.2")
    void wrong_header_checksum_is_dropped_and_counted() {
        Packet packet = Packets.golden("tcp4-data");
        packet.buffer().put(packet.offset() + 8, (byte) 63);
        assertDropped(packet, Refusal.IPV4_CHECKSUM);
        assertThat(counters.get(IpCounter.IpExtInCsumErrors)).isEqualTo(1);
        assertThat(counters.get(IpCounter.IpInHdrErrors)).isEqualTo(1);
    }

    @Test
    void truncated_packets_are_counted() {
        byte[] bytes = GoldenPackets.bytes("tcp4-data");
        assertDropped(Packets.of(Arrays.copyOf(bytes, 100)), Refusal.IPV4_TOTAL_LENGTH);
        assertThat(counters.get(IpCounter.IpExtInTruncatedPkts)).isEqualTo(1);
        bytes = GoldenPackets.bytes("tcp6-data");
        assertDropped(Packets.of(Arrays.copyOf(bytes, 80)), Refusal.IPV6_PAYLOAD_LENGTH);
        assertThat(counters.get(IpCounter.Ip6InTruncatedPkts)).isEqualTo(1);
        assertThat(counters.get(IpCounter.Ip6InHdrErrors)).isEqualTo(1);
    }

    @Test
    void super_segment_of_the_longest_length_is_let_in() {
        Packet packet = Packets.ip("192.0.2.1", "192.0.2.2", 6, new byte[65_535 - Ipv4Header.HEADER_BYTES]);
        packet.gsoSize(1460);
        packet.incompleteChecksum(20, 16);
        assertThat(accept(packet)).isEqualTo(IpVerdict.TCP);
        assertThat(packet.transportLength).isEqualTo(65_515);
        assertThat(packet.gsoSize()).isEqualTo(1460);
        assertThat(packet.checksumTrusted()).isTrue();

        packet = Packets.ip("2001:db8::1", "2001:db8::2", 6, new byte[65_495]);
        assertThat(accept(packet)).isEqualTo(IpVerdict.TCP);
        assertThat(packet.length()).isEqualTo(65_535);
    }

    @Property(tries = 1000)
    void every_packet_is_received_once_and_ends_in_one_counter(
            @ForAll long seed, @ForAll @IntRange(max = 90) int length, @ForAll boolean six) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        if (length > 6) {
            bytes[0] = (byte) (six ? 0x60 : 0x45);
            bytes[2] = 0;
            bytes[3] = (byte) length;
            bytes[4] = 0;
            bytes[5] = (byte) Math.max(0, length - 40);
        }
        CounterSet<IpCounter> fresh = new CounterSet<>(IpCounter.class);
        CounterSet<Refusal> reasons = new CounterSet<>(Refusal.class);
        IpVerdict verdict = new IpInput(fresh, reasons).accept(Packets.of(bytes), LOCAL);
        assertThat(fresh.get(IpCounter.IpInReceives) + fresh.get(IpCounter.Ip6InReceives))
                .isEqualTo(1);
        long ends = 0;
        for (IpCounter counter : IpCounter.values()) {
            switch (counter) {
                case IpInHdrErrors,
                        IpInAddrErrors,
                        IpInUnknownProtos,
                        IpInDiscards,
                        IpInDelivers,
                        IpReasmReqds,
                        Ip6InHdrErrors,
                        Ip6InAddrErrors,
                        Ip6InUnknownProtos,
                        Ip6InDiscards,
                        Ip6InDelivers,
                        Ip6ReasmReqds -> ends += fresh.get(counter);
                default -> {}
            }
        }
        assertThat(ends).isEqualTo(1);
        long refused = Arrays.stream(Refusal.values()).mapToLong(reasons::get).sum();
        assertThat(refused).isEqualTo(verdict == IpVerdict.DROPPED || verdict == IpVerdict.PARAMETER_PROBLEM ? 1 : 0);
    }
}
