package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.fin;
import static dev.heddle.core.tcp.Seg.rst;
import static dev.heddle.core.tcp.Seg.seg;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Both ends of the window (RFC 9293 3.8.6). */
class FlowControlTest {

    private static final long MS = TcpScript.MS;
    private static final long SECOND = 1_000 * MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC9293:3.8.6")
    void nothing_goes_beyond_the_peers_window() {
        script.peerWindow(2048)
                .established()
                .write(5000)
                .expect(data(1, 1001), data(1001, 2001))
                .inject(ack(2001));
        script.expect(data(2001, 3001), data(3001, 4001));
    }

    @Test
    @Requirement({"RFC9293:MUST-36", "RFC9293:SHLD-29", "RFC9293:SHLD-30"})
    void closed_window_is_probed_with_exponential_back_off() {
        closed();
        script.nextTimerAfter(210 * MS)
                .expect(data(2001, 2002))
                .inject(ack(2001).window(0))
                .expectNothing();
        script.nextTimerAfter(420 * MS)
                .expect(data(2001, 2002))
                .inject(ack(2001).window(0));
        script.nextTimerAfter(840 * MS).expect(data(2001, 2002)).expectCount(TcpCounter.TcpExtTCPWinProbe, 3);
    }

    @Test
    @Requirement("RFC9293:MUST-37")
    void connection_stays_open_while_probes_are_answered() {
        closed();
        for (int i = 0; i < 100; i++) {
            script.after(120 * SECOND).inject(ack(2001).window(0));
        }
        script.expectState(TcpState.ESTABLISHED);
    }

    @Test
    @Requirement("RFC9293:MUST-37")
    void user_timeout_does_not_end_a_closed_window_that_is_answered() {
        script.options(o -> o.userTimeoutNs(5 * SECOND));
        closed();
        for (int i = 0; i < 100; i++) {
            script.after(1 * SECOND).inject(ack(2001).window(0));
        }
        script.expectState(TcpState.ESTABLISHED);
    }

    @Test
    @Requirement("RFC9293:MUST-20")
    void unanswered_probes_end_the_connection() {
        closed();
        script.after(3000 * SECOND).expectFailure(Failure.TIMED_OUT);
    }

    @Test
    @Requirement("RFC9293:3.8.6.1")
    void window_that_opens_resumes_at_once_before_any_probe() {
        closed();
        script.inject(ack(2001).window(64_000)).expect(data(2001, 3001), data(3001, 4001), data(4001, 5001));
    }

    @Test
    @Requirement("RFC9293:3.8.6.1")
    void window_that_opens_resumes_at_once_after_one_probe() {
        closed();
        script.after(210 * MS)
                .ignoreSent()
                .inject(ack(2001).window(0))
                .inject(ack(2001).window(64_000));
        script.expect(data(2001, 2002), data(2002, 3002), data(3002, 4002));
    }

    @Test
    @Requirement("RFC9293:3.8.6.1")
    void window_that_opens_resumes_at_once_after_many_probes_with_a_fresh_timer() {
        closed();
        for (int i = 0; i < 6; i++) {
            script.after(60 * SECOND).inject(ack(2001).window(0));
        }
        script.ignoreSent().inject(ack(2001).window(64_000));
        script.expect(data(2001, 2002), data(2002, 3002), data(3002, 4002)).nextTimerAfter(210 * MS);
    }

    @Test
    @Requirement("RFC9293:3.8.6.1")
    void probe_that_was_taken_goes_on_behind_it() {
        closed();
        script.after(210 * MS)
                .ignoreSent()
                .inject(ack(2002).window(64_000))
                .expect(data(2002, 3002), data(3002, 4002), data(4002, 5001));
    }

    @Test
    @Requirement({"RFC9293:SHLD-15", "RFC9293:MUST-34", "RFC9293:SHLD-16"})
    void window_that_shrinks_stops_new_data_and_keeps_old() {
        script.peerWindow(8192)
                .established()
                .write(12_000)
                .ignoreSent()
                .inject(ack(1001).window(1024))
                .expectNothing();
        script.after(300 * MS)
                .expect(data(1001, 2001))
                .inject(ack(8001).window(8192))
                .expect(data(8001, 9001), data(9001, 10_001), data(10_001, 11_001), data(11_001, 12_001));
    }

    @Test
    @Requirement("RFC9293:MUST-35")
    void window_shrunk_to_nothing_is_probed_with_the_oldest_octet() {
        script.connect()
                .after(10 * MS)
                .answered()
                .write(4000)
                .ignoreSent()
                .inject(ack(1).window(0))
                .expectNothing();
        script.nextTimerAfter(210 * MS)
                .expect(data(1, 2))
                .inject(ack(1).window(0))
                .nextTimerAfter(420 * MS)
                .expect(data(1, 2));
        script.inject(ack(1).window(64_000)).ignoreSent().inject(ack(4001)).expectNoTimer();
    }

    @Test
    @Requirement("RFC9293:3.8.6.1")
    void fin_waits_for_a_closed_window_and_is_its_probe() {
        script.peerWindow(2048)
                .connect()
                .after(10 * MS)
                .answered()
                .write(2000)
                .ignoreSent()
                .after(10 * MS)
                .inject(ack(2001).window(0))
                .close()
                .expectNothing();
        script.nextTimerAfter(210 * MS).expect(fin(2001)).inject(ack(2002)).expectState(TcpState.FIN_WAIT_2);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void old_segment_does_not_set_the_window() {
        script.established()
                .inject(data(1, 11).window(50_048))
                .ignoreSent()
                .inject(data(11, 21).window(64_000))
                .ignoreSent();
        script.inject(data(1, 31).window(128)).ignoreSent();
        assertThat(script.info().sendWindowBytes()).isEqualTo(64_000);
    }

    @Test
    @Requirement("RFC9293:MUST-38")
    void small_window_is_not_worth_a_segment() {
        script.peerWindow(10_240)
                .established()
                .write(11_000)
                .ignoreSent()
                .inject(ack(10_001).window(256))
                .expectNothing();
    }

    @Test
    @Requirement({"RFC9293:3.8.6.2.1", "RFC9293:MUST-60"})
    void small_window_is_filled_after_all_when_nothing_else_happens() {
        script.peerWindow(10_240)
                .connect()
                .after(10 * MS)
                .answered()
                .write(10_000)
                .ignoreSent()
                .inject(ack(10_001).window(256));
        script.write(1000).expectNothing().after(211 * MS).expect(data(10_001, 10_257));
    }

    @Test
    @Requirement("RFC9293:MUST-38")
    void half_the_largest_window_is_worth_a_segment() {
        script.peerWindow(512)
                .established()
                .write(700)
                .expect(data(1, 513))
                .inject(ack(513))
                .expect(data(513, 701));
    }

    @Test
    @Requirement({"RFC9293:MUST-39", "RFC9293:SHLD-14"})
    void receive_window_closes_as_data_waits_and_opens_when_it_is_read() {
        script.config(c -> c.windowScaling(false))
                .options(o -> o.receiveBufferBytes(4000))
                .established();
        script.inject(data(1, 1001))
                .expect(ack(1001).window(3000))
                .inject(data(1001, 2001))
                .expect(ack(2001).window(2000));
        script.inject(data(2001, 3001), data(3001, 4001))
                .expect(ack(4001).window(0))
                .read(500)
                .expectNothing();
        script.read(500)
                .expect(ack(4001).window(1000))
                .read(3000)
                .expect(ack(4001).window(4000));
    }

    @Test
    @Requirement("RFC9293:MUST-39")
    void reading_a_little_does_not_move_the_right_edge() {
        script.config(c -> c.windowScaling(false))
                .options(o -> o.receiveBufferBytes(4000))
                .established();
        script.inject(data(1, 1001))
                .ignoreSent()
                .read(100)
                .expectNothing()
                .inject(data(1001, 1101))
                .expect(ack(1101).window(2900));
    }

    @Test
    @Requirement("RFC9293:SHLD-14")
    void right_edge_never_moves_back_when_the_buffer_is_made_smaller() {
        script.config(c -> c.windowScaling(false))
                .options(o -> o.receiveBufferBytes(4000))
                .established();
        script.options(o -> o.receiveBufferBytes(1000))
                .inject(data(1, 1001))
                .expect(ack(1001).window(3000));
        script.inject(data(1001, 4001)).expect(ack(4001).window(0)).read(4000);
    }

    @Test
    @Requirement("RFC7323:2.4")
    void scaled_window_is_never_rounded_below_what_was_announced() {
        script.options(o -> o.receiveBufferBytes(1 << 20)).established();
        long edge = 0;
        for (int i = 0; i < 200; i++) {
            script.inject(data(1 + 37 * i, 38 + 37 * i)).ignoreSent();
            long announced = script.tcb().receiveSequence().edge;
            assertThat(announced).isGreaterThanOrEqualTo(edge);
            edge = announced;
        }
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void retransmission_that_acknowledges_something_new_sets_the_window() {
        script.peerWindow(4096)
                .established()
                .write(10_000)
                .ignoreSent()
                .inject(data(1, 101).acks(1).window(4096), ack(1).window(4096))
                .ignoreSent();
        // SEG.SEQ is before SND.WL1; with the old window four segments would go, two beyond what the peer takes.
        script.inject(data(1, 201).acks(4001).window(2048))
                .expect(ack(201).sack(1, 101), data(4001, 5001), data(5001, 6001));
    }

    @Test
    @Requirement("RFC9293:3.8.6")
    void acknowledgment_stays_within_a_closed_window_that_was_probed() {
        closed();
        script.after(300 * MS).expect(data(2001, 2002));
        // With SEQ=SND.NXT the peer, whose window is closed, would drop the ACK as not acceptable.
        script.inject(data(1, 101).acks(2001).window(0))
                .expect(seg(".").seq(2001).acks(101));
    }

    @Test
    @Requirement("RFC9293:3.10.5")
    void abort_resets_a_peer_that_did_not_take_the_probe_of_its_window_and_one_that_did() {
        closed();
        script.after(300 * MS).expect(data(2001, 2002)).abort();
        script.expect(
                rst().with(".").seq(2001).acks(1), rst().with(".").seq(2002).acks(1));
    }

    @Test
    @Requirement("RFC9293:MUST-1")
    void window_field_above_32767_is_a_large_window() {
        script.established().inject(ack(1).window(0xc000L << 7)).write(3000);
        script.expect(data(1, 1001), data(1001, 2001), data(2001, 3001));
    }

    @Test
    @Requirement("RFC9293:REC-1")
    void windows_are_larger_than_16_bits_both_ways() {
        script.config(c -> c.initialWindowSegments(200))
                .options(o -> o.receiveBufferBytes(1 << 20))
                .established();
        script.write(150_000);
        assertThat(script.info().unacknowledgedBytes()).isEqualTo(150_000);
        script.inject(ack(150_001)).ignoreSent();
        for (int i = 0; i < 100; i++) {
            script.inject(data(1 + 1000 * i, 1001 + 1000 * i));
        }
        assertThat(script.tcb().receiveSequence().edge - script.tcb().receiveSequence().nxt)
                .as("RCV.WND")
                .isGreaterThan(65_535);
        script.read(100_000);
    }

    @Test
    @Requirement("RFC9293:SHLD-17")
    void data_beyond_a_window_that_shrank_times_nothing_out() {
        script.peerWindow(8192)
                .established()
                .write(8000)
                .ignoreSent()
                .inject(ack(1).window(1024))
                .inject(ack(1001).window(0));
        for (int i = 0; i < 40; i++) {
            script.after(120 * SECOND).inject(ack(1001).window(0));
        }
        script.expectState(TcpState.ESTABLISHED).inject(ack(8001).window(8192)).expectNoTimer();
    }

    @Test
    @Requirement("RFC9293:MAY-8")
    void window_stays_closed_for_days_while_nobody_reads() {
        script.config(c -> c.windowScaling(false))
                .options(o -> o.receiveBufferBytes(4000))
                .established();
        script.inject(data(1, 4001)).expect(ack(4001).window(0));
        for (int i = 0; i < 100; i++) {
            script.after(3600 * SECOND)
                    .inject(data(4001, 4002))
                    .expect(ack(4001).window(0));
        }
        script.read(4000).expect(ack(4001).window(4000));
    }

    /** 2000 bytes were taken, 3000 wait for the window, the RTO is 210 ms. */
    private void closed() {
        script.peerWindow(2048)
                .connect()
                .after(10 * MS)
                .answered()
                .write(5000)
                .ignoreSent()
                .after(10 * MS);
        script.inject(ack(2001).window(0)).expectNothing();
    }
}
