package dev.heddle.core.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** RFC 9406 in numbers: rounds of ten segments of 1000 bytes. */
class HyStartPlusPlusTest {

    private static final long MS = 1_000_000;
    private static final int MSS = 1000;
    private static final int SEGMENTS = 10;
    private static final long WINDOW = (long) SEGMENTS * MSS;

    private final HyStartPlusPlus hyStart = new HyStartPlusPlus();
    private final Acknowledgement ack = new Acknowledgement();
    private long una = 1;

    /** A round in which every segment is acknowledged with the same round-trip time; says whether slow start is over. */
    private boolean round(long rttNs) {
        boolean over = false;
        for (int i = 0; i < SEGMENTS; i++) {
            over |= acknowledge(MSS, una + MSS + WINDOW, rttNs);
        }
        return over;
    }

    private boolean acknowledge(long bytes, long nextOffset, long rttNs) {
        ack.reset(0, Math.min(WINDOW, nextOffset - una));
        una += bytes;
        ack.rttNs = rttNs;
        ack.acknowledgedBytes = bytes;
        ack.unacknowledgedOffset = una;
        ack.nextOffset = nextOffset;
        ack.congestionWindowLimited = true;
        return hyStart.isOverAfter(ack, WINDOW);
    }

    private void firstRounds() {
        assertThat(round(40 * MS)).isFalse();
        assertThat(round(40 * MS)).isFalse();
        assertThat(round(40 * MS)).isFalse();
    }

    @Test
    @Requirement("RFC9406:4.2")
    void growth_of_an_eighth_starts_conservative_slow_start() {
        firstRounds();
        round(44 * MS);
        round(44 * MS);
        assertThat(hyStart.state()).isEqualTo(HyStartPlusPlus.State.SLOW_START);
        round(44 * MS + 5_500_000);
        round(44 * MS + 5_500_000);
        assertThat(hyStart.state()).isEqualTo(HyStartPlusPlus.State.CONSERVATIVE);
    }

    @Test
    @Requirement("RFC9406:4.2")
    void threshold_is_at_least_four_and_at_most_sixteen_milliseconds() {
        for (long[] row : new long[][] {{8, 11, 0}, {8, 12, 1}, {400, 415, 0}, {400, 416, 1}}) {
            HyStartPlusPlusTest test = new HyStartPlusPlusTest();
            for (int i = 0; i < 3; i++) {
                test.round(row[0] * MS);
            }
            test.round(row[1] * MS);
            test.round(row[1] * MS);
            assertThat(test.hyStart.state())
                    .as("%d ms then %d", row[0], row[1])
                    .isEqualTo(row[2] == 1 ? HyStartPlusPlus.State.CONSERVATIVE : HyStartPlusPlus.State.SLOW_START);
        }
    }

    @Test
    @Requirement("RFC9406:4.2")
    void five_conservative_rounds_end_slow_start() {
        firstRounds();
        int rounds = 0;
        while (!round(50 * MS)) {
            rounds++;
            assertThat(rounds).isLessThan(10);
        }
        // The first acknowledgement of a window ends the round before.
        assertThat(rounds).isEqualTo(HyStartPlusPlus.CSS_ROUNDS);
        assertThat(hyStart.state()).isEqualTo(HyStartPlusPlus.State.DONE);
    }

    @Test
    @Requirement("RFC9406:4.2")
    void round_trip_time_that_falls_again_resumes_slow_start() {
        firstRounds();
        round(50 * MS);
        round(50 * MS);
        assertThat(hyStart.state()).isEqualTo(HyStartPlusPlus.State.CONSERVATIVE);
        round(49 * MS);
        round(49 * MS);
        assertThat(hyStart.state()).isEqualTo(HyStartPlusPlus.State.SLOW_START);
    }

    @Test
    @Requirement("RFC9406:4.2")
    void fall_of_the_round_trip_time_counts_in_a_round_of_few_samples() {
        firstRounds();
        round(50 * MS);
        assertThat(hyStart.state()).isEqualTo(HyStartPlusPlus.State.CONSERVATIVE);
        // One ACK for all ten segments; the first ends the round before.
        acknowledge(WINDOW, una + WINDOW, 50 * MS);
        assertThat(hyStart.state()).isEqualTo(HyStartPlusPlus.State.CONSERVATIVE);
        acknowledge(WINDOW, una + WINDOW, 41 * MS);
        assertThat(hyStart.state()).isEqualTo(HyStartPlusPlus.State.SLOW_START);
    }

    @Test
    @Requirement("RFC9406:4.2")
    void growth_of_the_round_trip_time_does_not_count_in_a_round_of_few_samples() {
        firstRounds();
        for (int i = 0; i < 20; i++) {
            acknowledge(WINDOW, una + WINDOW, 50 * MS);
        }
        assertThat(hyStart.state()).isEqualTo(HyStartPlusPlus.State.SLOW_START);
    }

    @Test
    @Requirement("RFC9406:4.2")
    void acknowledgements_read_together_are_one_round() {
        firstRounds();
        int roundTrips = 0;
        boolean over = false;
        while (!over) {
            // All of a round trip at once: what they let go is sent after the last.
            long nextOffset = una + WINDOW;
            for (int i = 0; i < SEGMENTS; i++) {
                over |= acknowledge(MSS, nextOffset, 50 * MS);
            }
            roundTrips++;
            assertThat(roundTrips).isLessThan(10);
        }
        assertThat(roundTrips).isEqualTo(HyStartPlusPlus.CSS_ROUNDS);
    }

    @Test
    @Requirement("RFC9406:4.2")
    void conservative_growth_is_a_quarter() {
        ack.reset(0, 0);
        ack.acknowledgedBytes = 4000;
        assertThat(hyStart.growth(ack, MSS)).isEqualTo(4000);
        firstRounds();
        round(50 * MS);
        ack.reset(0, 0);
        ack.acknowledgedBytes = 4000;
        assertThat(hyStart.growth(ack, MSS)).isEqualTo(1000);
    }

    @Test
    @Requirement({"RFC9406:4.3", "RFC3465:2.2"})
    void one_acknowledgement_adds_at_most_eight_segments_or_a_super_segment_unless_paced() {
        ack.reset(0, 0);
        ack.acknowledgedBytes = 100_000;
        ack.burstBytes = MSS;
        assertThat(hyStart.growth(ack, MSS)).isEqualTo(8000);
        ack.burstBytes = 64_000;
        assertThat(hyStart.growth(ack, MSS)).isEqualTo(64_000);
        ack.paced = true;
        assertThat(hyStart.growth(ack, MSS)).isEqualTo(100_000);
    }
}
