package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Loss recovery with SACK: RACK (RFC 8985) finds the losses, PRR (RFC 9937) says how much goes; a round trip of 10 ms. */
class SackRecoveryTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement({"RFC8985:6.2", "RFC8985:3.3.2"})
    void three_sacked_segments_mean_loss_at_once_while_no_reordering_was_seen() {
        sent(8000);
        script.inject(ack(1).sack(1001, 1101)).expectNothing();
        script.inject(ack(1).sack(2001, 2101).sack(1001, 1101)).expectNothing();
        script.inject(ack(1).sack(3001, 3101).sack(2001, 2101).sack(1001, 1101)).expect(data(1, 1001));
    }

    @Test
    @Requirement("RFC8985:6.2")
    void more_than_two_segments_sacked_mean_loss_with_one_ack() {
        sent(8000);
        script.inject(ack(1).sack(1001, 3002)).expect(data(1, 1001));
        assertThat(script.info().recoveryPhase()).isEqualTo("RECOVERY");
    }

    @Test
    @Requirement("RFC8985:6.2")
    void two_segments_sacked_mean_loss_after_a_quarter_of_the_round_trip() {
        sent(8000);
        script.inject(ack(1).sack(1001, 3001)).expectNothing();
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
        script.nextTimerAfter(2_500_000).expect(data(1, 1001));
        assertThat(script.info().recoveryPhase()).isEqualTo("RECOVERY");
    }

    @Test
    @Requirement({"RFC9937:6", "RFC6937:3"})
    void window_is_halved_over_the_round_trip() {
        sent(20_000);
        script.inject(ack(1).sack(1001, 4001)).expect(data(1, 1001));
        assertThat(script.info().ssthreshBytes()).isEqualTo(5000);
        // 4000 of 10,000 delivered: 2000 may have gone; 5000: 2500.
        script.inject(ack(1).sack(1001, 5001)).expect(data(10_001, 11_001));
        script.inject(ack(1).sack(1001, 6001)).expectNothing();
        // The flight is ssthresh: from here on it stays.
        script.inject(ack(1).sack(1001, 7001)).expectNothing();
        script.inject(ack(1).sack(1001, 8001)).expect(data(11_001, 12_001));
    }

    @Test
    @Requirement({"RFC5681:3.1", "RFC9937:6"})
    void acks_that_arrive_together_with_the_loss_make_the_flight_no_smaller() {
        sent(20_000);
        script.injectWithinBatch(
                        ack(1001),
                        ack(2001),
                        ack(3001),
                        ack(3001).sack(4001, 6001),
                        ack(3001).sack(4001, 7001))
                .flush();
        assertThat(script.info().ssthreshBytes()).isEqualTo(5000);
        // 6000 delivered and nothing sent for it yet: two segments more, and the flight is ssthresh.
        script.expect(data(3001, 4001), data(10_001, 11_001));
    }

    @Test
    @Requirement("RFC6675:4")
    void lost_data_goes_before_new_data() {
        sent(20_000);
        script.inject(ack(1).sack(3001, 9001));
        script.expect(data(1, 1001), data(1001, 2001), data(2001, 3001), data(10_001, 11_001));
    }

    @Test
    @Requirement("RFC8985:6.2")
    void segments_of_one_instant_are_told_apart_by_their_sequence() {
        sent(7000);
        script.inject(ack(1).sack(1001, 4001).sack(5001, 6001)).expect(data(1, 1001), data(4001, 5001));
    }

    @Test
    @Requirement("RFC8985:9.1")
    void lost_end_is_found_by_the_acknowledgment_of_a_retransmission() {
        sent(6000);
        script.inject(ack(1).sack(1001, 5001)).expect(data(1, 1001));
        script.after(10 * MS).inject(ack(5001)).expect(data(5001, 6001));
        script.after(10 * MS).inject(ack(6001)).expectNothing();
        script.expectCount(TcpCounter.TcpExtTCPTimeouts, 0).expectCount(TcpCounter.TcpExtTCPSackRecovery, 1);
    }

    @Test
    @Requirement("RFC8985:6.2")
    void lost_retransmission_is_sent_again_without_a_timeout() {
        sent(20_000);
        script.inject(ack(1).sack(2001, 8001)).expect(data(1, 1001), data(1001, 2001), data(10_001, 11_001));
        // The second retransmission arrives, the first does not.
        script.after(10 * MS).inject(ack(1).sack(1001, 8001));
        script.expect(data(1, 1001), data(8001, 9001), data(9001, 10_001), data(11_001, 12_001));
        script.expectCount(TcpCounter.TcpExtTCPLostRetransmit, 1).expectCount(TcpCounter.TcpExtTCPTimeouts, 0);
    }

    @Test
    @Requirement({"RFC6675:5", "RFC9937:6"})
    void recovery_ends_at_the_recovery_point_with_the_window_at_ssthresh() {
        sent(10_000);
        script.inject(ack(1).sack(1001, 5001)).ignoreSent().after(10 * MS).inject(ack(5001));
        assertThat(script.info().recoveryPhase()).isEqualTo("RECOVERY");
        script.inject(ack(10_001));
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
    }

    @Test
    @Requirement("RFC6675:5")
    void second_loss_in_one_window_does_not_reduce_again() {
        sent(10_000);
        script.inject(ack(1).sack(1001, 4001)).expect(data(1, 1001));
        script.after(10 * MS)
                .inject(ack(4001).sack(5001, 8001))
                .expect(data(4001, 5001), data(8001, 9001), data(9001, 10_001));
        assertThat(script.info().ssthreshBytes()).isEqualTo(5000);
        script.expectCount(TcpCounter.TcpExtTCPSackRecovery, 1);
    }

    @Test
    @Requirement({"RFC6675:5.1", "RFC6298:5.4"})
    void timeout_during_recovery_retransmits_what_is_not_sacked() {
        script.established()
                .write(5000)
                .ignoreSent()
                .inject(ack(1).sack(1001, 4001))
                .ignoreSent();
        script.after(250 * MS).expect(data(1, 1001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(1000);
        assertThat(script.info().recoveryPhase()).isEqualTo("LOSS");
        script.inject(ack(4001)).expect(data(4001, 5001)).inject(ack(5001)).expectNothing();
    }

    @Test
    @Requirement({"RFC2018:8", "RFC6675:5.1"})
    void peer_that_reneges_is_sent_everything_again_after_a_timeout() {
        script.established()
                .write(3000)
                .ignoreSent()
                .inject(ack(1).sack(1001, 3001))
                .ignoreSent()
                .inject(ack(1001));
        script.expectNothing()
                .after(250 * MS)
                .expect(data(1001, 2001))
                .expectCount(TcpCounter.TcpExtTCPSACKReneging, 1);
        script.inject(ack(2001)).expect(data(2001, 3001)).inject(ack(3001)).expectNothing();
    }

    @Test
    @Requirement("RFC2018:5")
    void sack_of_data_never_sent_is_ignored() {
        script.established().write(2000).ignoreSent().inject(ack(1).sack(1001, 9001), ack(1).sack(2001, 1001));
        script.expectNothing().expectCount(TcpCounter.TcpExtTCPSACKDiscard, 2);
        assertThat(script.info().sackedBytes()).isZero();
    }

    @Test
    @Requirement("RFC2883:4")
    void duplicate_sack_below_snd_una_is_harmless() {
        script.established()
                .write(3000)
                .ignoreSent()
                .inject(ack(1001))
                .inject(ack(1001).sack(1, 1001), ack(1001).sack(1, 501));
        script.expectNothing();
        assertThat(script.info().sackedBytes()).isZero();
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
    }

    @Test
    @Requirement("RFC6675:2")
    void duplicate_acks_without_new_blocks_are_not_loss() {
        sent(8000);
        script.inject(ack(1).sack(1001, 2001));
        script.inject(ack(1).sack(1001, 2001), ack(1).sack(1001, 2001), ack(1), ack(1))
                .expectNothing();
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
    }

    @Test
    @Requirement({"RFC3042:2", "RFC5681:3.2"})
    void limited_transmit_sends_new_data_on_the_first_two_duplicates_which_does_not_count_as_flight() {
        sent(20_000);
        script.inject(ack(1).sack(1001, 2001)).expect(data(10_001, 11_001));
        script.inject(ack(1).sack(1001, 3001)).expect(data(11_001, 12_001));
        script.inject(ack(1).sack(1001, 4001)).expect(data(1, 1001));
        assertThat(script.info().ssthreshBytes()).isEqualTo(5000);
    }

    @Test
    @Requirement("RFC2018:5")
    void block_that_starts_and_ends_inside_segments_splits_them() {
        sent(5000);
        script.inject(ack(1).sack(500, 4500)).expect(data(1, 500));
        script.after(10 * MS).inject(ack(4500)).expect(data(4500, 5001));
        script.after(10 * MS).inject(ack(5001)).expectNothing();
    }

    @Test
    @Requirement("RFC8985:6.2")
    void block_behind_a_hole_waits_for_the_reordering_window_only() {
        script.peerWindow(6016);
        sent(9000);
        script.inject(ack(1).sack(1001, 4001).sack(5001, 6001)).expect(data(1, 1001), data(4001, 5001));
    }

    @Test
    @Requirement("RFC6675:4")
    void lost_fin_is_recovered_too() {
        script.established()
                .write(4000)
                .close()
                .ignoreSent()
                .inject(ack(1001).sack(2001, 4002))
                .expect(data(1001, 2001));
        script.inject(ack(4002)).expectState(TcpState.FIN_WAIT_2);
    }

    /** So many bytes were written, the window's worth was sent at once, and a round trip has passed. */
    private void sent(int bytes) {
        script.connect().after(10 * MS).answered().write(bytes).ignoreSent().after(10 * MS);
    }

    @Test
    @Requirement({"RFC9293:MUST-34", "RFC9293:SHLD-16"})
    void of_what_is_sent_again_at_once_only_what_a_window_that_shrank_takes_goes() {
        script.established().write(10_000).ignoreSent();
        script.inject(ack(1).window(2560).sack(5001, 10_001)).expect(data(1, 1001), data(1001, 2001), data(2001, 2561));
        script.inject(ack(2561).window(2560).sack(5001, 10_001))
                .expect(data(2561, 3561), data(3561, 4561), data(4561, 5001));
    }
}
