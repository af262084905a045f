package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only a sending connection needs goes when nothing was sent for a while, and comes back with the next data. */
class RestTest {

    private static final long MS = TcpScript.MS;
    private static final long REST_MS = 5_000;

    private final TcpScript script = new TcpScript();

    @BeforeEach
    void send() {
        script.established().write(1_000).ignoreSent();
    }

    private boolean isAtRest() {
        return script.tcb().sender().recovery() == null;
    }

    @Test
    void an_idle_connection_rests_and_has_no_timer_any_more() {
        script.inject(ack(1_001)).after((REST_MS - 1) * MS);
        assertThat(isAtRest()).isFalse();
        script.after(MS);
        assertThat(isAtRest()).isTrue();
        assertThat(script.tcb().nextDeadlineNs()).isEqualTo(Clock.NEVER);
    }

    @Test
    void data_that_was_sent_meanwhile_puts_rest_off() {
        script.inject(ack(1_001))
                .after(3_000 * MS)
                .write(1_000)
                .inject(ack(2_001))
                .after(3_000 * MS);
        assertThat(isAtRest()).isFalse();
        script.after(2_000 * MS);
        assertThat(isAtRest()).isTrue();
    }

    @Test
    void nothing_rests_while_an_acknowledgment_is_owed() {
        script.after(3 * REST_MS * MS);
        assertThat(isAtRest()).isFalse();
        script.inject(ack(1_001)).after(REST_MS * MS);
        script.after(script.info().rtoNs());
        assertThat(isAtRest()).isTrue();
    }

    @Test
    void timer_is_never_due_at_once_however_late_the_acknowledgment_comes() {
        long acknowledged = 1_001;
        for (int seconds = 1; seconds < 30; seconds += 3) {
            script.after(seconds * 1_000L * MS).inject(ack(acknowledged));
            assertThat(script.tcb().nextDeadlineNs()).isGreaterThan(script.nowNs());
            script.write(1_000);
            acknowledged += 1_000;
        }
    }

    @Test
    void fin_that_cannot_go_keeps_a_sender_from_resting() {
        script.inject(ack(1_001)).linkFull(true).close();
        script.after(3 * REST_MS * MS);
        assertThat(script.tcb().nextDeadlineNs() - script.nowNs()).isGreaterThan(MS);
        assertThat(isAtRest()).isFalse();
    }

    @Test
    @Requirement("RFC5681:4.1")
    void a_connection_that_rested_starts_with_the_initial_window_and_recovers_as_before() {
        script.write(19_000)
                .inject(ack(10_001))
                .inject(ack(20_001))
                .ignoreSent()
                .after(2 * REST_MS * MS);
        assertThat(isAtRest()).isTrue();
        assertThat(script.info().congestionWindowBytes()).isEqualTo(10_000);
        script.write(5_000).ignoreSent();
        script.inject(
                        ack(20_001).sack(21_001, 22_001),
                        ack(20_001).sack(21_001, 23_001),
                        ack(20_001).sack(21_001, 24_001))
                .expect(data(20_001, 21_001));
    }

    @Test
    void what_the_peer_says_to_a_connection_at_rest_is_heard() {
        script.inject(ack(1_001)).after(REST_MS * MS);
        script.inject(ack(1_001).sack(1, 1_001)).inject(data(1, 101)).ignoreSent();
        assertThat(script.tcb().available()).isEqualTo(100);
        assertThat(isAtRest()).isTrue();
    }

    @Test
    void what_was_counted_is_not_forgotten() {
        script.after(2_000 * MS).ignoreSent().inject(ack(1_001));
        TcpInfo before = script.info();
        assertThat(before.loss().timeouts()).isPositive();
        assertThat(before.traffic().deliveredBytes()).isEqualTo(1_000);
        assertThat(before.timing().busyNs()).isEqualTo(2_000 * MS);
        script.after(20 * REST_MS * MS);
        assertThat(isAtRest()).isTrue();
        assertThat(script.info().loss()).isEqualTo(before.loss());
        assertThat(script.info().traffic()).isEqualTo(before.traffic());
        assertThat(script.info().timing()).isEqualTo(before.timing());
        assertThat(script.info().deliveryRateBytesPerSecond()).isEqualTo(before.deliveryRateBytesPerSecond());
        script.write(500).ignoreSent().after(10 * MS).inject(ack(1_501));
        assertThat(script.info().loss().timeouts()).isEqualTo(before.loss().timeouts());
        assertThat(script.info().traffic().deliveredBytes()).isEqualTo(1_500);
        assertThat(script.info().timing().busyNs()).isEqualTo(2_010 * MS);
    }

    @Test
    void delivered_bytes_are_counted_on_so_that_an_algorithm_can_tell_round_trips_by_them() {
        script.inject(ack(1001)).after(REST_MS * MS);
        assertThat(isAtRest()).isTrue();
        script.write(2_000).inject(ack(3001));
        assertThat(script.tcb().sender().recovery().records().deliveryRate().deliveredBytes())
                .isEqualTo(3_000);
        assertThat(script.info().deliveredBytes()).isEqualTo(3_000);
        script.after(REST_MS * MS);
        assertThat(isAtRest()).isTrue();
        assertThat(script.info().deliveredBytes()).isEqualTo(3_000);
    }

    @Test
    void a_rate_that_the_application_sets_after_a_rest_counts_no_more_than_after_any_pause() {
        script.inject(ack(1001)).write(30_000);
        for (int end = 11_001; end <= 31_001; end += 10_000) {
            script.after(10 * MS).inject(ack(Math.min(end, script.tcb().sendSequence().nxt)));
        }
        long rate = script.info().deliveryRateBytesPerSecond();
        assertThat(rate).isGreaterThan(500_000);
        script.after(REST_MS * MS);
        assertThat(isAtRest()).isTrue();
        script.write(1_000).after(10 * MS).inject(ack(32_001));
        assertThat(isAtRest()).isFalse();
        assertThat(script.info().deliveryRateBytesPerSecond()).isEqualTo(rate);
    }
}
