package dev.heddle.tun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.time.Clock;
import java.lang.ref.Reference;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class LinkWaitTest {

    private final NativeMemory memory = new NativeMemory(4096);
    private int near;
    private int far;
    private LinkWait wait;

    @BeforeEach
    void open() {
        int type = LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC | LibC.O_NONBLOCK;
        assertThat(TestLibC.socketpair(TestLibC.AF_UNIX, type, 0, memory.address()))
                .isZero();
        near = memory.bytes().getInt(0);
        far = memory.bytes().getInt(4);
        wait = new LinkWait(near);
    }

    @AfterEach
    void close() {
        wait.close();
        LibC.close(near);
        LibC.close(far);
    }

    @Test
    void a_signal_before_the_wait_ends_it_at_once_and_only_once() {
        wait.signal();
        wait.signal();
        assertThat(wait.await(Clock.NEVER, false)).isZero();

        long startNs = System.nanoTime();
        assertThat(wait.await(TimeUnit.MILLISECONDS.toNanos(20), false)).isZero();
        assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
    }

    @Test
    void a_signal_is_not_left_over_by_a_wait_without_time() {
        wait.signal();
        assertThat(wait.await(0, false)).isZero();
        long startNs = System.nanoTime();
        assertThat(wait.await(TimeUnit.MILLISECONDS.toNanos(20), false)).isZero();
        assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
    }

    @Test
    void something_to_read_ends_the_wait() {
        send(far);
        assertThat(wait.await(Clock.NEVER, false)).isEqualTo(LibC.POLLIN);
    }

    @Test
    void room_to_write_ends_the_wait_only_if_asked_for() throws Exception {
        assertThat(wait.await(TimeUnit.MILLISECONDS.toNanos(5), false)).isZero();
        assertThat(wait.await(Clock.NEVER, true)).isEqualTo(LibC.POLLOUT);

        while (send(near) > 0) {}
        assertThat(LibC.errno()).isEqualTo(LibC.EAGAIN);
        assertThat(wait.await(TimeUnit.MILLISECONDS.toNanos(5), true)).isZero();
        Thread reader = Thread.ofPlatform().start(() -> {
            while (receive(far) > 0) {}
        });
        assertThat(wait.await(Clock.NEVER, true)).isEqualTo(LibC.POLLOUT);
        reader.join();
    }

    /** A lost signal would leave both threads waiting for each other: the test's time limit then fails it. */
    @Test
    void no_signal_is_lost() throws Exception {
        int rounds = 100_000;
        Semaphore seen = new Semaphore(0);
        Semaphore sent = new Semaphore(0);
        Thread waiter = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < rounds; i++) {
                while (!sent.tryAcquire()) {
                    wait.await(Clock.NEVER, false);
                }
                seen.release();
            }
        });
        for (int i = 0; i < rounds; i++) {
            sent.release();
            wait.signal();
            if ((i & 1) == 0) {
                seen.acquire();
            }
        }
        waiter.join();
        assertThat(seen.availablePermits()).isEqualTo(rounds / 2);
    }

    private static long receive(int fd) {
        NativeMemory into = new NativeMemory(64);
        try {
            return LibC.read(fd, into.address(), 64);
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    private long send(int fd) {
        try {
            return LibC.write(fd, memory.address(), 64);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }
}
