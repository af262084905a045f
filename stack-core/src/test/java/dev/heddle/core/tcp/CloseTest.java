package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.fin;
import static dev.heddle.core.tcp.Seg.rst;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** How connections end (RFC 9293 3.6): both half-closes, all orders of FINs, aborts. */
class CloseTest {

    private static final long MS = TcpScript.MS;
    private static final long SECOND = 1_000 * MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement({"RFC9293:3.6", "RFC9293:MUST-13"})
    void active_close_passes_fin_wait_1_and_2_to_time_wait() {
        script.established().close().expect(fin(1).acks(1)).expectState(TcpState.FIN_WAIT_1);
        script.inject(ack(2)).expectNothing().expectState(TcpState.FIN_WAIT_2);
        script.inject(fin(1)).expect(ack(2).seq(2)).expectState(TcpState.TIME_WAIT);
        script.nextTimerAfter(60 * SECOND).expectFailure(Failure.NONE).expectNoMemory();
    }

    @Test
    @Requirement("RFC9293:3.6")
    void passive_close_passes_close_wait_and_last_ack() {
        script.established().inject(fin(1)).expect(ack(2)).expectState(TcpState.CLOSE_WAIT);
        assertThat(script.tcb().endOfStream()).isTrue();
        script.close().expect(fin(1).acks(2)).expectState(TcpState.LAST_ACK);
        script.inject(ack(2))
                .expectNothing()
                .expectFailure(Failure.NONE)
                .expectNoTimer()
                .expectNoMemory();
    }

    @Test
    @Requirement("RFC9293:3.6")
    void our_half_close_still_receives() {
        script.established().shutdownOutput().expect(fin(1)).inject(ack(2)).expectState(TcpState.FIN_WAIT_2);
        script.inject(data(1, 501)).expect(ack(501).seq(2)).read(500);
        script.inject(fin(501)).expect(ack(502)).expectState(TcpState.TIME_WAIT);
    }

    @Test
    @Requirement("RFC9293:3.6")
    void the_peers_half_close_still_lets_us_send() {
        script.established().inject(fin(1)).expect(ack(2)).write(1500);
        script.expect(data(1, 1001), data(1001, 1501).acks(2)).inject(ack(1501)).expectState(TcpState.CLOSE_WAIT);
    }

    @Test
    @Requirement("RFC9293:3.6")
    void simultaneous_close_passes_closing() {
        script.established()
                .close()
                .expect(fin(1))
                .inject(fin(1).acks(1))
                .expect(ack(2))
                .expectState(TcpState.CLOSING);
        script.inject(ack(2)).expectState(TcpState.TIME_WAIT);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void fin_that_acknowledges_ours_goes_straight_to_time_wait() {
        script.established()
                .close()
                .expect(fin(1))
                .inject(fin(1).acks(2))
                .expect(ack(2))
                .expectState(TcpState.TIME_WAIT);
    }

    @Test
    @Requirement("RFC9293:3.10.4")
    void fin_rides_on_the_last_data() {
        script.established()
                .linkFull(true)
                .write(1500)
                .shutdownOutput()
                .linkFull(false)
                .flush();
        script.expect(data(1, 1001), data(1001, 1501).with("FP"));
    }

    @Test
    @Requirement("RFC9293:3.10.4")
    void fin_waits_for_data_before_it() {
        script.peerWindow(1024)
                .established()
                .write(1500)
                .expect(data(1, 1001))
                .close()
                .expectNothing();
        script.inject(ack(1001)).expect(data(1001, 1501).with("F")).expectState(TcpState.FIN_WAIT_1);
    }

    @Test
    @Requirement("RFC9293:3.8.1")
    void lost_fin_is_retransmitted() {
        script.established()
                .close()
                .expect(fin(1))
                .after(250 * MS)
                .expect(fin(1))
                .inject(ack(2));
        script.expectState(TcpState.FIN_WAIT_2);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void fin_out_of_order_counts_when_the_gap_is_filled() {
        script.established()
                .inject(data(501, 1001).with("F"))
                .expect(ack(1).sack(501, 1002))
                .expectState(TcpState.ESTABLISHED);
        script.inject(data(1, 501))
                .expect(ack(1002).noSack())
                .expectState(TcpState.CLOSE_WAIT)
                .read(1000);
        assertThat(script.tcb().endOfStream()).isTrue();
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void fin_alone_ahead_of_data_is_remembered() {
        script.established()
                .inject(fin(501))
                .expect(ack(1))
                .inject(data(1, 501))
                .expect(ack(502));
        script.expectState(TcpState.CLOSE_WAIT);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void repeated_fin_is_acknowledged_again() {
        script.established()
                .inject(fin(1))
                .expect(ack(2))
                .inject(fin(1))
                .expect(ack(2))
                .expectState(TcpState.CLOSE_WAIT);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void fin_is_taken_with_a_closed_window() {
        script.config(c -> c.windowScaling(false))
                .options(o -> o.receiveBufferBytes(2000))
                .established();
        script.inject(data(1, 1001), data(1001, 2001))
                .expect(ack(2001).window(0))
                .inject(fin(2001))
                .expect(ack(2002).window(0));
        script.expectState(TcpState.CLOSE_WAIT);
    }

    @Test
    @Requirement({"RFC2525:2.17", "RFC9293:SHLD-3"})
    void close_with_unread_data_resets() {
        script.established()
                .inject(data(1, 101))
                .expect(ack(101))
                .close()
                .expect(rst().with(".").seq(1).acks(101));
        script.expectFailure(Failure.ABORTED).expectNoMemory().expectCount(TcpCounter.TcpExtTCPAbortOnClose, 1);
    }

    @Test
    void a_connection_s_own_time_in_fin_wait_2_takes_the_place_of_the_host_s() {
        script.options(o -> o.finWait2Ns(5_000 * MS)).established().close().expect(fin(1));
        script.inject(ack(2)).expectState(TcpState.FIN_WAIT_2);
        script.after(4_999 * MS).expectState(TcpState.FIN_WAIT_2);
        script.after(1 * MS).expectState(TcpState.CLOSED).expectNothing();
    }

    @Test
    void without_time_in_fin_wait_2_the_acknowledged_fin_is_followed_by_a_reset() {
        script.options(o -> o.finWait2Ns(-1)).established().close().expect(fin(1));
        script.inject(ack(2)).expect(rst().with(".").seq(2).acks(1)).expectState(TcpState.CLOSED);
        script.expectCount(TcpCounter.TcpExtTCPAbortOnLinger, 1);
    }

    @Test
    void without_time_in_fin_wait_2_a_close_after_a_half_close_resets() {
        script.options(o -> o.finWait2Ns(-1)).established().shutdownOutput().expect(fin(1));
        script.inject(ack(2)).expectState(TcpState.FIN_WAIT_2).after(100_000 * MS);
        script.expectState(TcpState.FIN_WAIT_2).close();
        script.expect(rst().with(".").seq(2).acks(1)).expectState(TcpState.CLOSED);
    }

    @Test
    void close_with_linger_0_resets() {
        script.options(o -> o.lingerSeconds(0))
                .established()
                .close()
                .expect(rst().with(".").seq(1).acks(1));
        script.expectCount(TcpCounter.TcpExtTCPAbortOnLinger, 1);
    }

    @Test
    @Requirement("RFC9293:SHLD-3")
    void data_after_close_resets() {
        script.established()
                .close()
                .expect(fin(1))
                .inject(data(1, 101).acks(2))
                .expect(rst().with(".").seq(2).acks(1));
        script.expectFailure(Failure.ABORTED).expectCount(TcpCounter.TcpExtTCPAbortOnData, 1);
    }

    @Test
    void data_after_shutdown_of_input_is_acknowledged_and_discarded() {
        script.established();
        script.tcb().shutdownInput();
        script.inject(data(1, 1001)).expect(ack(1001));
        assertThat(script.tcb().available()).isZero();
        script.expectNoMemory();
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void orphan_in_fin_wait_2_does_not_wait_for_ever() {
        script.established()
                .close()
                .expect(fin(1))
                .inject(ack(2))
                .nextTimerAfter(60 * SECOND)
                .expectNothing();
        script.expectFailure(Failure.NONE);
    }

    @Test
    void half_closed_connection_waits_in_fin_wait_2() {
        script.established().shutdownOutput().expect(fin(1)).inject(ack(2)).expectNoTimer();
        script.close().nextTimerAfter(60 * SECOND).expectFailure(Failure.NONE);
    }

    @Test
    @Requirement("RFC9293:3.10.5")
    void abort_resets_at_snd_nxt() {
        script.established()
                .write(500)
                .ignoreSent()
                .abort()
                .expect(rst().with(".").seq(501).acks(1));
        script.expectFailure(Failure.ABORTED).expectNoMemory();
    }

    @Test
    @Requirement("RFC9293:3.10.5")
    void abort_in_syn_sent_is_silent() {
        script.connect().ignoreSent().abort().expectNothing().expectFailure(Failure.ABORTED);
    }

    @Test
    @Requirement("RFC9293:3.10.4")
    void closing_twice_changes_nothing() {
        script.established().close().expect(fin(1)).close().expectNothing().expectState(TcpState.FIN_WAIT_1);
    }

    @Test
    void closing_with_unread_data_leaves_time_wait_be() {
        script.established()
                .shutdownOutput()
                .expect(fin(1))
                .inject(data(1, 101).with("F").acks(2))
                .expect(ack(102));
        script.close().expectNothing().expectState(TcpState.TIME_WAIT);
    }

    @Test
    void orphan_that_nobody_answers_is_given_up_early() {
        script.established()
                .close()
                .after(400 * SECOND)
                .expectFailure(Failure.TIMED_OUT)
                .expectNoMemory();
        script.expectCount(TcpCounter.TcpExtTCPTimeouts, 8);
    }

    @Test
    @Requirement("RFC9293:3.10.5")
    void abort_when_both_sides_have_closed_is_silent() {
        script.established()
                .shutdownOutput()
                .expect(fin(1))
                .inject(fin(1).acks(1))
                .ignoreSent()
                .expectState(TcpState.CLOSING);
        script.abort().expectNothing().expectFailure(Failure.ABORTED);
    }

    @Test
    @Requirement("RFC9293:3.10.5")
    void abort_with_a_fin_that_was_never_sent_resets() {
        script.established()
                .inject(fin(1), ack(1).window(0))
                .ignoreSent()
                .write(100)
                .shutdownOutput();
        script.expectNothing().expectState(TcpState.LAST_ACK);
        script.abort().expect(rst().with(".").seq(1).acks(2));
    }
}
