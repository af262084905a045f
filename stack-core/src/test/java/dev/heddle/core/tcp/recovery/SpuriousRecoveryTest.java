package dev.heddle.core.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A recovery that began at octet 100; two segments of ten octets were sent again, the first at 50 ms. */
class SpuriousRecoveryTest {

    private static final long MS = 1_000_000L;

    private final SpuriousRecovery recovery = new SpuriousRecovery();

    @BeforeEach
    void recover() {
        recovery.begin(100, false);
        recovery.retransmitted(100, 110, 50 * MS);
        recovery.retransmitted(120, 130, 51 * MS);
    }

    @Test
    @Requirement("RFC3522:3.2")
    void echo_from_before_the_retransmission_is_the_originals() {
        assertThat(recovery.isEchoOfOriginal(50 * MS, true, false, false)).isTrue();
    }

    @Test
    @Requirement("RFC3522:3.2")
    void echo_of_the_same_tick_proves_nothing() {
        assertThat(recovery.isEchoOfOriginal(51 * MS, true, false, false)).isFalse();
    }

    @Test
    @Requirement("RFC3522:3.2")
    void only_the_first_acceptable_ack_decides() {
        assertThat(recovery.isEchoOfOriginal(51 * MS, true, false, false)).isFalse();
        assertThat(recovery.isEchoOfOriginal(50 * MS, true, false, false)).isFalse();
    }

    @Test
    @Requirement("RFC3522:3.3")
    void ack_of_everything_may_be_the_repetition_of_lost_acks_unless_the_peer_sends_dsacks() {
        assertThat(recovery.isEchoOfOriginal(50 * MS, true, false, true)).isFalse();
        recover();
        recovery.duplicateReported(1, 2);
        assertThat(recovery.isEchoOfOriginal(50 * MS, true, false, true)).isTrue();
    }

    @Test
    @Requirement("RFC3522:3.2")
    void ack_with_a_dsack_and_ack_without_timestamps_are_not_judged() {
        assertThat(recovery.isEchoOfOriginal(50 * MS, true, true, false)).isFalse();
        recover();
        assertThat(recovery.isEchoOfOriginal(Long.MAX_VALUE, false, false, false))
                .isFalse();
    }

    @Test
    @Requirement("RFC3708:3")
    void recovery_was_for_nothing_when_all_retransmissions_are_reported_as_duplicates() {
        assertThat(recovery.duplicateReported(100, 110)).isFalse();
        assertThat(recovery.duplicateReported(120, 130)).isTrue();
    }

    @Test
    @Requirement("RFC3708:3")
    void duplicates_that_this_recovery_has_not_made_do_not_count() {
        assertThat(recovery.duplicateReported(80, 100)).isFalse();
        assertThat(recovery.duplicateReported(130, 150)).isFalse();
        recovery.end();
        assertThat(recovery.duplicateReported(100, 130)).isFalse();
    }

    @Test
    @Requirement("RFC3708:3")
    void duplicates_of_what_was_not_sent_again_do_not_count() {
        assertThat(recovery.duplicateReported(110, 120)).isFalse();
        assertThat(recovery.duplicateReported(110, 120)).isFalse();
        assertThat(recovery.duplicateReported(100, 120)).isFalse();
        assertThat(recovery.duplicateReported(105, 110)).isFalse();
        assertThat(recovery.duplicateReported(115, 140)).isTrue();
    }

    @Test
    @Requirement("RFC3708:3")
    void what_was_sent_again_twice_is_reported_twice() {
        recovery.retransmitted(100, 105, 60 * MS);
        assertThat(recovery.duplicateReported(100, 130)).isFalse();
        assertThat(recovery.duplicateReported(102, 104)).isFalse();
        assertThat(recovery.duplicateReported(104, 105)).isFalse();
        assertThat(recovery.duplicateReported(100, 102)).isTrue();
    }

    @Test
    @Requirement("RFC2883:5.4")
    void recovery_that_has_sent_nothing_again_cannot_be_taken_back() {
        recovery.begin(200, true);
        assertThat(recovery.duplicateReported(200, 210)).isFalse();
        assertThat(recovery.isEchoOfOriginal(0, true, false, false)).isFalse();
    }

    @Test
    @Requirement("RFC8985:7.3")
    void probe_that_is_in_flight_counts_as_a_retransmission() {
        recovery.begin(200, false);
        recovery.retransmittedBefore(230, 240);
        recovery.retransmitted(200, 210, 90 * MS);
        assertThat(recovery.duplicateReported(230, 240)).isFalse();
        assertThat(recovery.duplicateReported(200, 210)).isTrue();
    }
}
