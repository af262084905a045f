package dev.heddle.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Linux sends is understood. */
class GoldenPacketTest {

    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final TcpHeader tcp = new TcpHeader();
    private final UdpHeader udp = new UdpHeader();
    private final IcmpMessage icmp = new IcmpMessage();

    private ByteBuffer wrapIpv4(String name) {
        ByteBuffer b = GoldenPackets.get(name);
        assertThat(ipv4.wrap(b, 0, b.capacity())).isEqualTo(Refusal.NONE);
        assertThat(ipv4.verifyChecksum()).isTrue();
        return b;
    }

    private ByteBuffer wrapIpv6(String name) {
        ByteBuffer b = GoldenPackets.get(name);
        assertThat(ipv6.wrap(b, 0, b.capacity())).isEqualTo(Refusal.NONE);
        return b;
    }

    private long pseudoSum(boolean isIpv4, int length) {
        return isIpv4
                ? Checksum.pseudoHeader(
                        0,
                        IpAddress.mapped(ipv4.source()),
                        0,
                        IpAddress.mapped(ipv4.destination()),
                        ipv4.protocol(),
                        length)
                : Checksum.pseudoHeader(
                        ipv6.sourceHigh(),
                        ipv6.sourceLow(),
                        ipv6.destinationHigh(),
                        ipv6.destinationLow(),
                        ipv6.protocol(),
                        length);
    }

    private void wrapTcp(String name) {
        boolean isIpv4 = name.startsWith("tcp4");
        ByteBuffer b = isIpv4 ? wrapIpv4(name) : wrapIpv6(name);
        int offset = isIpv4 ? ipv4.transportOffset() : ipv6.transportOffset();
        int length = isIpv4 ? ipv4.transportLength() : ipv6.transportLength();
        assertThat(tcp.wrap(b, offset, length)).isEqualTo(Refusal.NONE);
        assertThat(tcp.verifyChecksum(pseudoSum(isIpv4, length))).isTrue();
    }

    @Test
    @Requirement({"RFC9293:MUST-4", "RFC9293:MUST-5"})
    void syn_carries_mss_sack_permitted_timestamps_and_window_scale() {
        wrapTcp("tcp4-syn");

        assertThat(ipv4.ttl()).isEqualTo(64);
        assertThat(ipv4.dontFragment()).isTrue();
        assertThat(ipv4.isFragment()).isFalse();
        assertThat(ipv4.trafficClass()).isZero();
        assertThat(ipv4.identification()).isEqualTo(0xda6c);
        assertThat(IpAddress.ofIpv4(ipv4.source())).hasToString("192.0.2.1");
        assertThat(tcp.sourcePort()).isEqualTo(42722);
        assertThat(tcp.destinationPort()).isEqualTo(7000);
        assertThat(tcp.sequence()).isEqualTo((int) 3584648454L);
        assertThat(tcp.acknowledgment()).isZero();
        assertThat(tcp.flags()).isEqualTo(TcpHeader.SYN);
        assertThat(tcp.window()).isEqualTo(64240);
        assertThat(tcp.headerBytes()).isEqualTo(40);
        assertThat(tcp.payloadLength()).isZero();
        TcpOptions options = tcp.options();
        assertThat(options.mss()).isEqualTo(1460);
        assertThat(options.windowScale()).isEqualTo(10);
        assertThat(options.sackPermitted()).isTrue();
        assertThat(options.hasTimestamps()).isTrue();
        assertThat(options.timestampValue()).isEqualTo(118161114);
        assertThat(options.timestampEcho()).isZero();
        assertThat(options.sackBlocks()).isZero();
        assertThat(options.hasFastOpenCookie()).isFalse();
        assertThat(options.hasAccEcn()).isFalse();
    }

    @Test
    void syn_ack_acknowledges_the_syn() {
        wrapTcp("tcp4-syn-ack");

        assertThat(tcp.isSyn() && tcp.isAck()).isTrue();
        assertThat(tcp.isFin() || tcp.isRst() || tcp.isPsh() || tcp.isUrg() || tcp.isEce() || tcp.isCwr())
                .isFalse();
        assertThat(tcp.acknowledgment()).isEqualTo((int) 3584648455L);
        assertThat(tcp.options().timestampEcho()).isEqualTo(118161114);
    }

    @Test
    @Requirement("RFC2018:3")
    void sack_blocks_are_read_in_their_order() {
        wrapTcp("tcp4-ack-sack3");

        TcpOptions options = tcp.options();
        assertThat(options.hasTimestamps()).isTrue();
        assertThat(options.mss()).isEqualTo(-1);
        assertThat(options.windowScale()).isEqualTo(-1);
        assertThat(options.sackPermitted()).isFalse();
        assertThat(options.sackBlocks()).isEqualTo(3);
        long[] edges = {3584688999L, 3584691895L, 3584675967L, 3584687551L, 3584658591L, 3584674519L};
        for (int i = 0; i < 3; i++) {
            assertThat(options.sackLeft(i)).isEqualTo((int) edges[2 * i]);
            assertThat(options.sackRight(i)).isEqualTo((int) edges[2 * i + 1]);
        }
    }

    @Test
    void data_segment_ends_where_the_packet_ends() {
        wrapTcp("tcp4-data");

        assertThat(tcp.isPsh() && tcp.isAck()).isTrue();
        assertThat(tcp.headerBytes()).isEqualTo(32);
        assertThat(tcp.payloadOffset()).isEqualTo(52);
        assertThat(tcp.payloadLength()).isEqualTo(520);
        assertThat(tcp.options().timestampValue()).isEqualTo(118161115);
        // the program wrote 0 to 255 over and over; this is its last part
        assertThat(tcp.buffer().get(tcp.payloadOffset() + 519)).isEqualTo((byte) 255);
    }

    @Test
    void resets_have_no_options() {
        wrapTcp("tcp4-rst-ack");
        assertThat(tcp.isRst() && tcp.isAck()).isTrue();
        assertThat(tcp.headerBytes()).isEqualTo(TcpHeader.HEADER_BYTES);

        wrapTcp("tcp4-rst");
        assertThat(tcp.flags()).isEqualTo(TcpHeader.RST);
        assertThat(tcp.window()).isZero();
    }

    @Test
    @Requirement("RFC7413:4.1.1")
    void fast_open_request_is_recognised() {
        wrapTcp("tcp4-syn-fast-open");

        assertThat(tcp.options().hasFastOpenCookie()).isTrue();
        assertThat(tcp.options().fastOpenCookieBytes()).isZero();
        assertThat(tcp.options().windowScale()).isEqualTo(10);
    }

    @Test
    void tcp_over_ipv6_is_the_same() {
        wrapTcp("tcp6-syn");
        assertThat(tcp.options().mss()).isEqualTo(1440);
        assertThat(ipv6.flowLabel()).isEqualTo(0x6e75c);
        assertThat(ipv6.hopLimit()).isEqualTo(64);

        wrapTcp("tcp6-syn-ack");
        assertThat(tcp.isSyn() && tcp.isAck()).isTrue();

        wrapTcp("tcp6-data");
        byte[] payload = new byte[tcp.payloadLength()];
        tcp.buffer().get(tcp.payloadOffset(), payload);
        assertThat(payload).asString().isEqualTo("hello over six");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp4-data", "tcp4-syn", "tcp6-data", "tcp6-syn-ack"})
    @Requirement("RFC9293:MUST-3")
    void any_flipped_bit_of_a_segment_is_noticed_by_the_checksum(String name) {
        boolean isIpv4 = name.startsWith("tcp4");
        ByteBuffer b = isIpv4 ? wrapIpv4(name) : wrapIpv6(name);
        int offset = isIpv4 ? ipv4.transportOffset() : ipv6.transportOffset();
        int length = isIpv4 ? ipv4.transportLength() : ipv6.transportLength();
        long pseudoSum = pseudoSum(isIpv4, length);
        tcp.wrap(b, offset, length);
        for (int bit = 0; bit < 8 * length; bit++) {
            int at = offset + bit / 8;
            b.put(at, (byte) (b.get(at) ^ 1 << bit % 8));
            assertThat(tcp.verifyChecksum(pseudoSum)).isFalse();
            b.put(at, (byte) (b.get(at) ^ 1 << bit % 8));
        }
        assertThat(tcp.verifyChecksum(pseudoSum)).isTrue();
    }

    @Test
    void udp_of_odd_length_has_a_right_checksum() {
        ByteBuffer b = wrapIpv4("udp4-odd");
        assertThat(udp.wrap(b, ipv4.transportOffset(), ipv4.transportLength())).isEqualTo(Refusal.NONE);
        assertThat(udp.hasChecksum()).isTrue();
        assertThat(udp.verifyChecksum(pseudoSum(true, udp.length()))).isTrue();
        assertThat(udp.destinationPort()).isEqualTo(9);
        assertThat(udp.payloadLength()).isEqualTo(3);

        b = wrapIpv6("udp6-odd");
        assertThat(udp.wrap(b, ipv6.transportOffset(), ipv6.transportLength())).isEqualTo(Refusal.NONE);
        assertThat(udp.verifyChecksum(pseudoSum(false, udp.length()))).isTrue();
        assertThat(udp.sourcePort()).isEqualTo(0xa899);
        assertThat(udp.payloadOffset()).isEqualTo(48);
    }

    @Test
    void fragments_of_ipv4_are_told_apart() {
        wrapIpv4("udp4-first-fragment");
        assertThat(ipv4.isFragment() && ipv4.moreFragments()).isTrue();
        assertThat(ipv4.fragmentOffsetBytes()).isZero();
        int identification = ipv4.identification();

        wrapIpv4("udp4-last-fragment");
        assertThat(ipv4.isFragment()).isTrue();
        assertThat(ipv4.moreFragments()).isFalse();
        assertThat(ipv4.fragmentOffsetBytes()).isEqualTo(1480);
        assertThat(ipv4.identification()).isEqualTo(identification);
    }

    @Test
    void fragments_of_ipv6_are_told_apart() {
        wrapIpv6("udp6-first-fragment");
        assertThat(ipv6.isFragment() && ipv6.moreFragments()).isTrue();
        assertThat(ipv6.fragmentOffsetBytes()).isZero();
        assertThat(ipv6.identification()).isEqualTo(0xdc2525c4);
        assertThat(ipv6.protocol()).isEqualTo(UdpHeader.PROTOCOL);
        assertThat(ipv6.transportOffset()).isEqualTo(48);
        assertThat(ipv6.transportLength()).isEqualTo(1448);

        wrapIpv6("udp6-last-fragment");
        assertThat(ipv6.isFragment()).isTrue();
        assertThat(ipv6.moreFragments()).isFalse();
        assertThat(ipv6.fragmentOffsetBytes()).isEqualTo(1448);
    }

    @Test
    @Requirement("RFC1122:3.2.1.8")
    void ipv4_options_are_walked_over() {
        ByteBuffer b = wrapIpv4("udp4-router-alert");
        assertThat(ipv4.headerBytes()).isEqualTo(24);
        assertThat(udp.wrap(b, ipv4.transportOffset(), ipv4.transportLength())).isEqualTo(Refusal.NONE);
        assertThat(udp.verifyChecksum(pseudoSum(true, udp.length()))).isTrue();
    }

    @Test
    @Requirement("RFC8200:4.2")
    void ipv6_extension_headers_are_walked_over() {
        ByteBuffer b = wrapIpv6("udp6-destination-options");
        assertThat(ipv6.protocol()).isEqualTo(UdpHeader.PROTOCOL);
        assertThat(ipv6.transportOffset()).isEqualTo(48);
        assertThat(udp.wrap(b, ipv6.transportOffset(), ipv6.transportLength())).isEqualTo(Refusal.NONE);
        assertThat(udp.verifyChecksum(pseudoSum(false, udp.length()))).isTrue();

        b = wrapIpv6("mld6-report-hop-by-hop");
        assertThat(ipv6.protocol()).isEqualTo(IcmpMessage.PROTOCOL_V6);
        assertThat(icmp.wrap(b, ipv6.transportOffset(), ipv6.transportLength())).isEqualTo(Refusal.NONE);
        assertThat(icmp.type()).isEqualTo(143);
        assertThat(icmp.verifyChecksum(pseudoSum(false, ipv6.transportLength())))
                .isTrue();
    }

    @Test
    void echo_messages_carry_identifier_and_sequence() {
        for (String name : new String[] {"echo4-request", "echo4-reply"}) {
            ByteBuffer b = wrapIpv4(name);
            assertThat(icmp.wrap(b, ipv4.transportOffset(), ipv4.transportLength()))
                    .isEqualTo(Refusal.NONE);
            assertThat(icmp.verifyChecksum(0)).isTrue();
            assertThat(icmp.identifier()).isEqualTo(25113);
            assertThat(icmp.sequence()).isEqualTo(1);
            assertThat(icmp.bodyLength()).isEqualTo(24);
        }
        for (String name : new String[] {"echo6-request", "echo6-reply"}) {
            ByteBuffer b = wrapIpv6(name);
            assertThat(icmp.wrap(b, ipv6.transportOffset(), ipv6.transportLength()))
                    .isEqualTo(Refusal.NONE);
            assertThat(icmp.verifyChecksum(pseudoSum(false, ipv6.transportLength())))
                    .isTrue();
            assertThat(icmp.identifier()).isEqualTo(25114);
            assertThat(icmp.bodyLength()).isEqualTo(25);
        }
    }

    @Test
    void errors_tell_the_mtu_and_quote_the_packet() {
        ByteBuffer b = wrapIpv4("icmp4-fragmentation-needed");
        assertThat(icmp.wrap(b, ipv4.transportOffset(), ipv4.transportLength())).isEqualTo(Refusal.NONE);
        assertThat(icmp.verifyChecksum(0)).isTrue();
        assertThat(icmp.type()).isEqualTo(3);
        assertThat(icmp.code()).isEqualTo(4);
        assertThat(icmp.mtuV4()).isEqualTo(1280);
        Ipv4Header quoted = new Ipv4Header();
        assertThat(quoted.wrap(b, icmp.bodyOffset(), icmp.bodyLength())).isEqualTo(Refusal.IPV4_TOTAL_LENGTH);
        assertThat(quoted.wrapQuoted(b, icmp.bodyOffset(), icmp.bodyLength())).isEqualTo(Refusal.NONE);
        assertThat(quoted.totalLength()).isEqualTo(1428);

        b = wrapIpv6("icmp6-packet-too-big");
        assertThat(icmp.wrap(b, ipv6.transportOffset(), ipv6.transportLength())).isEqualTo(Refusal.NONE);
        assertThat(icmp.verifyChecksum(pseudoSum(false, ipv6.transportLength())))
                .isTrue();
        assertThat(icmp.type()).isEqualTo(2);
        assertThat(icmp.mtuV6()).isEqualTo(1280);
        Ipv6Header quoted6 = new Ipv6Header();
        assertThat(quoted6.wrap(b, icmp.bodyOffset(), icmp.bodyLength())).isEqualTo(Refusal.IPV6_PAYLOAD_LENGTH);
        assertThat(quoted6.wrapQuoted(b, icmp.bodyOffset(), icmp.bodyLength())).isEqualTo(Refusal.NONE);
        assertThat(quoted6.protocol()).isEqualTo(UdpHeader.PROTOCOL);
    }

    /** Writing what was read gives the very bytes that Linux sent. */
    @Test
    @Requirement({"RFC9293:MUST-2"})
    void headers_written_again_are_the_same_bytes() {
        for (String name : new String[] {"tcp4-syn", "tcp4-data", "tcp4-rst-ack"}) {
            wrapTcp(name);
            byte[] original = GoldenPackets.bytes(name);
            byte[] copy = new byte[original.length];
            Ipv4Header.write(
                    ByteBuffer.wrap(copy),
                    0,
                    ipv4.totalLength(),
                    ipv4.identification(),
                    ipv4.dontFragment(),
                    ipv4.ttl(),
                    ipv4.protocol(),
                    ipv4.trafficClass(),
                    ipv4.source(),
                    ipv4.destination());
            assertThat(Arrays.copyOf(copy, 20)).isEqualTo(Arrays.copyOf(original, 20));
            writeTcp(ByteBuffer.wrap(copy), ipv4.transportOffset(), original, pseudoSum(true, ipv4.transportLength()));
            assertThat(copy).isEqualTo(original);
        }
        wrapTcp("tcp6-data");
        byte[] original = GoldenPackets.bytes("tcp6-data");
        byte[] copy = new byte[original.length];
        Ipv6Header.write(
                ByteBuffer.wrap(copy),
                0,
                ipv6.payloadLength(),
                ipv6.protocol(),
                ipv6.hopLimit(),
                ipv6.trafficClass(),
                ipv6.flowLabel(),
                ipv6.sourceHigh(),
                ipv6.sourceLow(),
                ipv6.destinationHigh(),
                ipv6.destinationLow());
        writeTcp(ByteBuffer.wrap(copy), ipv6.transportOffset(), original, pseudoSum(false, ipv6.transportLength()));
        assertThat(copy).isEqualTo(original);
    }

    private void writeTcp(ByteBuffer b, int at, byte[] original, long pseudoSum) {
        TcpHeader.write(
                b,
                at,
                tcp.sourcePort(),
                tcp.destinationPort(),
                tcp.sequence(),
                tcp.acknowledgment(),
                tcp.headerBytes(),
                tcp.flags(),
                tcp.window(),
                tcp.urgentPointer());
        int options = at + TcpHeader.HEADER_BYTES;
        b.put(options, original, options, original.length - options);
        TcpHeader.checksum(b, at, Checksum.finish(Checksum.add(b, at, original.length - at, pseudoSum)));
    }
}
