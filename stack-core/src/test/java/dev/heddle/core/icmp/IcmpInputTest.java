package dev.heddle.core.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.icmp.IcmpError.Kind;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpInput;
import dev.heddle.core.ip.IpLocalAddresses;
import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.ip.IpVerdict;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.GoldenPackets;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IcmpInputTest {

    private static final IpLocalAddresses SERVER = local("192.0.2.2/24", "2001:db8::2/64");
    private static final IpLocalAddresses CLIENT = local("192.0.2.1/24", "2001:db8::1/64");

    private final CounterSet<IcmpCounter> counters = new CounterSet<>(IcmpCounter.class);
    private final CounterSet<Refusal> refusals = new CounterSet<>(Refusal.class);
    private final RecordingOutput output = new RecordingOutput();
    private final List<Integer> replies = new ArrayList<>();
    private final IcmpInput icmp = new IcmpInput(
            counters,
            refusals,
            output,
            (packet, message) -> replies.add(message.identifier() << 16 | message.sequence()));

    private static IpLocalAddresses local(String... prefixes) {
        return IpLocalAddresses.of(Arrays.stream(prefixes).map(IpPrefix::parse).toList());
    }

    /** Keeps what was sent as whole packets. */
    private static final class RecordingOutput implements MessageOutput {

        final List<byte[]> sent = new ArrayList<>();
        boolean exhausted;

        @Override
        public @Nullable Packet acquire(int bytes) {
            return exhausted ? null : new Packet(bytes);
        }

        @Override
        public void transmit(Packet message, long sh, long sl, long dh, long dl, int protocol, int trafficClass) {
            IpOutput.prepend(message, sh, sl, dh, dl, protocol, trafficClass, 64, 0, 0);
            sent.add(Packets.bytesOf(message));
        }
    }

    private @Nullable IcmpError receive(Packet packet, IpLocalAddresses local) {
        IpInput ip = new IpInput(new CounterSet<>(IpCounter.class), refusals);
        IpVerdict verdict = ip.accept(packet, local);
        assertThat(verdict).isIn(IpVerdict.ICMP, IpVerdict.ICMPV6);
        return icmp.accept(packet, local);
    }

    @Test
    @Requirement("RFC1122:3.2.2.6")
    void echo_over_ipv4_is_answered_as_linux_answers_it() {
        assertThat(receive(Packets.golden("echo4-request"), SERVER)).isNull();

        byte[] expected = GoldenPackets.bytes("echo4-reply");
        assertThat(output.sent).hasSize(1);
        assertThat(Arrays.copyOfRange(output.sent.get(0), 12, 52)).isEqualTo(Arrays.copyOfRange(expected, 12, 52));
        assertThat(counters.get(IcmpCounter.IcmpInMsgs)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.IcmpInEchos)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.IcmpOutMsgs)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.IcmpOutEchoReps)).isEqualTo(1);
    }

    @Test
    @Requirement("RFC4443:4.2")
    void echo_over_ipv6_is_answered_as_linux_answers_it() {
        assertThat(receive(Packets.golden("echo6-request"), SERVER)).isNull();

        byte[] expected = GoldenPackets.bytes("echo6-reply");
        assertThat(output.sent).hasSize(1);
        assertThat(Arrays.copyOfRange(output.sent.get(0), 4, expected.length))
                .isEqualTo(Arrays.copyOfRange(expected, 4, expected.length));
        assertThat(counters.get(IcmpCounter.Icmp6InEchos)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.Icmp6OutEchoReplies)).isEqualTo(1);
    }

    @Test
    @Requirement({"RFC1122:3.2.2.6", "RFC4443:4.2"})
    void replies_are_passed_to_who_asked() {
        assertThat(receive(message("192.0.2.2", "192.0.2.1", 0, 0, 7 << 16 | 9, new byte[4]), CLIENT))
                .isNull();
        assertThat(receive(message("2001:db8::2", "2001:db8::1", 129, 0, 8 << 16 | 1, new byte[4]), CLIENT))
                .isNull();
        assertThat(replies).containsExactly(7 << 16 | 9, 8 << 16 | 1);
        assertThat(counters.get(IcmpCounter.IcmpInEchoReps)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.Icmp6InEchoReplies)).isEqualTo(1);
    }

    @Test
    void nothing_is_counted_as_sent_without_memory() {
        output.exhausted = true;
        receive(Packets.golden("echo4-request"), SERVER);
        assertThat(output.sent).isEmpty();
        assertThat(counters.get(IcmpCounter.IcmpOutMsgs)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.255", "255.255.255.255", "224.0.0.1"})
    @Requirement("RFC1122:3.2.2.6")
    void echo_to_a_broadcast_or_group_over_ipv4_is_not_answered(String destination) {
        receive(message("192.0.2.1", destination, 8, 0, 7, new byte[4]), SERVER);
        assertThat(output.sent).isEmpty();
        assertThat(counters.get(IcmpCounter.IcmpInEchos)).isEqualTo(1);
    }

    @Test
    @Requirement("RFC4443:4.2")
    void echo_to_all_nodes_is_answered_from_a_unicast_address() {
        receive(message("2001:db8::1", "ff02::1", 128, 0, 7, new byte[4]), SERVER);
        assertThat(output.sent).hasSize(1);
        assertThat(receive(Packets.of(output.sent.get(0)), CLIENT)).isNull();
        assertThat(counters.get(IcmpCounter.Icmp6InEchoReplies)).isEqualTo(1);
        assertThat(Arrays.copyOfRange(output.sent.get(0), 8, 24))
                .isEqualTo(IpAddress.parse("2001:db8::2").toInetAddress().getAddress());
    }

    @Test
    void echo_from_nobody_is_not_answered() {
        receive(message("::", "2001:db8::2", 128, 0, 7), SERVER);
        assertThat(output.sent).isEmpty();
    }

    @Test
    void reply_keeps_the_differentiated_services_but_not_ecn() {
        Packet packet = message("192.0.2.1", "192.0.2.2", 8, 0, 7);
        packet.protocol = 1;
        IpInput ip = new IpInput(new CounterSet<>(IpCounter.class), refusals);
        ip.accept(packet, SERVER);
        packet.trafficClass = 0xb9;
        icmp.accept(packet, SERVER);
        assertThat(output.sent.get(0)[1]).isEqualTo((byte) 0xb8);
    }

    @Test
    @Requirement("RFC4443:2.3")
    void wrong_checksum_is_refused_unless_the_link_vouches_for_it() {
        for (String name : new String[] {"echo4-request", "echo6-request"}) {
            Packet packet = Packets.golden(name);
            int last = packet.offset() + packet.length() - 1;
            packet.buffer().put(last, (byte) (packet.buffer().get(last) + 1));
            receive(packet, SERVER);
            assertThat(output.sent).isEmpty();
        }
        assertThat(refusals.get(Refusal.ICMP_CHECKSUM)).isEqualTo(2);
        assertThat(counters.get(IcmpCounter.IcmpInCsumErrors)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.IcmpInErrors)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.Icmp6InCsumErrors)).isEqualTo(1);

        Packet packet = Packets.golden("echo4-request");
        packet.buffer().put(packet.offset() + packet.length() - 1, (byte) 99);
        packet.checksumTrusted(true);
        receive(packet, SERVER);
        assertThat(output.sent).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "icmp4-port-unreachable, PORT_UNREACHABLE, 0, 17, 192.0.2.2, 9",
        "icmp4-time-exceeded-tcp, TIME_EXCEEDED, 0, 6, 198.51.100.9, 80",
        "icmp4-fragmentation-needed, PACKET_TOO_BIG, 1280, 17, 198.51.100.9, 9",
        "icmp6-port-unreachable, PORT_UNREACHABLE, 0, 17, 2001:db8::2, 9",
        "icmp6-no-route-tcp, NETWORK_UNREACHABLE, 0, 6, 2001:db8:3::1, 80",
        "icmp6-prohibited-tcp, ADMINISTRATIVELY_PROHIBITED, 0, 6, 2001:db8:4::1, 80",
        "icmp6-time-exceeded-tcp, TIME_EXCEEDED, 0, 6, 2001:db8:2::9, 80",
        "icmp6-packet-too-big, PACKET_TOO_BIG, 1280, 17, 2001:db8:2::9, 9"
    })
    @Requirement("RFC9293:MUST-54")
    void errors_of_a_real_router_name_the_connection(
            String name, Kind kind, int mtu, int protocol, String remote, int port) {
        IcmpError error = receive(Packets.golden(name), CLIENT);

        assertThat(error).isNotNull();
        assertThat(error.kind()).isEqualTo(kind);
        assertThat(error.mtu()).isEqualTo(mtu);
        assertThat(error.protocol()).isEqualTo(protocol);
        assertThat(error.remoteAddress()).hasToString(remote);
        assertThat(error.remotePort()).isEqualTo(port);
        assertThat(error.localAddress()).hasToString(error.remoteAddress().isIpv4() ? "192.0.2.1" : "2001:db8::1");
        assertThat(error.localPort()).isGreaterThan(1024);
    }

    @Test
    void quoted_segment_tells_its_sequence_number() {
        IcmpError error = receive(Packets.golden("icmp4-time-exceeded-tcp"), CLIENT);
        assertThat(error).isNotNull();
        assertThat(error.sequence()).isEqualTo(0xaa1f1c1e);
        assertThat(error.localPort()).isEqualTo(0xe8aa);
    }

    @ParameterizedTest
    @CsvSource({
        "0, NETWORK_UNREACHABLE, false", "1, HOST_UNREACHABLE, false", "2, PROTOCOL_UNREACHABLE, true",
        "3, PORT_UNREACHABLE, true", "4, PACKET_TOO_BIG, false", "5, SOURCE_ROUTE_FAILED, false",
        "6, NETWORK_UNREACHABLE, false", "7, HOST_UNREACHABLE, false", "9, ADMINISTRATIVELY_PROHIBITED, true",
        "10, ADMINISTRATIVELY_PROHIBITED, true", "13, ADMINISTRATIVELY_PROHIBITED, true", "99, UNKNOWN, false"
    })
    @Requirement({"RFC9293:MUST-56", "RFC9293:SHLD-26", "RFC1122:3.2.2.1"})
    void destination_unreachable_over_ipv4_is_hard_or_soft_by_its_code(int code, Kind kind, boolean hard) {
        IcmpError error = receive(message("192.0.2.2", "192.0.2.1", 3, code, 0, quotedIpv4(8)), CLIENT);
        assertThat(error).isNotNull();
        assertThat(error.kind()).isEqualTo(kind);
        assertThat(error.kind().isHard()).isEqualTo(hard);
        assertThat(error.sequence()).isEqualTo(0x01020304);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, NETWORK_UNREACHABLE, false", "1, 2, HOST_UNREACHABLE, false", "1, 3, HOST_UNREACHABLE, false",
        "1, 4, PORT_UNREACHABLE, true", "3, 0, TIME_EXCEEDED, false", "3, 1, TIME_EXCEEDED, false",
        "4, 0, PARAMETER_PROBLEM, false", "4, 1, PARAMETER_PROBLEM, false", "4, 2, PARAMETER_PROBLEM, false",
        "1, 99, UNKNOWN, false", "42, 0, UNKNOWN, false", "127, 0, UNKNOWN, false"
    })
    @Requirement({"RFC9293:MUST-56", "RFC4443:3.1", "RFC4443:2.4"})
    void errors_over_ipv6_are_hard_or_soft_by_type_and_code(int type, int code, Kind kind, boolean hard) {
        byte[] quoted = Arrays.copyOf(GoldenPackets.bytes("tcp6-syn"), 48);
        IcmpError error = receive(message("2001:db8::2", "2001:db8::1", type, code, 0, quoted), CLIENT);
        assertThat(error).isNotNull();
        assertThat(error.kind()).isEqualTo(kind);
        assertThat(error.kind().isHard()).isEqualTo(hard);
    }

    @Test
    void parameter_problem_over_ipv4_is_soft() {
        IcmpError error = receive(message("192.0.2.2", "192.0.2.1", 12, 0, 0, quotedIpv4(8)), CLIENT);
        assertThat(error).isNotNull();
        assertThat(error.kind()).isEqualTo(Kind.PARAMETER_PROBLEM);
        assertThat(error.kind().isHard()).isFalse();
    }

    @Test
    @Requirement("RFC9293:MUST-55")
    void source_quench_is_counted_and_discarded() {
        assertThat(receive(message("192.0.2.2", "192.0.2.1", 4, 0, 0, quotedIpv4(8)), CLIENT))
                .isNull();
        assertThat(counters.get(IcmpCounter.IcmpInSrcQuenchs)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"42, 0", "5, 0", "0, 0"})
    @Requirement("RFC1122:3.2.2")
    void unknown_types_are_discarded_silently(int type, int code) {
        assertThat(receive(message("192.0.2.2", "192.0.2.1", type, code, 0, quotedIpv4(8)), CLIENT))
                .isNull();
        assertThat(output.sent).isEmpty();
        assertThat(counters.get(IcmpCounter.IcmpInErrors)).isZero();
    }

    @Test
    void quoted_packet_that_was_never_sent_from_here_is_refused() {
        assertThat(receive(Packets.golden("icmp4-port-unreachable"), local("192.0.2.1/24")))
                .isNotNull();
        byte[] quoted = quotedIpv4(8);
        quoted[15] = 77;
        assertThat(receive(message("192.0.2.2", "192.0.2.1", 3, 3, 0, quoted), CLIENT))
                .isNull();
        assertThat(refusals.get(Refusal.ICMP_QUOTE)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.IcmpInErrors)).isEqualTo(1);
    }

    @Test
    void quoted_packet_without_ports_is_refused() {
        for (int bytes = 0; bytes < 28; bytes++) {
            byte[] quoted = Arrays.copyOf(quotedIpv4(8), bytes);
            assertThat(receive(message("192.0.2.2", "192.0.2.1", 3, 3, 0, quoted), CLIENT))
                    .isNull();
        }
        assertThat(refusals.get(Refusal.ICMP_QUOTE)).isEqualTo(28);
    }

    @Test
    void quoted_later_fragment_has_no_ports() {
        byte[] quoted = Arrays.copyOf(GoldenPackets.bytes("udp4-last-fragment"), 28);
        assertThat(receive(message("192.0.2.2", "192.0.2.1", 11, 1, 0, quoted), CLIENT))
                .isNull();
        quoted = Arrays.copyOf(GoldenPackets.bytes("udp6-last-fragment"), 56);
        assertThat(receive(message("2001:db8::2", "2001:db8::1", 3, 1, 0, quoted), CLIENT))
                .isNull();
        assertThat(refusals.get(Refusal.ICMP_QUOTE)).isEqualTo(2);
    }

    @Test
    void quoted_echo_request_is_named_by_its_identifier_and_sequence_number() {
        IcmpError error =
                receive(message("192.0.2.2", "192.0.2.1", 3, 1, 0, GoldenPackets.bytes("echo4-request")), CLIENT);
        assertThat(error).isNotNull();
        assertThat(error.kind()).isEqualTo(Kind.HOST_UNREACHABLE);
        assertThat(error.localPort()).isEqualTo(25113);
        assertThat(error.sequence()).isEqualTo(1);
        IcmpError error6 =
                receive(message("2001:db8::2", "2001:db8::1", 3, 0, 0, GoldenPackets.bytes("echo6-request")), CLIENT);
        assertThat(error6).isNotNull();
        assertThat(error6.protocol()).isEqualTo(58);
        assertThat(error6.sequence()).isEqualTo(1);
    }

    @Test
    void quoted_echo_reply_and_the_start_of_a_request_are_nobodys_errors() {
        assertThat(receive(message("192.0.2.1", "192.0.2.2", 3, 1, 0, GoldenPackets.bytes("echo4-reply")), SERVER))
                .isNull();
        byte[] start = Arrays.copyOf(GoldenPackets.bytes("echo4-request"), 27);
        assertThat(receive(message("192.0.2.2", "192.0.2.1", 3, 1, 0, start), CLIENT))
                .isNull();
        assertThat(refusals.get(Refusal.ICMP_QUOTE)).isZero();
    }

    @Test
    void neighbour_discovery_is_counted_and_ignored() {
        for (int type = 130; type <= 143; type++) {
            assertThat(receive(message("fe80::1", "ff02::1", type, 0, 0, new byte[16]), SERVER))
                    .isNull();
        }
        assertThat(output.sent).isEmpty();
        assertThat(counters.get(IcmpCounter.Icmp6InMsgs)).isEqualTo(14);
        assertThat(counters.get(IcmpCounter.Icmp6InRouterSolicits)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.Icmp6InNeighborSolicits)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.Icmp6InMLDv2Reports)).isEqualTo(1);
    }

    @Test
    void packet_too_big_beyond_any_packet_is_cut_down() {
        byte[] quoted = Arrays.copyOf(GoldenPackets.bytes("tcp6-syn"), 48);
        IcmpError error = receive(message("2001:db8::2", "2001:db8::1", 2, 0, 0xffff_ffff, quoted), CLIENT);
        assertThat(error).isNotNull();
        assertThat(error.mtu()).isEqualTo(65_535);
    }

    @Property(tries = 1000)
    void no_quoted_bytes_make_it_throw(@ForAll long seed, @ForAll boolean six) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] quoted = GoldenPackets.bytes(six ? "udp6-destination-options" : "udp4-router-alert");
        for (int i = 0; i < 4; i++) {
            quoted[random.nextInt(quoted.length)] = (byte) random.nextInt();
        }
        quoted = Arrays.copyOf(quoted, random.nextInt(quoted.length + 1));
        int[] types = six ? new int[] {1, 2, 3, 4} : new int[] {3, 11, 12};
        receive(
                message(
                        six ? "2001:db8::2" : "192.0.2.2",
                        six ? "2001:db8::1" : "192.0.2.1",
                        types[random.nextInt(types.length)],
                        random.nextInt(8),
                        random.nextInt(),
                        quoted),
                CLIENT);
    }

    /** A TCP segment from 192.0.2.1 to 192.0.2.2, cut off after some bytes of the transport. */
    private static byte[] quotedIpv4(int transportBytes) {
        ByteBuffer b = ByteBuffer.allocate(Ipv4Header.HEADER_BYTES + transportBytes);
        Ipv4Header.write(b, 0, 40, 0, true, 64, 6, 0, 0xc0000201, 0xc0000202);
        b.putInt(20, 4000 << 16 | 80).putInt(24, 0x01020304);
        return b.array();
    }

    private static Packet message(String source, String destination, int type, int code, int rest, byte... body) {
        IpAddress from = IpAddress.parse(source);
        IpAddress to = IpAddress.parse(destination);
        int length = IcmpMessage.HEADER_BYTES + body.length;
        ByteBuffer b = ByteBuffer.allocate(length);
        IcmpMessage.write(b, 0, type, code, rest);
        b.put(IcmpMessage.HEADER_BYTES, body);
        long pseudoSum =
                to.isIpv4() ? 0 : Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), 58, length);
        IcmpMessage.checksum(b, 0, Checksum.finish(Checksum.add(b, 0, length, pseudoSum)));
        return Packets.ip(source, destination, to.isIpv4() ? 1 : 58, b.array());
    }
}
