package dev.heddle.tun;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class UseGuardTest {

    @Test
    void the_resource_is_released_when_the_last_call_has_left() {
        AtomicInteger releases = new AtomicInteger();
        UseGuard guard = new UseGuard(releases::incrementAndGet);
        assertThat(guard.enter()).isTrue();
        assertThat(guard.enter()).isTrue();
        assertThat(guard.isClosed()).isFalse();

        assertThat(guard.close()).isTrue();
        assertThat(guard.isClosed()).isTrue();
        assertThat(guard.enter()).isFalse();
        guard.exit();
        guard.exit();
        assertThat(releases).hasValue(0);
        guard.exit();
        assertThat(releases).hasValue(1);

        assertThat(guard.close()).isFalse();
        guard.awaitRelease();
        assertThat(releases).hasValue(1);
    }

    @Test
    void waiting_for_the_release_keeps_an_interrupt() {
        UseGuard guard = new UseGuard(() -> {});
        assertThat(guard.close()).isTrue();
        guard.exit();
        Thread.currentThread().interrupt();
        guard.awaitRelease();
        assertThat(Thread.interrupted()).isTrue();
    }

    @RepeatedTest(200)
    void nobody_is_ever_inside_a_released_resource() throws Exception {
        AtomicInteger releases = new AtomicInteger();
        AtomicBoolean usedAfterRelease = new AtomicBoolean();
        UseGuard guard = new UseGuard(releases::incrementAndGet);
        CountDownLatch running = new CountDownLatch(3);
        List<Thread> users = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            users.add(Thread.ofPlatform().start(() -> {
                running.countDown();
                while (guard.enter()) {
                    if (releases.get() != 0) {
                        usedAfterRelease.set(true);
                    }
                    guard.exit();
                }
            }));
        }
        running.await();
        if (guard.close()) {
            guard.exit();
        }
        guard.awaitRelease();
        for (Thread user : users) {
            user.join();
        }
        assertThat(releases).hasValue(1);
        assertThat(usedAfterRelease).isFalse();
    }
}
