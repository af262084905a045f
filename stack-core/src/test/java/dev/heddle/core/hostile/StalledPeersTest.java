package dev.heddle.core.hostile;

import static dev.heddle.core.hostile.Siege.MEBIBYTE;
import static dev.heddle.core.hostile.Siege.MILLISECOND;
import static dev.heddle.core.hostile.Siege.SECOND;
import static dev.heddle.core.hostile.Siege.VICTIM_V4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.host.EndpointInfo;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that open connections, ask for much and take nothing or next to nothing (sockstress, CVE-2008-4609). */
@Timeout(60)
class StalledPeersTest {

    private static final int ECHO_PORT = 8080;

    /** More connections than the victim has chunks of memory. */
    private static final int MANY = 700;

    private final Siege siege = new Siege();

    @AfterEach
    void nothing_is_left() {
        siege.nothingIsLeft();
    }

    private List<HostilePeer> connectMany(int window) {
        List<HostilePeer> peers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            peers.add(HostilePeer.number(siege, i).window(window).connect());
        }
        return peers;
    }

    /** They answer every probe of the closed window, so that they are known to be alive (RFC 9293 MUST-37). */
    private void answerProbes(List<HostilePeer> peers, int window, int seconds) {
        for (int i = 0; i < seconds; i++) {
            siege.advance(SECOND);
            siege.takeAnswers();
            peers.forEach(peer -> siege.inject(peer.segment().window(window)));
        }
        siege.takeAnswers();
    }

    @Test
    @Requirement("RFC6429:4")
    void peers_with_closed_windows_cannot_keep_all_memory_from_others() {
        siege.serve(Service.download(100_000, false));
        siege.serve(ECHO_PORT, 16, Service.echo());
        List<HostilePeer> peers = connectMany(0);
        assertThat(siege.victim.bufferPool().usedBytes()).as("all there is").isGreaterThan(7 * MEBIBYTE);
        answerProbes(peers, 0, 240);
        assertThat(siege.count(TcpCounter.TcpExtTCPAbortOnMemory)).isPositive();
        siege.clientIsServed(VICTIM_V4, ECHO_PORT, 200_000, 10 * SECOND);
    }

    @Test
    @Requirement({"RFC9293:MUST-35", "RFC9293:MUST-37"})
    void a_peer_with_a_closed_window_is_borne_as_long_as_there_is_memory() {
        siege.serve(Service.download(100_000, false));
        HostilePeer peer = HostilePeer.number(siege, 1).window(0).connect();
        answerProbes(List.of(peer), 0, 3_000);
        assertThat(siege.accepted().getFirst().state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(siege.count(TcpCounter.TcpExtTCPWinProbe)).isBetween(20L, 60L);
    }

    @Test
    @Requirement("RFC6429:4")
    void an_orphan_whose_peer_keeps_its_window_closed_ends_although_its_probes_are_answered() {
        // The whole fits the send buffer, so that the application is done.
        siege.serve(Service.download(50_000, true));
        HostilePeer peer = HostilePeer.number(siege, 1).window(0).connect();
        answerProbes(List.of(peer), 0, 1_800);
        assertThat(siege.names()).isZero();
        assertThat(siege.victim.bufferPool().usedBytes()).isZero();
    }

    @Test
    @Requirement("RFC9293:MUST-38")
    void a_window_that_opens_octet_by_octet_gets_few_segments() {
        siege.serve(Service.download(100_000, false));
        HostilePeer peer = HostilePeer.number(siege, 1).connect();
        peer.send(peer.segment().window(65_535));
        long before = siege.answerPackets;
        for (int window = 1; window <= 500; window++) {
            peer.send(peer.segment().window(window));
        }
        assertThat(siege.answerPackets - before).isLessThanOrEqualTo(3);
    }

    @Test
    @Requirement("RFC6429:4")
    void peers_whose_windows_are_one_octet_cannot_keep_all_memory_from_others() {
        siege.serve(Service.download(100_000, false));
        siege.serve(ECHO_PORT, 16, Service.echo());
        List<HostilePeer> peers = connectMany(1);
        answerProbes(peers, 1, 240);
        siege.clientIsServed(VICTIM_V4, ECHO_PORT, 200_000, 10 * SECOND);
    }

    @Test
    void peers_that_acknowledge_nothing_cannot_keep_all_memory_from_others() {
        siege.serve(Service.download(100_000, false));
        siege.serve(ECHO_PORT, 16, Service.echo());
        connectMany(65_535);
        siege.advance(240 * SECOND);
        siege.clientIsServed(VICTIM_V4, ECHO_PORT, 200_000, 10 * SECOND);
    }

    @Test
    @Requirement("RFC9293:SHLD-15")
    void a_window_that_shrinks_to_nothing_stops_the_sender_and_a_later_one_lets_it_go_on() {
        siege.serve(Service.download(50_000, false));
        HostilePeer peer = HostilePeer.number(siege, 1).connect();
        int victimUna = peer.victimIss + 1;
        // The initial window is out; taken back, all of it.
        peer.send(peer.segment().ack(victimUna).window(0));
        siege.takeAnswers();
        long before = siege.answerBytes;
        for (int i = 0; i < 60; i++) {
            siege.advance(SECOND);
            peer.send(peer.segment().ack(victimUna).window(0));
        }
        assertThat(siege.answerBytes - before).as("probes").isLessThan(1_000);
        for (int i = 0; i < 100; i++) {
            peer.send(peer.segment().window(65_535));
            siege.advance(300 * MILLISECOND);
            peer.look();
        }
        peer.send(peer.segment());
        assertThat(info().unacknowledgedBytes()).isZero();
        assertThat(info().unsentBytes()).isZero();
    }

    private TcpInfo info() {
        EndpointInfo one = siege.victim.endpoints().stream()
                .filter(e -> e.state() == TcpState.ESTABLISHED)
                .findFirst()
                .orElseThrow();
        return Objects.requireNonNull(one.info());
    }

    @Test
    void an_upload_in_segments_of_one_octet_takes_no_more_memory_than_its_octets() {
        siege.serve(Service.idle());
        HostilePeer peer = HostilePeer.number(siege, 1).connect();
        for (int i = 0; i < 20_000; i++) {
            siege.inject(peer.segment().payload(1));
            peer.next++;
        }
        siege.takeAnswers();
        assertThat(siege.accepted().getFirst().available()).isEqualTo(20_000);
        assertThat(siege.victim.bufferPool().usedBytes())
                .isEqualTo(2L * siege.victim.bufferPool().chunkBytes());
    }

    /** A scaled window cannot tell an edge exactly; what each ACK rounds up must not add up. */
    @Test
    void segments_of_one_octet_do_not_make_a_window_creep() {
        siege.serve(Service.idle());
        HostilePeer peer = HostilePeer.number(siege, 1).windowScale(7).connect();
        for (int i = 0; i < 100_000; i++) {
            // In the wrong order, so that each is acknowledged for itself.
            siege.inject(peer.segment().seq(peer.next + 1).payload(1));
            siege.inject(peer.segment().payload(1));
            peer.next += 2;
        }
        siege.takeAnswers();
        int buffer = TcpConfig.DEFAULTS.connection().receiveBufferBytes();
        assertThat(siege.accepted().getFirst().available()).isBetween(buffer, buffer + buffer / 4 + 256);
    }

    @Test
    @Requirement("RFC9293:3.8.6")
    void readers_that_do_not_read_cannot_keep_all_memory_from_others() {
        siege.serve(Service.idle());
        siege.serve(ECHO_PORT, 16, Service.echo());
        // Everything that windows allow, of so many peers that it would be more than there is.
        for (int i = 0; i < 40; i++) {
            HostilePeer peer = HostilePeer.number(siege, i).windowScale(7).connect();
            for (int sent = 0; sent < MEBIBYTE; sent += 32_000) {
                siege.inject(peer.segment().payload(32_000));
                peer.next += 32_000;
            }
            siege.takeAnswers();
        }
        siege.clientIsServed(VICTIM_V4, ECHO_PORT, 200_000, 60 * SECOND);
    }
}
