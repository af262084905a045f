package dev.heddle.core.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowedMinimumTest {

    private final WindowedMinimum minimum = new WindowedMinimum(300);

    @Test
    @Requirement("RFC8985:6.2")
    void smallest_value_is_forgotten_when_it_is_too_old() {
        minimum.add(10, 0);
        minimum.add(50, 100);
        minimum.add(40, 200);
        assertThat(minimum.value()).isEqualTo(10);
        minimum.add(60, 301);
        assertThat(minimum.value()).isEqualTo(40);
        minimum.add(60, 502);
        assertThat(minimum.value()).isEqualTo(60);
    }

    @Test
    void never_below_the_true_minimum_of_the_window_and_never_older_than_it() {
        Random random = new Random(1);
        List<long[]> all = new ArrayList<>();
        for (long now = 0; now < 20_000; now += 1 + random.nextInt(20)) {
            long value = 100L + random.nextInt(100);
            minimum.add(value, now);
            all.add(new long[] {value, now});
            long at = now;
            all.removeIf(each -> at - each[1] > 300);
            long smallest = all.stream().mapToLong(each -> each[0]).min().orElseThrow();
            assertThat(minimum.value()).isGreaterThanOrEqualTo(smallest);
            assertThat(all).anyMatch(each -> each[0] == minimum.value());
        }
    }
}
