package dev.heddle.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.link.FaultCounter;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Loss;
import dev.heddle.core.link.PacketFields;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.EcnMode;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One flow over one path: what congestion control makes of it. */
class CongestionTest {

    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final IpAddress SERVER = IpAddress.parse("192.0.2.2");

    private final Simulation simulation = new Simulation(7);
    private Simulation.Connection path;
    private Host sender;
    private TcpEndpoint flow;
    private long toSend;
    private long received;
    private final byte[] piece = new byte[64 * 1024];

    /** Opens a flow of so many bytes and takes what arrives. */
    private void start(long bytes, String algorithm, EcnMode ecn, Faults data, Faults acknowledgements) {
        toSend = bytes;
        ConnectionOptions options = ConnectionOptions.DEFAULTS
                .with()
                .congestionControl(algorithm)
                .sendBufferBytes(16 << 20)
                .receiveBufferBytes(16 << 20)
                .build();
        HostConfig config = HostConfig.builder()
                .tcp(TcpConfig.builder().ecn(ecn).connection(options).build())
                .memoryLimitBytes(256L << 20)
                .build();
        sender = simulation.host(config);
        Host receiver = simulation.host(config);
        path = simulation.connect(
                sender,
                List.of(IpPrefix.parse("192.0.2.1/24")),
                receiver,
                List.of(IpPrefix.parse("192.0.2.2/24")),
                LinkCapabilities.plain(1500),
                data,
                acknowledgements);
        TcpEndpoint bound = receiver.tcpEndpoint();
        bound.bind(SERVER, 80, false);
        TcpListener listener = bound.listen(1);
        listener.readiness().subscribe(() -> {
            TcpEndpoint accepted = listener.tryAccept();
            if (accepted != null) {
                accepted.readiness().subscribe(() -> read(accepted));
                read(accepted);
            }
        });
        flow = sender.tcpEndpoint();
        flow.readiness().subscribe(this::write);
        flow.connect(SERVER, 80);
    }

    private void read(TcpEndpoint from) {
        for (int n = from.read(piece, 0, piece.length); n > 0; n = from.read(piece, 0, piece.length)) {
            received += n;
        }
    }

    private void write() {
        while (toSend > 0) {
            int n = flow.write(piece, 0, (int) Math.min(piece.length, toSend));
            if (n <= 0) {
                return;
            }
            toSend -= n;
        }
    }

    private TcpInfo info() {
        TcpInfo info = flow.info();
        assertThat(info).isNotNull();
        return info;
    }

    private long count(TcpCounter counter) {
        return sender.counters().tcp().get(counter);
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    private static Faults.Builder bottleneck(long bitsPerSecond, long delayNs, int queueBytes) {
        return Faults.builder().bitsPerSecond(bitsPerSecond).delayNs(delayNs).queueBytes(queueBytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cubic", "newreno"})
    @Requirement("RFC9406:4.2")
    void slow_start_is_left_before_the_queue_overflows(String algorithm) {
        // 20 Mbit/s, 100 ms: 250 kB of bandwidth-delay product. The five conservative rounds, a quarter each, need room
        // too; slow start without an end would fill any queue.
        start(
                40_000_000,
                algorithm,
                EcnMode.OFF,
                bottleneck(20_000_000, 50 * MS, 4_000_000).build(),
                Faults.builder().delayNs(50 * MS).build());
        simulation.run(8 * SECOND);
        assertThat(path.link().transmitCounters().get(FaultCounter.QUEUE_FULL)).isZero();
        assertThat(info().ssthreshBytes()).isBetween(250_000L, 4_000_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cubic", "newreno"})
    @Requirement({"RFC9406:4.2", "RFC9937:6"})
    void path_with_a_queue_of_its_product_is_used_within_ten_round_trips_after_slow_start(String algorithm) {
        long bitsPerSecond = 100_000_000;
        start(
                400_000_000,
                algorithm,
                EcnMode.OFF,
                bottleneck(bitsPerSecond, 50 * MS, 1_250_000).build(),
                Faults.builder().delayNs(50 * MS).build());
        long usefulBytesPerSecond = bitsPerSecond / 8 * 1448 / 1500;
        do {
            simulation.run(10 * MS);
        } while (info() == null || info().ssthreshBytes() == Long.MAX_VALUE);
        // Doubling for one round trip too many loses hundreds of segments. They are repaired without a timeout, and the
        // path is
        // not idle meanwhile, whatever waits for them at the receiver.
        for (int roundTrip = 1; roundTrip <= 40; roundTrip++) {
            long before = info().traffic().deliveredBytes();
            simulation.run(100 * MS);
            long delivered = info().traffic().deliveredBytes() - before;
            if (roundTrip > 10) {
                assertThat(delivered)
                        .as("in round trip %d, %s", roundTrip, info())
                        .isGreaterThan(usefulBytesPerSecond / 10 * 95 / 100);
            }
        }
        assertThat(path.link().transmitCounters().get(FaultCounter.QUEUE_FULL)).isGreaterThan(100);
        assertThat(count(TcpCounter.TcpExtTCPTimeouts)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cubic", "newreno"})
    @Requirement("RFC3168:6.1.2")
    void marks_instead_of_drops_use_the_path_without_a_retransmission(String algorithm) {
        // 10 Mbit/s, 20 ms: 25 kB of bandwidth-delay product, and marks from a queue of as much on.
        start(
                10_000_000,
                algorithm,
                EcnMode.ON,
                bottleneck(10_000_000, 10 * MS, 500_000)
                        .markingQueueBytes(25_000)
                        .build(),
                Faults.builder().delayNs(10 * MS).build());
        simulation.run(10 * SECOND);
        assertThat(path.link().transmitCounters().get(FaultCounter.MARKED)).isPositive();
        assertThat(path.link().transmitCounters().get(FaultCounter.QUEUE_FULL)).isZero();
        assertThat(count(TcpCounter.TcpRetransSegs)).isZero();
        assertThat(count(TcpCounter.TcpExtTCPDeliveredCE)).isPositive();
        // 12.5 MB in ten seconds with headers.
        assertThat(received).isEqualTo(10_000_000);
        assertThat(info().rttNs()).isLessThan(120 * MS);
    }

    @Test
    @Requirement("RFC9438:4.2")
    void window_after_a_loss_grows_as_the_cubic_function_of_time() {
        Faults data = Faults.builder().delayNs(50 * MS).build();
        start(200_000_000, "cubic", EcnMode.OFF, data, data);
        while (info() == null || info().congestionWindowBytes() < 200 * 1448) {
            simulation.run(10 * MS);
        }
        // The last packet of a round trip's burst would be a probe's affair: one from its middle is lost.
        path.link()
                .transmitFaults(data.with()
                        .loss(Loss.script(PacketFields::hasData, 100))
                        .build());
        while (info().ssthreshBytes() == Long.MAX_VALUE) {
            simulation.step(simulation.nanoTime() + 10 * MS);
        }
        double threshold = info().ssthreshBytes() / 1448.0;
        Matcher maximum = Pattern.compile("W_max (\\d+)").matcher(info().congestionDiagnostics());
        assertThat(maximum.find()).isTrue();
        double before = Long.parseLong(maximum.group(1)) / 1448.0;
        double k = Math.cbrt((before - threshold) / 0.4);
        while (!info().recoveryPhase().equals("OPEN")) {
            simulation.step(simulation.nanoTime() + 10 * MS);
        }
        long epochNs = simulation.nanoTime();
        for (int i = 1; i <= 12; i++) {
            simulation.run(epochNs + i * SECOND / 2 - simulation.nanoTime());
            double seconds = i / 2.0;
            double window = info().congestionWindowBytes() / 1448.0;
            double lower = before + 0.4 * Math.pow(seconds - 0.15 - k, 3);
            double upper = before + 0.4 * Math.pow(seconds + 0.25 - k, 3);
            assertThat(window)
                    .as("window %.1f s after the loss, %s", seconds, info())
                    .isBetween(lower * 0.97, upper * 1.03);
        }
    }
}
