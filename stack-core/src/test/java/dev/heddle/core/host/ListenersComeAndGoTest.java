package dev.heddle.core.host;

import static dev.heddle.core.host.RealTime.pump;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpConfig.CookieUse;
import dev.heddle.core.tcp.TcpConfig.TimeWaitReuse;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Handshakes, accepts, resets, closes and names that come again, from many threads, while their listener is closed and opened
 * anew every few milliseconds: whatever meets whatever, nothing is left.
 */
@Tag("slow")
class ListenersComeAndGoTest {

    private static final long RUN_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int PORT = 80;
    private static final int FIRST_PORT = 40_000;
    private static final int LAST_PORT = 40_019;
    private static final IpAddress SERVER = IpAddress.parse("192.0.2.2");

    private final Clock clock = Clock.system();
    private final MemoryLink.Pair cable = MemoryLink.pair("a", "b", LinkCapabilities.plain(1500), clock);
    private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final long endNs = clock.nanoTime() + RUN_NS;

    private volatile @Nullable TcpListener listener;

    private static Host host(CookieUse cookies, Clock clock) {
        TcpConfig tcp = TcpConfig.builder()
                .synCookies(cookies)
                .maxSynBacklog(3)
                .timeWaitNs(TimeUnit.MILLISECONDS.toNanos(30))
                .finWait2Ns(TimeUnit.MILLISECONDS.toNanos(200))
                .timeWaitReuse(TimeWaitReuse.ALWAYS)
                .maxTimeWait(10)
                .ephemeralPorts(FIRST_PORT, LAST_PORT)
                .build();
        HostConfig config =
                HostConfig.builder().tcp(tcp).memoryLimitBytes(8 << 20).build();
        return Host.create(config, clock, new SecureRandom());
    }

    private Thread start(int seed, Consumer<SplittableRandom> step, Runnable last) {
        SplittableRandom random = new SplittableRandom(seed);
        Thread thread = new Thread(() -> {
            while (clock.nanoTime() < endNs) {
                step.accept(random);
            }
            last.run();
        });
        thread.setUncaughtExceptionHandler((t, e) -> unexpected.add(e));
        thread.start();
        return thread;
    }

    private void connect(Host from, SplittableRandom random) {
        byte[] buffer = new byte[20_000];
        TcpEndpoint client = from.tcpEndpoint();
        if (client.connect(SERVER, PORT) == Failure.NONE) {
            long untilNs = clock.nanoTime() + random.nextLong(TimeUnit.MILLISECONDS.toNanos(30));
            while (clock.nanoTime() < untilNs && !client.readiness().isAny(Readiness.CONNECTED | Readiness.FAILED)) {
                Thread.onSpinWait();
            }
            client.write(buffer, 0, random.nextInt(buffer.length));
            if (random.nextInt(3) == 0) {
                client.shutdownOutput();
            }
            client.read(buffer, 0, buffer.length);
        }
        end(client, random);
    }

    private void accept(Queue<TcpEndpoint> open, SplittableRandom random) {
        byte[] buffer = new byte[20_000];
        TcpListener current = listener;
        TcpEndpoint server = current == null ? null : current.tryAccept();
        if (server != null) {
            accepted.incrementAndGet();
            server.read(buffer, 0, buffer.length);
            server.write(buffer, 0, random.nextInt(buffer.length));
            open.add(server);
        }
        if (open.size() > random.nextInt(6)) {
            end(open.remove(), random);
        }
    }

    private static void end(TcpEndpoint endpoint, SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            endpoint.abort();
        } else {
            endpoint.close();
        }
    }

    private void listenForAWhile(Host on, SplittableRandom random) {
        TcpEndpoint endpoint = on.tcpEndpoint();
        assertThat(endpoint.bind(IpAddress.ANY_V6, PORT, true)).isEqualTo(Failure.NONE);
        TcpListener opened = endpoint.listen(random.nextInt(3));
        listener = opened;
        long untilNs = clock.nanoTime() + random.nextLong(TimeUnit.MILLISECONDS.toNanos(8));
        while (clock.nanoTime() < untilNs) {
            assertThat(on.endpoints()).isNotEmpty();
        }
        opened.close();
    }

    private static void awaitTheEndOfAll(Host host) {
        for (int i = 0; i < 10_000 && !host.endpoints().isEmpty(); i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(host.endpoints()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(CookieUse.class)
    @Timeout(60)
    void nothing_is_left_of_connections_and_handshakes(CookieUse cookies) throws InterruptedException {
        Host a = host(cookies, clock);
        Host b = host(cookies, clock);
        LinkPump pumpA = pump(a, cable.a(), "192.0.2.1/24", clock);
        LinkPump pumpB = pump(b, cable.b(), "192.0.2.2/24", clock);
        long pumpBytes = b.bufferPool().usedBytes();

        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            threads.add(start(i, random -> connect(a, random), () -> {}));
        }
        for (int i = 5; i < 7; i++) {
            Queue<TcpEndpoint> open = new ArrayDeque<>();
            threads.add(start(i, random -> accept(open, random), () -> open.forEach(TcpEndpoint::close)));
        }
        threads.add(start(7, random -> listenForAWhile(b, random), () -> {}));
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(unexpected).isEmpty();
        assertThat(accepted).hasPositiveValue();

        awaitTheEndOfAll(a);
        awaitTheEndOfAll(b);
        assertThat(b.ports().isUsed(PORT)).isFalse();
        for (int port = FIRST_PORT; port <= LAST_PORT; port++) {
            assertThat(a.ports().isUsed(port)).isFalse();
        }
        assertThat(a.bufferPool().usedBytes()).isEqualTo(pumpBytes);
        assertThat(b.bufferPool().usedBytes()).isEqualTo(pumpBytes);
        assertThat(a.tcpContext().orphans().count() + b.tcpContext().orphans().count())
                .isZero();
        pumpA.close();
        pumpB.close();
        a.close();
        b.close();
        assertThat(a.bufferPool().usedBytes() + b.bufferPool().usedBytes()).isZero();
    }
}
