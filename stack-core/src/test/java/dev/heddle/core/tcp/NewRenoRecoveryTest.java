package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Fast retransmit and fast recovery without SACK (RFC 5681 3.2, RFC 6582). */
class NewRenoRecoveryTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement({"RFC5681:3.2", "RFC6582:3.2"})
    void third_duplicate_retransmits_and_what_limited_transmit_sent_does_not_count_as_flight() {
        start(20_000);
        script.inject(ack(1), ack(1)).ignoreSent().inject(ack(1)).expect(data(1, 1001));
        assertThat(script.info().ssthreshBytes()).isEqualTo(5000);
    }

    @Test
    @Requirement("RFC6582:3.2")
    void each_further_duplicate_lets_one_more_segment_out() {
        start(30_000);
        script.inject(ack(1), ack(1), ack(1)).ignoreSent();
        for (int i = 0; i < 4; i++) {
            script.inject(ack(1));
        }
        script.ignoreSent().inject(ack(1)).inject(ack(1));
        assertThat(script.info().recoveryPhase()).isEqualTo("RECOVERY");
        assertThat(script.info().unacknowledgedBytes()).isGreaterThan(10_000);
    }

    @Test
    @Requirement("RFC6582:3.2")
    void partial_acknowledgement_retransmits_the_next_hole_and_stays() {
        start(10_000);
        script.inject(ack(1), ack(1), ack(1))
                .expect(data(1, 1001))
                .inject(ack(4001))
                .expect(data(4001, 5001));
        assertThat(script.info().recoveryPhase()).isEqualTo("RECOVERY");
        script.inject(ack(10_001)).expectNothing();
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        script.expectCount(TcpCounter.TcpExtTCPRenoRecovery, 1);
    }

    @Test
    @Requirement("RFC3042:2")
    void limited_transmit_sends_new_data_on_the_first_two_duplicates() {
        start(20_000);
        script.inject(ack(1)).expect(data(10_001, 11_001)).inject(ack(1)).expect(data(11_001, 12_001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(10_000);
    }

    @Test
    @Requirement("RFC3042:2")
    void limited_transmit_ends_with_two_segments_where_no_recovery_may_begin() {
        start(5000);
        script.after(250 * MS).expect(data(1, 1001)).inject(ack(2001)).ignoreSent();
        script.inject(ack(5001)).write(40_000).ignoreSent();
        long window = script.info().congestionWindowBytes();
        for (int i = 0; i < 10; i++) {
            script.inject(ack(5001));
        }
        assertThat(script.info().unacknowledgedBytes()).isEqualTo(window / 1000 * 1000 + 2000);
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
    }

    @Test
    @Requirement("RFC5681:3.1")
    void duplicates_that_were_on_their_way_when_the_timer_expired_let_nothing_go() {
        start(10_000);
        script.after(250 * MS).expect(data(1, 1001));
        script.inject(ack(1), ack(1), ack(1)).expectNothing();
        script.injectWithinBatch(ack(1), ack(1), ack(1), ack(1)).flush().expectNothing();
        script.inject(ack(10_001)).expectNothing();
    }

    @Test
    @Requirement("RFC6582:3.2")
    void no_false_fast_retransmit_after_a_timeout() {
        start(5000);
        script.after(250 * MS).expect(data(1, 1001)).inject(ack(2001)).ignoreSent();
        script.inject(ack(2001), ack(2001), ack(2001), ack(2001));
        assertThat(script.info().recoveryPhase()).isEqualTo("LOSS");
        script.expectCount(TcpCounter.TcpExtTCPRenoRecovery, 0);
    }

    @Test
    @Requirement("RFC5681:3.2")
    void two_duplicates_are_not_enough() {
        start(5000);
        script.inject(ack(1), ack(1)).expectNothing();
    }

    @Test
    @Requirement("RFC5681:3.2")
    void acknowledgement_between_duplicates_starts_the_count_anew() {
        start(5000);
        script.inject(ack(1), ack(1))
                .inject(ack(1001))
                .inject(ack(1001), ack(1001))
                .expectNothing();
    }

    @Test
    @Requirement("RFC5681:2")
    void window_update_is_not_a_duplicate() {
        start(5000);
        script.inject(ack(1).window(100_096), ack(1).window(200_064), ack(1).window(300_032), ack(1).window(400_000))
                .expectNothing();
    }

    @Test
    @Requirement("RFC5681:2")
    void text_is_not_a_duplicate() {
        start(5000);
        script.inject(data(1, 11), data(11, 21), data(21, 31), data(31, 41)).expect(ack(41));
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
    }

    @Test
    @Requirement("RFC5681:2")
    void acks_with_nothing_outstanding_are_not_duplicates() {
        start(1000);
        script.inject(ack(1001))
                .inject(ack(1001), ack(1001), ack(1001), ack(1001))
                .write(1000)
                .expect(data(1001, 2001));
        script.expectNothing();
    }

    private void start(int bytes) {
        script.peerWithoutSack().established().write(bytes).ignoreSent();
    }
}
