package dev.heddle.core.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.ip.FragmentPackets;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpInput;
import dev.heddle.core.ip.IpLocalAddresses;
import dev.heddle.core.ip.IpVerdict;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Refusal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IcmpErrorSenderTest {

    private static final String A4 = "192.0.2.1";
    private static final String B4 = "192.0.2.2";
    private static final String A6 = "2001:db8::1";
    private static final String B6 = "2001:db8::2";
    private static final IpLocalAddresses LOCAL =
            IpLocalAddresses.of(List.of(IpPrefix.parse("192.0.2.2/24"), IpPrefix.parse("2001:db8::2/64")));

    private final SentMessages sent = new SentMessages();
    private final CounterSet<IcmpCounter> counters = new CounterSet<>(IcmpCounter.class);
    private final IpInput input = new IpInput(new CounterSet<>(IpCounter.class), new CounterSet<>(Refusal.class));
    private boolean admitted = true;
    private final IcmpErrorSender errors = new IcmpErrorSender(counters, sent, (high, low, nowNs) -> admitted);

    private Packet accepted(Packet packet) {
        assertThat(input.accept(packet, LOCAL)).isNotEqualTo(IpVerdict.DROPPED);
        return packet;
    }

    private static Packet icmp(int type) {
        byte[] message = new byte[8];
        message[0] = (byte) type;
        return Packets.ip(A4, B4, 1, message);
    }

    private static byte[] bytesOf(Packet packet) {
        byte[] bytes = new byte[packet.headLength()];
        packet.buffer().get(packet.offset(), bytes);
        return bytes;
    }

    private void assertIntact(SentMessages.Sent message) {
        ByteBuffer b = ByteBuffer.wrap(message.bytes());
        long pseudo = message.protocol() == 1
                ? 0
                : Checksum.pseudoHeader(
                        message.source().high(),
                        message.source().low(),
                        message.destination().high(),
                        message.destination().low(),
                        message.protocol(),
                        b.capacity());
        assertThat(Checksum.finish(Checksum.add(b, 0, b.capacity(), pseudo))).isZero();
    }

    @Test
    @Requirement({"RFC1122:3.2.2.1", "RFC1122:4.1.3.1", "RFC4443:3.1"})
    void unreachable_ports_and_protocols_are_told_with_the_packet_quoted() {
        Packet four = accepted(Packets.ip(A4, B4, 17, new byte[20]));
        errors.portUnreachable(four, LOCAL, 0);
        errors.protocolUnreachable(accepted(Packets.ip(A4, B4, 132, new byte[20])), LOCAL, 0);
        Packet six = accepted(Packets.ip(A6, B6, 17, new byte[20]));
        errors.portUnreachable(six, LOCAL, 0);
        assertThat(sent.all).extracting(SentMessages.Sent::type).containsExactly(3, 3, 1);
        assertThat(sent.all).extracting(SentMessages.Sent::code).containsExactly(3, 2, 4);
        assertThat(sent.all).allSatisfy(this::assertIntact);
        SentMessages.Sent first = sent.all.getFirst();
        assertThat(first.source()).hasToString(B4);
        assertThat(first.destination()).hasToString(A4);
        assertThat(first.protocol()).isEqualTo(1);
        assertThat(Arrays.copyOfRange(first.bytes(), 8, first.bytes().length)).isEqualTo(bytesOf(four));
        assertThat(sent.all.getLast().protocol()).isEqualTo(58);
        assertThat(Arrays.copyOfRange(sent.all.getLast().bytes(), 8, 8 + 60)).isEqualTo(bytesOf(six));
        assertThat(counters.get(IcmpCounter.IcmpOutDestUnreachs)).isEqualTo(2);
        assertThat(counters.get(IcmpCounter.Icmp6OutDestUnreachs)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.IcmpOutMsgs)).isEqualTo(2);
    }

    @Test
    @Requirement({"RFC1812:4.3.2.3", "RFC4443:2.4"})
    void as_much_is_quoted_as_the_least_mtu_carries() {
        errors.portUnreachable(accepted(Packets.ip(A4, B4, 17, new byte[1400])), LOCAL, 0);
        errors.portUnreachable(accepted(Packets.ip(A6, B6, 17, new byte[1400])), LOCAL, 0);
        assertThat(sent.all.getFirst().bytes()).hasSize(576 - 20);
        assertThat(sent.all.getLast().bytes()).hasSize(1280 - 40);
        assertThat(sent.all).allSatisfy(this::assertIntact);
    }

    @Test
    @Requirement("RFC4443:3.4")
    void an_unknown_next_header_is_pointed_at() {
        byte[] chain = {(byte) 132, 0, 1, 4, 0, 0, 0, 0, 1, 2, 3, 4};
        Packet packet = Packets.ip(A6, B6, 60, chain);
        assertThat(input.accept(packet, LOCAL)).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
        assertThat(input.problemCode()).isEqualTo(1);
        assertThat(input.problemPointer()).isEqualTo(40);
        errors.parameterProblem(packet, LOCAL, 1, 40, 0);
        assertThat(sent.all.getFirst().type()).isEqualTo(4);
        assertThat(ByteBuffer.wrap(sent.all.getFirst().bytes()).getInt(4)).isEqualTo(40);
        assertThat(input.accept(Packets.ip(A6, B6, 132), LOCAL)).isEqualTo(IpVerdict.UNKNOWN_PROTOCOL);
        assertThat(input.problemPointer()).isEqualTo(6);
        assertThat(counters.get(IcmpCounter.Icmp6OutParmProblems)).isEqualTo(1);
    }

    /** The option's type, whether the packet is for a group, and whether its sender is told. */
    @ParameterizedTest
    @CsvSource({
        "02, 2001:db8::2, UDP",
        "42, 2001:db8::2, DROPPED",
        "82, 2001:db8::2, PARAMETER_PROBLEM",
        "c2, 2001:db8::2, PARAMETER_PROBLEM",
        "42, ff02::1, DROPPED",
        "82, ff02::1, PARAMETER_PROBLEM",
        "c2, ff02::1, DROPPED",
        "82, 2001:db8::3, DROPPED",
        "82, ff02::77, DROPPED"
    })
    @Requirement({"RFC8200:4.2", "RFC4443:2.4"})
    void unknown_options_are_told_as_their_type_asks(String type, String destination, IpVerdict verdict) {
        byte[] chain = HexFormat.of().parseHex("1100" + "0100" + type + "020000" + "00".repeat(8));
        Packet packet = Packets.ip(A6, destination, 60, chain);
        assertThat(input.accept(packet, LOCAL)).isEqualTo(verdict);
        if (verdict == IpVerdict.PARAMETER_PROBLEM) {
            assertThat(input.problemCode()).isEqualTo(2);
            assertThat(input.problemPointer()).isEqualTo(44);
            errors.parameterProblem(packet, LOCAL, input.problemCode(), input.problemPointer(), 0);
            assertThat(sent.all.getFirst().source()).hasToString(B6);
        }
    }

    @Test
    @Requirement({"RFC8200:4", "RFC8200:4.4", "RFC5095:3"})
    void misplaced_and_unknown_headers_are_pointed_at() {
        byte[] late = HexFormat.of().parseHex("0000010400000000" + "1100010400000000");
        assertThat(input.accept(Packets.ip(A6, B6, 60, late), LOCAL)).isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        assertThat(input.problemCode()).isEqualTo(1);
        assertThat(input.problemPointer()).isEqualTo(40);
        byte[] routing = HexFormat.of().parseHex("1102000100000000" + "00".repeat(16));
        assertThat(input.accept(Packets.ip(A6, B6, 43, routing), LOCAL)).isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        assertThat(input.problemCode()).isZero();
        assertThat(input.problemPointer()).isEqualTo(42);
    }

    @Test
    @Requirement("RFC1122:3.2.2.5")
    void a_bad_ipv4_option_is_pointed_at_if_the_header_is_intact() {
        ByteBuffer b = ByteBuffer.allocate(28);
        Ipv4Header.write(b, 0, 28, 1, false, 64, 17, 0, 0xc0000201, 0xc0000202);
        b.put(0, (byte) 0x46);
        b.putInt(20, 0x01940900); // NOP, router alert beyond the header
        Ipv4Header.becomeWhole(b, 0, 24, 28, 0);
        Packet packet = Packets.of(b.array());
        assertThat(input.accept(packet, LOCAL)).isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        errors.parameterProblem(packet, LOCAL, input.problemCode(), input.problemPointer(), 0);
        assertThat(sent.all.getFirst().type()).isEqualTo(12);
        assertThat(sent.all.getFirst().bytes()[4]).isEqualTo((byte) 21);
        assertThat(counters.get(IcmpCounter.IcmpOutParmProbs)).isEqualTo(1);
        b.put(11, (byte) (b.get(11) + 1));
        assertThat(input.accept(Packets.of(b.array()), LOCAL)).isEqualTo(IpVerdict.DROPPED);
        // What one packet had wrong is not said of the next.
        assertThat(input.accept(Packets.of(new byte[] {0x45, 0}), LOCAL)).isEqualTo(IpVerdict.DROPPED);
        assertThat(input.accept(Packets.of(new byte[] {0x60, 0}), LOCAL)).isEqualTo(IpVerdict.DROPPED);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 11, 12, 1, 255})
    @Requirement("RFC1122:3.2.2")
    void nothing_is_said_about_icmp_errors(int type) {
        errors.protocolUnreachable(accepted(icmp(type)), LOCAL, 0);
        assertThat(sent.all).isEmpty();
        errors.protocolUnreachable(accepted(icmp(8)), LOCAL, 0);
        assertThat(sent.all).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 127, 137})
    @Requirement("RFC4443:2.4")
    void nothing_is_said_about_icmpv6_errors_and_redirects(int type) {
        String options = "3a00" + "8202" + "00000000";
        byte[] chain = HexFormat.of().parseHex(options + HexFormat.of().toHexDigits((byte) type) + "00".repeat(8));
        Packet packet = Packets.ip(A6, B6, 60, chain);
        assertThat(input.accept(packet, LOCAL)).isEqualTo(IpVerdict.PARAMETER_PROBLEM);
        errors.parameterProblem(packet, LOCAL, input.problemCode(), input.problemPointer(), 0);
        assertThat(sent.all).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 192.0.2.255", "192.0.2.1, 255.255.255.255", "192.0.2.1, 224.0.0.1", "2001:db8::1, ff02::1"})
    @Requirement({"RFC1122:3.2.2", "RFC4443:2.4"})
    void nothing_is_said_about_what_was_for_a_group(String source, String destination) {
        errors.portUnreachable(accepted(Packets.ip(source, destination, 17, new byte[8])), LOCAL, 0);
        assertThat(sent.all).isEmpty();
    }

    @Test
    @Requirement({"RFC1122:3.2.2", "RFC4443:2.4"})
    void nothing_is_said_to_what_is_not_one_host() {
        for (String source : List.of("0.0.0.0", "224.0.0.5", "255.255.255.255", "192.0.2.255")) {
            Packet packet = accepted(Packets.ip(A4, B4, 17, new byte[8]));
            packet.sourceLow = IpAddress.parse(source).low();
            errors.portUnreachable(packet, LOCAL, 0);
        }
        for (String source : List.of("::", "ff02::1")) {
            Packet packet = accepted(Packets.ip(A6, B6, 17, new byte[8]));
            packet.sourceHigh = IpAddress.parse(source).high();
            packet.sourceLow = IpAddress.parse(source).low();
            errors.portUnreachable(packet, LOCAL, 0);
        }
        assertThat(sent.all).isEmpty();
    }

    @Test
    @Requirement("RFC1122:3.2.2")
    void nothing_is_said_about_later_fragments() {
        errors.protocolUnreachable(accepted(FragmentPackets.of(A4, B4, 132, 1, 16, true, new byte[16])), LOCAL, 0);
        assertThat(sent.all).isEmpty();
        errors.protocolUnreachable(accepted(FragmentPackets.of(A4, B4, 132, 1, 0, true, new byte[16])), LOCAL, 0);
        assertThat(sent.all).hasSize(1);
    }

    @Test
    @Requirement({"RFC1122:3.3.2", "RFC4443:3.3", "RFC1122:3.2.2.4"})
    void fragments_that_waited_in_vain_are_told_with_code_1() {
        errors.reassemblyTimeExceeded(accepted(FragmentPackets.of(A4, B4, 17, 1, 0, true, new byte[16])), LOCAL, 0);
        errors.reassemblyTimeExceeded(accepted(FragmentPackets.of(A6, B6, 17, 1, 0, true, new byte[16])), LOCAL, 0);
        assertThat(sent.all).extracting(SentMessages.Sent::type).containsExactly(11, 3);
        assertThat(sent.all).extracting(SentMessages.Sent::code).containsExactly(1, 1);
        assertThat(counters.get(IcmpCounter.IcmpOutTimeExcds)).isEqualTo(1);
        assertThat(counters.get(IcmpCounter.Icmp6OutTimeExcds)).isEqualTo(1);
    }

    @Test
    void what_the_limit_refuses_is_not_sent() {
        admitted = false;
        errors.portUnreachable(accepted(Packets.ip(A4, B4, 17, new byte[8])), LOCAL, 0);
        assertThat(sent.all).isEmpty();
        assertThat(counters.get(IcmpCounter.IcmpOutMsgs)).isZero();
    }
}
