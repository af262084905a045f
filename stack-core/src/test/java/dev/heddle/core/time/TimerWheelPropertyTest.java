package dev.heddle.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The wheel against a priority queue. */
class TimerWheelPropertyTest {

    private static final class Timer extends TimerWheel.Node {}

    @Property(tries = 300)
    void behaves_as_a_priority_queue(@ForAll long seed) {
        Random random = new Random(seed);
        TimerWheel wheel = new TimerWheel();
        PriorityQueue<Timer> model = new PriorityQueue<>(Comparator.comparingLong(Timer::deadlineNs));
        List<Timer> timers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            timers.add(new Timer());
        }
        long nowNs = random.nextLong(1L << (1 + random.nextInt(50)));
        for (int i = 0; i < 400; i++) {
            Timer timer = timers.get(random.nextInt(timers.size()));
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    model.remove(timer);
                    long distanceNs = random.nextLong(1L << (1 + random.nextInt(48)));
                    wheel.schedule(timer, random.nextInt(20) == 0 ? nowNs / 2 : nowNs + distanceNs);
                    model.add(timer);
                }
                case 3 -> {
                    model.remove(timer);
                    wheel.cancel(timer);
                    assertThat(timer.isScheduled()).isFalse();
                }
                case 4 -> {
                    nowNs += random.nextLong(1L << (1 + random.nextInt(40)));
                    expire(wheel, model, nowNs);
                }
                default -> {
                    Timer next = model.peek();
                    if (next != null && next.deadlineNs() > nowNs) {
                        // The nanosecond before, then the deadline itself.
                        expire(wheel, model, next.deadlineNs() - 1);
                        assertThat(next.isScheduled()).isTrue();
                        nowNs = next.deadlineNs();
                        expire(wheel, model, nowNs);
                        assertThat(next.isScheduled()).isFalse();
                    }
                }
            }
            assertThat(wheel.size()).isEqualTo(model.size());
            if (random.nextBoolean()) {
                Timer next = model.peek();
                assertThat(wheel.nextDeadline()).isEqualTo(next == null ? Clock.NEVER : next.deadlineNs());
            }
        }
    }

    private static void expire(TimerWheel wheel, PriorityQueue<Timer> model, long nowNs) {
        for (TimerWheel.Node node = wheel.poll(nowNs); node != null; node = wheel.poll(nowNs)) {
            assertThat(node.deadlineNs()).as("never early").isLessThanOrEqualTo(nowNs);
            assertThat(model.remove(node)).as("expires once").isTrue();
        }
        Timer next = model.peek();
        assertThat(next == null || next.deadlineNs() > nowNs)
                .as("nothing due is left")
                .isTrue();
    }
}
