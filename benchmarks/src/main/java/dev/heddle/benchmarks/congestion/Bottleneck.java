package dev.heddle.benchmarks.congestion;

import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.link.Fabric;
import dev.heddle.core.link.FaultCounter;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.Link;
import dev.heddle.core.link.Loss;
import dev.heddle.core.sim.Simulation;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Two hosts and one path between them under virtual time, with flows from the first to the second. */
final class Bottleneck implements AutoCloseable {

    static final int MTU = 1500;
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;

    /** What takes no part in the experiment is large: windows, and the memory behind them. */
    private static final long MEMORY_BYTES = 512L << 20;

    private static final IpAddress SENDER = IpAddress.parse("192.0.2.1");
    private static final IpAddress RECEIVER = IpAddress.parse("192.0.2.2");
    private static final int PORT = 80;

    private final Simulation simulation;
    private final long startNs;
    private final Host sender;
    private final Fabric.Path path;
    private final byte[] sink = new byte[256 * 1024];
    private final List<Flow> flows = new ArrayList<>();

    /**
     * A path.
     *
     * @param roundTripNs without serialization and queue, half of it each way
     * @param queueBytes in front of the bottleneck
     */
    record Shape(long bitsPerSecond, long roundTripNs, long queueBytes, Loss loss) {

        /** Bytes on the way when the path is just full. */
        static long bandwidthDelayBytes(long bitsPerSecond, long roundTripNs) {
            return bitsPerSecond * roundTripNs / (8 * SECOND);
        }

        long bandwidthDelayBytes() {
            return bandwidthDelayBytes(bitsPerSecond, roundTripNs);
        }

        /** The round trip of a full packet that finds the queue empty. */
        double emptyRoundTripSeconds() {
            return (double) roundTripNs / SECOND + 8.0 * MTU / bitsPerSecond;
        }
    }

    Bottleneck(long seed, String algorithm, Shape shape) {
        simulation = new Simulation(seed);
        startNs = simulation.nanoTime();
        int bufferBytes =
                (int) Math.min(128L << 20, 4 * (shape.bandwidthDelayBytes() + shape.queueBytes()) + (1 << 20));
        HostConfig config = HostConfig.builder()
                .tcp(TcpConfig.builder()
                        .connection(ConnectionOptions.DEFAULTS
                                .with()
                                .congestionControl(algorithm)
                                .sendBufferBytes(bufferBytes)
                                .receiveBufferBytes(bufferBytes)
                                .build())
                        .build())
                .memoryLimitBytes(MEMORY_BYTES)
                .build();
        sender = simulation.host(config);
        Host receiver = simulation.host(config);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Fabric fabric = new Fabric(MTU, simulation, random, MEMORY_BYTES);
        Link from = fabric.join("sender", List.of(SENDER));
        Link to = fabric.join("receiver", List.of(RECEIVER));
        simulation.attach(sender, List.of(new IpPrefix(SENDER, 24)), from);
        simulation.attach(receiver, List.of(new IpPrefix(RECEIVER, 24)), to);
        path = fabric.path(from, to);
        path.faults(Faults.builder()
                .delayNs(shape.roundTripNs() / 2)
                .bitsPerSecond(shape.bitsPerSecond())
                .queueBytes((int) shape.queueBytes())
                .loss(shape.loss())
                .build());
        fabric.path(to, from)
                .faults(Faults.builder().delayNs(shape.roundTripNs() / 2).build());
        TcpEndpoint bound = receiver.tcpEndpoint();
        bound.bind(RECEIVER, PORT, false);
        TcpListener listener = bound.listen(64);
        listener.readiness().subscribe(() -> {
            for (TcpEndpoint e = listener.tryAccept(); e != null; e = listener.tryAccept()) {
                TcpEndpoint accepted = e;
                accepted.readiness().subscribe(() -> drain(accepted));
                drain(accepted);
            }
        });
    }

    private void drain(TcpEndpoint from) {
        int n;
        do {
            n = from.read(sink, 0, sink.length);
        } while (n > 0);
    }

    /** Starts one more flow. */
    Flow open() {
        TcpEndpoint endpoint = sender.tcpEndpoint();
        Flow flow = new Flow(endpoint);
        endpoint.connect(RECEIVER, PORT);
        flows.add(flow);
        return flow;
    }

    /** Since the simulation began. */
    long elapsedNs() {
        return simulation.nanoTime() - startNs;
    }

    void run(long durationNs) {
        simulation.run(durationNs);
    }

    /** Runs and takes samples of all flows at equal distances. */
    void record(long durationNs, long everyNs) {
        for (long until = simulation.nanoTime() + durationNs; simulation.nanoTime() < until; ) {
            simulation.run(everyNs);
            flows.forEach(flow -> flow.sample(elapsedNs()));
        }
    }

    long count(TcpCounter counter) {
        return sender.counters().tcp().get(counter);
    }

    long count(FaultCounter counter) {
        return path.counters().get(counter);
    }

    @Override
    public void close() {
        simulation.close();
    }
}
