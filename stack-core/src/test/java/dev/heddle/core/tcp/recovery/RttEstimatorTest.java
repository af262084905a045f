package dev.heddle.core.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** RFC 6298 by hand. */
class RttEstimatorTest {

    private static final long MS = 1_000_000L;

    private final RttEstimator rtt = new RttEstimator(1_000 * MS, 200 * MS, 120_000 * MS);

    @Test
    @Requirement("RFC6298:2.1")
    void rto_before_the_first_measurement_is_the_initial_one() {
        assertThat(rtt.rtoNs()).isEqualTo(1_000 * MS);
        assertThat(rtt.srttNs()).isZero();
    }

    @Test
    @Requirement("RFC6298:2.2")
    void first_measurement_sets_srtt_and_half_of_it_as_variance() {
        rtt.sample(400 * MS, 1, 0);
        assertThat(rtt.srttNs()).isEqualTo(400 * MS);
        assertThat(rtt.rttvarNs()).isEqualTo(200 * MS);
        assertThat(rtt.rtoNs()).isEqualTo(1_200 * MS);
    }

    @Test
    @Requirement("RFC6298:2.3")
    void second_measurement_is_weighted_and_the_variance_uses_the_old_srtt() {
        rtt.sample(400 * MS, 1, 0);
        rtt.sample(480 * MS, 1, 0);
        // RTTVAR = 3/4 · 200 + 1/4 · |400 − 480| = 170; SRTT = 7/8 · 400 + 1/8 · 480 = 410
        assertThat(rtt.rttvarNs()).isEqualTo(170 * MS);
        assertThat(rtt.srttNs()).isEqualTo(410 * MS);
        assertThat(rtt.rtoNs()).isEqualTo((410 + 4 * 170) * MS);
        assertThat(rtt.minRttNs()).isEqualTo(400 * MS);
        assertThat(rtt.latestRttNs()).isEqualTo(480 * MS);
    }

    @Test
    @Requirement("RFC6298:2.4")
    void lower_bound_stands_in_the_place_of_the_variance() {
        rtt.sample(10 * MS, 1, 0);
        assertThat(rtt.rtoNs()).isEqualTo(210 * MS);
    }

    @Test
    @Requirement("RFC6298:2.5")
    void rto_has_an_upper_bound() {
        rtt.sample(100_000 * MS, 1, 0);
        assertThat(rtt.rtoNs()).isEqualTo(120_000 * MS);
    }

    @Test
    @Requirement("RFC6298:5.5")
    void back_off_doubles_up_to_the_bound_and_a_measurement_ends_it() {
        rtt.sample(10 * MS, 1, 0);
        rtt.backOff();
        assertThat(rtt.rtoNs()).isEqualTo(420 * MS);
        rtt.backOff();
        assertThat(rtt.rtoNs()).isEqualTo(840 * MS);
        for (int i = 0; i < 200; i++) {
            rtt.backOff();
        }
        assertThat(rtt.rtoNs()).isEqualTo(120_000 * MS);
        rtt.sample(10 * MS, 1, 0);
        assertThat(rtt.rtoNs()).isEqualTo(210 * MS);
    }

    @Test
    @Requirement("RFC6298:5.7")
    void lost_syn_means_three_seconds_until_something_is_measured() {
        rtt.backOff();
        rtt.handshakeTimedOut();
        assertThat(rtt.rtoNs()).isEqualTo(3_000 * MS);
        rtt.sample(10 * MS, 1, 0);
        assertThat(rtt.rtoNs()).isEqualTo(210 * MS);
    }

    @Test
    @Requirement("RFC7323:4.2")
    void several_measurements_a_round_trip_weigh_less_each() {
        rtt.sample(400 * MS, 1, 0);
        rtt.sample(480 * MS, 4, 0);
        assertThat(rtt.srttNs()).isEqualTo(400 * MS + 80 * MS / 32);
        assertThat(rtt.rttvarNs()).isEqualTo(200 * MS - 120 * MS / 16);
    }
}
