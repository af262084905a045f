package dev.heddle.core.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitingLossesTest {

    private final WaitingLosses waiting = new WaitingLosses();
    private final TreeSet<Long> model = new TreeSet<>();
    private int looks;

    private void add(long offset) {
        model.add(offset);
        waiting.add(offset, offset + 1);
    }

    private long takeFirst() {
        while (!model.contains(waiting.next())) {
            looks++;
            waiting.noneBelow(waiting.next() + 1);
        }
        long first = waiting.next();
        model.remove(first);
        return first;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void first_loss_is_found_whatever_the_order_in_which_they_come(int seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 3_000; step++) {
            if (model.isEmpty() || random.nextInt(5) < 2) {
                add(random.nextInt(60));
            } else {
                long first = model.first();
                assertThat(takeFirst()).isEqualTo(first);
            }
        }
    }

    @Test
    void what_was_looked_through_is_jumped_over() {
        add(100_000);
        add(200_000);
        assertThat(takeFirst()).isEqualTo(100_000);
        int before = looks;
        for (long again = 10; again < 1_000; again += 10) {
            add(again);
            assertThat(takeFirst()).isEqualTo(again);
        }
        add(150_000);
        assertThat(takeFirst()).isEqualTo(150_000);
        assertThat(looks - before).isLessThan(60_000);
    }
}
