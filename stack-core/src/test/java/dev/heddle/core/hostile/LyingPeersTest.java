package dev.heddle.core.hostile;

import static dev.heddle.core.hostile.Siege.MEBIBYTE;
import static dev.heddle.core.hostile.Siege.MILLISECOND;
import static dev.heddle.core.hostile.Siege.PORT;
import static dev.heddle.core.hostile.Siege.SECOND;
import static dev.heddle.core.hostile.Siege.VICTIM_V4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers whose acknowledgements, holes and sizes are chosen to make the victim work, burst or hold memory. */
@Timeout(60)
class LyingPeersTest {

    private static final int MSS = 1460;
    private static final int ECHO_PORT = 8080;

    private Siege siege = new Siege();

    @AfterEach
    void nothing_is_left() {
        siege.nothingIsLeft();
    }

    private TcpInfo info() {
        return Objects.requireNonNull(siege.accepted().getFirst().info());
    }

    private HostilePeer downloading(HostilePeer peer) {
        siege.serve(Service.download(MEBIBYTE, false));
        return peer.connect();
    }

    // --- acknowledgements

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void acknowledging_what_was_never_sent_neither_opens_the_window_nor_takes_anything() {
        HostilePeer peer = downloading(HostilePeer.number(siege, 1));
        long window = info().congestionWindowBytes();
        long before = siege.answerBytes;
        for (int i = 1; i <= 1_000; i++) {
            siege.inject(peer.segment().ack(peer.victimNext + i * 1_000));
        }
        assertThat(info().congestionWindowBytes()).isEqualTo(window);
        assertThat(info().unacknowledgedBytes()).isEqualTo(window);
        assertThat(siege.answerBytes - before).as("challenges only").isLessThanOrEqualTo(1_000 * 52);
        assertThat(siege.count(TcpCounter.TcpExtTCPChallengeACK)).isPositive();
    }

    /**
     * Optimistic acknowledgements (CAN-2005-1299): a peer that acknowledges what is still under way. They cannot be told from
     * honest ones, but can only make the victim as fast as the windows double.
     */
    @Test
    @Requirement("RFC5681:3.1")
    void optimistic_acknowledgements_never_let_out_more_than_twice_what_they_acknowledge() {
        HostilePeer peer = downloading(HostilePeer.number(siege, 1).windowScale(8));
        peer.look();
        for (int round = 0; round < 6; round++) {
            int acknowledged = (int) info().unacknowledgedBytes();
            peer.send(peer.segment());
            assertThat(peer.answeredBytes()).isLessThanOrEqualTo(2 * acknowledged + MSS);
        }
    }

    @Test
    @Requirement("RFC3465:2.1")
    void splitting_acknowledgements_opens_the_window_no_further_than_one_for_all() {
        HostilePeer peer = downloading(HostilePeer.number(siege, 1).windowScale(8));
        long window = info().congestionWindowBytes();
        int una = peer.victimIss + 1;
        for (int i = 1; i <= MSS; i++) {
            siege.inject(peer.segment().ack(una + i));
        }
        assertThat(info().congestionWindowBytes()).isLessThanOrEqualTo(window + MSS);
        assertThat(info().unacknowledgedBytes()).isLessThanOrEqualTo(window + MSS);
    }

    /** Each may tell of one segment that has left the network, and of no more segments than there are. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Requirement("RFC5681:3.2")
    void duplicate_acknowledgements_without_end_open_no_window(boolean sack) {
        HostilePeer peer = HostilePeer.number(siege, 1).windowScale(8);
        downloading(sack ? peer.sackPermitted() : peer);
        int una = peer.victimIss + 1;
        long window = info().congestionWindowBytes();
        long before = siege.answerPackets;
        for (int i = 0; i < 500; i++) {
            siege.inject(peer.segment().ack(una));
        }
        assertThat(info().congestionWindowBytes()).isLessThanOrEqualTo(window);
        assertThat(siege.answerPackets - before).isLessThanOrEqualTo(sack ? 12 : 512);
    }

    // --- SACK

    @Test
    @Requirement("RFC2018:4")
    void sack_of_what_was_never_sent_is_not_believed() {
        HostilePeer peer = downloading(HostilePeer.number(siege, 1).sackPermitted());
        int una = peer.victimIss + 1;
        long window = info().congestionWindowBytes();
        for (int i = 0; i < 1_000; i++) {
            int far = peer.victimNext + 1 + i;
            siege.inject(
                    peer.segment().ack(una).sack(far, far + 1_000, una - 5_000, una + 1, far, una, una + 10, una + 5));
        }
        assertThat(info().sackedBytes()).isZero();
        assertThat(info().lostBytes()).isZero();
        assertThat(info().congestionWindowBytes()).isEqualTo(window);
        assertThat(siege.count(TcpCounter.TcpExtTCPSACKDiscard)).isEqualTo(4_000);
    }

    /** SACK Slowness, SACK Panic (CVE-2019-11477 to 11479). */
    @ParameterizedTest
    @ValueSource(ints = {48, 536, 1460})
    @Requirement("RFC2018:8")
    void sack_of_every_other_octet_makes_no_storm_of_tiny_segments(int mss) {
        HostilePeer peer =
                downloading(HostilePeer.number(siege, 1).mss(mss).windowScale(8).sackPermitted());
        siege.serve(ECHO_PORT, 16, Service.echo());
        // Until the window is large.
        for (int i = 0; i < 8; i++) {
            peer.send(peer.segment());
        }
        int una = peer.victimNext - (int) info().unacknowledgedBytes();
        int acks = 0;
        long before = siege.answerPackets;
        for (int at = una + 1; at + 8 < peer.victimNext && acks < 4_000; at += 8) {
            siege.inject(peer.segment().ack(una).sack(at, at + 1, at + 2, at + 3, at + 4, at + 5, at + 6, at + 7));
            acks++;
        }
        siege.advance(10 * SECOND);
        assertThat(siege.answerPackets - before)
                .as("packets for %d acknowledgements", acks)
                .isLessThan(acks + 500L);
        siege.clientIsServed(VICTIM_V4, ECHO_PORT, 100_000, SECOND);
    }

    // --- sizes

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 48, 536})
    @Requirement("RFC9293:MUST-16")
    void a_tiny_mss_is_not_taken_below_48_and_data_still_flows(int mss) {
        HostilePeer peer = downloading(HostilePeer.number(siege, 1).mss(mss));
        int least = Math.max(48, mss);
        assertThat(info().sendMssBytes()).isEqualTo(least);
        List<TcpHeader> segments = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            peer.send(peer.segment());
            segments.addAll(peer.answers);
        }
        assertThat(segments.stream().mapToInt(TcpHeader::payloadLength).max()).hasValue(least);
        assertThat(segments.stream().mapToInt(TcpHeader::payloadLength).sum()).isGreaterThan(20 * 10 * least);
    }

    // --- holes

    @Test
    @Requirement("RFC2018:8")
    void octets_that_arrive_ahead_of_gaps_cannot_keep_all_memory_from_others() {
        siege.serve(Service.upload());
        siege.serve(ECHO_PORT, 16, Service.echo());
        int chunk = siege.victim.bufferPool().chunkBytes();
        // One octet pins a chunk; so many peers that it would be more chunks than there are.
        for (int i = 0; i < 700; i++) {
            HostilePeer peer = HostilePeer.number(siege, i).connect();
            siege.inject(peer.segment().seq(peer.next + 1).payload(1));
            siege.inject(peer.segment().seq(peer.next + 2 * chunk).payload(1));
            siege.takeAnswers();
        }
        assertThat(siege.count(TcpCounter.TcpExtTCPOFODrop)).isPositive();
        siege.clientIsServed(VICTIM_V4, ECHO_PORT, 200_000, 20 * SECOND);
    }

    @Test
    @Requirement("RFC2018:8")
    void ten_thousand_holes_of_one_peer_are_kept_within_its_window_and_its_ranges() {
        siege.serve(Service.upload());
        siege.serve(ECHO_PORT, 16, Service.echo());
        HostilePeer peer =
                HostilePeer.number(siege, 1).windowScale(8).sackPermitted().connect();
        long before = siege.victim.bufferPool().usedBytes();
        for (int i = 0; i < 10_000; i++) {
            siege.inject(peer.segment().seq(peer.next + 1 + 2 * i).payload(1));
        }
        assertThat(siege.count(TcpCounter.TcpExtTCPOFOQueue)).isLessThanOrEqualTo(4_096);
        // Besides the chunks of its octets, the ranges take what they take.
        assertThat(siege.victim.bufferPool().usedBytes() - before).isGreaterThan(4_096 * 2 * Long.BYTES);
        siege.clientIsServed(VICTIM_V4, ECHO_PORT, 200_000, 5 * SECOND);
        // What it has refused it takes when it comes in order.
        byte[] all = new byte[20_001];
        siege.inject(peer.segment().payload(all));
        peer.next += all.length;
        peer.send(peer.segment().flags(TcpHeader.ACK | TcpHeader.FIN));
        assertThat(siege.accepted().getFirst().state()).isEqualTo(TcpState.LAST_ACK);
    }

    // --- the same at both ends of time

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void fins_and_resets_beside_the_mark_do_not_end_a_connection() {
        siege = new Siege(TcpConfig.builder().timestamps(false).build(), 8 * MEBIBYTE);
        siege.serve(Service.echo());
        HostilePeer peer = HostilePeer.number(siege, 1).connect();
        for (int i = 1; i < 5_000; i++) {
            siege.inject(peer.segment().seq(peer.next + i * 7).flags(TcpHeader.FIN | TcpHeader.ACK));
            siege.inject(peer.segment().seq(peer.next + i).flags(TcpHeader.RST));
        }
        siege.advance(100 * MILLISECOND);
        assertThat(siege.accepted().getFirst().state()).isEqualTo(TcpState.ESTABLISHED);
        siege.clientIsServed(VICTIM_V4, PORT, 100_000, SECOND);
    }
}
