package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** The retransmission timer (RFC 6298) and giving up (RFC 9293 3.8.3). */
class RetransmissionTimerTest {

    private static final long MS = TcpScript.MS;
    private static final long SECOND = 1_000 * MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC6298:5.1")
    void timer_starts_with_the_first_segment_and_not_anew_with_the_next() {
        established();
        script.write(1000)
                .after(100 * MS)
                .write(1000)
                .ignoreSent()
                .nextTimerAfter(110 * MS)
                .expect(data(1, 1001));
    }

    @Test
    @Requirement("RFC6298:5.3")
    void acknowledgment_of_new_data_restarts_the_timer() {
        established();
        script.write(2000).ignoreSent().after(10 * MS).inject(ack(1001));
        assertThat(script.tcb().nextDeadlineNs() - script.nowNs())
                .isEqualTo(script.info().rtoNs());
    }

    @Test
    @Requirement("RFC6298:5.3")
    void duplicate_acknowledgment_does_not_restart_the_timer() {
        established();
        script.write(2000)
                .ignoreSent()
                .after(100 * MS)
                .inject(ack(1))
                .nextTimerAfter(110 * MS)
                .expect(data(1, 1001));
    }

    @Test
    @Requirement("RFC6298:5.2")
    void timer_is_off_when_everything_is_acknowledged() {
        established();
        script.write(2000).inject(ack(2001)).expectNoTimer();
    }

    @Test
    @Requirement("RFC6298:5.4")
    void only_the_earliest_segment_is_sent_when_it_expires() {
        established();
        script.write(5000).ignoreSent().nextTimerAfter(210 * MS).expect(data(1, 1001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(1000);
    }

    @Test
    @Requirement({"RFC6298:5.5", "RFC6298:2.5", "RFC9293:MUST-19", "RFC6298:5.6"})
    void timer_backs_off_up_to_the_largest_rto() {
        script.config(c -> c.maxRtoNs(SECOND)).connect().after(10 * MS).answered();
        script.write(1000)
                .ignoreSent()
                .nextTimerAfter(210 * MS)
                .nextTimerAfter(420 * MS)
                .nextTimerAfter(840 * MS);
        script.nextTimerAfter(SECOND).nextTimerAfter(SECOND);
    }

    @Test
    @Requirement({"RFC6298:3", "RFC9293:MUST-18"})
    void retransmitted_segments_give_no_sample() {
        established();
        script.write(1000)
                .ignoreSent()
                .nextTimerAfter(210 * MS)
                .ignoreSent()
                .after(50 * MS)
                .inject(ack(1001));
        assertThat(script.info().rttNs()).isEqualTo(10 * MS);
        // RFC 6298 5.5, Karn: the backed-off RTO stays until something is measured.
        assertThat(script.info().rtoNs()).isEqualTo(420 * MS);
        script.write(1000).after(10 * MS).inject(ack(2001));
        assertThat(script.info().rtoNs()).isEqualTo(210 * MS);
    }

    @Test
    @Requirement("RFC6298:3")
    void what_waited_behind_a_retransmitted_hole_gives_no_sample() {
        script.peerWithoutSack();
        established();
        script.write(4000)
                .after(100 * MS)
                .inject(ack(1), ack(1), ack(1))
                .after(100 * MS)
                .inject(ack(4001));
        assertThat(script.info().rttNs()).isEqualTo(10 * MS);
    }

    @Test
    @Requirement({"RFC7323:4.1", "RFC6298:3"})
    void timestamps_give_samples_for_retransmissions() {
        script.withTimestamps(500).connect();
        int base = script.tcb().emitter().negotiated().timestamp(script.nowNs());
        script.after(10 * MS)
                .answered()
                .write(500)
                .ignoreSent()
                .nextTimerAfter(210 * MS)
                .expect(data(1, 501))
                .after(30 * MS);
        script.inject(ack(501).timestamps(500, base + 220));
        assertThat(script.info().rtoNs()).isLessThan(260 * MS);
        assertThat(script.info().rttNs()).isEqualTo(10 * MS + (30 - 10) * MS / 8);
    }

    @Test
    @Requirement({"RFC6298:2.3", "RFC9293:MUST-18"})
    void sample_smooths_by_an_eighth() {
        established();
        script.write(1000).after(18 * MS).inject(ack(1001));
        assertThat(script.info().rttNs()).isEqualTo(11 * MS);
        assertThat(script.info().rttVarNs()).isEqualTo(5_750_000L);
    }

    @Test
    @Requirement("RFC9293:MUST-20")
    void peer_that_never_answers_is_given_up() {
        established();
        script.write(1000)
                .ignoreSent()
                .after(2000 * SECOND)
                .expectFailure(Failure.TIMED_OUT)
                .expectNoMemory();
        script.expectCount(TcpCounter.TcpExtTCPTimeouts, 15).expectCount(TcpCounter.TcpExtTCPAbortOnTimeout, 1);
    }

    @Test
    @Requirement("RFC9293:MUST-56")
    void soft_error_names_the_reason_of_giving_up() {
        established();
        script.write(1000);
        script.tcb()
                .icmpError(
                        false,
                        Failure.NETWORK_UNREACHABLE,
                        script.tcb().sendSequence().wire(1));
        script.after(2000 * SECOND).expectFailure(Failure.NETWORK_UNREACHABLE);
    }

    @Test
    @Requirement("RFC9293:MUST-56")
    void acknowledgment_forgets_the_soft_error() {
        established();
        script.write(2000);
        script.tcb()
                .icmpError(
                        false,
                        Failure.NETWORK_UNREACHABLE,
                        script.tcb().sendSequence().wire(1));
        script.inject(ack(1001)).after(2000 * SECOND).expectFailure(Failure.TIMED_OUT);
    }

    @Test
    @Requirement({"RFC5482:3", "RFC9293:MUST-21"})
    void user_timeout_counts_from_the_transmission() {
        script.options(o -> o.userTimeoutNs(1000 * MS));
        established();
        script.write(1000)
                .after(999 * MS)
                .expectState(TcpState.ESTABLISHED)
                .after(MS)
                .expectFailure(Failure.TIMED_OUT);
    }

    @Test
    @Requirement("RFC5482:3")
    void user_timeout_starts_anew_with_progress() {
        script.options(o -> o.userTimeoutNs(1000 * MS));
        established();
        script.write(2000).after(900 * MS).inject(ack(1001)).after(900 * MS).expectState(TcpState.ESTABLISHED);
        script.after(100 * MS).expectFailure(Failure.TIMED_OUT);
    }

    @Test
    @Requirement("RFC9293:3.8.3")
    void progress_starts_the_count_of_retries_anew() {
        script.config(c -> c.dataRetries(3));
        established();
        script.write(2000).after(1500 * MS).inject(ack(1001)).after(1500 * MS).expectState(TcpState.ESTABLISHED);
        script.after(60 * SECOND).expectFailure(Failure.TIMED_OUT);
    }

    @Test
    @Requirement("RFC5681:3.1")
    void window_grows_from_one_segment_while_a_timeout_is_repaired() {
        established();
        script.write(8000).ignoreSent().nextTimerAfter(210 * MS).expect(data(1, 1001));
        script.inject(ack(1001)).expect(data(1001, 2001), data(2001, 3001));
        script.inject(ack(2001)).ignoreSent().inject(ack(3001)).ignoreSent();
        assertThat(script.info().congestionWindowBytes()).isEqualTo(4000);
    }

    @Test
    @Requirement("RFC5681:3.1")
    void second_expiry_for_the_same_data_leaves_ssthresh() {
        established();
        script.write(8000).nextTimerAfter(210 * MS).nextTimerAfter(420 * MS);
        assertThat(script.info().ssthreshBytes()).isEqualTo(4000);
    }

    /** With a round trip of 10 ms, and so an RTO of 210 ms. */
    private void established() {
        script.connect().after(10 * MS).answered();
    }

    @Test
    @Requirement("RFC3465:2.3")
    void after_a_timeout_the_window_does_not_grow_by_what_had_arrived_before_it() {
        for (boolean sack : new boolean[] {true, false}) {
            for (String algorithm : new String[] {"newreno", "cubic"}) {
                TcpScript script = new TcpScript().options(o -> o.congestionControl(algorithm));
                if (!sack) {
                    script.peerWithoutSack();
                }
                script.connect().after(10 * TcpScript.MS).answered().write(60_000);
                for (int i = 1; i <= 10; i++) {
                    script.inject(ack(1 + i * 1000));
                }
                long nxt = 10_001 + script.info().unacknowledgedBytes();
                script.inject(sack ? ack(10_001).sack(11_001, nxt) : ack(10_001));
                script.after(300 * TcpScript.MS).ignoreSent();
                assertThat(script.info().congestionWindowBytes()).isEqualTo(1000);
                script.inject(ack(nxt));
                assertThat(script.info().congestionWindowBytes()).isEqualTo(2000);
            }
        }
    }

    @Test
    @Requirement("RFC5681:3.1")
    void first_timeout_after_a_closed_window_was_probed_reduces_the_threshold_like_any_other() {
        TcpScript script = new TcpScript();
        script.connect().after(10 * TcpScript.MS).answered();
        script.inject(ack(1).window(0)).write(10_000).after(250 * TcpScript.MS).ignoreSent();
        script.inject(ack(1).window(65_536));
        assertThat(script.tcb().sender().unanswered()).isZero();
        long flight = script.info().unacknowledgedBytes();
        script.after(260 * TcpScript.MS).ignoreSent();
        assertThat(script.info().recoveryPhase()).isEqualTo("LOSS");
        assertThat(script.info().ssthreshBytes()).isEqualTo(flight / 2);
        // The second timeout for the same octets does not reduce it again.
        script.after(500 * TcpScript.MS).ignoreSent();
        script.expectCount(TcpCounter.TcpExtTCPTimeouts, 2);
        assertThat(script.info().ssthreshBytes()).isEqualTo(flight / 2);
    }
}
