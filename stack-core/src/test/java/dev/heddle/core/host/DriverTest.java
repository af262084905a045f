package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DriverTest {

    /** Notes when it fired. */
    private static final class Alarm extends HomeTimer {
        final AtomicLong firedAtNs = new AtomicLong(-1);
        final AtomicInteger fired = new AtomicInteger();
        final AtomicInteger visits = new AtomicInteger();

        Alarm(Driver home) {
            super(home);
        }

        @Override
        void expired(long nowNs, Batch batch) {
            // As a connection does: what has fired is no longer wanted.
            cancel();
            firedAtNs.set(nowNs);
            fired.incrementAndGet();
        }

        @Override
        void visit(Batch batch) {
            visits.incrementAndGet();
        }
    }

    private long nowNs = 1;

    private void step(Driver driver) {
        driver.takeRequests();
        driver.runTimers();
    }

    @Test
    void a_later_deadline_is_left_in_place_and_looked_at_when_it_fires() {
        Driver driver = new Driver(() -> nowNs);
        Alarm alarm = new Alarm(driver);
        alarm.arm(100);
        step(driver);
        assertThat(driver.nextDeadline()).isEqualTo(100);
        alarm.arm(200);
        assertThat(driver.hasRequests()).as("nothing is handed over").isFalse();
        nowNs = 100;
        step(driver);
        assertThat(alarm.fired.get()).isZero();
        assertThat(driver.nextDeadline()).isEqualTo(200);
        nowNs = 200;
        step(driver);
        assertThat(alarm.firedAtNs.get()).isEqualTo(200);
        assertThat(driver.nextDeadline()).isEqualTo(Clock.NEVER);
    }

    @Test
    void an_earlier_deadline_is_handed_over_once_however_often_it_moves() {
        Driver driver = new Driver(() -> nowNs);
        Alarm alarm = new Alarm(driver);
        alarm.arm(1000);
        alarm.arm(900);
        alarm.arm(50);
        step(driver);
        assertThat(driver.nextDeadline()).isEqualTo(50);
        alarm.arm(Clock.NEVER);
        nowNs = 50;
        step(driver);
        assertThat(alarm.fired.get()).as("cancelled").isZero();
        alarm.arm(60);
        step(driver);
        assertThat(driver.nextDeadline()).isEqualTo(60);
    }

    @Test
    void requests_are_taken_in_the_order_in_which_they_came_and_every_one_once() {
        Driver driver = new Driver(() -> nowNs);
        List<Alarm> alarms = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Alarm alarm = new Alarm(driver);
            alarm.request(HomeTimer.VISIT);
            alarm.request(HomeTimer.VISIT);
            alarms.add(alarm);
        }
        assertThat(driver.hasRequests()).isTrue();
        step(driver);
        assertThat(driver.hasRequests()).isFalse();
        assertThat(alarms).allMatch(alarm -> alarm.visits.get() == 1);
    }

    @Test
    void who_is_blocked_is_visited_when_the_link_may_have_room_and_not_before() {
        Driver driver = new Driver(() -> nowNs);
        Alarm alarm = new Alarm(driver);
        alarm.request(HomeTimer.BLOCKED);
        alarm.request(HomeTimer.BLOCKED);
        step(driver);
        assertThat(alarm.visits.get()).isZero();
        driver.retryBlocked();
        driver.retryBlocked();
        assertThat(alarm.visits.get()).isEqualTo(1);
    }

    @Test
    void one_thread_has_the_role() throws InterruptedException {
        Driver driver = new Driver(() -> nowNs);
        assertThat(driver.takeRole()).isTrue();
        assertThat(driver.isRoleMine()).isTrue();
        AtomicBoolean other = new AtomicBoolean();
        Thread thread = Thread.ofVirtual().start(() -> other.set(driver.takeRole()));
        thread.join();
        assertThat(other.get()).isFalse();
        driver.giveRoleBack();
        assertThat(driver.takeRole()).isTrue();
    }

    /** A lost wake-up would leave the sleeper asleep for ever, and this test with it. */
    @Test
    void a_sleeping_pump_never_misses_an_earlier_deadline() throws InterruptedException {
        Clock clock = Clock.system();
        Driver driver = new Driver(clock);
        AtomicBoolean done = new AtomicBoolean();
        Thread pump = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                step(driver);
                driver.sleep(Clock.NEVER, until -> {
                    if (until == Clock.NEVER) {
                        LockSupport.park();
                    } else {
                        LockSupport.parkNanos(until - clock.nanoTime());
                    }
                });
            }
        });
        driver.wakeup(() -> LockSupport.unpark(pump));
        Random choice = new Random(5);
        List<Alarm> alarms = List.of(new Alarm(driver), new Alarm(driver), new Alarm(driver));
        long early = 0;
        for (int round = 1; round <= 20_000; round++) {
            Alarm alarm = alarms.get(round % 3);
            int before = alarm.fired.get();
            long deadline = clock.nanoTime() + choice.nextInt(20_000);
            // Far away first, so that the second one is earlier than the sleep.
            alarm.arm(deadline + 3_600_000_000_000L);
            if (choice.nextBoolean()) {
                for (int spin = choice.nextInt(300); spin > 0; spin--) {
                    Thread.onSpinWait();
                }
            }
            alarm.arm(deadline);
            while (alarm.fired.get() == before) {
                LockSupport.parkNanos(500);
            }
            early += alarm.firedAtNs.get() < deadline ? 1 : 0;
        }
        done.set(true);
        LockSupport.unpark(pump);
        pump.join();
        assertThat(early).isZero();
    }
}
