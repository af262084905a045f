package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** The SACK blocks that are sent (RFC 2018 4). */
class SackGenerationTest {

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC2018:4")
    void block_of_the_latest_segment_comes_first() {
        script.established().inject(data(1001, 2001)).expect(ack(1).sack(1001, 2001));
        script.inject(data(3001, 4001)).expect(ack(1).sack(3001, 4001).sack(1001, 2001));
        script.inject(data(5001, 6001))
                .expect(ack(1).sack(5001, 6001).sack(3001, 4001).sack(1001, 2001));
        script.inject(data(2001, 2501))
                .expect(ack(1).sack(1001, 2501).sack(5001, 6001).sack(3001, 4001));
    }

    @Test
    @Requirement("RFC2018:4")
    void neighbours_are_merged() {
        script.established()
                .inject(data(1001, 2001))
                .ignoreSent()
                .inject(data(3001, 4001))
                .ignoreSent();
        script.inject(data(2001, 3001)).expect(ack(1).sack(1001, 4001));
    }

    @Test
    @Requirement("RFC2018:4")
    void overlapping_text_is_merged() {
        script.established()
                .inject(data(1001, 2001))
                .ignoreSent()
                .inject(data(1501, 3001))
                .expect(ack(1).sack(1501, 2001).sack(1001, 3001));
        script.inject(data(1, 1001)).expect(ack(3001).noSack()).read(3000);
    }

    @Test
    @Requirement("RFC2018:3")
    void at_most_four_blocks_without_timestamps() {
        script.established();
        for (long i = 1; i <= 5; i++) {
            script.inject(data(2000 * i, 2000 * i + 1000));
        }
        script.ignoreSent().inject(data(12_000, 13_000));
        script.expect(ack(1).sack(12_000, 13_000)
                .sack(10_000, 11_000)
                .sack(8000, 9000)
                .sack(6000, 7000));
    }

    @Test
    @Requirement({"RFC2018:3", "RFC7323:3.2"})
    void at_most_three_blocks_with_timestamps() {
        script.withTimestamps(10).established();
        for (long i = 1; i <= 5; i++) {
            script.inject(data(2000 * i, 2000 * i + 900));
        }
        script.ignoreSent().inject(data(12_000, 12_900));
        script.expect(ack(1).sack(12_000, 12_900).sack(10_000, 10_900).sack(8000, 8900));
    }

    @Test
    @Requirement("RFC2018:2")
    void no_blocks_unless_negotiated() {
        script.peerWithoutSack().established().inject(data(1001, 2001)).expect(ack(1).noSack());
    }

    @Test
    @Requirement("RFC2018:4")
    void blocks_go_on_a_bare_ack_and_data_keeps_its_size() {
        script.established().injectWithinBatch(data(1001, 2001)).write(1000);
        script.expect(ack(1).sack(1001, 2001), data(1, 1001));
    }

    @Test
    @Requirement("RFC2018:4")
    void gap_filled_from_the_left_leaves_the_rest_reported() {
        script.established().inject(data(1001, 2001), data(3001, 4001)).ignoreSent();
        script.inject(data(1, 1001)).expect(ack(2001).sack(3001, 4001));
    }
}
