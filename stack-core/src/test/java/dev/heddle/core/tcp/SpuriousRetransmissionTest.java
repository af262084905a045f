package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Recoveries and timeouts that were for nothing are taken back; a round trip of 10 ms, and so an RTO of 210 ms. */
class SpuriousRetransmissionTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    private void sent(int bytes) {
        script.connect().after(10 * MS).answered().write(bytes).ignoreSent();
    }

    @Test
    @Requirement({"RFC2883:5.2", "RFC3708:3"})
    void dsack_of_everything_that_was_retransmitted_takes_the_recovery_back() {
        sent(10_000);
        script.after(10 * MS).inject(ack(1).sack(1001, 4001)).expect(data(1, 1001));
        script.after(MS).inject(ack(4001)).inject(ack(10_001));
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        script.inject(ack(10_001).sack(1, 1001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(10_000);
        assertThat(script.info().ssthreshBytes()).isEqualTo(Long.MAX_VALUE);
        script.expectCount(TcpCounter.TcpExtTCPDSACKUndo, 1).expectCount(TcpCounter.TcpExtTCPDSACKRecv, 1);
    }

    @Test
    @Requirement("RFC3708:3")
    void dsack_of_a_part_takes_nothing_back() {
        sent(10_000);
        script.after(10 * MS)
                .inject(ack(1).sack(2001, 8001))
                .expect(data(1, 1001), data(1001, 2001))
                .after(MS);
        script.inject(ack(10_001)).inject(ack(10_001).sack(1, 1001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        script.inject(ack(10_001).sack(1001, 2001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(10_000);
    }

    @Test
    @Requirement({"RFC2883:5.1", "RFC3708:3"})
    void duplicate_that_the_network_made_takes_nothing_back() {
        sent(10_000);
        script.after(10 * MS).inject(ack(1).sack(1001, 4001)).expect(data(1, 1001));
        script.after(10 * MS).inject(ack(10_001)).write(1000).inject(ack(11_001).sack(10_001, 11_001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        script.expectCount(TcpCounter.TcpExtTCPDSACKUndo, 0);
    }

    @Test
    @Requirement({"RFC2883:5.1", "RFC3708:3"})
    void duplicate_that_the_network_made_of_what_was_not_sent_again_takes_nothing_back() {
        sent(10_000);
        script.after(10 * MS).inject(ack(1).sack(1001, 4001)).expect(data(1, 1001));
        // Ahead of the gap, and later below the acknowledgment.
        script.after(MS).inject(ack(1).sack(2001, 3001).sack(1001, 5001)).ignoreSent();
        assertThat(script.info().recoveryPhase()).isEqualTo("RECOVERY");
        script.after(10 * MS).inject(ack(10_001)).inject(ack(10_001).sack(4001, 5001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        script.expectCount(TcpCounter.TcpExtTCPDSACKUndo, 0);
    }

    @Test
    @Requirement({"RFC3522:3.2", "RFC4015:3.1"})
    void echo_of_the_originals_timestamp_takes_the_recovery_back() {
        script.withTimestamps(500);
        sent(9880);
        int base = script.tcb().emitter().negotiated().timestamp(script.nowNs());
        script.after(10 * MS)
                .inject(ack(1).sack(989, 3953).timestamps(500, base))
                .expect(data(1, 989));
        script.after(MS).inject(ack(3953).timestamps(500, base)).expectNothing();
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
        assertThat(script.info().congestionWindowBytes()).isEqualTo(9880);
        script.expectCount(TcpCounter.TcpExtTCPPartialUndo, 1).expectCount(TcpCounter.TcpExtTCPTSReorder, 1);
    }

    @Test
    @Requirement("RFC3522:3.2")
    void echo_of_the_retransmissions_timestamp_does_not() {
        script.withTimestamps(500);
        sent(9880);
        int base = script.tcb().emitter().negotiated().timestamp(script.nowNs());
        script.after(10 * MS)
                .inject(ack(1).sack(989, 3953).timestamps(500, base))
                .expect(data(1, 989));
        script.after(10 * MS).inject(ack(3953).timestamps(500, base + 10));
        assertThat(script.info().recoveryPhase()).isEqualTo("RECOVERY");
        script.expectCount(TcpCounter.TcpExtTCPPartialUndo, 0);
    }

    @Test
    @Requirement({"RFC3522:3.2", "RFC4015:3.1"})
    void echo_of_the_originals_timestamp_takes_a_timeout_back_and_nothing_more_is_sent_again() {
        script.withTimestamps(500);
        sent(9880);
        int base = script.tcb().emitter().negotiated().timestamp(script.nowNs());
        script.nextTimerAfter(210 * MS).expect(data(1, 989));
        script.after(MS).inject(ack(989).timestamps(500, base)).expectNothing();
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
        assertThat(script.info().congestionWindowBytes()).isEqualTo(9880);
        script.inject(ack(1977).timestamps(500, base)).expectNothing();
        script.expectCount(TcpCounter.TcpExtTCPLossUndo, 1);
    }

    @Test
    @Requirement("RFC5682:2.1")
    void without_sack_two_advances_after_a_timeout_take_it_back() {
        script.peerWithoutSack();
        sent(30_000);
        script.nextTimerAfter(210 * MS).expect(data(1, 1001));
        script.after(MS).inject(ack(1001)).expect(data(10_001, 11_001), data(11_001, 12_001));
        script.inject(ack(2001)).ignoreSent();
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
        assertThat(script.info().congestionWindowBytes()).isGreaterThanOrEqualTo(10_000);
        script.inject(ack(10_001)).expectCount(TcpCounter.TcpExtTCPSpuriousRTOs, 1);
        script.expectCount(TcpCounter.TcpRetransSegs, 1);
    }

    @Test
    @Requirement("RFC5682:2.1")
    void without_sack_a_duplicate_after_the_new_data_means_that_the_timeout_was_needed() {
        script.peerWithoutSack();
        sent(30_000);
        script.nextTimerAfter(210 * MS).expect(data(1, 1001));
        script.after(10 * MS).inject(ack(1001)).expect(data(10_001, 11_001), data(11_001, 12_001));
        script.after(10 * MS).inject(ack(1001)).expect(data(1001, 2001));
        assertThat(script.info().recoveryPhase()).isEqualTo("LOSS");
        script.expectCount(TcpCounter.TcpExtTCPSpuriousRTOs, 0);
    }

    @Test
    @Requirement("RFC5682:2.1")
    void without_new_data_the_timeout_is_repaired_at_once() {
        script.peerWithoutSack();
        sent(5000);
        script.nextTimerAfter(210 * MS).expect(data(1, 1001));
        script.inject(ack(1001)).expect(data(1001, 2001), data(2001, 3001));
    }

    @Test
    @Requirement("RFC5682:3.1")
    void with_sack_old_data_that_arrives_takes_the_timeout_back() {
        sent(30_000);
        script.nextTimerAfter(210 * MS).expect(data(1, 1001));
        script.after(MS).inject(ack(1001)).expect(data(10_001, 11_001), data(11_001, 12_001));
        script.inject(ack(1001).sack(3001, 4001));
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
        assertThat(script.info().congestionWindowBytes()).isGreaterThanOrEqualTo(10_000);
        script.expectCount(TcpCounter.TcpExtTCPSpuriousRTOs, 1).expectCount(TcpCounter.TcpRetransSegs, 1);
    }

    @Test
    @Requirement("RFC5682:3.1")
    void with_sack_new_data_that_arrives_first_means_that_the_timeout_was_needed() {
        sent(30_000);
        script.nextTimerAfter(210 * MS).expect(data(1, 1001));
        script.after(10 * MS).inject(ack(1001)).expect(data(10_001, 11_001), data(11_001, 12_001));
        script.after(10 * MS).inject(ack(1001).sack(10_001, 11_001)).expect(data(1001, 2001));
        assertThat(script.info().recoveryPhase()).isEqualTo("LOSS");
    }

    @Test
    @Requirement("RFC5682:3.1")
    void timeout_within_a_recovery_is_not_tested() {
        sent(30_000);
        script.after(10 * MS).inject(ack(1).sack(1001, 4001)).ignoreSent();
        script.after(300 * MS).ignoreSent().inject(ack(4001));
        script.expectCount(TcpCounter.TcpExtTCPSackRecoveryFail, 1);
        script.ignoreSent().inject(ack(5001));
        script.expectCount(TcpCounter.TcpExtTCPSpuriousRTOs, 0);
    }

    @Test
    @Requirement({"RFC8985:3.5", "RFC8985:6.3"})
    void timeout_sends_only_what_is_old_again() {
        sent(1000);
        script.after(205 * MS).write(2000).ignoreSent();
        script.nextTimerAfter(5 * MS).expect(data(1, 1001)).after(MS);
        script.inject(ack(1001)).expectNothing().after(5 * MS).inject(ack(3001)).expectNothing();
        script.expectCount(TcpCounter.TcpRetransSegs, 1);
    }

    @Test
    @Requirement("RFC5682:3.1")
    void new_data_that_tests_a_timeout_goes_beside_what_is_in_flight() {
        sent(1000);
        script.after(205 * MS).write(2000).ignoreSent();
        script.nextTimerAfter(5 * MS).expect(data(1, 1001)).write(4000).expectNothing();
        script.after(MS).inject(ack(1001)).expect(data(3001, 4001), data(4001, 5001));
    }

    @Test
    @Requirement("RFC4015:3.6")
    void first_measurement_of_new_data_after_a_needless_timeout_counts_in_full() {
        script.peerWithoutSack();
        sent(30_000);
        script.nextTimerAfter(210 * MS).after(90 * MS).inject(ack(1001)).inject(ack(2001));
        script.inject(ack(10_001)).ignoreSent();
        long unaNs = script.info().rttNs();
        script.after(400 * MS).inject(ack(script.tcb().sendSequence().nxt));
        assertThat(unaNs).isLessThan(400 * MS);
        assertThat(script.info().rttNs()).isGreaterThanOrEqualTo(400 * MS);
        script.write(1000).ignoreSent().after(10 * MS).inject(ack(script.tcb().sendSequence().nxt));
        assertThat(script.info().rttNs()).as("the next counts as ever").isLessThan(400 * MS);
    }

    @Test
    @Requirement("RFC2018:8")
    void acknowledgment_that_ends_at_a_sacked_range_shows_reneging_long_before_the_timeout() {
        sent(4000);
        script.after(10 * MS).inject(ack(1).sack(1001, 2001)).inject(ack(1001));
        script.nextTimerAfter(10 * MS).expect(data(1001, 2001)).expectCount(TcpCounter.TcpExtTCPSACKReneging, 1);
        script.after(10 * MS)
                .inject(ack(2001))
                .ignoreSent()
                .after(10 * MS)
                .inject(ack(4001))
                .expectNoTimer();
    }
}
