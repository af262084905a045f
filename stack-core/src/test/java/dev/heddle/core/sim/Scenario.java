package dev.heddle.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.EndpointInfo;
import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.link.Fabric;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.FaultyLink;
import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Loss;
import dev.heddle.core.link.PacketFields;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.EcnMode;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.tcp.congestion.Cubic;
import dev.heddle.core.tcp.congestion.NewReno;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One random world: hosts of random configuration, on one link or on a network, over paths that do random harm, and
 * applications that send random streams to each other.
 */
final class Scenario {

    private static final long SECOND = 1_000_000_000L;
    private static final long MILLISECOND = 1_000_000L;
    private static final long LONGEST_NS = 24L * 3600 * SECOND;
    private static final long LONGEST_RTO_NS = 15 * SECOND;
    private static final int PORT = 80;
    private static final int LARGEST_PIECE = 20_000;
    private static final int IPV6_LEAST_MTU = 1280;

    private final Simulation simulation;
    private final RandomGenerator random;
    private final boolean ipv6;
    private final int mtu;
    private final List<Host> hosts = new ArrayList<>();
    private final List<Boolean> scalesWindows = new ArrayList<>();
    private final List<Transfer> transfers = new ArrayList<>();
    private final List<TcpListener> listeners = new ArrayList<>();
    private final byte[] piece = new byte[LARGEST_PIECE];
    private final @Nullable Fabric fabric;

    /** Whether some connections end before their time. */
    private final boolean rough;

    /** Says where a link leads to while {@link Simulation#attach} asks for its decoration. */
    private int attaching;

    Scenario(Simulation simulation) {
        this.simulation = simulation;
        random = simulation.random();
        ipv6 = random.nextBoolean();
        int chosen = List.of(576, 1280, 1500, 9000, 65_535).get(random.nextInt(5));
        mtu = ipv6 ? Math.max(IPV6_LEAST_MTU, chosen) : chosen;
        rough = oneIn(6);
        int number = oneIn(2) ? 2 : 2 + random.nextInt(3);
        for (int i = 0; i < number; i++) {
            hosts.add(simulation.host(config()));
        }
        simulation.decorate(link -> {
            int own = attaching++;
            return new EdgeWatch(link, peer -> scalesWindows.get(own) && scalesWindows.get(peer - 1));
        });
        if (number == 2 && oneIn(2)) {
            fabric = null;
            link();
        } else {
            fabric = simulation.fabric(mtu);
            network(fabric);
        }
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private IpAddress address(int host) {
        return IpAddress.parse((ipv6 ? "2001:db8::" : "192.0.2.") + (host + 1));
    }

    private List<IpPrefix> prefix(int host) {
        return List.of(new IpPrefix(address(host), ipv6 ? 64 : 24));
    }

    private HostConfig config() {
        boolean scaling = !oneIn(4);
        scalesWindows.add(scaling);
        int sendBytes = 1 + random.nextInt(300_000);
        int receiveBytes = 2_000 + random.nextInt(300_000);
        ConnectionOptions options = ConnectionOptions.DEFAULTS
                .with()
                .noDelay(random.nextBoolean())
                .cork(oneIn(8))
                .quickAck(oneIn(4))
                .keepAlive(oneIn(4))
                .sendBufferBytes(sendBytes, sendBytes + (oneIn(2) ? random.nextInt(1_000_000) : 0))
                .receiveBufferBytes(receiveBytes, receiveBytes + (oneIn(2) ? random.nextInt(1_000_000) : 0))
                .congestionControl(random.nextBoolean() ? Cubic.NAME : NewReno.NAME)
                .pacing(oneIn(4))
                .synRetries(20)
                .build();
        TcpConfig tcp = TcpConfig.builder()
                .timestamps(random.nextBoolean())
                .sack(!oneIn(4))
                .windowScaling(scaling)
                .tailLossProbe(!oneIn(4))
                .ecn(EcnMode.values()[random.nextInt(EcnMode.values().length)])
                .initialWindowSegments(oneIn(2) ? 10 : 1 + random.nextInt(20))
                // A host gives up orphans that nobody answers for four minutes: bad luck alone must not come to that.
                .maxRtoNs(LONGEST_RTO_NS)
                .dataRetries(100)
                .orphanRetries(100)
                .synAckRetries(20)
                .connection(options)
                .build();
        return HostConfig.builder()
                .tcp(tcp)
                .memoryLimitBytes((oneIn(8) ? 1L : 64L) << 20)
                .chunkBytes(4096)
                .build();
    }

    private Faults faults() {
        if (oneIn(5)) {
            return Faults.NONE;
        }
        boolean hasRate = oneIn(3);
        return Faults.builder()
                .loss(loss())
                .duplication(oneIn(3) ? random.nextDouble() * 0.1 : 0)
                .reordering(oneIn(3) ? random.nextDouble() * 0.2 : 0)
                .reorderDelayNs(random.nextLong(1, 50 * MILLISECOND))
                .corruption(oneIn(4) ? random.nextDouble() * 0.05 : 0)
                .marking(oneIn(4) ? random.nextDouble() * 0.1 : 0)
                .delayNs(random.nextLong(150 * MILLISECOND))
                .jitterNs(oneIn(3) ? random.nextLong(20 * MILLISECOND) : 0)
                .bitsPerSecond(hasRate ? random.nextLong(1_000_000, 1_000_000_000) : 0)
                .queueBytes(hasRate && oneIn(2) ? random.nextInt(200_000) : Faults.DEFAULT_QUEUE_BYTES)
                .markingQueueBytes(hasRate && oneIn(2) ? 1 + random.nextInt(50_000) : 0)
                .build();
    }

    private Loss loss() {
        return switch (random.nextInt(6)) {
            case 0 -> Loss.NONE;
            // Bursts are packets long: one of ten would be minutes long where only a timer sends.
            case 1 -> Loss.bursts(random.nextDouble() * 0.05, 0.6 + random.nextDouble() * 0.4, 0, 1);
            // A short interval and two connections that send by timers may fall into step, and one starves.
            case 2 -> Loss.everyDataPacket(20 + random.nextInt(100));
            case 3 -> Loss.script(PacketFields::hasData, numbers());
            case 4 -> {
                int flags = List.of(TcpHeader.SYN, TcpHeader.FIN, TcpHeader.ACK).get(random.nextInt(3));
                yield Loss.script(fields -> fields.hasFlags(flags), numbers());
            }
            default -> Loss.random(random.nextDouble() * 0.1);
        };
    }

    private long[] numbers() {
        return random.longs(1 + random.nextInt(8), 1, 40).distinct().sorted().toArray();
    }

    private void link() {
        LinkCapabilities capabilities =
                oneIn(2) ? LinkCapabilities.plain(mtu) : new LinkCapabilities(mtu, 65_535, true);
        FaultyLink link = simulation
                .connect(hosts.get(0), prefix(0), hosts.get(1), prefix(1), capabilities, faults(), faults())
                .link();
        for (int i = random.nextInt(4) - 1; i > 0; i--) {
            Faults out = faults();
            Faults in = faults();
            simulation.after(random.nextLong(5 * SECOND), () -> {
                link.transmitFaults(out);
                link.receiveFaults(in);
            });
        }
    }

    private void network(Fabric network) {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            Link link = network.join("h" + (i + 1), List.of(address(i)));
            simulation.attach(hosts.get(i), prefix(i), link);
            links.add(link);
        }
        for (Link from : links) {
            for (Link to : links) {
                if (from != to) {
                    network.path(from, to).faults(faults());
                    if (oneIn(4)) {
                        part(network.path(from, to));
                    }
                }
            }
        }
    }

    /** Cuts a path for some time, now or later; not so long that a host may give up those who keep its memory meanwhile. */
    private void part(Fabric.Path path) {
        long delayNs = oneIn(3) ? 0 : random.nextLong(3 * SECOND);
        simulation.after(delayNs, path::cut);
        simulation.after(delayNs + random.nextLong(oneIn(4) ? 20 * SECOND : 5 * SECOND), path::mend);
    }

    @Override
    public String toString() {
        return (rough ? "rough, " : "") + hosts.size() + " hosts with "
                + hosts.stream()
                        .map(host -> (host.bufferPool().limitBytes() >> 20) + " MiB")
                        .toList()
                + ", MTU " + mtu + ", transfers "
                + transfers.stream().map(Transfer::progress).toList();
    }

    /** Runs it to its end and returns what happened, as text. */
    String run() {
        int up = length();
        int down = length();
        boolean lazy = oneIn(4);
        for (int i = 1; i < hosts.size(); i++) {
            TcpEndpoint bound = hosts.get(i).tcpEndpoint();
            assertThat(bound.bind(address(i), PORT, false)).isEqualTo(Failure.NONE);
            TcpListener listener = bound.listen(16);
            listeners.add(listener);
            listener.readiness().subscribe(() -> {
                for (TcpEndpoint e = listener.tryAccept(); e != null; e = listener.tryAccept()) {
                    add(new Transfer(simulation, e, down, up, 1, 2, lazy, piece, rough));
                }
            });
        }
        int connections = 1 + random.nextInt(4);
        for (int i = 0; i < connections; i++) {
            int to = 1 + random.nextInt(hosts.size() - 1);
            TcpEndpoint endpoint = hosts.get(random.nextInt(to)).tcpEndpoint();
            assertThat(endpoint.connect(address(to), PORT)).isEqualTo(Failure.NONE);
            Transfer transfer = add(new Transfer(simulation, endpoint, up, down, 2, 1, lazy, piece, rough));
            if (rough && oneIn(2)) {
                boolean abort = random.nextBoolean();
                simulation.after(random.nextLong(2 * SECOND), () -> transfer.quit(abort));
            }
        }
        long until = simulation.nanoTime() + LONGEST_NS;
        int steps = 0;
        while (!isOver(2 * connections)) {
            if (!simulation.step(until)) {
                if (rough) {
                    // A reset was lost, and nobody asks after the other end.
                    transfers.forEach(each -> each.quit(true));
                    break;
                }
                throw new AssertionError("still going on: "
                        + transfers.stream().map(Transfer::progress).toList());
            }
            steps++;
            transfers.forEach(Transfer::checkInvariants);
        }
        long endedNs = simulation.nanoTime();
        listeners.forEach(TcpListener::close);
        // What is left are orphans that end, and TIME-WAIT.
        simulation.run(48 * 3600 * SECOND);
        transfers.forEach(Transfer::check);
        hosts.forEach(Scenario::expectNothingLeft);
        if (fabric != null) {
            assertThat(fabric.usedBytes()).as("memory of the network left").isZero();
        }
        return steps + " steps, " + endedNs + " ns, "
                + hosts.stream().map(host -> host.counters().tcp().snapshot()).toList();
    }

    private Transfer add(Transfer transfer) {
        transfers.add(transfer);
        return transfer;
    }

    private int length() {
        return oneIn(4) ? random.nextInt(5) : random.nextInt(150_000);
    }

    private boolean isOver(int expected) {
        if (transfers.size() != expected) {
            return false;
        }
        for (Transfer each : transfers) {
            if (!each.isEnded()) {
                return false;
            }
        }
        return true;
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
