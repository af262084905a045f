package dev.heddle.core.hostile;

import static dev.heddle.core.hostile.Siege.MEBIBYTE;
import static dev.heddle.core.hostile.Siege.MILLISECOND;
import static dev.heddle.core.hostile.Siege.PORT;
import static dev.heddle.core.hostile.Siege.SECOND;
import static dev.heddle.core.hostile.Siege.VICTIM_V4;
import static dev.heddle.core.hostile.Siege.VICTIM_V6;
import static dev.heddle.core.hostile.Siege.stranger;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.TcpHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Storms of segments that open, end, or exhaust. */
@Timeout(60)
class FloodTest {

    /** One more than the backlog of the service, as Linux counts. */
    private static final int MOST_HANDSHAKES = 129;

    private Siege siege = new Siege();

    @AfterEach
    void nothing_is_left() {
        siege.nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement("RFC4987:3.6")
    void a_client_gets_in_and_is_served_while_a_flood_of_syns_goes_on(boolean ipv4) {
        siege.serve(Service.echo());
        synFlood(ipv4, 0, 20_000);
        TcpEndpoint client = siege.connect(ipv4 ? VICTIM_V4 : VICTIM_V6, PORT);
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        for (int round = 1; round <= 10; round++) {
            synFlood(ipv4, round * 20_000, 1_000);
            siege.clientIsServed(client, 20_000, SECOND);
            siege.advance(100 * MILLISECOND);
        }
        assertThat(siege.names())
                .as("what the flood makes the victim remember")
                .isLessThanOrEqualTo(MOST_HANDSHAKES + 1);
        assertThat(siege.count(TcpCounter.TcpExtSyncookiesSent)).isGreaterThan(29_000);
    }

    private void synFlood(boolean ipv4, int first, int count) {
        for (int i = first; i < first + count; i++) {
            siege.inject(RawSegment.between(stranger(ipv4, i), 1024 + i % 60_000, ipv4 ? VICTIM_V4 : VICTIM_V6, PORT)
                    .flags(TcpHeader.SYN)
                    .seq(siege.random.nextInt())
                    .mss(1460));
        }
        siege.takeAnswers();
    }

    @Test
    @Requirement("RFC4987:3.6")
    void connections_that_nobody_accepts_take_no_more_places_than_the_backlog_has() {
        TcpEndpoint endpoint = siege.victim.tcpEndpoint();
        endpoint.bind(VICTIM_V4, 81, true);
        var listener = endpoint.listen(16);
        for (int i = 0; i < 2_000; i++) {
            HostilePeer peer = new HostilePeer(siege, stranger(true, i), 2000, 81);
            siege.takeAnswers();
            siege.inject(peer.syn(i));
            for (TcpHeader synAck : siege.takeSegments()) {
                if (synAck.isSyn()) {
                    peer.next = i + 1;
                    peer.victimNext = synAck.sequence() + 1;
                    siege.inject(peer.segment().payload(1000));
                }
            }
        }
        assertThat(siege.count(TcpCounter.TcpPassiveOpens)).isEqualTo(17);
        assertThat(siege.victim.bufferPool().usedBytes())
                .isLessThanOrEqualTo(17L * siege.victim.bufferPool().chunkBytes());
        listener.close();
    }

    @Test
    @Requirement("RFC9293:3.10.7.1")
    void a_storm_of_resets_is_not_answered_and_hurts_nobody() {
        siege.serve(Service.echo());
        TcpEndpoint client = siege.connect(VICTIM_V4, PORT);
        for (int i = 0; i < 20_000; i++) {
            siege.inject(RawSegment.between(stranger(true, i), 5000, VICTIM_V4, i % 2 == 0 ? PORT : 9)
                    .flags(i % 3 == 0 ? TcpHeader.RST | TcpHeader.ACK : TcpHeader.RST)
                    .seq(siege.random.nextInt()));
        }
        assertThat(siege.answerPackets).as("no reset is answered").isZero();
        assertThat(siege.names()).isEqualTo(1);
        siege.clientIsServed(client, 100_000, SECOND);
    }

    @Test
    @Requirement("RFC9293:3.10.7.1")
    void a_storm_of_fins_for_connections_that_do_not_exist_makes_nothing_but_resets() {
        siege.serve(Service.echo());
        for (int i = 0; i < 20_000; i++) {
            siege.inject(RawSegment.between(stranger(true, i), 5000, VICTIM_V4, i % 2 == 0 ? PORT : 9)
                    .flags(TcpHeader.FIN | TcpHeader.ACK)
                    .seq(i)
                    .ack(siege.random.nextInt()));
        }
        assertThat(siege.answerPackets).isEqualTo(20_000);
        assertThat(siege.takeSegments()).allMatch(TcpHeader::isRst);
        assertThat(siege.names()).isZero();
        siege.clientIsServed(VICTIM_V4, PORT, 100_000, SECOND);
    }

    @Test
    @Requirement("RFC9293:3.6")
    void peers_that_close_at_once_and_vanish_are_forgotten() {
        siege.serve(Service.upload());
        for (int i = 0; i < 2_000; i++) {
            HostilePeer peer = HostilePeer.number(siege, i).connect();
            peer.send(peer.segment().flags(TcpHeader.FIN | TcpHeader.ACK));
        }
        assertThat(siege.names()).as("in LAST-ACK").isEqualTo(2_000);
        siege.clientIsServed(VICTIM_V4, PORT, 0, SECOND);
        // The retries of an orphan from 200 ms on; one that has a peer is borne for longer.
        siege.advance(200 * SECOND);
        assertThat(siege.names()).isZero();
    }

    @Test
    @Requirement("RFC9293:MUST-13")
    void time_wait_records_are_few_and_a_client_still_gets_in() {
        siege = new Siege(TcpConfig.builder().maxTimeWait(500).build(), 8 * MEBIBYTE);
        siege.serve(Service.download(1, true));
        siege.serve(8080, 16, Service.echo());
        for (int i = 0; i < 5_000; i++) {
            // The victim closes first, and so the record is its own.
            HostilePeer peer = HostilePeer.number(siege, i).connect();
            peer.send(peer.segment().flags(TcpHeader.FIN | TcpHeader.ACK));
        }
        assertThat(siege.victim.endpoints().stream()
                        .filter(e -> e.state() == TcpState.TIME_WAIT)
                        .count())
                .isEqualTo(500);
        assertThat(siege.count(TcpCounter.TcpExtTCPTimeWaitOverflow)).isEqualTo(4_500);
        siege.clientIsServed(VICTIM_V4, 8080, 100_000, SECOND);
        // From one address and port again and again: the record is taken up again or the SYN refused, never both.
        HostilePeer same = HostilePeer.number(siege, 1);
        for (int i = 0; i < 100; i++) {
            siege.inject(same.syn(i << 24));
        }
        assertThat(siege.names()).isLessThanOrEqualTo(502);
    }

    @Test
    @Requirement("RFC9293:3.6")
    void peers_that_never_end_their_side_are_forgotten_by_fin_wait_2() {
        siege.serve(Service.download(10, true));
        for (int i = 0; i < 2_000; i++) {
            HostilePeer peer = HostilePeer.number(siege, i).connect();
            peer.send(peer.segment());
        }
        assertThat(siege.victim.endpoints())
                .filteredOn(e -> e.state() == TcpState.FIN_WAIT_2)
                .hasSize(2_000);
        siege.advance(61 * SECOND);
        assertThat(siege.names()).isZero();
    }
}
