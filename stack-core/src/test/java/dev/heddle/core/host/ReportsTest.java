package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What an observer is to be told is kept and told in its order, by whoever comes and whatever the observer does. */
class ReportsTest {

    private final List<String> told = new ArrayList<>();

    @Test
    void of_a_flood_the_most_that_wait_are_bounded() {
        Reports reports = new Reports();
        int[] calls = new int[1];
        for (int i = 0; i < 5_000; i++) {
            reports.add(() -> calls[0]++);
        }
        reports.addAlways(() -> calls[0] += 1_000_000);
        reports.fire();
        assertThat(calls[0]).isEqualTo(1_001_024);
        assertThat(reports.isDue()).isFalse();
    }

    @Test
    void reports_come_in_their_order_and_one_that_throws_stops_none() {
        List<Throwable> uncaught = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
        try {
            Reports reports = new Reports();
            reports.add(() -> told.add("first"));
            reports.add(() -> {
                throw new IllegalStateException("an observer's mistake");
            });
            reports.add(() -> told.add("last"));
            reports.fire();
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }
        assertThat(told).containsExactly("first", "last");
        assertThat(uncaught).hasSize(1);
    }

    @Test
    void reports_of_a_connection_come_in_their_order_whoever_tells_them() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        List<Long> order = Collections.synchronizedList(new ArrayList<>());
        Host host = new HostPair(HostConfig.builder()
                        .memoryLimitBytes(64 << 20)
                        .observer(new HostObserver() {
                            @Override
                            public void happened(SocketPair pair, TcpEvent event) {
                                order.add(((TcpEvent.Dropped) event).bytes());
                                inside.countDown();
                                awaitUninterruptibly(leave);
                            }
                        })
                        .build())
                .a;
        SocketPair pair = SocketPair.of(HostPair.A4, 1000, HostPair.B4, 80, 0);
        ConnectionReports reports = Objects.requireNonNull(ConnectionReports.of(host, pair));
        reports.happened(new TcpEvent.Dropped(TcpCounter.TcpExtTCPRcvQDrop, 1));
        reports.happened(new TcpEvent.Dropped(TcpCounter.TcpExtTCPRcvQDrop, 2));
        Thread first = Thread.ofPlatform().start(reports::fire);
        inside.await();
        Thread second = Thread.ofPlatform().start(() -> {
            reports.happened(new TcpEvent.Dropped(TcpCounter.TcpExtTCPRcvQDrop, 3));
            reports.fire();
        });
        second.join(1_000);
        boolean waited = second.isAlive();
        leave.countDown();
        first.join();
        second.join();
        assertThat(order).containsExactly(1L, 2L, 3L);
        // Nobody waits for an observer that is slow with another thread's report.
        assertThat(waited).isFalse();
        assertThat(reports.isDue()).isFalse();
    }

    @Test
    void a_thread_is_not_kept_for_what_others_cause() {
        ConnectionReports[] reports = new ConnectionReports[1];
        int[] calls = new int[1];
        Host host = new HostPair(HostConfig.builder()
                        .memoryLimitBytes(64 << 20)
                        .observer(new HostObserver() {
                            @Override
                            public void happened(SocketPair pair, TcpEvent event) {
                                calls[0]++;
                                reports[0].happened(event);
                                // What the observer does in the host may have it fire again.
                                reports[0].fire();
                            }
                        })
                        .build())
                .a;
        reports[0] = Objects.requireNonNull(
                ConnectionReports.of(host, SocketPair.of(HostPair.A4, 1000, HostPair.B4, 80, 0)));
        Driver home = new Driver(() -> 0);
        reports[0].later(new HomeTimer(home) {
            @Override
            void expired(long nowNs, Batch batch) {}
        });
        reports[0].happened(new TcpEvent.WindowClosed(TcpEvent.Side.OURS));
        reports[0].fire();
        assertThat(calls[0]).isBetween(2, 100);
        assertThat(home.hasRequests()).isTrue();
        assertThat(reports[0].isDue()).isTrue();
    }

    @Test
    void error_of_an_observer_does_no_harm() {
        List<Throwable> uncaught = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> {
            uncaught.add(e);
            throw new IllegalStateException("the handler's own mistake");
        });
        try {
            Reports reports = new Reports();
            reports.add(() -> {
                throw new AssertionError("an observer's mistake");
            });
            reports.add(() -> told.add("last"));
            reports.fire();
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }
        assertThat(told).containsExactly("last");
        assertThat(uncaught).hasSize(1);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
