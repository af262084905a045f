package dev.heddle.core.hostile;

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
import dev.heddle.core.ip.Packets;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.TcpHeader;
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
            Packet packet = Segment.between(stranger(ipv4, i), 5000, ipv4 ? VICTIM_V4 : VICTIM_V6, PORT)
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("RFC1122:3.2.1.2")
    void packets_of_every_wrong_length_are_dropped(boolean ipv4) {
        Segment syn = Segment.between(stranger(ipv4, 1), 5000, ipv4 ? VICTIM_V4 : VICTIM_V6, PORT)
                .flags(TcpHeader.SYN)
                .mss(1460)
                .windowScale(7)
                .sackPermitted()
                .payload(100);
        Packet whole = syn.packet();
        byte[] bytes = new byte[whole.length()];
        whole.buffer().get(whole.offset(), bytes);
        for (int length = 0; length < bytes.length; length++) {
            // Cut short: the header promises more than there is.
            siege.inject(Packets.of(Arrays.copyOf(bytes, length)));
        }
        int ipBytes = ipv4 ? 20 : 40;
        for (int words = 0; words < 16; words++) {
            // A TCP header that claims any length; the checksum is wrong then, too, but nobody may get so far as to
            // care.
            byte[] changed = bytes.clone();
            changed[ipBytes + 12] = (byte) (words << 4);
            if (changed[ipBytes + 12] != bytes[ipBytes + 12]) {
                siege.inject(Packets.of(changed));
            }
        }
        assertThat(siege.answerPackets).isZero();
        assertThat(siege.names()).isEqualTo(1);
    }

    @Test
    void noise_of_every_length_is_dropped() {
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[siege.random.nextInt(1500)];
            siege.random.nextBytes(noise);
            if (noise.length > 0 && i % 2 == 0) {
                noise[0] = (byte) (i % 4 == 0 ? 0x45 : 0x60);
            }
            siege.inject(Packets.of(noise));
        }
        assertThat(siege.names()).isEqualTo(1);
    }
}
