package dev.heddle.core.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.UdpHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UdpOutputTest {

    private static final IpAddress FROM = IpAddress.parse("192.0.2.1");
    private static final IpAddress TO = IpAddress.parse("192.0.2.2");
    private static final byte[] PAYLOAD = {9, 1, 2, 3, 4, 5, 9};

    private final Packet packet = new Packet(100);

    private void checksum(IpAddress from, IpAddress to, boolean left) {
        UdpOutput.checksum(packet, from.high(), from.low(), to.high(), to.low(), left);
    }

    private static long pseudoSum(IpAddress from, IpAddress to, int length) {
        return Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), 17, length);
    }

    private UdpHeader header() {
        UdpHeader header = new UdpHeader();
        assertThat(header.wrap(packet.buffer(), packet.offset(), packet.length()))
                .isEqualTo(Refusal.NONE);
        return header;
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 192.0.2.2", "2001:db8::1, 2001:db8::2"})
    @Requirement({"RFC1122:4.1.3.4", "RFC8200:8.1"})
    void what_is_written_can_be_read_and_its_checksum_is_right(String from, String to) {
        UdpOutput.write(packet, 40_000, 53, PAYLOAD, 1, 5);
        checksum(IpAddress.parse(from), IpAddress.parse(to), false);
        UdpHeader header = header();
        assertThat(header.sourcePort()).isEqualTo(40_000);
        assertThat(header.destinationPort()).isEqualTo(53);
        assertThat(header.payloadLength()).isEqualTo(5);
        byte[] payload = new byte[5];
        packet.buffer().get(header.payloadOffset(), payload);
        assertThat(payload).containsExactly(1, 2, 3, 4, 5);
        assertThat(header.hasChecksum()).isTrue();
        assertThat(header.verifyChecksum(pseudoSum(IpAddress.parse(from), IpAddress.parse(to), 13)))
                .isTrue();
        assertThat(packet.checksumStart()).isNegative();
    }

    @Test
    void a_checksum_that_is_left_to_the_link_holds_the_pseudo_header() {
        UdpOutput.write(packet, 40_000, 53, PAYLOAD, 0, PAYLOAD.length);
        checksum(FROM, TO, true);
        assertThat(packet.checksumStart()).isZero();
        assertThat(packet.checksumOffset()).isEqualTo(UdpHeader.CHECKSUM_OFFSET);
        int field = packet.buffer().getShort(packet.offset() + UdpHeader.CHECKSUM_OFFSET) & 0xffff;
        assertThat(field).isEqualTo(Checksum.fold(pseudoSum(FROM, TO, 15)));
    }

    @Test
    @Requirement("RFC1122:4.1.3.4")
    void a_checksum_of_zero_is_sent_as_all_ones() {
        // The two bytes make the sum all ones, whose complement is zero.
        UdpOutput.write(packet, 1, 2, new byte[2], 0, 2);
        checksum(FROM, TO, false);
        int sum = packet.buffer().getShort(packet.offset() + UdpHeader.CHECKSUM_OFFSET) & 0xffff;
        UdpOutput.write(packet, 1, 2, new byte[] {(byte) (sum >>> 8), (byte) sum}, 0, 2);
        checksum(FROM, TO, false);
        assertThat(packet.buffer().getShort(packet.offset() + UdpHeader.CHECKSUM_OFFSET))
                .isEqualTo((short) 0xffff);
        assertThat(header().verifyChecksum(pseudoSum(FROM, TO, 10))).isTrue();
    }
}
