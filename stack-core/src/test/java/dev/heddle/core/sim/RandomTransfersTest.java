package dev.heddle.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.EndpointInfo;
import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.Readiness;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two hosts, a bad link and random applications, many times over: every byte arrives, in order, both ways; every connection
 * ends; no timer and no memory is left. A failure names its seed, which goes into {@link #seeds_that_once_failed}.
 */
class RandomTransfersTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long MILLISECOND = 1_000_000L;
    private static final long LONGEST_NS = 4L * 3600 * SECOND;
    private static final int SEEDS = Integer.getInteger("heddle.simulation.seeds", 500);

    @Test
    void every_byte_arrives_and_every_connection_ends_whatever_the_link_does() {
        for (int seed = 0; seed < SEEDS; seed++) {
            run(seed);
        }
    }

    @Test
    @Tag("slow")
    void nor_do_many_more_seeds_fail() {
        for (int seed = SEEDS; seed < SEEDS + 20_000; seed++) {
            run(seed);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0})
    void seeds_that_once_failed(long seed) {
        run(seed);
    }

    @Test
    void the_same_seed_gives_the_same_run() {
        assertThat(run(42)).isEqualTo(run(42));
    }

    private static String run(long seed) {
        try (Simulation simulation = new Simulation(seed)) {
            return new Scenario(simulation).run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    /** One random world. */
    private static final class Scenario {

        private final Simulation simulation;
        private final RandomGenerator random;
        private final List<Transfer> transfers = new ArrayList<>();
        private final Host client;
        private final Host server;
        private final boolean ipv6;

        Scenario(Simulation simulation) {
            this.simulation = simulation;
            random = simulation.random();
            ipv6 = random.nextBoolean();
            client = simulation.host(config());
            server = simulation.host(config());
            int mtu = List.of(576, 1280, 1500, 9000, 65_535).get(random.nextInt(5));
            if (ipv6) {
                mtu = Math.max(1280, mtu);
            }
            simulation.connect(
                    client,
                    List.of(IpPrefix.parse(ipv6 ? "2001:db8::1/64" : "192.0.2.1/24")),
                    server,
                    List.of(IpPrefix.parse(ipv6 ? "2001:db8::2/64" : "192.0.2.2/24")),
                    random.nextBoolean() ? LinkCapabilities.plain(mtu) : new LinkCapabilities(mtu, 65_535, true),
                    faults(),
                    faults());
        }

        private HostConfig config() {
            ConnectionOptions options = ConnectionOptions.DEFAULTS
                    .with()
                    .noDelay(random.nextBoolean())
                    .sendBufferBytes(1 + random.nextInt(300_000))
                    .receiveBufferBytes(2_000 + random.nextInt(300_000))
                    .build();
            TcpConfig tcp = TcpConfig.builder()
                    .timestamps(random.nextBoolean())
                    .sack(random.nextInt(4) > 0)
                    .windowScaling(random.nextInt(4) > 0)
                    .dataRetries(30)
                    .orphanRetries(30)
                    .synAckRetries(20)
                    .connection(options.with().synRetries(20).build())
                    .build();
            return HostConfig.builder()
                    .tcp(tcp)
                    .memoryLimitBytes(64L << 20)
                    .chunkBytes(4096)
                    .build();
        }

        private Faults faults() {
            if (random.nextInt(5) == 0) {
                return Faults.NONE;
            }
            return Faults.builder()
                    .loss(random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.1)
                    .duplication(random.nextInt(3) == 0 ? random.nextDouble() * 0.1 : 0)
                    .reordering(random.nextInt(3) == 0 ? random.nextDouble() * 0.2 : 0)
                    .reorderDelayNs(random.nextLong(1, 50 * MILLISECOND))
                    .corruption(random.nextInt(4) == 0 ? random.nextDouble() * 0.05 : 0)
                    .delayNs(random.nextLong(150 * MILLISECOND))
                    .jitterNs(random.nextInt(3) == 0 ? random.nextLong(20 * MILLISECOND) : 0)
                    .bitsPerSecond(random.nextInt(3) == 0 ? random.nextLong(1_000_000, 1_000_000_000) : 0)
                    .build();
        }

        String run() {
            TcpEndpoint bound = server.tcpEndpoint();
            IpAddress address = IpAddress.parse(ipv6 ? "2001:db8::2" : "192.0.2.2");
            assertThat(bound.bind(address, 80, false)).isEqualTo(Failure.NONE);
            TcpListener listener = bound.listen(16);
            int connections = 1 + random.nextInt(4);
            int up = random.nextInt(4) == 0 ? random.nextInt(5) : random.nextInt(150_000);
            int down = random.nextInt(4) == 0 ? random.nextInt(5) : random.nextInt(150_000);
            boolean lazy = random.nextInt(4) == 0;
            Runnable accept = () -> {
                for (TcpEndpoint e = listener.tryAccept(); e != null; e = listener.tryAccept()) {
                    transfers.add(new Transfer(simulation, e, down, up, 1, 2, lazy));
                }
            };
            listener.readiness().subscribe(accept);
            for (int i = 0; i < connections; i++) {
                TcpEndpoint endpoint = client.tcpEndpoint();
                assertThat(endpoint.connect(address, 80)).isEqualTo(Failure.NONE);
                transfers.add(new Transfer(simulation, endpoint, up, down, 2, 1, lazy));
            }
            long until = simulation.nanoTime() + LONGEST_NS;
            int steps = 0;
            while (!(transfers.size() == 2 * connections && transfers.stream().allMatch(Transfer::isEnded))) {
                assertThat(simulation.step(until))
                        .as(() -> "still going on: "
                                + transfers.stream().map(Transfer::progress).toList())
                        .isTrue();
                steps++;
                transfers.forEach(Transfer::check);
            }
            long endedNs = simulation.nanoTime();
            transfers.forEach(Transfer::check);
            listener.close();
            // What is left are orphans that end, and TIME-WAIT.
            simulation.run(3600 * SECOND);
            expectNothingLeft(client);
            expectNothingLeft(server);
            return steps + " steps, " + endedNs + " ns, "
                    + client.counters().tcp().snapshot();
        }

        private static void expectNothingLeft(Host host) {
            assertThat(host.endpoints())
                    .as("endpoints left")
                    .extracting(EndpointInfo::state)
                    .isEqualTo(List.<TcpState>of());
            assertThat(host.bufferPool().usedBytes()).as("buffer memory left").isZero();
            assertThat(host.nextDeadline()).as("timers left").isEqualTo(Long.MAX_VALUE);
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
