package dev.heddle.benchmarks;

import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.HostInterface;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGeneratorFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Two hosts driven by hand, each one's sink leading into the other: a connection's whole way from {@code write} through TCP, IP,
 * {@code inject} and TCP to {@code read}, acknowledgements included, without threads and system calls. Times and, with
 * {@code -prof gc}, allocation are per segment of 1,448 bytes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
public class EngineBenchmark {

    private static final int SEGMENT_BYTES = 1_448;
    private static final int SEGMENTS = 44;

    /** Whether the way takes super-segments and completes checksums, as a TUN with offloads does. */
    @Param({"true", "false"})
    private boolean offload;

    private final byte[] sent = new byte[SEGMENTS * SEGMENT_BYTES];
    private final byte[] received = new byte[SEGMENTS * SEGMENT_BYTES];
    private TcpEndpoint client;
    private TcpEndpoint server;
    private Way toServer;
    private Way toClient;

    /** Carries packets from one host to the other when both are idle: a host must not be entered from its own sink. */
    private static final class Way {
        private final Packet[] queue = new Packet[256];
        private int queued;
        private Host to;
        private HostInterface in;

        Way() {
            for (int i = 0; i < queue.length; i++) {
                queue[i] = new Packet(Packet.MAX_LENGTH);
            }
        }

        boolean take(Packet packet) {
            if (queued == queue.length) {
                return false;
            }
            queue[queued++].copyOf(packet);
            return true;
        }

        boolean deliver() {
            if (queued == 0) {
                return false;
            }
            to.beginBatch(in);
            for (int i = 0; i < queued; i++) {
                queue[i].checksumTrusted(queue[i].checksumStart() >= 0);
                to.inject(in, queue[i]);
            }
            queued = 0;
            to.endBatch(in);
            return true;
        }
    }

    /** Opens the connection. */
    @Setup
    public void connect() {
        Clock clock = Clock.system();
        Host a = Host.create(
                HostConfig.DEFAULTS,
                clock,
                RandomGeneratorFactory.of("L64X128MixRandom").create(1));
        Host b = Host.create(
                HostConfig.DEFAULTS,
                clock,
                RandomGeneratorFactory.of("L64X128MixRandom").create(2));
        LinkCapabilities capabilities =
                offload ? new LinkCapabilities(1500, Packet.MAX_LENGTH, true) : LinkCapabilities.plain(1500);
        toServer = new Way();
        toClient = new Way();
        HostInterface ofA = a.addInterface("a", capabilities, toServer::take, List.of(IpPrefix.parse("192.0.2.1/24")));
        HostInterface ofB = b.addInterface("b", capabilities, toClient::take, List.of(IpPrefix.parse("192.0.2.2/24")));
        toServer.to = b;
        toServer.in = ofB;
        toClient.to = a;
        toClient.in = ofA;
        TcpEndpoint bound = b.tcpEndpoint();
        require(bound.bind(IpAddress.parse("192.0.2.2"), 80, false) == Failure.NONE);
        TcpListener listener = bound.listen(1);
        client = a.tcpEndpoint();
        require(client.connect(IpAddress.parse("192.0.2.2"), 80) == Failure.NONE);
        exchange();
        server = listener.tryAccept();
        require(server != null);
        for (int i = 0; i < 100; i++) {
            require(bulk() > 0);
        }
    }

    /** One write of many segments, all read. */
    @Benchmark
    @OperationsPerInvocation(SEGMENTS)
    public int bulk() {
        int written = 0;
        int read = 0;
        while (read < sent.length) {
            written += client.write(sent, written, sent.length - written);
            exchange();
            read += server.read(received, 0, received.length);
            exchange();
        }
        return read;
    }

    /** One octet there and back. */
    @Benchmark
    public int pingPong() {
        client.write(sent, 0, 1);
        exchange();
        int there = server.read(received, 0, 1);
        server.write(received, 0, 1);
        exchange();
        return there + client.read(received, 0, 1);
    }

    private void exchange() {
        while (toServer.deliver() | toClient.deliver()) {
            // Until nobody has anything to say.
        }
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("the connection does not work");
        }
    }
}
