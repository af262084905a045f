package dev.heddle.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What loss and reordering cost a whole connection between two hosts. */
class LossRecoverySimulationTest {

    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;
    private static final IpAddress SERVER = IpAddress.parse("192.0.2.2");

    /** A server that sends to a client that reads all. */
    private static final class World implements AutoCloseable {

        private final Simulation simulation = new Simulation(1);
        private final Host server;
        private final Simulation.Connection connection;
        private final byte[] buffer = new byte[64 << 10];
        private final TcpEndpoint sender;
        private long received;
        private long lastArrivalNs;

        World(Faults toClient, Faults toServer, boolean timestamps) {
            ConnectionOptions options = ConnectionOptions.DEFAULTS
                    .with()
                    .noDelay(true)
                    .sendBufferBytes(1 << 20)
                    .receiveBufferBytes(100_000)
                    .build();
            HostConfig config = HostConfig.builder()
                    .tcp(TcpConfig.builder()
                            .timestamps(timestamps)
                            .connection(options)
                            .build())
                    .build();
            server = simulation.host(config);
            Host client = simulation.host(config);
            connection = simulation.connect(
                    server,
                    List.of(IpPrefix.parse("192.0.2.2/24")),
                    client,
                    List.of(IpPrefix.parse("192.0.2.1/24")),
                    LinkCapabilities.plain(1500),
                    toClient,
                    toServer);
            TcpEndpoint bound = server.tcpEndpoint();
            assertThat(bound.bind(SERVER, 80, false)).isEqualTo(Failure.NONE);
            TcpListener listener = bound.listen(1);
            TcpEndpoint receiver = client.tcpEndpoint();
            assertThat(receiver.connect(SERVER, 80)).isEqualTo(Failure.NONE);
            receiver.readiness().subscribe(() -> read(receiver));
            simulation.run(SECOND);
            TcpEndpoint accepted = listener.tryAccept();
            assertThat(accepted).isNotNull();
            sender = accepted;
        }

        private void read(TcpEndpoint receiver) {
            for (int n = receiver.read(buffer, 0, buffer.length); n > 0; n = receiver.read(buffer, 0, buffer.length)) {
                received += n;
                lastArrivalNs = simulation.nanoTime();
            }
        }

        void write(int bytes) {
            assertThat(sender.write(buffer, 0, bytes)).isEqualTo(bytes);
        }

        /** Writes whenever there is room. */
        void writeForEver() {
            Runnable write = () -> {
                while (sender.write(buffer, 0, buffer.length) > 0) {
                    // As long as there is room.
                }
            };
            sender.readiness().subscribe(write);
            write.run();
        }

        long bytesWithin(long ns) {
            long before = received;
            simulation.run(ns);
            return received - before;
        }

        long count(TcpCounter counter) {
            return server.counters().tcp().get(counter);
        }

        @Override
        public void close() {
            simulation.close();
        }
    }

    private static Faults.Builder delay(long ms) {
        return Faults.builder().delayNs(ms * MS);
    }

    @Test
    @Requirement("RFC8985:7")
    void lost_last_segment_of_a_response_costs_two_round_trips_and_the_probes_timer_and_no_timeout() {
        try (World world = new World(delay(25).build(), delay(25).build(), true)) {
            long costNs = costOfALostEnd(world, 8_000, 1_000);
            // When the rest is acknowledged, the probe of a single segment goes after 250 ms.
            assertThat(costNs).isBetween(300 * MS, 350 * MS);
            assertThat(world.count(TcpCounter.TcpRetransSegs)).isEqualTo(1);
        }
    }

    @Test
    @Requirement("RFC8985:7")
    void two_lost_segments_at_the_end_cost_two_round_trips_and_two_for_the_probe() {
        try (World world = new World(delay(25).build(), delay(25).build(), true)) {
            long costNs = costOfALostEnd(world, 8_000, 2 * 1_448);
            // 50 ms until the rest is acknowledged, 100 for the probe, 50 for its SACK, and the other's way.
            assertThat(costNs).isBetween(225 * MS, 230 * MS);
            assertThat(world.count(TcpCounter.TcpRetransSegs)).isEqualTo(2);
            assertThat(world.count(TcpCounter.TcpExtTCPSackRecovery)).isEqualTo(1);
        }
    }

    @Test
    @Requirement("RFC8985:7")
    void lost_single_segment_costs_a_probe_and_no_timeout() {
        try (World world = new World(delay(25).build(), delay(25).build(), true)) {
            assertThat(costOfALostEnd(world, 0, 1_000)).isBetween(250 * MS, 300 * MS);
        }
    }

    /** The time from the writing of a response, of which the end is lost, to its arrival; 50 ms of round trip. */
    private static long costOfALostEnd(World world, int before, int lost) {
        world.write(20_000);
        world.simulation.run(SECOND);
        long startNs = world.simulation.nanoTime();
        long expected = world.received + before + lost;
        if (before > 0) {
            world.write(before);
        }
        world.connection.link().transmitFaults(delay(25).loss(1).build());
        world.write(lost);
        world.connection.link().transmitFaults(delay(25).build());
        world.simulation.run(SECOND);
        assertThat(world.received).isEqualTo(expected);
        assertThat(world.count(TcpCounter.TcpExtTCPTimeouts)).isZero();
        assertThat(world.count(TcpCounter.TcpExtTCPLossProbes)).isEqualTo(1);
        return world.lastArrivalNs - startNs;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement({"RFC8985:6.2", "RFC2883:4"})
    void reordering_by_half_a_round_trip_costs_a_tenth_at_most_once_the_window_has_adapted(boolean timestamps) {
        long undisturbed = throughput(0, timestamps);
        // 10 Mbit/s, headers off.
        assertThat(undisturbed).isGreaterThan(11_800_000);
        assertThat(throughput(20 * MS, timestamps)).isGreaterThan(undisturbed * 9 / 10);
        assertThat(throughput(10 * MS, timestamps)).isGreaterThan(undisturbed * 9 / 10);
    }

    /** Bytes in ten seconds of a path of 10 Mbit/s and 40 ms where one packet in twenty is late by so much. */
    private static long throughput(long lateNs, boolean timestamps) {
        Faults.Builder toClient = delay(20).bitsPerSecond(10_000_000);
        if (lateNs > 0) {
            toClient.reordering(0.05).reorderDelayNs(lateNs);
        }
        try (World world = new World(toClient.build(), delay(20).build(), timestamps)) {
            world.writeForEver();
            world.simulation.run(5 * SECOND);
            return world.bytesWithin(10 * SECOND);
        }
    }
}
