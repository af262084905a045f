package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.rst;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Timestamps and protection against wrapped sequence numbers (RFC 7323). */
class TimestampsTest {

    private static final long MS = TcpScript.MS;
    private static final long SECOND = 1_000 * MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC7323:3.2")
    void every_segment_carries_them_and_echoes_the_peers() {
        start();
        script.inject(data(1, 101)).ignoreSent().write(100);
        Seg expected = data(1, 101).acks(101);
        expected.timestamps = true;
        expected.timestampEcho = 1000;
        script.expect(expected);
    }

    @Test
    @Requirement("RFC7323:5.3")
    void old_timestamp_is_an_old_duplicate() {
        start();
        script.inject(data(1, 101).timestamps(999, 0)).expect(ack(1).seq(1)).expectCount(TcpCounter.TcpExtPAWSEstab, 1);
        assertThat(script.tcb().available()).isZero();
    }

    @Test
    @Requirement("RFC7323:5.2")
    void old_timestamps_are_compared_modulo_2_to_the_32() {
        script.withTimestamps(0x7fff_ff00)
                .established()
                .inject(data(1, 101).timestamps(0x8000_0100, 0))
                .expect(ack(101));
    }

    @Test
    @Requirement("RFC7323:5.2")
    void reset_is_not_checked() {
        start();
        script.inject(rst().seq(1).timestamps(1, 0)).expectFailure(Failure.RESET);
    }

    @Test
    @Requirement("RFC7323:3.2")
    void segment_without_timestamps_is_dropped_silently() {
        start();
        script.inject(data(1, 101).noTimestamps()).expectNothing();
        assertThat(script.tcb().available()).isZero();
    }

    @Test
    @Requirement("RFC7323:5.5")
    void after_24_idle_days_an_older_timestamp_is_taken() {
        start();
        script.after(24L * 24 * 3600 * SECOND + SECOND)
                .inject(data(1, 101).timestamps(5, 0))
                .expect(ack(101));
        assertThat(script.tcb().emitter().timestampRecent().value()).isEqualTo(5);
    }

    @Test
    @Requirement("RFC7323:4.3")
    void recent_follows_the_segment_that_was_acknowledged_last() {
        start();
        script.inject(data(1, 101).timestamps(1010, 0)).ignoreSent();
        assertThat(script.tcb().emitter().timestampRecent().value()).isEqualTo(1010);
    }

    @Test
    @Requirement("RFC7323:4.3")
    void echo_of_a_delayed_ack_is_the_first_segments() {
        start();
        script.injectWithinBatch(
                        data(1, 101).timestamps(1010, 0), data(101, 201).timestamps(1020, 0))
                .flush();
        script.expect(ack(201).timestamps(script.tcb().emitter().negotiated().timestamp(script.nowNs()), 1010));
    }

    @Test
    @Requirement("RFC7323:4.3")
    void echo_behind_a_gap_stays_that_of_the_last_in_order() {
        start();
        script.inject(data(101, 201).timestamps(1010, 0)).ignoreSent();
        assertThat(script.tcb().emitter().timestampRecent().value()).isEqualTo(1000);
    }

    @Test
    @Requirement("RFC7323:4.3")
    void gap_filler_gives_the_echo() {
        start();
        script.inject(data(101, 201).timestamps(1010, 0))
                .ignoreSent()
                .inject(data(1, 101).timestamps(1020, 0))
                .ignoreSent();
        assertThat(script.tcb().emitter().timestampRecent().value()).isEqualTo(1020);
    }

    @Test
    @Requirement("RFC7323:5.3")
    void segment_outside_the_window_does_not_set_recent() {
        start();
        script.inject(ack(1).seq(-1000).timestamps(0x4000_0000, 0)).ignoreSent();
        assertThat(script.tcb().emitter().timestampRecent().value()).isEqualTo(1000);
        script.inject(data(1, 101)).expect(ack(101));
    }

    @Test
    @Requirement("RFC5961:5.2")
    void segment_with_a_wrong_acknowledgment_does_not_set_recent() {
        start();
        script.inject(data(1, 101).acks(5000).timestamps(0x4000_0000, 0)).ignoreSent();
        assertThat(script.tcb().emitter().timestampRecent().value()).isEqualTo(1000);
    }

    @Test
    @Requirement("RFC7323:5.4")
    void clock_has_a_random_offset_for_each_connection() {
        start();
        assertThat(script.tcb().emitter().negotiated().timestampOffset()).isNotZero();
    }

    private void start() {
        script.withTimestamps(1000).established();
    }
}
