package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Loss recovery by RFC 6675. */
class SackRecoveryTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC6675:4")
    void three_discontiguous_blocks_mean_loss() {
        script.established()
                .write(8000)
                .ignoreSent()
                .inject(ack(1).sack(1001, 1101))
                .expectNothing();
        script.inject(ack(1).sack(2001, 2101).sack(1001, 1101)).expectNothing();
        script.inject(ack(1).sack(3001, 3101).sack(2001, 2101).sack(1001, 1101)).expect(data(1, 1001));
    }

    @Test
    @Requirement("RFC6675:4")
    void more_than_two_segments_sacked_mean_loss_with_one_ack() {
        script.established()
                .write(8000)
                .ignoreSent()
                .inject(ack(1).sack(1001, 3002))
                .expect(data(1, 1001));
        assertThat(script.info().recoveryPhase()).isEqualTo("RECOVERY");
    }

    @Test
    @Requirement("RFC6675:4")
    void exactly_two_segments_sacked_are_not_yet_loss() {
        script.established()
                .write(8000)
                .ignoreSent()
                .inject(ack(1).sack(1001, 3001))
                .expectNothing();
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
    }

    @Test
    @Requirement("RFC6675:5")
    void window_is_halved_once_and_the_pipe_limits_what_goes() {
        script.established().write(20_000).ignoreSent();
        script.inject(ack(1).sack(1001, 4001)).expect(data(1, 1001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        assertThat(script.info().ssthreshBytes()).isEqualTo(5000);
        // pipe = 10000 − 3000 SACKed − 1000 lost + 1000 retransmitted; it must fall below 5000 − 1000.
        script.inject(ack(1).sack(1001, 5001))
                .expectNothing()
                .inject(ack(1).sack(1001, 6001))
                .expectNothing();
        script.inject(ack(1).sack(1001, 7001)).expect(data(10_001, 11_001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
    }

    @Test
    @Requirement("RFC6675:4")
    void lost_data_goes_before_new_data() {
        script.established().write(20_000).ignoreSent();
        script.inject(ack(1).sack(3001, 9001));
        script.expect(data(1, 1001), data(1001, 2001), data(2001, 3001), data(10_001, 11_001));
    }

    @Test
    @Requirement("RFC6675:4")
    void hole_that_is_not_lost_yet_is_filled_when_there_is_no_new_data() {
        script.established().write(6000).ignoreSent();
        script.inject(ack(1).sack(1001, 4001).sack(5001, 6001)).expect(data(1, 1001), data(4001, 5001));
    }

    @Test
    @Requirement("RFC6675:4")
    void rescue_retransmission_sends_the_end_once() {
        script.established().write(6000).ignoreSent();
        script.inject(ack(1).sack(1001, 5001))
                .expect(data(1, 1001), data(5001, 6001))
                .inject(ack(1001).sack(1001, 5001));
        script.expectNothing();
    }

    @Test
    @Requirement("RFC6675:4")
    void rescue_waits_for_room() {
        script.established()
                .write(10_000)
                .ignoreSent()
                .inject(ack(1).sack(1001, 4001))
                .expect(data(1, 1001));
        script.inject(ack(1).sack(1001, 7001))
                .expect(data(9001, 10_001))
                .inject(ack(1).sack(1001, 8001))
                .expectNothing();
    }

    @Test
    @Requirement("RFC6675:5")
    void recovery_ends_at_the_recovery_point() {
        script.established()
                .write(10_000)
                .ignoreSent()
                .inject(ack(1).sack(1001, 5001))
                .ignoreSent()
                .inject(ack(5001));
        assertThat(script.info().recoveryPhase()).isEqualTo("RECOVERY");
        script.inject(ack(10_001));
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
    }

    @Test
    @Requirement("RFC6675:5")
    void second_loss_in_one_window_does_not_reduce_again() {
        script.established()
                .write(10_000)
                .ignoreSent()
                .inject(ack(1).sack(1001, 4001))
                .expect(data(1, 1001));
        script.inject(ack(4001).sack(5001, 8001)).expect(data(4001, 5001), data(9001, 10_001));
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
        script.established().write(8000).ignoreSent().inject(ack(1).sack(1001, 2001));
        script.inject(ack(1).sack(1001, 2001), ack(1).sack(1001, 2001), ack(1), ack(1))
                .expectNothing();
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
    }

    @Test
    @Requirement({"RFC3042:2", "RFC6675:5"})
    void limited_transmit_sends_new_data_on_the_first_two_duplicates() {
        script.established()
                .write(20_000)
                .ignoreSent()
                .inject(ack(1).sack(1001, 2001))
                .expect(data(10_001, 11_001));
        script.inject(ack(1).sack(1001, 3001)).expect(data(11_001, 12_001));
    }

    @Test
    @Requirement("RFC2018:5")
    void block_that_starts_and_ends_inside_segments_splits_them() {
        script.established()
                .write(5000)
                .ignoreSent()
                .inject(ack(1).sack(500, 4500))
                .expect(data(1, 500), data(4500, 5001));
        script.inject(ack(4500)).inject(ack(5001)).expectNothing();
    }

    @Test
    @Requirement("RFC6675:4")
    void hole_is_speculated_on_when_the_peers_window_holds_new_data_back() {
        script.peerWindow(6016).established().write(9000).ignoreSent();
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
}
