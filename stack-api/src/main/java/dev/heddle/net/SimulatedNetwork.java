package dev.heddle.net;

import dev.heddle.core.host.HostConfig;
import dev.heddle.core.link.Fabric;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.Link;
import dev.heddle.core.link.PcapngLink;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A network for tests: hosts with real TCP and ordinary blocking sockets on links in memory, which lose, delay, reorder and part as
 * they are told, while the test runs. It needs no privileges and does not touch the machine's own network.
 *
 * <pre>{@code
 * try (SimulatedNetwork network = SimulatedNetwork.builder().seed(42).build()) {
 *     SimulatedHost server = network.host("server");
 *     SimulatedHost client = network.host("client");
 *     network.faults(Faults.builder().delayNs(20_000_000).loss(0.01).build());
 *     ServerSocket listener = server.serverSocketFactory().createServerSocket(80);
 *     Socket socket = client.socketFactory().createSocket(server.address(), 80);
 *     network.partition(client, server);
 * }
 * }</pre>
 *
 * <p>Time is real. Each path draws its faults from the seed, packet by packet; which packets there are is decided by threads, so
 * that a seed repeats a run in all but its interleaving. (For runs that repeat to the last octet there is
 * {@code dev.heddle.core.sim.Simulation}, without threads.)
 *
 * <p>All methods are for any thread.
 */
public final class SimulatedNetwork implements AutoCloseable {

    /** An Ethernet's. */
    public static final int DEFAULT_MTU = 1500;

    private static final int MOST_HOSTS = 254;
    private static final int IPV4_PREFIX_LENGTH = 24;
    private static final int IPV6_PREFIX_LENGTH = 64;
    private static final int IPV6_BYTES = 16;

    private final long seed;
    private final HostConfig hostConfig;
    private final @Nullable Path captures;
    private final Fabric fabric;

    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock. */
    private final Map<String, SimulatedHost> hosts = new LinkedHashMap<>();
    private boolean closed;

    private SimulatedNetwork(Builder builder) {
        seed = builder.seed;
        hostConfig = builder.hostConfig;
        captures = builder.captures;
        fabric = new Fabric(builder.mtu, Clock.system(), new SplittableRandom(seed));
        fabric.defaultFaults(builder.faults);
    }

    /** Begins to describe a network. */
    public static Builder builder() {
        return new Builder();
    }

    /** What {@link Builder#seed} said, or what was drawn: with it the same faults come again. */
    public long seed() {
        return seed;
    }

    /**
     * The host of a name, which is added if it is not there: the first is {@code 10.0.0.1} and {@code fd00::1}, the next
     * {@code 10.0.0.2} and so on.
     *
     * @throws IllegalStateException if the network is closed or full, at 254 hosts
     * @throws java.io.UncheckedIOException if what the host sends and receives cannot be recorded
     */
    public SimulatedHost host(String name) {
        Objects.requireNonNull(name);
        lock.lock();
        try {
            SimulatedHost present = hosts.get(name);
            if (present != null) {
                return present;
            }
            if (closed) {
                throw new IllegalStateException("the network is closed");
            }
            if (hosts.size() == MOST_HOSTS) {
                throw new IllegalStateException("the network is full: " + MOST_HOSTS + " hosts");
            }
            SimulatedHost added = add(name, hosts.size() + 1);
            hosts.put(name, added);
            return added;
        } finally {
            lock.unlock();
        }
    }

    private SimulatedHost add(String name, int number) {
        IpAddress ipv4 = IpAddress.parse("10.0.0." + number);
        IpAddress ipv6 = IpAddress.parse("fd00::" + Integer.toHexString(number));
        Link joined = fabric.join(name, List.of(ipv4, ipv6));
        try {
            Link link = captures == null
                    ? joined
                    : new PcapngLink(joined, captures.resolve(name + ".pcapng"), Clock.system());
            NetworkStack stack = NetworkStack.builder()
                    .link(link)
                    .address(ipv4 + "/" + IPV4_PREFIX_LENGTH)
                    .address(ipv6 + "/" + IPV6_PREFIX_LENGTH)
                    .hostConfig(hostConfig)
                    // Thread-safe, and seeded.
                    .random(new Random(seed + number))
                    .build();
            return new SimulatedHost(
                    name, named(name, (byte) number, 4), named(name, (byte) number, IPV6_BYTES), link, stack);
        } catch (RuntimeException | Error e) {
            // Whoever tries again gets the same name and addresses.
            fabric.leave(joined);
            throw e;
        }
    }

    private static InetAddress named(String name, byte number, int length) {
        byte[] bytes = new byte[length];
        bytes[0] = (byte) (length == IPV6_BYTES ? 0xfd : 10);
        bytes[length - 1] = number;
        try {
            return InetAddress.getByAddress(name, bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The hosts in the order in which they were added. */
    public List<SimulatedHost> hosts() {
        lock.lock();
        try {
            return List.copyOf(hosts.values());
        } finally {
            lock.unlock();
        }
    }

    /** One direction between two hosts, for faults that are not the same both ways, and for its counters. */
    public Fabric.Path path(SimulatedHost from, SimulatedHost to) {
        return fabric.path(from.link(), to.link());
    }

    /** From now on all paths have these faults, those of hosts to come too. */
    public void faults(Faults faults) {
        lock.lock();
        try {
            fabric.defaultFaults(faults);
            for (SimulatedHost from : hosts.values()) {
                for (SimulatedHost to : hosts.values()) {
                    if (from != to) {
                        path(from, to).faults(faults);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** From now on both directions between two hosts have these faults. */
    public void faults(SimulatedHost a, SimulatedHost b, Faults faults) {
        path(a, b).faults(faults);
        path(b, a).faults(faults);
    }

    /** From now on nothing passes between two hosts; neither is told. */
    public void partition(SimulatedHost a, SimulatedHost b) {
        path(a, b).cut();
        path(b, a).cut();
    }

    /** Packets pass between two hosts again. */
    public void heal(SimulatedHost a, SimulatedHost b) {
        path(a, b).mend();
        path(b, a).mend();
    }

    /** Parts a host from all others that there are. */
    public void isolate(SimulatedHost host) {
        hosts().stream().filter(other -> other != host).forEach(other -> partition(host, other));
    }

    /** Undoes every {@link #partition} and {@link #isolate}. */
    public void heal() {
        List<SimulatedHost> all = hosts();
        for (SimulatedHost from : all) {
            for (SimulatedHost to : all) {
                if (from != to) {
                    path(from, to).mend();
                }
            }
        }
    }

    /**
     * Takes every host down at once: their connections are reset, their blocked calls fail. One that cannot be closed does not
     * keep the others from it; what it threw is thrown in the end. Idempotent.
     */
    @Override
    public void close() {
        List<SimulatedHost> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(hosts.values());
        } finally {
            lock.unlock();
        }
        List<Runnable> steps = new ArrayList<>();
        all.forEach(host -> steps.add(() -> host.stack().close(Duration.ZERO)));
        steps.add(fabric::close);
        CloseAll.of(steps);
    }

    @Override
    public String toString() {
        return "SimulatedNetwork[seed " + seed + ", " + hosts() + "]";
    }

    /** Describes a {@link SimulatedNetwork}; what is not said is a perfect network with a seed of chance. */
    public static final class Builder {

        private long seed = new SecureRandom().nextLong();
        private int mtu = DEFAULT_MTU;
        private Faults faults = Faults.NONE;
        private HostConfig hostConfig = HostConfig.DEFAULTS;
        private @Nullable Path captures;

        private Builder() {}

        /** What all faults are drawn from. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** The MTU of every host's link, bytes; at least 1280, as IPv6 wants. */
        public Builder mtu(int bytes) {
            mtu = bytes;
            return this;
        }

        /** What all paths start with. */
        public Builder faults(Faults value) {
            faults = Objects.requireNonNull(value);
            return this;
        }

        /** The configuration of every host, TCP's included. */
        public Builder hostConfig(HostConfig value) {
            hostConfig = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Records what each host sends and receives, as it sees it, in {@code NAME.pcapng}.
         *
         * @param directory must exist
         */
        public Builder captures(Path directory) {
            captures = Objects.requireNonNull(directory);
            return this;
        }

        /**
         * Makes the network, without hosts.
         *
         * @throws IllegalArgumentException if the MTU is not 1280 to 65,535
         */
        public SimulatedNetwork build() {
            if (mtu < 1280 || mtu > 65_535) {
                throw new IllegalArgumentException("the MTU must be 1280 to 65535: " + mtu);
            }
            return new SimulatedNetwork(this);
        }
    }
}
