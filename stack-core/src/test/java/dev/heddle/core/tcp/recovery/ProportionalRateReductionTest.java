package dev.heddle.core.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** The examples of RFC 6937 3.1: twenty segments in flight, ssthresh ten, two sent by limited transmit. */
class ProportionalRateReductionTest {

    /** As in the examples, everything is counted in segments. */
    private static final int MSS = 1;

    private final ProportionalRateReduction reduction = new ProportionalRateReduction();

    /** What goes for each of the ACKs, in segments, with a flight that starts with {@code pipe} after the first. */
    private String run(int acks, int pipe, boolean safe) {
        reduction.begin(10 * MSS, 20 * MSS);
        StringBuilder sent = new StringBuilder();
        long flight = (long) pipe * MSS;
        for (int i = 0; i < acks; i++) {
            if (i > 0) {
                flight -= MSS;
            }
            long count = reduction.acknowledged(MSS, flight, safe, MSS);
            long segments = count / MSS;
            reduction.sent(segments * MSS);
            reduction.answered();
            flight += segments * MSS;
            sent.append(segments);
        }
        assertThat(flight).isLessThanOrEqualTo(10 * MSS);
        return sent.toString();
    }

    @Test
    @Requirement({"RFC6937:3.1", "RFC9937:6"})
    void single_loss_spreads_the_reduction_over_the_round_trip() {
        // ACKs 3 to 19: one segment for two ACKs, until the flight is ssthresh.
        assertThat(run(17, 18, false)).isEqualTo("10101010101010100");
    }

    @Test
    @Requirement({"RFC6937:3.1", "RFC9937:6"})
    void fifteen_losses_conservative_bound_sends_what_was_delivered() {
        assertThat(run(3, 4, false)).isEqualTo("111");
    }

    @Test
    @Requirement({"RFC6937:3.1", "RFC9937:6"})
    void fifteen_losses_slow_start_bound_sends_one_more_each_while_acks_are_safe() {
        assertThat(run(3, 4, true)).isEqualTo("222");
    }

    @Test
    @Requirement("RFC9937:6")
    void what_an_idle_application_did_not_send_is_banked() {
        reduction.begin(10 * MSS, 20 * MSS);
        assertThat(reduction.acknowledged(4 * MSS, 5 * MSS, false, MSS)).isEqualTo(4 * MSS);
        assertThat(reduction.acknowledged(MSS, 4 * MSS, false, MSS)).isEqualTo(5 * MSS);
        assertThat(reduction.acknowledged(9 * MSS, 4 * MSS, false, MSS)).isEqualTo(6 * MSS);
    }

    @Test
    @Requirement("RFC9937:6")
    void first_retransmission_goes_at_any_rate() {
        reduction.begin(2 * MSS, 20 * MSS);
        assertThat(reduction.acknowledged(0, 19 * MSS, false, MSS)).isEqualTo(MSS);
        reduction.sent(MSS);
        assertThat(reduction.acknowledged(0, 19 * MSS, false, MSS)).isZero();
    }

    @Test
    @Requirement("RFC9937:6")
    void proportion_is_rounded_up() {
        reduction.begin(7, 10);
        assertThat(reduction.acknowledged(1, 9, false, 1)).isEqualTo(1);
        reduction.sent(1);
        // 2 · 7 / 10 = 1.4
        assertThat(reduction.acknowledged(1, 9, false, 1)).isEqualTo(1);
    }

    @Test
    @Requirement("RFC9937:6")
    void acks_that_arrive_together_are_answered_together() {
        reduction.begin(10, 20);
        reduction.acknowledged(4, 5, false, MSS);
        reduction.sent(8);
        reduction.answered();
        assertThat(reduction.acknowledged(1, 4, false, MSS)).isEqualTo(1);
        assertThat(reduction.acknowledged(1, 3, false, MSS)).isEqualTo(2);
        reduction.sent(2);
        reduction.answered();
        assertThat(reduction.acknowledged(1, 4, false, MSS)).isEqualTo(1);
    }
}
