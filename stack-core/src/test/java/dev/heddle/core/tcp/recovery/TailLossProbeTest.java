package dev.heddle.core.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

class TailLossProbeTest {

    private static final long MS = 1_000_000L;

    private final TailLossProbe probe = new TailLossProbe();

    @Test
    @Requirement("RFC8985:7.2")
    void timeout_is_two_round_trips_and_more_for_a_single_segment() {
        assertThat(TailLossProbe.timeoutNs(50 * MS, false)).isEqualTo(100 * MS);
        assertThat(TailLossProbe.timeoutNs(50 * MS, true)).isEqualTo(300 * MS);
        assertThat(TailLossProbe.timeoutNs(0, false)).isEqualTo(1000 * MS);
    }

    @Test
    @Requirement("RFC8985:7.3")
    void one_probe_at_a_time_and_a_measurement_between_two() {
        assertThat(probe.maySend()).isFalse();
        probe.sampled();
        assertThat(probe.maySend()).isTrue();
        probe.sent(100, false);
        probe.sampled();
        assertThat(probe.maySend()).isFalse();
        assertThat(probe.acknowledged(100, -1, false)).isFalse();
        assertThat(probe.maySend()).isTrue();
        probe.sent(200, true);
        assertThat(probe.acknowledged(200, 200, false)).isFalse();
        assertThat(probe.isOutstanding()).isFalse();
        assertThat(probe.maySend()).isFalse();
    }

    @Test
    @Requirement("RFC8985:7.4.2")
    void new_data_that_arrives_is_no_loss() {
        probe.sent(100, false);
        assertThat(probe.acknowledged(300, -1, false)).isFalse();
        assertThat(probe.isOutstanding()).isFalse();
    }

    @Test
    @Requirement("RFC8985:7.4.2")
    void case_1_a_dsack_says_that_both_copies_arrived() {
        probe.sent(100, true);
        assertThat(probe.acknowledged(100, -1, false)).isFalse();
        assertThat(probe.isOutstanding()).isTrue();
        assertThat(probe.acknowledged(100, 100, true)).isFalse();
        assertThat(probe.isOutstanding()).isFalse();
    }

    @Test
    @Requirement("RFC8985:7.4.2")
    void case_2_a_duplicate_ack_without_sack_says_so_too() {
        probe.sent(100, true);
        assertThat(probe.acknowledged(100, -1, true)).isFalse();
        assertThat(probe.isOutstanding()).isFalse();
    }

    @Test
    @Requirement("RFC8985:7.4.2")
    void acknowledgment_beyond_the_probe_without_either_means_that_it_repaired_a_loss() {
        probe.sent(100, true);
        assertThat(probe.acknowledged(99, -1, true)).isFalse();
        assertThat(probe.acknowledged(100, -1, false)).isFalse();
        assertThat(probe.acknowledged(101, -1, false)).isTrue();
        assertThat(probe.isOutstanding()).isFalse();
    }
}
