package dev.heddle.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.Readiness;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hosts, bad paths and random applications, many times over: every byte arrives, in order, both ways; every connection
 * ends; no timer and no memory is left. A failure names its seed, which goes into {@link #seeds_that_once_failed}.
 */
class RandomTransfersTest {

    private static final long MILLISECOND = 1_000_000L;

    /** How many scenarios an ordinary run tries, the first of them, and how many at a time. */
    private static final long SEEDS = property("heddle.simulation.seeds", 10_000);

    private static final long FIRST = property("heddle.simulation.first", 0);

    private static final long THREADS = property("heddle.simulation.threads", 1);

    private static final int MOST_FAILURES = 10;

    /** After so many seeds a long run says how far it is. */
    private static final long REPORTED_SEEDS = 50_000;

    /** Where to record a run that fails; by default nowhere. */
    private static final @Nullable String CAPTURE = System.getProperty("heddle.simulation.capture");

    @Test
    void every_byte_arrives_and_every_connection_ends_whatever_the_link_does() {
        run(FIRST, SEEDS);
    }

    @Test
    @Tag("slow")
    void nor_do_many_more_seeds_fail() {
        run(FIRST + SEEDS, 20_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {13, 577, 9943, 15842, 29473})
    void seeds_that_once_failed(long seed) {
        run(seed);
    }

    @Test
    void the_same_seed_gives_the_same_run() {
        assertThat(run(42)).isEqualTo(run(42));
    }

    private static long property(String name, long otherwise) {
        String value = System.getProperty(name);
        try {
            return value == null ? otherwise : Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-D" + name + "=" + value + ": not a whole number", e);
        }
    }

    /** Runs them all, so that one failure does not hide the others, and then fails if any did. */
    private static void run(long first, long number) {
        AtomicLong begun = new AtomicLong();
        List<AssertionError> failures = Collections.synchronizedList(new ArrayList<>());
        Runnable some = () -> {
            for (long n = begun.getAndIncrement();
                    n < number && failures.size() < MOST_FAILURES;
                    n = begun.getAndIncrement()) {
                try {
                    run(first + n);
                } catch (AssertionError e) {
                    failures.add(e);
                    // Whoever ends a long run early shall know.
                    System.err.println(e.getMessage());
                } catch (Error e) {
                    // Out of memory for example: another thread's end would go unnoticed.
                    failures.add(new AssertionError("seed " + (first + n) + ": " + e, e));
                    return;
                }
                if (n > 0 && n % REPORTED_SEEDS == 0) {
                    System.err.println(n + " of " + number + " seeds, " + failures.size() + " of them failed");
                }
            }
        };
        List<Thread> others = LongStream.range(1, THREADS)
                .mapToObj(n -> Thread.ofPlatform().start(some))
                .toList();
        some.run();
        for (Thread other : others) {
            join(other);
        }
        if (!failures.isEmpty()) {
            AssertionError all = new AssertionError(
                    failures.stream().map(AssertionError::getMessage).collect(Collectors.joining("\n")));
            failures.forEach(all::addSuppressed);
            throw all;
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String run(long seed) {
        try (Simulation simulation = new Simulation(seed)) {
            Scenario scenario = new Scenario(simulation);
            try {
                return scenario.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + recorded(seed) + ", " + scenario, e);
            }
        }
    }

    /** Runs it again, which goes the same way, and records it. */
    private static String recorded(long seed) {
        if (CAPTURE == null) {
            return "";
        }
        Path directory = Path.of(CAPTURE, "seed-" + seed);
        try (Simulation simulation = new Simulation(seed)) {
            simulation.capture(directory);
            new Scenario(simulation).run();
            return " (but not when it was recorded)";
        } catch (RuntimeException | AssertionError again) {
            return " (recorded in " + directory + ")";
        }
    }

    @Test
    void readiness_tells_when_a_connection_is_made() {
        try (Simulation simulation = new Simulation(1)) {
            Host a = simulation.host(HostConfig.DEFAULTS);
            Host b = simulation.host(HostConfig.DEFAULTS);
            simulation.connect(
                    a,
                    List.of(IpPrefix.parse("192.0.2.1/24")),
                    b,
                    List.of(IpPrefix.parse("192.0.2.2/24")),
                    LinkCapabilities.plain(1500),
                    Faults.builder().delayNs(10 * MILLISECOND).build(),
                    Faults.builder().delayNs(10 * MILLISECOND).build());
            TcpEndpoint bound = b.tcpEndpoint();
            assertThat(bound.bind(IpAddress.parse("192.0.2.2"), 80, false)).isEqualTo(Failure.NONE);
            TcpListener listener = bound.listen(1);
            TcpEndpoint endpoint = a.tcpEndpoint();
            endpoint.connect(IpAddress.parse("192.0.2.2"), 80);
            simulation.run(20 * MILLISECOND - 1);
            assertThat(endpoint.readiness().isAny(Readiness.CONNECTED)).isFalse();
            simulation.run(1);
            assertThat(endpoint.readiness().isAny(Readiness.CONNECTED)).isTrue();
            assertThat(listener.readiness().isAny(Readiness.ACCEPTABLE)).isFalse();
            simulation.run(10 * MILLISECOND);
            assertThat(listener.readiness().isAny(Readiness.ACCEPTABLE)).isTrue();
        }
    }
}
