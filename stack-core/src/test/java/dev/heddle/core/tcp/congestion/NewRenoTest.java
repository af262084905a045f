package dev.heddle.core.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** RFC 5681 in numbers. */
class NewRenoTest {

    private final NewReno control = new NewReno(CongestionControls.Start.of(10, 1000, 0));
    private final Acknowledgement ack = new Acknowledgement();

    private void acknowledge(long bytes, boolean limited) {
        ack.reset(0, 0);
        ack.acknowledgedBytes = bytes;
        ack.congestionWindowLimited = limited;
        control.acknowledged(ack);
    }

    @Test
    @Requirement("RFC6928:2")
    void starts_with_the_initial_window_in_slow_start() {
        assertThat(control.congestionWindowBytes()).isEqualTo(10_000);
        assertThat(control.slowStartThresholdBytes()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    @Requirement("RFC5681:3.1")
    void slow_start_adds_what_is_acknowledged_while_the_window_is_used() {
        acknowledge(3000, true);
        assertThat(control.congestionWindowBytes()).isEqualTo(13_000);
        acknowledge(3000, false);
        assertThat(control.congestionWindowBytes()).isEqualTo(13_000);
    }

    @Test
    @Requirement("RFC5681:3.1")
    void slow_start_ends_at_the_threshold_and_avoidance_adds_one_segment_a_window() {
        control.recoveryEntered(16_000, 0);
        control.retransmissionTimeout(16_000, true, 0);
        assertThat(control.slowStartThresholdBytes()).isEqualTo(8000);
        acknowledge(9000, true);
        assertThat(control.congestionWindowBytes()).isEqualTo(8000);
        acknowledge(5000, true);
        assertThat(control.congestionWindowBytes()).isEqualTo(8000);
        acknowledge(1000, true);
        assertThat(control.congestionWindowBytes()).isEqualTo(9000);
    }

    @Test
    @Requirement("RFC5681:3.2")
    void recovery_halves_the_flight_but_keeps_two_segments() {
        control.recoveryEntered(9000, 0);
        assertThat(control.congestionWindowBytes()).isEqualTo(4500);
        control.recoveryEntered(3000, 0);
        assertThat(control.congestionWindowBytes()).isEqualTo(2000);
        assertThat(control.slowStartThresholdBytes()).isEqualTo(2000);
    }

    @Test
    @Requirement("RFC5681:3.1")
    void timeout_leaves_one_segment_and_only_the_first_sets_the_threshold() {
        control.retransmissionTimeout(10_000, true, 0);
        control.retransmissionTimeout(1000, false, 0);
        assertThat(control.congestionWindowBytes()).isEqualTo(1000);
        assertThat(control.slowStartThresholdBytes()).isEqualTo(5000);
    }

    @Test
    @Requirement("RFC5681:4.1")
    void idle_restart_never_raises_the_window() {
        control.retransmissionTimeout(10_000, true, 0);
        control.restartedAfterIdle(1, 1, 0);
        assertThat(control.congestionWindowBytes()).isEqualTo(1000);
    }

    @Test
    void spurious_reduction_is_taken_back() {
        control.recoveryEntered(10_000, 0);
        control.recoveryWasSpurious(0);
        assertThat(control.congestionWindowBytes()).isEqualTo(10_000);
        assertThat(control.slowStartThresholdBytes()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void window_keeps_its_number_of_segments_when_their_size_changes() {
        control.segmentSizeChanged(500);
        assertThat(control.congestionWindowBytes()).isEqualTo(5000);
    }

    @Test
    @Requirement("RFC6582:3.2")
    void window_does_not_grow_by_acknowledgements_of_fast_recovery() {
        ack.reset(0, 0);
        ack.acknowledgedBytes = 1000;
        ack.congestionWindowLimited = true;
        ack.recovering = true;
        control.acknowledged(ack);
        assertThat(control.congestionWindowBytes()).isEqualTo(10_000);
    }

    @Test
    void another_algorithm_s_window_and_threshold_are_carried_on() {
        NewReno second = new NewReno(new CongestionControls.Start(1000, 10, 77_000, 55_000, 0));
        assertThat(second.congestionWindowBytes()).isEqualTo(77_000);
        assertThat(second.slowStartThresholdBytes()).isEqualTo(55_000);
    }

    @Test
    void unknown_algorithm_is_refused_by_name() {
        assertThatThrownBy(() -> new CongestionControls().check("reno2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reno2");
    }

    @Test
    void nothing_is_taken_back_that_was_not_reduced() {
        // As one that takes over a connection whose recovery then turns out to be for nothing.
        NewReno other = new NewReno(new CongestionControls.Start(1000, 10, 7000, 5000, 1));
        other.recoveryWasSpurious(0);
        assertThat(other.congestionWindowBytes()).isEqualTo(7000);
        assertThat(other.slowStartThresholdBytes()).isEqualTo(5000);
    }

    @Test
    void what_is_taken_back_is_as_many_segments_as_before_when_they_have_become_smaller() {
        CongestionControl other = new NewReno(new CongestionControls.Start(9000, 10, 180_000, 90_000, 1));
        other.recoveryEntered(180_000, 0);
        other.segmentSizeChanged(1500);
        other.recoveryWasSpurious(1);
        assertThat(other.congestionWindowBytes()).isEqualTo(30_000);
        assertThat(other.slowStartThresholdBytes()).isBetween(15_000L, 21_000L);
    }
}
