package dev.heddle.core.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** RFC 9438 in numbers; the expected windows are worked out from its formulas, in segments of 1000 bytes. */
class CubicTest {

    private static final long MS = 1_000_000;
    private static final double SECOND = 1e9;
    private static final int MSS = 1000;

    private final Acknowledgement ack = new Acknowledgement();
    private long nowNs = 1_000 * MS;
    private Cubic control = cubic(100);

    private static Cubic cubic(int windowSegments) {
        return new Cubic(new CongestionControls.Start(MSS, 10, (long) windowSegments * MSS, Long.MAX_VALUE, 0));
    }

    private double segments() {
        return control.congestionWindowBytes() / (double) MSS;
    }

    private void acknowledge(long bytes, long rttNs, boolean limited) {
        ack.reset(nowNs, 0);
        ack.acknowledgedBytes = bytes;
        ack.smoothedRttNs = rttNs;
        ack.congestionWindowLimited = limited;
        control.acknowledged(ack);
    }

    /** A round trip in which the whole window is acknowledged, two segments at a time. */
    private void roundTrip(long rttNs) {
        long window = control.congestionWindowBytes();
        long acks = Math.max(1, window / (2 * MSS));
        for (long i = 0; i < acks; i++) {
            nowNs += rttNs / acks;
            acknowledge(window / acks, rttNs, true);
        }
    }

    private void lose() {
        control.recoveryEntered(control.congestionWindowBytes(), nowNs);
        control.recoveryLeft(nowNs);
    }

    @Test
    @Requirement("RFC9438:4.6")
    void loss_leaves_seven_tenths_of_the_flight_and_two_segments_at_least() {
        control.recoveryEntered(100_000, nowNs);
        assertThat(control.slowStartThresholdBytes()).isEqualTo(70_000);
        assertThat(control.congestionWindowBytes()).isEqualTo(70_000);
        control.recoveryEntered(2_000, nowNs);
        assertThat(control.congestionWindowBytes()).isEqualTo(2_000);
    }

    @Test
    @Requirement("RFC9438:4.2")
    void window_is_the_cubic_function_of_the_time_since_the_loss() {
        lose();
        double k = Math.cbrt(100 * 0.3 / 0.4);
        assertThat(k).isCloseTo(4.217, within(0.001));
        // The first acknowledgement begins the epoch. The round trip is so long that Reno is slower all the time.
        acknowledge(1, 200 * MS, true);
        long epochNs = nowNs;
        for (int round = 0; round < 50; round++) {
            roundTrip(200 * MS);
            double seconds = (nowNs - epochNs) / SECOND;
            double lower = 100 + 0.4 * Math.pow(seconds - k, 3);
            double upper = 100 + 0.4 * Math.pow(seconds + 0.2 - k, 3);
            assertThat(segments()).as("window after %.1f s", seconds).isBetween(lower - 0.5, upper + 0.5);
        }
    }

    @Test
    @Requirement("RFC9438:4.3")
    void window_is_never_below_that_of_reno_on_a_short_path() {
        control = cubic(10);
        lose();
        assertThat(segments()).isEqualTo(7);
        int rounds = 30;
        for (int round = 0; round < rounds; round++) {
            roundTrip(10 * MS);
        }
        // alpha_cubic = 3·(1 − 0.7)/(1 + 0.7) up to the window before the loss, one segment a round trip above it.
        double alpha = 0.9 / 1.7;
        double expected = 10 + (rounds - 3 / alpha);
        assertThat(segments()).isCloseTo(expected, withinPercentage(3));
    }

    @Test
    @Requirement("RFC9438:4.4")
    void window_grows_by_half_a_round_trip_at_most() {
        lose();
        acknowledge(0, 100 * MS, true);
        acknowledge(1000, 100 * MS, true);
        // So long after K that the cubic function is far ahead.
        nowNs += 60_000 * MS;
        double before = segments();
        acknowledge(1000, 100 * MS, true);
        assertThat(segments() - before).isCloseTo(0.5, within(0.01));
    }

    @Test
    @Requirement("RFC9438:4.7")
    void flow_that_loses_before_it_was_back_gives_room() {
        lose();
        assertThat(control.diagnostics()).contains("W_max 100000");
        lose();
        // 70 segments · (1 + 0.7) / 2
        assertThat(control.diagnostics()).contains("W_max 59500");
        control.recoveryEntered(49_000, nowNs);
        assertThat(control.diagnostics()).contains("W_max 41650");
    }

    @Test
    @Requirement("RFC9438:4.8")
    void after_a_timeout_slow_start_leads_to_a_cubic_that_begins_at_its_origin() {
        control.retransmissionTimeout(100_000, true, nowNs);
        assertThat(control.congestionWindowBytes()).isEqualTo(MSS);
        assertThat(control.slowStartThresholdBytes()).isEqualTo(70_000);
        control.retransmissionTimeout(1_000, false, nowNs);
        assertThat(control.slowStartThresholdBytes()).isEqualTo(70_000);
        while (control.congestionWindowBytes() < 70_000) {
            roundTrip(100 * MS);
        }
        acknowledge(1, 100 * MS, true);
        assertThat(control.diagnostics()).contains("W_max 7000").contains("K 0 ms");
    }

    @Test
    @Requirement("RFC9438:4.2")
    void time_in_which_the_application_sets_the_pace_does_not_count() {
        lose();
        acknowledge(1000, 100 * MS, true);
        double before = segments();
        for (int i = 0; i < 300; i++) {
            nowNs += 100 * MS;
            acknowledge(1000, 100 * MS, false);
        }
        assertThat(segments()).isEqualTo(before);
        roundTrip(100 * MS);
        // As one round trip after the loss, not as thirty seconds after it.
        double k = Math.cbrt(75);
        assertThat(segments()).isLessThan(100 + 0.4 * Math.pow(0.3 - k, 3));
    }

    @Test
    @Requirement("RFC9438:5.8")
    void idle_time_does_not_count() {
        lose();
        control.sent(1000, 0, nowNs);
        acknowledge(1000, 100 * MS, true);
        nowNs += 30_000 * MS;
        control.sent(70_000, 0, nowNs);
        roundTrip(100 * MS);
        assertThat(segments()).isLessThan(100 + 0.4 * Math.pow(0.3 - Math.cbrt(75), 3));
    }

    @Test
    @Requirement("RFC9438:4.9")
    void spurious_reduction_is_taken_back_with_the_whole_state() {
        control.recoveryEntered(100_000, nowNs);
        nowNs += 50 * MS;
        control.recoveryWasSpurious(nowNs);
        assertThat(control.congestionWindowBytes()).isEqualTo(100_000);
        assertThat(control.slowStartThresholdBytes()).isEqualTo(Long.MAX_VALUE);
        lose();
        roundTrip(100 * MS);
        String before = control.diagnostics();
        long window = control.congestionWindowBytes();
        control.retransmissionTimeout(70_000, true, nowNs);
        control.retransmissionTimeout(1000, false, nowNs);
        control.timeoutWasSpurious(nowNs);
        assertThat(control.congestionWindowBytes()).isEqualTo(window);
        assertThat(control.diagnostics()).isEqualTo(before);
        // Nothing is taken back twice.
        control.recoveryEntered(70_000, nowNs);
        control.recoveryWasSpurious(nowNs);
        control.timeoutWasSpurious(nowNs);
        assertThat(control.congestionWindowBytes()).isEqualTo(window);
    }

    @Test
    @Requirement("RFC9438:4.6")
    void congestion_that_ecn_reports_reduces_as_loss_does() {
        control.congestionExperienced(100_000, nowNs);
        assertThat(control.congestionWindowBytes()).isEqualTo(70_000);
        assertThat(control.slowStartThresholdBytes()).isEqualTo(70_000);
    }

    @Test
    @Requirement("RFC5681:4.1")
    void idle_restart_leaves_the_initial_window_and_a_memory_of_the_path() {
        lose();
        control.restartedAfterIdle(10_000 * MS, 300 * MS, nowNs);
        assertThat(control.congestionWindowBytes()).isEqualTo(10_000);
        assertThat(control.slowStartThresholdBytes()).isEqualTo(70_000);
    }

    @Test
    @Requirement("RFC9438:4.10")
    void slow_start_adds_what_is_acknowledged() {
        acknowledge(3000, 100 * MS, true);
        assertThat(segments()).isEqualTo(103);
        acknowledge(3000, 100 * MS, false);
        assertThat(segments()).isEqualTo(103);
    }

    @Test
    void windows_keep_their_number_of_segments_when_the_size_changes() {
        lose();
        control.segmentSizeChanged(500);
        assertThat(control.congestionWindowBytes()).isEqualTo(35_000);
        assertThat(control.diagnostics()).contains("W_max 50000");
    }

    @Test
    void what_is_taken_back_is_as_many_segments_as_before_when_they_have_become_smaller() {
        CongestionControl other = new Cubic(new CongestionControls.Start(9000, 10, 180_000, 90_000, 1));
        other.recoveryEntered(180_000, 0);
        other.segmentSizeChanged(1500);
        other.recoveryWasSpurious(1);
        assertThat(other.congestionWindowBytes()).isEqualTo(30_000);
        assertThat(other.slowStartThresholdBytes()).isBetween(15_000L, 21_000L);
    }
}
