package dev.heddle.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.link.Fabric;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.Link;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A host whose memory is far too little for those who want it: peers that send to applications which do not read, or read
 * slowly, peers that take slowly what they asked for, peers that fill windows but for the first octet, and honest ones.
 */
class MemoryCrowdTest {

    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final IpAddress SERVER = IpAddress.parse("192.0.2.200");
    private static final int CHUNK_BYTES = 4096;
    private static final int HONEST_BYTES = 20_000;

    /** What a slow one reads at a time, and how often. */
    private static final int SIP_BYTES = 1000;

    private static final long SIP_NS = 200 * MS;

    /** What the server's application does with a connection; the port says which. */
    private enum Kind {
        IGNORED,
        READ_SLOWLY,
        TAKING_SLOWLY,
        FILLING,
        HONEST;

        int port() {
            return 1000 + ordinal();
        }
    }

    @Test
    @Requirement("RFC9293:3.8.6")
    void nobody_passes_the_limit_and_nobody_starves() {
        crowd(30, 2 << 20, 20);
    }

    @Test
    @Tag("slow")
    @Requirement("RFC9293:3.8.6")
    void nobody_passes_the_limit_and_nobody_starves_among_thousands() {
        crowd(420, 16 << 20, 60);
    }

    /**
     * @param ofEach how many connections of each kind
     * @param seconds within how much virtual time all honest ones are done
     */
    private static void crowd(int ofEach, long limitBytes, int seconds) {
        try (Crowd crowd = new Crowd(limitBytes)) {
            // These find memory, and keep it.
            crowd.connect(Kind.FILLING, ofEach);
            crowd.run(2);
            crowd.connect(Kind.IGNORED, ofEach);
            crowd.connect(Kind.READ_SLOWLY, ofEach);
            crowd.connect(Kind.TAKING_SLOWLY, ofEach);
            crowd.run(8);
            // Each of them would take all of it.
            assertThat(crowd.server.bufferPool().usedBytes())
                    .as("memory in use before the honest ones come")
                    .isGreaterThan(limitBytes * 3 / 4);
            crowd.connect(Kind.HONEST, ofEach);
            for (int second = 0; second < seconds; second += 20) {
                List<Long> before = crowd.progress();
                crowd.run(20);
                List<Long> after = crowd.progress();
                for (int i = 0; i < before.size(); i++) {
                    assertThat(after.get(i)).as("octets of the slow one %d", i).isGreaterThan(before.get(i));
                }
            }
            assertThat(crowd.honest).hasSize(ofEach).allMatch(each -> each.received == HONEST_BYTES);
            assertThat(crowd.server.counters().tcp().get(TcpCounter.TcpExtTCPOFODrop))
                    .as("data ahead of a gap that found no memory")
                    .isPositive();
            crowd.end();
        }
    }

    /** One who reads a little now and then. */
    private static final class Sipper {

        private final TcpEndpoint endpoint;
        private final byte[] sip = new byte[SIP_BYTES];
        private long octets;

        Sipper(TcpEndpoint endpoint) {
            this.endpoint = endpoint;
        }

        void sip() {
            octets += Math.max(0, endpoint.read(sip, 0, sip.length));
        }
    }

    /** One who sends, and takes what comes back. */
    private static final class Client {

        private final TcpEndpoint endpoint;
        private int sent;
        private int received;

        Client(TcpEndpoint endpoint) {
            this.endpoint = endpoint;
            endpoint.readiness().subscribe(this::work);
        }

        void work() {
            byte[] piece = new byte[HONEST_BYTES];
            sent += Math.max(0, endpoint.write(piece, sent, HONEST_BYTES - sent));
            for (int n = endpoint.read(piece, 0, piece.length); n > 0; n = endpoint.read(piece, 0, piece.length)) {
                received += n;
            }
        }
    }

    private static final class Crowd implements AutoCloseable {

        private final Simulation simulation = new Simulation(11);
        private final Fabric fabric = simulation.fabric(1500);
        private final Host server;
        private final Link serverLink;
        private final List<Host> hosts = new ArrayList<>();
        private final List<TcpEndpoint> endpoints = new ArrayList<>();
        private final List<Sipper> sippers = new ArrayList<>();
        private final List<Client> honest = new ArrayList<>();
        private final byte[] much = new byte[32_000];

        Crowd(long limitBytes) {
            fabric.defaultFaults(Faults.builder()
                    .delayNs(10 * MS)
                    .bitsPerSecond(1_000_000_000)
                    .queueBytes(8 << 20)
                    .build());
            server = simulation.host(HostConfig.builder()
                    .memoryLimitBytes(limitBytes)
                    .chunkBytes(CHUNK_BYTES)
                    .build());
            serverLink = join("server", server, SERVER);
            for (Kind kind : Kind.values()) {
                TcpEndpoint bound = server.tcpEndpoint();
                assertThat(bound.bind(SERVER, kind.port(), false)).isEqualTo(Failure.NONE);
                TcpListener listener = bound.listen(4096);
                listener.readiness().subscribe(() -> {
                    for (TcpEndpoint e = listener.tryAccept(); e != null; e = listener.tryAccept()) {
                        accepted(kind, e);
                    }
                });
            }
        }

        private Link join(String name, Host host, IpAddress address) {
            hosts.add(host);
            Link link = fabric.join(name, List.of(address));
            simulation.attach(host, List.of(new IpPrefix(address, 24)), link);
            return link;
        }

        private void accepted(Kind kind, TcpEndpoint endpoint) {
            endpoints.add(endpoint);
            switch (kind) {
                case IGNORED, FILLING -> {
                    // nobody reads, or could
                }
                case READ_SLOWLY -> sipFrom(endpoint);
                case TAKING_SLOWLY -> {
                    endpoint.readiness().subscribe(() -> writeAll(endpoint));
                    writeAll(endpoint);
                }
                case HONEST -> {
                    Echo echo = new Echo(endpoint);
                    endpoint.readiness().subscribe(echo::work);
                    echo.work();
                }
            }
        }

        private void sipFrom(TcpEndpoint endpoint) {
            Sipper sipper = new Sipper(endpoint);
            sippers.add(sipper);
            sipLater(sipper, simulation.random().nextLong(SIP_NS));
        }

        private void sipLater(Sipper sipper, long delayNs) {
            simulation.after(delayNs, () -> {
                sipper.sip();
                sipLater(sipper, SIP_NS);
            });
        }

        private void writeAll(TcpEndpoint endpoint) {
            for (int n = endpoint.write(much, 0, much.length); n > 0; n = endpoint.write(much, 0, much.length)) {
                // as much as it takes
            }
        }

        /** A host of its own for each kind. */
        void connect(Kind kind, int count) {
            // An initial window that fills the receiver's at once.
            int window = kind == Kind.FILLING ? 100 : 10;
            Host host = simulation.host(HostConfig.builder()
                    .memoryLimitBytes(512L << 20)
                    .tcp(TcpConfig.builder().initialWindowSegments(window).build())
                    .build());
            IpAddress address = IpAddress.parse("192.0.2." + (10 + kind.ordinal()));
            Link link = join(kind.name(), host, address);
            if (kind == Kind.FILLING) {
                loseFirstOctets(link);
            }
            for (int i = 0; i < count; i++) {
                TcpEndpoint endpoint = host.tcpEndpoint();
                endpoints.add(endpoint);
                assertThat(endpoint.connect(SERVER, kind.port())).isEqualTo(Failure.NONE);
                switch (kind) {
                    case IGNORED, READ_SLOWLY, FILLING -> endpoint.readiness().subscribe(() -> writeAll(endpoint));
                    case TAKING_SLOWLY -> sipFrom(endpoint);
                    case HONEST -> honest.add(new Client(endpoint));
                }
            }
        }

        /** The first segment with data of each connection never arrives, whenever it is sent. */
        private void loseFirstOctets(Link link) {
            Map<Integer, Integer> first = new HashMap<>();
            Fabric.Path path = fabric.path(link, serverLink);
            path.faults(path.faults()
                    .with()
                    .loss(random -> packet -> isFirst(packet, first))
                    .build());
        }

        private static boolean isFirst(Packet packet, Map<Integer, Integer> first) {
            int tcp = packet.offset() + 20;
            int headerBytes = 20 + (packet.buffer().get(tcp + 12) >> 4 & 0xf) * 4;
            int port = packet.buffer().getShort(tcp);
            int sequence = packet.buffer().getInt(tcp + 4);
            return packet.length() > headerBytes && first.computeIfAbsent(port, p -> sequence) == sequence;
        }

        List<Long> progress() {
            return sippers.stream().map(each -> each.octets).toList();
        }

        void run(int seconds) {
            BufferPool pool = server.bufferPool();
            long until = simulation.nanoTime() + seconds * SECOND;
            while (simulation.step(until)) {
                if (pool.usedBytes() > pool.limitBytes()) {
                    assertThat(pool.usedBytes()).isLessThanOrEqualTo(pool.limitBytes());
                }
            }
            assertThat(pool.peakBytes()).isLessThanOrEqualTo(pool.limitBytes());
        }

        void end() {
            endpoints.forEach(TcpEndpoint::abort);
            run(5);
            for (Host host : hosts) {
                assertThat(host.bufferPool().usedBytes()).as("memory left").isZero();
            }
        }

        @Override
        public void close() {
            simulation.close();
            fabric.close();
        }
    }

    /** Sends back what comes. */
    private static final class Echo {

        private final TcpEndpoint endpoint;
        private final byte[] piece = new byte[4000];
        private int have;
        private int done;
        private boolean working;
        private boolean again;

        Echo(TcpEndpoint endpoint) {
            this.endpoint = endpoint;
        }

        /** A call that makes room itself says so before it returns. */
        void work() {
            again = true;
            if (working) {
                return;
            }
            working = true;
            while (again) {
                again = false;
                move();
            }
            working = false;
        }

        private void move() {
            while (true) {
                if (done == have) {
                    done = 0;
                    have = Math.max(0, endpoint.read(piece, 0, piece.length));
                }
                int n = have == done ? 0 : endpoint.write(piece, done, have - done);
                if (n <= 0) {
                    return;
                }
                done += n;
            }
        }
    }
}
