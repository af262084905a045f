package dev.heddle.tun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VirtioHeaderTest {

    private static final IpAddress V4 = IpAddress.parse("192.0.2.1");
    private static final IpAddress V6 = IpAddress.parse("2001:db8::1");

    @Test
    void a_complete_packet_has_a_header_of_zeros_whatever_was_in_the_headroom() {
        Packet packet = segment(V4, TcpHeader.ACK);
        for (int i = 0; i < Packet.HEADROOM; i++) {
            packet.buffer().put(i, (byte) 0x55);
        }
        assertThat(VirtioHeader.writeInFrontOf(packet)).isEqualTo(Packet.HEADROOM - VirtioHeader.BYTES);
        byte[] header = new byte[VirtioHeader.BYTES];
        packet.buffer().get(Packet.HEADROOM - VirtioHeader.BYTES, header);
        assertThat(header).containsOnly(0);
        assertThat(packet.buffer().get(Packet.HEADROOM - VirtioHeader.BYTES - 1))
                .isEqualTo((byte) 0x55);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 16, 1", "192.0.2.1, 144, 129", "2001:db8::1, 16, 4", "2001:db8::1, 144, 132"})
    void a_super_segment_is_described_in_the_machines_byte_order(String address, int tcpFlags, int gsoType) {
        IpAddress from = IpAddress.parse(address);
        int ip = TestPackets.ipHeaderBytes(from);
        Packet packet = segment(from, tcpFlags);
        packet.gsoSize(1400);
        packet.incompleteChecksum(ip, TcpHeader.CHECKSUM_OFFSET);

        int at = VirtioHeader.writeInFrontOf(packet);

        ByteBuffer b = packet.buffer().duplicate().order(ByteOrder.nativeOrder());
        assertThat(b.get(at)).isEqualTo((byte) VirtioHeader.NEEDS_CSUM);
        assertThat(b.get(at + 1) & 0xff).as("gso_type").isEqualTo(gsoType);
        assertThat(b.getShort(at + 2)).as("hdr_len").isEqualTo((short) (ip + 32));
        assertThat(b.getShort(at + 4)).as("gso_size").isEqualTo((short) 1400);
        assertThat(b.getShort(at + 6)).as("csum_start").isEqualTo((short) ip);
        assertThat(b.getShort(at + 8)).as("csum_offset").isEqualTo((short) 16);
    }

    @Test
    void what_was_written_is_read_back() {
        Packet packet = segment(V6, TcpHeader.ACK | TcpHeader.CWR);
        packet.gsoSize(1220);
        packet.incompleteChecksum(40, TcpHeader.CHECKSUM_OFFSET);
        VirtioHeader.writeInFrontOf(packet);
        packet.gsoSize(0);
        packet.checksumCompleted();

        assertThat(VirtioHeader.readInFrontOf(packet)).isTrue();

        assertThat(packet.gsoSize()).isEqualTo(1220);
        assertThat(packet.checksumStart()).isEqualTo(40);
        assertThat(packet.checksumOffset()).isEqualTo(16);
        assertThat(packet.checksumTrusted()).isTrue();
    }

    @Test
    void a_checksum_is_trusted_only_if_the_kernel_vouches_for_it() {
        Packet packet = segment(V4, TcpHeader.ACK);
        int at = VirtioHeader.writeInFrontOf(packet);
        assertThat(VirtioHeader.readInFrontOf(packet)).isTrue();
        assertThat(packet.checksumTrusted()).isFalse();

        packet.buffer().put(at, (byte) VirtioHeader.DATA_VALID);
        assertThat(VirtioHeader.readInFrontOf(packet)).isTrue();
        assertThat(packet.checksumTrusted()).isTrue();
        assertThat(packet.checksumStart()).isEqualTo(-1);
    }

    @Test
    void a_checksum_field_outside_the_packet_is_refused() {
        Packet packet = segment(V4, TcpHeader.ACK);
        packet.incompleteChecksum(packet.length() - 17, TcpHeader.CHECKSUM_OFFSET);
        VirtioHeader.writeInFrontOf(packet);
        assertThat(VirtioHeader.readInFrontOf(packet)).isFalse();

        packet.incompleteChecksum(packet.length() - 18, TcpHeader.CHECKSUM_OFFSET);
        VirtioHeader.writeInFrontOf(packet);
        assertThat(VirtioHeader.readInFrontOf(packet)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"3", "5", "127"})
    void a_super_segment_of_another_kind_is_refused(int gsoType) {
        Packet packet = segment(V4, TcpHeader.ACK);
        packet.gsoSize(100);
        packet.incompleteChecksum(20, TcpHeader.CHECKSUM_OFFSET);
        int at = VirtioHeader.writeInFrontOf(packet);
        packet.buffer().put(at + 1, (byte) gsoType);
        assertThat(VirtioHeader.readInFrontOf(packet)).isFalse();
    }

    @Test
    void a_super_segment_of_size_zero_is_refused() {
        Packet packet = segment(V4, TcpHeader.ACK);
        int at = VirtioHeader.writeInFrontOf(packet);
        packet.buffer().put(at + 1, (byte) VirtioHeader.GSO_TCPV4);
        assertThat(VirtioHeader.readInFrontOf(packet)).isFalse();
    }

    @Test
    void packets_that_cannot_be_described_are_refused() {
        Packet complete = segment(V4, TcpHeader.ACK);
        complete.gsoSize(1000);
        assertThatThrownBy(() -> VirtioHeader.writeInFrontOf(complete)).isInstanceOf(IllegalArgumentException.class);

        Packet split = segment(V4, TcpHeader.ACK);
        split.gsoSize(1000);
        split.incompleteChecksum(20, TcpHeader.CHECKSUM_OFFSET);
        split.head(split.offset(), 39);
        assertThatThrownBy(() -> VirtioHeader.writeInFrontOf(split)).isInstanceOf(IllegalArgumentException.class);

        Packet atTheStart = segment(V4, TcpHeader.ACK);
        atTheStart.head(VirtioHeader.BYTES - 1, 40);
        assertThatThrownBy(() -> VirtioHeader.writeInFrontOf(atTheStart))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("headroom");
    }

    private static Packet segment(IpAddress from, int flags) {
        Packet packet = TestPackets.ip(from, from, TestPackets.TCP, 32 + 100);
        TcpHeader.write(packet.buffer(), TestPackets.transport(packet), 1, 2, 3, 4, 32, flags, 5, 0);
        return packet;
    }
}
