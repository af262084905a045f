package dev.heddle.core.tcp;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Two connections against each other on a bad network: nothing is lost, nothing hangs, nothing leaks. */
class LossyPairTest {

    private static final int SEEDS = Integer.getInteger("heddle.seeds", 300);

    @Test
    @Requirement({"RFC9293:SHLD-14", "RFC9293:MUST-25"})
    void streams_arrive_whole_and_both_sides_end_on_a_network_that_loses_reorders_and_duplicates() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                new LossyPair(seed, 200_000).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
