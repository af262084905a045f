package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.rst;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Which segments are acceptable (RFC 9293 table 6) and what is cut off them. */
class SegmentAcceptabilityTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void empty_segment_in_the_window_is_taken() {
        script.established().write(100).ignoreSent().inject(ack(101).seq(500)).expectNothing();
        assertThat(script.info().unacknowledgedBytes()).isZero();
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void empty_segment_beyond_the_right_edge_is_answered() {
        script.established()
                .write(100)
                .ignoreSent()
                .inject(ack(101).seq(65_538))
                .expect(ack(1).seq(101));
        assertThat(script.info().unacknowledgedBytes()).isEqualTo(100);
    }

    /** There is SND.NXT of a peer that has filled the window, some of it lost: what it acknowledges must count. */
    @Test
    void empty_segment_at_the_right_edge_is_taken() {
        script.established()
                .write(100)
                .ignoreSent()
                .inject(ack(101).seq(65_537))
                .expectNothing();
        assertThat(script.info().unacknowledgedBytes()).isZero();
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void empty_segment_before_the_window_is_answered() {
        script.established().inject(ack(1).seq(0)).expect(ack(1).seq(1));
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void answers_without_text_are_limited() {
        script.established()
                .inject(ack(1).seq(0))
                .expect(ack(1))
                .after(100 * MS)
                .inject(ack(1).seq(0))
                .expectNothing();
        script.after(500 * MS).inject(ack(1).seq(0)).expect(ack(1)).expectCount(TcpCounter.TcpExtTCPACKSkippedSeq, 1);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void answers_to_old_text_are_not_limited() {
        script.established().inject(data(1, 101)).expect(ack(101));
        script.inject(data(1, 101)).expect(ack(101)).inject(data(1, 101)).expect(ack(101));
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void text_beyond_the_window_is_answered_and_dropped() {
        script.established().inject(data(65_537, 65_637)).expect(ack(1).noSack());
        assertThat(script.tcb().receiver().hasOutOfOrder()).isFalse();
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void text_before_the_window_is_trimmed() {
        script.established()
                .inject(data(1, 501))
                .expect(ack(501))
                .inject(data(101, 801))
                .expect(ack(801))
                .read(800);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void text_over_the_right_edge_is_trimmed() {
        script.options(o -> o.receiveBufferBytes(1000))
                .config(c -> c.windowScaling(false))
                .established();
        script.inject(data(1, 1501)).expect(ack(1001).window(0)).read(1000);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void fin_over_the_right_edge_is_trimmed_too() {
        script.options(o -> o.receiveBufferBytes(1000))
                .config(c -> c.windowScaling(false))
                .established();
        script.inject(data(1, 1501).with("F")).expect(ack(1001).window(0)).expectState(TcpState.ESTABLISHED);
    }

    @Test
    @Requirement({"RFC9293:MUST-66", "RFC9293:3.10.7.4"})
    void closed_window_takes_acks_and_no_text() {
        script.options(o -> o.receiveBufferBytes(1000))
                .config(c -> c.windowScaling(false))
                .established()
                .write(100);
        script.ignoreSent().inject(data(1, 1001)).expect(ack(1001).window(0));
        script.inject(data(1001, 1002).acks(101)).expect(ack(1001).window(0));
        assertThat(script.info().unacknowledgedBytes()).isZero();
        assertThat(script.tcb().available()).isEqualTo(1000);
        script.expectCount(TcpCounter.TcpExtTCPZeroWindowDrop, 1);
    }

    @Test
    @Requirement("RFC9293:MUST-66")
    void closed_window_takes_an_exact_reset() {
        script.options(o -> o.receiveBufferBytes(1000))
                .config(c -> c.windowScaling(false))
                .established();
        script.inject(data(1, 1001)).ignoreSent().inject(rst().seq(1001)).expectFailure(Failure.RESET);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void segment_without_ack_is_dropped() {
        script.established().inject(Seg.data(1, 101).with("")).ignoreSent();
        Seg noAck = data(101, 201);
        noAck.flags = "";
        script.inject(noAck).expectNothing();
        assertThat(script.tcb().available()).isEqualTo(100);
    }
}
