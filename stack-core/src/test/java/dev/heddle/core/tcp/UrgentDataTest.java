package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.fin;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Urgent data (RFC 9293 3.8.5, RFC 6093), sent and received, in line and out of band. */
class UrgentDataTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    // --- sending

    @Test
    @Requirement({"RFC9293:MUST-30", "RFC9293:MUST-62", "RFC9293:3.10.2"})
    void the_pointer_is_behind_the_last_urgent_octet() {
        script.established().writeUrgent(1).expect(data(1, 2).with("P").urgent(2));
    }

    @Test
    @Requirement({"RFC9293:MUST-31", "RFC9293:MUST-62"})
    void every_segment_up_to_the_pointer_carries_it_and_none_behind() {
        script.established().linkFull(true).writeUrgent(2500).write(1500).linkFull(false);
        script.flush()
                .expect(
                        data(1, 1001).urgent(2501),
                        data(1001, 2001).urgent(2501),
                        data(2001, 3001).urgent(2501),
                        data(3001, 4001));
    }

    @Test
    @Requirement("RFC9293:MUST-31")
    void a_pointer_beyond_its_field_is_told_when_it_is_ahead_of_all_that_was_sent() {
        script.peerMss(1400).established().linkFull(true).writeUrgent(70_001).linkFull(false);
        // 65,535 octets on from here nothing was sent yet.
        script.flush();
        long[] at = {1};
        Seg[] expected = new Seg[10];
        for (int i = 0; i < 10; i++) {
            expected[i] = data(at[0], at[0] + 1400).urgent(Math.min(at[0] + 65_535, 70_002));
            at[0] += 1400;
        }
        script.expect(expected);
    }

    @Test
    @Requirement("RFC9293:3.8.5")
    void a_retransmission_carries_the_pointer_of_now() {
        script.established()
                .write(10)
                .expect(data(1, 11))
                .writeUrgent(1)
                .expect(data(11, 12).urgent(12));
        script.inject(ack(11)).after(250 * MS).expect(data(11, 12).urgent(12));
    }

    @Test
    @Requirement("RFC9293:3.8.5")
    void acknowledged_urgent_data_is_urgent_no_more() {
        script.established().writeUrgent(1).ignoreSent().inject(ack(2)).write(1).expect(data(2, 3));
    }

    @Test
    void urgent_data_does_not_wait_for_nagle_or_cork() {
        script.established().write(10).expect(data(1, 11)).write(10).expectNothing();
        script.writeUrgent(1).expect(data(11, 22).urgent(22));
        script.inject(ack(22))
                .options(o -> o.cork(true))
                .write(10)
                .expectNothing()
                .writeUrgent(1)
                .expect(data(22, 33).urgent(33));
    }

    @Test
    @Requirement("RFC9293:3.8.6.1")
    void urgent_data_is_announced_although_the_window_is_closed() {
        script.established().inject(ack(1).window(0)).writeUrgent(5);
        script.expect(Seg.seg(".").seq(1).acks(1).urgent(6)).flush().expectNothing();
        script.inject(ack(1).window(1024)).expect(data(1, 6).urgent(6));
    }

    @Test
    @Requirement("RFC9293:3.8.6.1")
    void a_window_probe_carries_the_pointer() {
        script.established().inject(ack(1).window(0)).writeUrgent(5).ignoreSent();
        script.after(250 * MS).expect(data(1, 2).urgent(6));
    }

    @Test
    @Requirement("RFC9293:3.8.5")
    void a_longer_run_of_urgent_data_is_announced_again() {
        script.established().inject(ack(1).window(0)).writeUrgent(5).ignoreSent();
        script.writeUrgent(5).expect(Seg.seg(".").seq(1).acks(1).urgent(11));
    }

    @Test
    @Requirement("RFC9293:3.10.2")
    void urgent_data_written_before_the_handshake_is_done_is_urgent() {
        script.connect().writeUrgent(3).ignoreSent();
        script.inject(script.synAckOfPeer()).expect(data(1, 4).acks(1).urgent(4));
    }

    // --- receiving, out of band

    @Test
    @Requirement({"RFC9293:MUST-30", "RFC9293:MUST-32", "RFC9293:MUST-33", "RFC6093:3.2"})
    void the_last_urgent_octet_is_out_of_band() {
        script.established().inject(data(1, 11).urgent(6)).ignoreSent();
        assertThat(script.tcb().takeUrgentNews()).isTrue();
        assertThat(script.tcb().takeUrgentNews()).isFalse();
        assertThat(script.tcb().urgentBytes()).isEqualTo(5);
        assertThat(script.tcb().available()).isEqualTo(4);
        script.readStopsAfter(4).passOver().readStopsAfter(5);
        assertThat(script.tcb().urgentBytes()).isZero();
        script.expectNoMemory();
    }

    @Test
    @Requirement("RFC6093:3.2")
    void the_out_of_band_octet_can_be_taken_once() {
        script.established().inject(data(1, 11).urgent(6));
        assertThat(script.tcb().takeOutOfBand()).isEqualTo(TcpScript.pattern(5) & 0xff);
        assertThat(script.tcb().takeOutOfBand()).isEqualTo(-1);
        script.read(4).passOver().read(5);
    }

    @Test
    @Requirement("RFC6093:3.2")
    void reading_on_forgets_the_out_of_band_octet() {
        script.established().inject(data(1, 11).urgent(6)).read(4);
        assertThat(script.tcb().urgentBytes()).isEqualTo(1);
        script.passOver().read(5);
        assertThat(script.tcb().takeOutOfBand()).isEqualTo(-1);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void an_urgent_octet_alone_is_nothing_to_read() {
        script.established().inject(data(1, 2).urgent(2));
        assertThat(script.tcb().available()).isZero();
        assertThat(script.tcb().urgentBytes()).isEqualTo(1);
        assertThat(script.tcb().endOfStream()).isFalse();
    }

    @Test
    @Requirement("RFC2525:2.17")
    void a_close_with_an_unread_urgent_octet_resets() {
        script.established().inject(data(1, 2).urgent(2)).ignoreSent();
        // Whoever takes it has not read on.
        assertThat(script.tcb().takeOutOfBand()).isEqualTo(TcpScript.pattern(1) & 0xff);
        script.close().expect(Seg.seg("R.").seq(1).acks(2)).expectNoMemory();
    }

    @Test
    void a_read_that_finds_nothing_else_passes_over_the_urgent_octet() {
        script.established().inject(data(1, 2).urgent(2)).ignoreSent();
        assertThat(script.tcb().peek(new byte[1], 0, 1)).isZero();
        assertThat(script.tcb().read(new byte[1], 0, 0)).isZero();
        assertThat(script.tcb().urgentBytes()).isEqualTo(1);
        assertThat(script.tcb().read(new byte[1], 0, 1)).isZero();
        assertThat(script.tcb().urgentBytes()).isZero();
        script.close().expect(fin(1).acks(2)).expectNoMemory();
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void the_stream_ends_behind_an_urgent_octet() {
        script.established().inject(data(1, 2).with("F").urgent(2));
        assertThat(script.tcb().endOfStream()).isTrue();
    }

    @Test
    @Requirement({"RFC9293:MUST-32", "RFC9293:MUST-66"})
    void a_pointer_that_comes_before_its_data_is_told_at_once() {
        script.established().inject(Seg.seg(".").seq(1).acks(1).urgent(6));
        assertThat(script.tcb().takeUrgentNews()).isTrue();
        assertThat(script.tcb().urgentBytes()).isEqualTo(5);
        assertThat(script.tcb().takeOutOfBand()).isEqualTo(-1);
        script.inject(data(1, 4)).readStopsAfter(3).inject(data(4, 11).urgent(6));
        assertThat(script.tcb().takeUrgentNews()).isFalse();
        script.readStopsAfter(1).passOver().readStopsAfter(5);
    }

    @Test
    @Requirement("RFC9293:MUST-66")
    void the_pointer_counts_although_the_window_is_closed() {
        script.config(c -> c.windowScaling(false))
                .options(o -> o.receiveBufferBytes(2000))
                .established();
        script.inject(data(1, 1001), data(1001, 2001)).expect(ack(2001).window(0));
        script.inject(data(2001, 2002).urgent(2002));
        assertThat(script.tcb().takeUrgentNews()).isTrue();
        assertThat(script.tcb().urgentBytes()).isEqualTo(2001);
    }

    @Test
    @Requirement({"RFC9293:MUST-32", "RFC9293:3.8.5"})
    void a_pointer_that_advances_is_news_and_the_octet_before_it_stays_in_the_stream() {
        script.established().inject(data(1, 6).urgent(6));
        assertThat(script.tcb().takeUrgentNews()).isTrue();
        script.inject(data(6, 11).urgent(11));
        assertThat(script.tcb().takeUrgentNews()).isTrue();
        script.readStopsAfter(9);
    }

    @Test
    @Requirement("RFC9293:3.8.5")
    void an_octet_that_reading_has_reached_is_passed_over_also_when_the_pointer_advances() {
        script.established()
                .inject(data(1, 6).urgent(6))
                .read(4)
                .inject(data(6, 11).urgent(11));
        script.passOver().readStopsAfter(4);
    }

    @Test
    @Requirement("RFC9293:3.8.5")
    void a_pointer_never_recedes() {
        script.established();
        script.inject(Seg.seg(".").seq(1).urgent(9), Seg.seg(".").seq(1).urgent(6), data(1, 11));
        script.readStopsAfter(7).passOver().readStopsAfter(2);
    }

    @Test
    @Requirement("RFC9293:3.8.5")
    void a_repeated_segment_does_not_make_old_data_urgent_again() {
        script.established().inject(data(1, 11).urgent(6)).read(4).passOver().read(5);
        assertThat(script.tcb().takeUrgentNews()).isTrue();
        script.inject(data(1, 11).urgent(6));
        assertThat(script.tcb().takeUrgentNews()).isFalse();
        assertThat(script.tcb().urgentBytes()).isZero();
    }

    @Test
    @Requirement("RFC9293:3.8.5")
    void a_pointer_of_zero_means_nothing() {
        script.established().inject(data(1, 11).urgent(1)).readStopsAfter(10);
        assertThat(script.tcb().takeUrgentNews()).isFalse();
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void urgent_behind_the_peers_fin_is_ignored() {
        script.established().inject(fin(1)).inject(Seg.seg(".").seq(2).urgent(100));
        assertThat(script.tcb().takeUrgentNews()).isFalse();
    }

    @Test
    @Requirement("RFC9293:3.10.7.3")
    void urgent_text_on_a_syn_ack_counts() {
        script.connect().inject(script.synAckOfPeer().urgent(6));
        assertThat(script.tcb().urgentBytes()).isEqualTo(5);
    }

    // --- receiving, in line

    @Test
    @Requirement({"RFC9293:MUST-31", "RFC9293:3.9.1.3", "RFC6093:6"})
    void in_line_a_read_stops_before_the_last_urgent_octet_and_not_behind_it() {
        script.options(o -> o.oobInline(true)).established().inject(data(1, 11).urgent(6));
        assertThat(script.tcb().available()).isEqualTo(10);
        assertThat(script.tcb().takeOutOfBand()).isEqualTo(-1);
        script.readStopsAfter(4);
        assertThat(script.tcb().urgentBytes()).isEqualTo(1);
        script.readStopsAfter(6);
        assertThat(script.tcb().urgentBytes()).isZero();
    }

    @Test
    void an_octet_that_reading_has_not_passed_can_still_be_put_in_line() {
        script.established().inject(data(1, 11).urgent(6)).read(4);
        script.options(o -> o.oobInline(true)).readStopsAfter(6);
    }

    @Test
    void urgent_data_that_outlives_its_connection_is_read_as_before() {
        script.established().inject(data(1, 11).urgent(6));
        UnreadData unread = script.tcb().detachUnread();
        assertThat(unread.read(new byte[100], 0, 100)).isEqualTo(4);
        assertThat(unread.available()).isEqualTo(5);
        assertThat(unread.read(new byte[100], 0, 100)).isEqualTo(5);
        assertThat(unread.available()).isZero();
        assertThat(script.pool.usedBytes()).isZero();
    }

    @Test
    void an_urgent_octet_that_is_all_that_outlives_its_connection_can_still_be_had() {
        script.established().inject(data(1, 6).urgent(6));
        UnreadData unread = script.tcb().detachUnread();
        assertThat(unread.read(new byte[100], 0, 100)).isEqualTo(4);
        assertThat(unread.available()).isZero();
        assertThat(unread.isEmpty()).isFalse();
        unread.inline(true);
        assertThat(unread.available()).isEqualTo(1);
        assertThat(unread.read(new byte[100], 0, 100)).isEqualTo(1);
        assertThat(unread.isEmpty()).isTrue();
        assertThat(script.pool.usedBytes()).isZero();
    }

    @Test
    void an_urgent_octet_that_is_passed_over_last_is_gone_with_its_memory() {
        script.established().inject(data(1, 6).urgent(6));
        UnreadData unread = script.tcb().detachUnread();
        assertThat(unread.read(new byte[100], 0, 100)).isEqualTo(4);
        assertThat(unread.takeOutOfBand()).isEqualTo(TcpScript.pattern(5) & 0xff);
        assertThat(unread.read(new byte[100], 0, 100)).isZero();
        assertThat(unread.isEmpty()).isTrue();
        assertThat(unread.urgentBytes()).isZero();
        assertThat(script.pool.usedBytes()).isZero();
    }
}
