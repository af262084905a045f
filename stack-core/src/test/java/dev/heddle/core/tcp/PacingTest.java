package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.TcpScript.MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.tcp.congestion.CongestionControl;
import org.junit.jupiter.api.Test;

/** Transmissions are spread to a rate: segments of 1000 bytes, one a millisecond at 1 MB/s. */
class PacingTest {

    private static final long MEGABYTE = 1_000_000;

    private final TcpScript script = new TcpScript();

    private static Seg[] segments(int first, int count) {
        Seg[] result = new Seg[count];
        for (int i = 0; i < count; i++) {
            int from = 1 + (first + i) * 1000;
            result[i] = Seg.data(from, from + 1000);
        }
        return result;
    }

    @Test
    void segments_go_two_at_a_time_as_the_rate_limit_lets_them() {
        script.options(o -> o.maxPacingRateBytesPerSecond(MEGABYTE)).established();
        script.write(6000)
                .expect(segments(0, 2))
                .nextTimerAfter(2 * MS)
                .expect(segments(2, 2))
                .nextTimerAfter(2 * MS)
                .expect(segments(4, 2));
    }

    @Test
    void a_limit_that_is_raised_or_lowered_counts_for_what_waits() {
        script.options(o -> o.maxPacingRateBytesPerSecond(1_000)).established();
        script.write(8000).expect(segments(0, 2)).after(MS).expectNothing();
        // Two seconds become two milliseconds, of which one has passed.
        script.options(o -> o.maxPacingRateBytesPerSecond(MEGABYTE)).expectNothing();
        script.nextTimerAfter(MS).expect(segments(2, 2));
        script.after(MS).options(o -> o.maxPacingRateBytesPerSecond(MEGABYTE / 10));
        script.nextTimerAfter(19 * MS).expect(segments(4, 2)).after(5 * MS);
        script.options(o -> o.maxPacingRateBytesPerSecond(CongestionControl.UNPACED))
                .expect(segments(6, 2));
    }

    @Test
    void nothing_is_saved_up_while_idle() {
        script.options(o -> o.maxPacingRateBytesPerSecond(MEGABYTE)).established();
        script.write(2000).expect(segments(0, 2));
        script.after(10 * MS).inject(Seg.ack(2001)).after(150 * MS);
        // Half of the first segment's time is forgiven, nothing more.
        script.write(6000)
                .expect(segments(2, 2))
                .nextTimerAfter(MS)
                .expect(segments(4, 2))
                .nextTimerAfter(2 * MS)
                .expect(segments(6, 2));
    }

    @Test
    void rate_of_a_window_is_twice_what_a_round_trip_carries_in_slow_start_and_a_fifth_more_in_avoidance() {
        assertThat(Pacer.rateOf(100_000, Long.MAX_VALUE, 100 * MS)).isEqualTo(2 * MEGABYTE);
        assertThat(Pacer.rateOf(100_000, 150_000, 100 * MS)).isEqualTo(1_200_000);
    }

    @Test
    void paced_window_is_spread_over_the_round_trip_after_the_initial_one() {
        script.options(o -> o.pacing(true)).connect().after(100 * MS);
        script.answered().write(40_000).expect(segments(0, 10));
        script.after(100 * MS).inject(Seg.ack(10_001));
        // 20,000 bytes of window, 100 ms: 400 kB/s in slow start, two segments each 5 ms.
        assertThat(script.info().pacingRateBytesPerSecond()).isEqualTo(400_000);
        script.expect(segments(10, 2)).nextTimerAfter(5 * MS).expect(segments(12, 2));
        script.after(45 * MS).expect(segments(14, 16));
    }

    @Test
    void retransmissions_are_paced_too() {
        script.options(o -> o.maxPacingRateBytesPerSecond(MEGABYTE)).established();
        script.write(10_000).after(10 * MS).expect(segments(0, 10));
        script.inject(Seg.ack(1).sack(6001, 10_001)).expect(Seg.data(1, 1001));
        assertThat(script.info().lostBytes()).isEqualTo(6000);
        script.nextTimerAfter(MS).expect(Seg.data(1001, 2001));
    }

    @Test
    void unpaced_connection_sends_its_window_at_once() {
        script.established().write(10_000).expect(segments(0, 10));
        assertThat(script.info().pacingRateBytesPerSecond()).isEqualTo(CongestionControl.UNPACED);
    }

    @Test
    void no_rate_at_all_is_slow_and_not_unlimited() {
        for (long rate : new long[] {0, -1}) {
            Pacer pacer = new Pacer();
            pacer.rate(rate, 1000, false);
            pacer.sent(2000, MS);
            assertThat(pacer.isDue(TcpScript.MS * 1500)).isFalse();
            pacer.rate(MEGABYTE, 1000, true);
            assertThat(pacer.isDue(3 * MS)).isTrue();
        }
    }
}
