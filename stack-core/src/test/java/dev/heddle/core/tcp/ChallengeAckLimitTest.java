package dev.heddle.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChallengeAckLimitTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    @Requirement("RFC5961:7")
    void budget_of_a_second_is_random_around_the_limit() {
        ChallengeAckLimit limit = new ChallengeAckLimit(100, new SplittableRandom(1));
        Set<Integer> budgets = new HashSet<>();
        for (int second = 0; second < 50; second++) {
            int taken = 0;
            while (limit.tryAcquire(second * SECOND + taken)) {
                taken++;
            }
            assertThat(taken).isBetween(50, 150);
            assertThat(limit.tryAcquire(second * SECOND + SECOND - 1)).isFalse();
            budgets.add(taken);
        }
        // CVE-2016-5696: a constant budget can be counted by an attacker.
        assertThat(budgets).hasSizeGreaterThan(20);
    }
}
