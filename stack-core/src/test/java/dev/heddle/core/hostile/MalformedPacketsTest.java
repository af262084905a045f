package dev.heddle.core.hostile;

import static dev.heddle.core.hostile.Siege.CLIENT_V4;
import static dev.heddle.core.hostile.Siege.PORT;
import static dev.heddle.core.hostile.Siege.SECOND;
import static dev.heddle.core.hostile.Siege.VICTIM_V4;
import static dev.heddle.core.hostile.Siege.VICTIM_V6;
import static dev.heddle.core.hostile.Siege.stranger;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.ip.FragmentPackets;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets that are not what they say: fragments that overlap or never complete, wrong checksums and wrong sizes. */
@Timeout(60)
class MalformedPacketsTest {

    /* Of a TCP header. */
    private static final int DATA_OFFSET = 12;
    private static final int FLAGS = 13;

    private final Siege siege = new Siege();
    private TcpEndpoint client;

    @BeforeEach
    void a_client_is_connected() {
        siege.serve(Service.echo());
        client = siege.connect(VICTIM_V4, PORT);
        siege.clientIsServed(client, 10_000, SECOND);
    }

    @AfterEach
    void nothing_is_left() {
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        siege.clientIsServed(client, 100_000, SECOND);
        siege.nothingIsLeft();
    }

    private static String victim(boolean ipv4) {
        return (ipv4 ? VICTIM_V4 : VICTIM_V6).toString();
    }

    private long count(IpCounter counter) {
        return siege.victim.counters().ip().get(counter);
    }

    private long refused(Refusal refusal) {
        return siege.victim.counters().refusals().get(refusal);
    }

    // --- fragments

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("RFC8200:4.5")
    void fragments_that_never_complete_hold_no_more_than_their_part_of_the_memory_and_not_for_long(boolean ipv4) {
        for (int i = 0; i < 20_000; i++) {
            siege.inject(FragmentPackets.of(
                    stranger(ipv4, i % 500).toString(),
                    victim(ipv4),
                    17,
                    i,
                    i % 2 == 0 ? 0 : 1400,
                    true,
                    new byte[1400]));
        }
        long limit = siege.victim.config().reassemblyLimitBytes();
        assertThat(siege.victim.bufferPool().usedBytes()).isPositive().isLessThanOrEqualTo(limit);
        siege.clientIsServed(client, 100_000, SECOND);
        siege.advance(61 * SECOND);
        assertThat(siege.victim.bufferPool().usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("RFC5722:4")
    void overlapping_fragments_are_never_put_together(boolean ipv4) {
        // Teardrop (CVE-1999-0015), and a segment whose text would be rewritten by a later fragment.
        for (int i = 0; i < 1_000; i++) {
            String from = stranger(ipv4, i).toString();
            siege.inject(FragmentPackets.of(from, victim(ipv4), 6, i, 0, true, new byte[64]));
            siege.inject(FragmentPackets.of(from, victim(ipv4), 6, i, 24, true, new byte[16]));
            siege.inject(FragmentPackets.of(from, victim(ipv4), 6, i, 32, false, new byte[64]));
        }
        assertThat(count(ipv4 ? IpCounter.IpReasmOKs : IpCounter.Ip6ReasmOKs)).isZero();
        assertThat(count(ipv4 ? IpCounter.IpExtReasmOverlaps : IpCounter.Ip6ReasmOverlaps))
                .isEqualTo(1_000);
        assertThat(siege.takeSegments()).isEmpty();
    }

    @Test
    @Requirement("RFC791:3.2")
    void fragments_that_would_make_more_than_the_longest_packet_are_refused() {
        // Ping of death (CVE-1999-0128).
        for (int i = 0; i < 1_000; i++) {
            siege.inject(FragmentPackets.of(
                    stranger(true, i).toString(), victim(true), 1, i, 65_528, false, new byte[1_000]));
        }
        assertThat(siege.victim.bufferPool().usedBytes()).isZero();
    }

    // --- checksums and sizes

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("RFC9293:MUST-3")
    void segments_without_a_checksum_or_with_a_wrong_one_are_dropped_without_an_answer(boolean ipv4) {
        for (int i = 0; i < 1_000; i++) {
            Packet packet = RawSegment.between(stranger(ipv4, i), 5000, ipv4 ? VICTIM_V4 : VICTIM_V6, PORT)
                    .flags(TcpHeader.SYN)
                    .seq(i)
                    .checksumZero()
                    .packet();
            if (i % 2 == 0) {
                TcpHeader.checksum(packet.buffer(), packet.offset() + packet.length() - 20, 1 + i);
            }
            siege.inject(packet);
        }
        assertThat(siege.answerPackets).isZero();
        assertThat(siege.names()).isEqualTo(1);
        assertThat(siege.count(TcpCounter.TcpInCsumErrors)).isEqualTo(1_000);
    }

    @Test
    @Requirement("RFC1122:3.2.1.2")
    void ipv4_headers_with_a_wrong_checksum_are_dropped_without_an_answer() {
        for (int i = 0; i < 1_000; i++) {
            Packet packet = RawSegment.between(stranger(true, i), 5000, VICTIM_V4, PORT)
                    .flags(TcpHeader.SYN)
                    .packet();
            // In one bit of what the header's checksum alone covers: identification and time to live.
            int at = packet.offset() + (i % 2 == 0 ? 4 : 8);
            packet.buffer().put(at, (byte) (packet.buffer().get(at) ^ 1 << i / 2 % 8));
            siege.inject(packet);
        }
        assertThat(siege.answerPackets).isZero();
        assertThat(siege.names()).isEqualTo(1);
        assertThat(refused(Refusal.IPV4_CHECKSUM)).isEqualTo(1_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void packets_that_are_cut_short_are_dropped(boolean ipv4) {
        RawSegment syn = RawSegment.between(stranger(ipv4, 1), 5000, ipv4 ? VICTIM_V4 : VICTIM_V6, PORT)
                .flags(TcpHeader.SYN)
                .mss(1460)
                .windowScale(7)
                .sackPermitted()
                .payload(100);
        Packet whole = syn.packet();
        byte[] bytes = new byte[whole.length()];
        whole.buffer().get(whole.offset(), bytes);
        for (int length = 0; length < bytes.length; length++) {
            siege.inject(Packets.of(Arrays.copyOf(bytes, length)));
        }
        assertThat(siege.answerPackets).isZero();
        assertThat(siege.names()).isEqualTo(1);
        // The headers promise more than there is.
        assertThat(refused(ipv4 ? Refusal.IPV4_TOTAL_LENGTH : Refusal.IPV6_PAYLOAD_LENGTH))
                .isEqualTo(bytes.length - IpOutput.headerBytes(ipv4));
    }

    /** Nothing is wrong with these SYNs, their checksum neither, but what the header says of its own length. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void segments_that_are_shorter_than_their_header_or_whose_header_is_too_short_are_dropped(boolean ipv4) {
        int injected = 0;
        for (int length = 0; length < TcpHeader.MAX_HEADER_BYTES; length++) {
            for (int words = 0; words < 16; words++) {
                if (4 * words < TcpHeader.HEADER_BYTES || 4 * words > length) {
                    ByteBuffer segment = ByteBuffer.allocate(TcpHeader.MAX_HEADER_BYTES);
                    TcpHeader.write(segment, 0, 5000, PORT, 1, 0, 4 * words, TcpHeader.SYN, 64_000, 0);
                    siege.inject(segment(stranger(ipv4, injected++), ipv4, Arrays.copyOf(segment.array(), length)));
                }
            }
        }
        assertThat(siege.answerPackets).isZero();
        assertThat(siege.names()).isEqualTo(1);
        assertThat(refused(Refusal.TCP_TRUNCATED) + refused(Refusal.TCP_DATA_OFFSET))
                .isEqualTo(injected);
    }

    /** The same of their options: too short to be one, or longer than the header. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void segments_whose_options_do_not_fit_are_dropped(boolean ipv4) {
        int injected = 0;
        for (int kind = 2; kind < 256; kind++) {
            for (int length : new int[] {0, 1, 5, 40, 255}) {
                ByteBuffer segment = ByteBuffer.allocate(TcpHeader.HEADER_BYTES + 4 + 100);
                TcpHeader.write(segment, 0, 5000, PORT, 1, 0, TcpHeader.HEADER_BYTES + 4, TcpHeader.SYN, 64_000, 0);
                segment.put(TcpHeader.HEADER_BYTES, (byte) kind).put(TcpHeader.HEADER_BYTES + 1, (byte) length);
                siege.inject(segment(stranger(ipv4, injected++), ipv4, segment.array()));
            }
        }
        assertThat(siege.answerPackets).isZero();
        assertThat(siege.names()).isEqualTo(1);
        assertThat(refused(Refusal.TCP_OPTION_LENGTH)).isEqualTo(injected);
    }

    // --- noise

    @Test
    void noise_of_every_length_is_dropped() {
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = noise();
            if (noise.length > 0 && i % 2 == 0) {
                noise[0] = (byte) (i % 4 == 0 ? 0x45 : 0x60);
            }
            siege.inject(Packets.of(noise));
        }
        assertThat(siege.answerPackets).isZero();
        assertThat(siege.names()).isEqualTo(1);
    }

    /** Nobody else would get so far: behind an IP header that is right, each transport has its checksum. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noise_in_packets_for_the_victim_is_told_to_few(boolean ipv4) {
        int[] protocols = {TcpHeader.PROTOCOL, UdpHeader.PROTOCOL, ipv4 ? 1 : 58, 0};
        for (int i = 0; i < 20_000; i++) {
            int protocol = protocols[i % 4] > 0 ? protocols[i % 4] : siege.random.nextInt(256);
            siege.inject(Packets.ip(stranger(ipv4, i).toString(), victim(ipv4), protocol, noise()));
        }
        assertThat(siege.names()).isEqualTo(1);
        // The burst that the host allows itself of error messages; the clock stands still.
        assertThat(siege.answerPackets).isLessThanOrEqualTo(100);
        assertThat(siege.takeAnswers()).allMatch(answer -> protocol(answer) == (ipv4 ? 1 : 58));
        assertThat(siege.count(TcpCounter.TcpInErrs)).isGreaterThanOrEqualTo(5_000);
    }

    /** Checksum and ports are right, nothing else is: lengths, options and flags of all kinds. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noise_with_a_right_checksum_opens_nothing_and_gets_resets(boolean ipv4) {
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = segmentNoise(5000);
            // A SYN could be somebody's.
            noise[FLAGS] = (byte) (noise[FLAGS] & ~TcpHeader.SYN);
            siege.inject(segment(stranger(ipv4, i), ipv4, noise));
        }
        assertThat(siege.names()).isEqualTo(1);
        assertThat(siege.answerPackets).isPositive();
        assertThat(siege.takeSegments()).allMatch(TcpHeader::isRst);
    }

    /** The same in the name of the client, SYNs and resets too. That the connection bears it is seen in the end. */
    @Test
    void noise_with_a_right_checksum_in_the_name_of_a_client_changes_nothing() {
        for (int i = 0; i < 20_000; i++) {
            siege.inject(segment(CLIENT_V4, true, segmentNoise(client.localPort())));
        }
        assertThat(siege.names()).isEqualTo(1);
        assertThat(siege.accepted().getFirst().state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(siege.accepted().getFirst().available()).isZero();
    }

    private byte[] noise() {
        byte[] noise = new byte[siege.random.nextInt(1500)];
        siege.random.nextBytes(noise);
        return noise;
    }

    /** Noise between two ports; every second one with a length of header that can be, so that its options are looked at. */
    private byte[] segmentNoise(int from) {
        byte[] noise = new byte[TcpHeader.HEADER_BYTES + siege.random.nextInt(100)];
        siege.random.nextBytes(noise);
        ByteBuffer.wrap(noise).putShort((short) from).putShort((short) PORT);
        int words = noise.length / 4;
        if (siege.random.nextBoolean()) {
            noise[DATA_OFFSET] = (byte) ((5 + siege.random.nextInt(Math.min(words, 15) - 4)) << 4);
        }
        return noise;
    }

    /** A segment of these bytes, but for its checksum, which is right. */
    private static Packet segment(IpAddress from, boolean ipv4, byte... bytes) {
        IpAddress to = ipv4 ? VICTIM_V4 : VICTIM_V6;
        if (bytes.length >= TcpHeader.HEADER_BYTES) {
            ByteBuffer b = ByteBuffer.wrap(bytes);
            TcpHeader.checksum(b, 0, 0);
            long sum = Checksum.pseudoHeader(
                    from.high(), from.low(), to.high(), to.low(), TcpHeader.PROTOCOL, bytes.length);
            TcpHeader.checksum(b, 0, Checksum.finish(Checksum.add(b, 0, bytes.length, sum)));
        }
        return Packets.ip(from.toString(), to.toString(), TcpHeader.PROTOCOL, bytes);
    }

    private static int protocol(Packet packet) {
        boolean ipv4 = (packet.buffer().get(packet.offset()) & 0xf0) == 0x40;
        return packet.buffer().get(packet.offset() + (ipv4 ? 9 : 6)) & 0xff;
    }
}
