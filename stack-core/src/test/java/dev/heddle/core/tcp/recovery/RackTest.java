package dev.heddle.core.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.time.Clock;
import org.junit.jupiter.api.Test;

/** RACK from tables of numbers: segments of ten octets, a smallest round trip of 40 ms. */
class RackTest {

    private static final long MS = 1_000_000L;
    private static final long MIN_RTT = 40 * MS;

    private final Rack rack = new Rack();
    private final SendRecords records = new SendRecords(
            (from, to, sentNs, retransmitted, selectively) -> rack.delivered(to, sentNs, retransmitted, selectively));

    /** Segment n, [10·n, 10·n + 10). */
    private void send(int n, long ms) {
        records.append(10L * n, 10L * n + 10, ms * MS);
    }

    private void sack(int n, long ms) {
        rack.acknowledging(ms * MS, Clock.NEVER, MIN_RTT);
        records.sack(10L * n, 10L * n + 10);
    }

    private long detect(boolean recovering, int segmentsSacked, long ms) {
        rack.updateReorderingWindow(recovering, segmentsSacked, MIN_RTT, 60 * MS);
        return records.markLostByTime(rack, ms * MS);
    }

    private boolean isLost(int n) {
        for (int i = 0; i < records.size(); i++) {
            if (records.start(i) <= 10L * n && records.end(i) > 10L * n) {
                return records.has(i, SendRecords.LOST) && !records.has(i, SendRecords.RETRANSMITTED);
            }
        }
        return false;
    }

    private void retransmit(int n, long ms) {
        int index = records.firstToRetransmit();
        assertThat(records.start(index)).isEqualTo(10L * n);
        records.retransmitted(index, 10, ms * MS);
    }

    @Test
    @Requirement("RFC8985:3.4")
    void figure_1_the_probes_delivery_shows_what_was_lost_and_a_retransmission_the_other() {
        send(0, 0);
        send(1, 0);
        send(2, 0);
        send(3, 0);
        rack.acknowledging(40 * MS, Clock.NEVER, MIN_RTT);
        records.acknowledge(10);
        assertThat(detect(false, 0, 40)).isZero();
        // 3b: the probe repeats P3
        records.retransmitted(records.splitLast(10), 10, 120 * MS);
        sack(3, 160);
        // 5b
        assertThat(detect(false, 1, 160)).isEqualTo(20);
        assertThat(isLost(1)).isTrue();
        assertThat(isLost(2)).isTrue();
        retransmit(1, 160);
        retransmit(2, 161);
        // 7a
        sack(2, 201);
        assertThat(detect(true, 2, 201)).isEqualTo(10);
        assertThat(isLost(1)).isTrue();
    }

    @Test
    @Requirement("RFC8985:9.1")
    void example_1_of_9_1_the_tail_is_found_lost_by_a_retransmissions_delivery() {
        send(1, 0);
        send(2, 20);
        send(3, 40);
        sack(2, 60);
        assertThat(detect(false, 1, 60)).isEqualTo(10);
        assertThat(isLost(3)).isFalse();
        retransmit(1, 60);
        rack.acknowledging(100 * MS, Clock.NEVER, MIN_RTT);
        records.acknowledge(30);
        assertThat(detect(true, 0, 100)).isEqualTo(10);
        assertThat(isLost(3)).isTrue();
    }

    @Test
    @Requirement("RFC8985:9.1")
    void example_3_of_9_1_reordering_within_the_window_is_no_loss() {
        send(0, 0);
        send(1, 1);
        sack(1, 41);
        detect(false, 1, 41);
        // P0 arrives behind P1: reordering is known from here on.
        rack.acknowledging(42 * MS, Clock.NEVER, MIN_RTT);
        records.acknowledge(20);
        assertThat(rack.hasReordered()).isTrue();
        send(2, 50);
        send(3, 50);
        send(4, 50);
        sack(4, 90);
        // Three SACKed segments would mean loss if reordering had not been seen.
        assertThat(detect(false, 3, 90)).isZero();
        assertThat(records.nextLossNs()).isEqualTo(100 * MS);
        assertThat(detect(false, 3, 99)).isZero();
        assertThat(detect(false, 3, 100)).isEqualTo(20);
        assertThat(records.nextLossNs()).isEqualTo(Clock.NEVER);
    }

    @Test
    @Requirement("RFC8985:6.2")
    void equal_times_are_told_apart_by_sequence() {
        send(0, 5);
        send(1, 5);
        send(2, 5);
        sack(1, 45);
        assertThat(detect(true, 1, 45)).isEqualTo(10);
        assertThat(isLost(0)).isTrue();
        assertThat(isLost(2)).isFalse();
    }

    @Test
    @Requirement("RFC8985:6.2")
    void window_is_nothing_in_recovery_or_with_three_segments_sacked_until_reordering_is_seen() {
        rack.updateReorderingWindow(false, 2, MIN_RTT, 60 * MS);
        assertThat(rack.reorderingWindowNs()).isEqualTo(10 * MS);
        rack.updateReorderingWindow(false, 3, MIN_RTT, 60 * MS);
        assertThat(rack.reorderingWindowNs()).isZero();
        rack.updateReorderingWindow(true, 1, MIN_RTT, 60 * MS);
        assertThat(rack.reorderingWindowNs()).isZero();
        rack.reorderingProved();
        rack.updateReorderingWindow(true, 3, MIN_RTT, 60 * MS);
        assertThat(rack.reorderingWindowNs()).isEqualTo(10 * MS);
    }

    @Test
    @Requirement("RFC8985:6.2")
    void each_round_trip_with_a_dsack_widens_the_window_by_a_quarter_up_to_srtt() {
        rack.reorderingProved();
        rack.adapt(0, 100, true);
        rack.adapt(50, 200, true);
        assertThat(window()).isEqualTo(20 * MS);
        rack.adapt(100, 300, true);
        assertThat(window()).isEqualTo(30 * MS);
        for (int round = 3; round < 20; round++) {
            rack.adapt(100L * round, 100L * round + 100, true);
        }
        assertThat(window()).isEqualTo(60 * MS);
    }

    @Test
    @Requirement("RFC8985:6.2")
    void wide_window_is_kept_for_sixteen_recoveries() {
        rack.reorderingProved();
        rack.adapt(0, 100, true);
        for (int i = 0; i < 15; i++) {
            rack.recoveryLeft();
        }
        assertThat(window()).isEqualTo(20 * MS);
        rack.recoveryLeft();
        assertThat(window()).isEqualTo(10 * MS);
    }

    private long window() {
        rack.updateReorderingWindow(false, 0, MIN_RTT, 60 * MS);
        return rack.reorderingWindowNs();
    }

    @Test
    @Requirement("RFC8985:6.2")
    void acknowledgment_sooner_than_any_round_trip_is_not_the_retransmissions() {
        send(0, 0);
        send(1, 1);
        sack(1, 41);
        detect(true, 1, 41);
        retransmit(0, 100);
        send(2, 101);
        rack.acknowledging(139 * MS, Clock.NEVER, MIN_RTT);
        records.acknowledge(10);
        assertThat(rack.rttNs()).isEqualTo(40 * MS);
        assertThat(detect(true, 0, 139)).isZero();
    }

    @Test
    @Requirement("RFC8985:6.2")
    void echo_of_an_earlier_timestamp_is_not_the_retransmissions() {
        send(0, 0);
        send(1, 1);
        sack(1, 41);
        detect(true, 1, 41);
        retransmit(0, 100);
        rack.acknowledging(145 * MS, 100 * MS, MIN_RTT);
        records.acknowledge(10);
        assertThat(rack.rttNs()).isEqualTo(40 * MS);
        // The same with an echo of the tick that the retransmission was sent in.
        send(2, 150);
        send(3, 151);
        sack(3, 191);
        detect(true, 1, 191);
        retransmit(2, 200);
        rack.acknowledging(245 * MS, 201 * MS, MIN_RTT);
        records.acknowledge(30);
        assertThat(rack.rttNs()).isEqualTo(45 * MS);
    }

    @Test
    @Requirement({"RFC8985:6.2", "RFC7323:4.3"})
    void echo_says_nothing_of_a_sacked_retransmission() {
        send(0, 0);
        send(1, 1);
        send(2, 2);
        sack(2, 42);
        detect(true, 1, 42);
        retransmit(0, 42);
        retransmit(1, 43);
        // The second arrives, the first does not; the echo is of what arrived before the gap.
        rack.acknowledging(83 * MS, 0, MIN_RTT);
        records.sack(10, 20);
        assertThat(detect(true, 2, 83)).isEqualTo(10);
    }

    @Test
    @Requirement("RFC8985:6.2")
    void late_retransmission_is_no_reordering() {
        send(0, 0);
        send(1, 1);
        sack(1, 41);
        detect(true, 1, 41);
        retransmit(0, 41);
        rack.acknowledging(81 * MS, Clock.NEVER, MIN_RTT);
        records.acknowledge(20);
        assertThat(rack.hasReordered()).isFalse();
        assertThat(rack.isReorderingSeen()).isFalse();
    }

    @Test
    @Requirement("RFC8985:3.5")
    void timeout_loses_the_first_segment_and_those_older_than_a_round_trip() {
        send(0, 0);
        rack.acknowledging(40 * MS, Clock.NEVER, MIN_RTT);
        records.acknowledge(10);
        send(1, 40);
        send(2, 1_000);
        send(3, 1_030);
        rack.updateReorderingWindow(true, 0, MIN_RTT, 60 * MS);
        records.markLostByTimeout(rack, 1_040 * MS);
        assertThat(isLost(1)).isTrue();
        assertThat(isLost(2)).isTrue();
        assertThat(isLost(3)).isFalse();
    }
}
