package dev.heddle.core.hostile;

import static dev.heddle.core.hostile.Siege.CLIENT_V4;
import static dev.heddle.core.hostile.Siege.MEBIBYTE;
import static dev.heddle.core.hostile.Siege.PORT;
import static dev.heddle.core.hostile.Siege.SECOND;
import static dev.heddle.core.hostile.Siege.VICTIM_V4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.TcpHeader;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Somebody off the path who knows both addresses and ports of a connection and forges the client's segments, trying sequence
 * numbers all the way round (RFC 5961).
 */
@Timeout(60)
class BlindInjectionTest {

    /** Less than the window, so that some of them are in it. */
    private static final int STEP = 65_535;

    /** Without timestamps, which would keep half of all guesses out before anything else looks at them. */
    private Siege siege = new Siege(TcpConfig.builder().timestamps(false).build(), 8 * MEBIBYTE);

    private TcpEndpoint client;
    private TcpHeader last;

    @BeforeEach
    void a_client_is_connected() {
        siege.serve(Service.echo());
        client = siege.connect(VICTIM_V4, PORT);
        siege.clientIsServed(client, 50_000, SECOND);
    }

    @AfterEach
    void nothing_is_left() {
        siege.nothingIsLeft();
    }

    private RawSegment forged() {
        return RawSegment.between(CLIENT_V4, client.localPort(), VICTIM_V4, PORT);
    }

    /** All sequence numbers, a step apart, but not one that happens to be RCV.NXT itself. */
    private void sweep(IntConsumer attempt) {
        int start = siege.random.nextInt();
        for (long i = 0; i < 1L << 32; i += STEP) {
            attempt.accept(start + (int) i);
        }
    }

    private void stillServes() {
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(siege.accepted().getFirst().state()).isEqualTo(TcpState.ESTABLISHED);
        siege.clientIsServed(client, 200_000, 5 * SECOND);
    }

    @Test
    @Requirement("RFC5961:3.2")
    void resets_all_round_the_sequence_space_do_not_end_the_connection() {
        sweep(seq -> siege.inject(forged().flags(TcpHeader.RST).seq(seq)));
        assertThat(siege.count(TcpCounter.TcpExtTCPChallengeACK)).isPositive();
        stillServes();
    }

    @Test
    @Requirement("RFC5961:4.2")
    void syns_all_round_the_sequence_space_do_not_end_the_connection() {
        sweep(seq -> siege.inject(forged().flags(TcpHeader.SYN).seq(seq).mss(1460)));
        stillServes();
    }

    @Test
    @Requirement("RFC5961:7")
    void challenges_are_limited_for_the_whole_host() {
        long before = siege.count(TcpCounter.TcpOutSegs);
        sweep(seq -> siege.inject(forged().flags(TcpHeader.SYN).seq(seq)));
        // The clock stands still: the budget of one second, whatever it was drawn as.
        assertThat(siege.count(TcpCounter.TcpOutSegs) - before).isLessThanOrEqualTo(1_500);
        assertThat(siege.count(TcpCounter.TcpExtTCPACKSkippedChallenge)).isGreaterThan(60_000);
    }

    @Test
    @Requirement("RFC5961:5.2")
    void text_in_the_window_with_a_guessed_acknowledgment_is_not_taken() {
        // By accident or leak the sequence number is known exactly; of the acknowledgment nothing is.
        int seq = exactClientSequence();
        long taken = siege.count(TcpCounter.TcpExtTCPChallengeACK);
        for (int i = 0; i < 10_000; i++) {
            // Everything but the window's worth of acknowledgment numbers that could be old.
            int ack = exactVictimSequence() + 1 + siege.random.nextInt(0x7000_0000);
            siege.inject(forged().flags(TcpHeader.ACK).seq(seq).ack(ack).payload((byte) 'x'));
        }
        assertThat(siege.count(TcpCounter.TcpExtTCPChallengeACK)).isGreaterThan(taken);
        assertThat(siege.accepted().getFirst().available()).isZero();
        stillServes();
    }

    @Test
    @Requirement("RFC7323:5.3")
    void text_all_round_the_sequence_space_without_a_timestamp_is_not_taken() {
        siege = new Siege();
        a_client_is_connected();
        int ack = siege.clientHears(() -> siege.clientIsServed(client, 1, SECOND))
                .getLast()
                .sequence();
        sweep(seq ->
                siege.inject(forged().flags(TcpHeader.ACK).seq(seq).ack(ack).payload(64)));
        assertThat(siege.count(TcpCounter.TcpExtPAWSEstab)).isGreaterThan(60_000);
        stillServes();
    }

    @Test
    @Requirement("RFC6528:3")
    void isns_that_a_stranger_observes_do_not_tell_those_of_others() {
        // The stranger opens one connection after another, and wants to know what the victim would say to the client.
        int attempts = 2_000;
        int near = 0;
        for (int i = 0; i < attempts; i++) {
            HostilePeer observer = HostilePeer.number(siege, i);
            siege.takeAnswers();
            siege.inject(observer.syn(1));
            int seen = siege.takeSegments().getFirst().sequence();
            HostilePeer other = HostilePeer.number(siege, 1_000_000 + i);
            siege.inject(other.syn(1));
            int asked = siege.takeSegments().getFirst().sequence();
            near += Math.abs(asked - seen) < 1 << 24 ? 1 : 0;
        }
        // By chance: 2^25 of 2^32, one in 128.
        assertThat(near).isLessThan(attempts / 32);
    }

    @Test
    @Requirement("RFC6528:3")
    void a_handshake_in_anothers_name_with_an_isn_made_of_observed_ones_does_not_complete() {
        HostilePeer observer = HostilePeer.number(siege, 1).connect();
        int passive = siege.accepted().size();
        HostilePeer forger = HostilePeer.number(siege, 2);
        siege.inject(forger.syn(77));
        siege.takeAnswers();
        for (int guess = -5_000; guess < 5_000; guess++) {
            siege.inject(forger.segment().seq(78).ack(observer.victimIss + 1 + guess));
        }
        assertThat(siege.accepted()).hasSize(passive);
        assertThat(siege.takeSegments()).allMatch(TcpHeader::isRst);
    }

    private int exactClientSequence() {
        // A segment of the client's own tells it: that the attacker never sees.
        return exact().acknowledgment();
    }

    private int exactVictimSequence() {
        return exact().sequence();
    }

    private TcpHeader exact() {
        if (last == null) {
            List<TcpHeader> seen = siege.clientHears(
                    () -> siege.inject(forged().flags(TcpHeader.SYN).seq(0)));
            last = seen.getFirst();
        }
        return last;
    }
}
