package dev.heddle.core.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.tcp.recovery.Frto.Verdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A timeout at octet 100 of 1000 sent; the first 100 octets were sent again. */
class FrtoTest {

    private static final boolean ADVANCES = true;
    private static final boolean DELIVERS = true;
    private static final boolean DUPLICATE = true;
    private static final boolean NEW_DATA = true;

    private final Frto frto = new Frto();

    @BeforeEach
    void time_out() {
        frto.begin();
        frto.retransmitted(200);
    }

    @Test
    @Requirement("RFC5682:2.1")
    void basic_2a_duplicate_is_genuine() {
        assertThat(frto.acknowledged(100, 1000, !ADVANCES, DUPLICATE, NEW_DATA)).isEqualTo(Verdict.GENUINE);
        assertThat(frto.acknowledged(300, 1000, ADVANCES, !DUPLICATE, NEW_DATA)).isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    @Requirement("RFC5682:2.1")
    void basic_2a_acknowledgment_of_everything_is_genuine() {
        assertThat(frto.acknowledged(1000, 1000, ADVANCES, !DUPLICATE, NEW_DATA))
                .isEqualTo(Verdict.GENUINE);
    }

    @Test
    @Requirement("RFC5682:2.1")
    void basic_2a_acknowledgment_of_a_part_of_the_retransmission_is_genuine() {
        assertThat(frto.acknowledged(150, 1000, ADVANCES, !DUPLICATE, NEW_DATA)).isEqualTo(Verdict.GENUINE);
    }

    @Test
    @Requirement("RFC5682:2.1")
    void basic_2b_without_new_data_is_genuine() {
        assertThat(frto.acknowledged(200, 1000, ADVANCES, !DUPLICATE, !NEW_DATA))
                .isEqualTo(Verdict.GENUINE);
    }

    @Test
    @Requirement("RFC5682:2.1")
    void basic_3a_duplicate_after_the_new_data_is_genuine() {
        assertThat(frto.acknowledged(200, 1000, ADVANCES, !DUPLICATE, NEW_DATA)).isEqualTo(Verdict.SEND_NEW);
        assertThat(frto.isTesting()).isTrue();
        assertThat(frto.acknowledged(200, 1200, !ADVANCES, DUPLICATE, NEW_DATA)).isEqualTo(Verdict.GENUINE);
        assertThat(frto.isTesting()).isFalse();
    }

    @Test
    @Requirement("RFC5682:2.1")
    void basic_3b_second_advance_is_spurious() {
        frto.acknowledged(200, 1000, ADVANCES, !DUPLICATE, NEW_DATA);
        assertThat(frto.acknowledged(200, 1200, !ADVANCES, !DUPLICATE, NEW_DATA))
                .isEqualTo(Verdict.UNDECIDED);
        assertThat(frto.acknowledged(300, 1200, ADVANCES, !DUPLICATE, NEW_DATA)).isEqualTo(Verdict.SPURIOUS);
    }

    @Test
    @Requirement("RFC5682:3.1")
    void enhanced_2_duplicates_before_the_first_advance_are_waited_through() {
        assertThat(sack(100, 1000, !ADVANCES, DELIVERS, 500, DUPLICATE)).isEqualTo(Verdict.UNDECIDED);
        assertThat(sack(200, 1000, ADVANCES, DELIVERS, 200, !DUPLICATE)).isEqualTo(Verdict.SEND_NEW);
    }

    @Test
    @Requirement("RFC5682:3.1")
    void enhanced_2a_acknowledgment_of_everything_is_genuine() {
        assertThat(sack(1000, 1000, ADVANCES, DELIVERS, 1000, !DUPLICATE)).isEqualTo(Verdict.GENUINE);
    }

    @Test
    @Requirement("RFC5682:3.1")
    void enhanced_3a_the_new_data_arrived_before_the_old() {
        sack(200, 1000, ADVANCES, DELIVERS, 200, !DUPLICATE);
        assertThat(sack(200, 1200, !ADVANCES, DELIVERS, 1100, DUPLICATE)).isEqualTo(Verdict.GENUINE);
    }

    @Test
    @Requirement("RFC5682:3.1")
    void enhanced_3a_duplicate_that_delivers_nothing_is_genuine() {
        sack(200, 1000, ADVANCES, DELIVERS, 200, !DUPLICATE);
        assertThat(sack(200, 1200, !ADVANCES, !DELIVERS, 0, DUPLICATE)).isEqualTo(Verdict.GENUINE);
    }

    @Test
    @Requirement("RFC5682:3.1")
    void enhanced_3b_old_data_arrived_though_it_was_not_sent_again() {
        sack(200, 1000, ADVANCES, DELIVERS, 200, !DUPLICATE);
        assertThat(sack(200, 1200, !ADVANCES, DELIVERS, 600, DUPLICATE)).isEqualTo(Verdict.SPURIOUS);
    }

    @Test
    @Requirement("RFC5682:3.1")
    void enhanced_3_other_segments_are_ignored() {
        sack(200, 1000, ADVANCES, DELIVERS, 200, !DUPLICATE);
        assertThat(sack(200, 1200, !ADVANCES, !DELIVERS, 0, !DUPLICATE)).isEqualTo(Verdict.UNDECIDED);
        assertThat(sack(300, 1200, ADVANCES, DELIVERS, 300, !DUPLICATE)).isEqualTo(Verdict.SPURIOUS);
    }

    private Verdict sack(
            long una, long nxt, boolean advances, boolean delivers, long highestDelivered, boolean duplicate) {
        return frto.acknowledgedWithSack(una, nxt, advances, delivers, highestDelivered, duplicate, NEW_DATA);
    }
}
