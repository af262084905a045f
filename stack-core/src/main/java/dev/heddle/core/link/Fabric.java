package dev.heddle.core.link;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A network in memory that joins any number of hosts. What one host sends to an address of another travels a {@link Path} of its
 * own, one for each direction between each two hosts, with faults that may be changed at any time. There is no router in
 * between: nothing is answered by ICMP, and what is for nobody vanishes.
 *
 * <p>The same seed, packets and times give the same faults on each path, whatever happens on the others.
 */
public final class Fabric implements AutoCloseable {

    /** The memory of what is on its way if nothing else is said: 256 MiB, taken when needed. */
    public static final long DEFAULT_MEMORY_BYTES = 256L << 20;

    private final Clock clock;
    private final LinkCapabilities capabilities;
    private final BufferPool memory;
    private final PacketPool packets;
    private final RandomGenerator random;

    /** Guards {@link #random} and changes of {@link #ports} and {@link #defaults}; a leaf. */
    private final ReentrantLock configuration = new ReentrantLock();

    /** A snapshot: replaced, never changed. */
    private volatile Ports ports = new Ports(List.of(), Map.of());

    private Faults defaults = Faults.NONE;

    /** How many links have ever joined; guarded by configuration. */
    private int joined;

    /** Packets to an address that no host has. */
    private final AtomicLong unreachable = new AtomicLong();

    /** Whether a packet was refused for want of memory, so that its sender waits. */
    private final AtomicBoolean refused = new AtomicBoolean();

    private record Ports(List<Port> all, Map<IpAddress, Port> byAddress) {}

    /** As the other constructor with {@link #DEFAULT_MEMORY_BYTES}. */
    public Fabric(int mtu, Clock clock, RandomGenerator random) {
        this(mtu, clock, random, DEFAULT_MEMORY_BYTES);
    }

    /**
     * Makes a network without hosts.
     *
     * @param mtu of every host's link, bytes
     * @param clock the time that delays are measured in, which must be the hosts'
     * @param random seeds the faults; used only here
     * @param memoryBytes of all that is on its way; senders wait when it is used up
     */
    public Fabric(int mtu, Clock clock, RandomGenerator random, long memoryBytes) {
        this.clock = clock;
        this.random = random;
        capabilities = LinkCapabilities.plain(mtu);
        memory = new BufferPool(memoryBytes, BufferPool.DEFAULT_CHUNK_BYTES);
        packets = new PacketPool(memory);
    }

    /** The faults of the paths to and from hosts that are {@linkplain #join added} from now on. */
    public void defaultFaults(Faults faults) {
        configuration.lock();
        try {
            defaults = faults;
        } finally {
            configuration.unlock();
        }
    }

    /**
     * Adds a host's link.
     *
     * @param name unlike the others'
     * @param addresses what is sent to these comes out of the link
     * @throws IllegalArgumentException if another host has the name or one of the addresses
     */
    public Link join(String name, List<IpAddress> addresses) {
        configuration.lock();
        try {
            Ports before = ports;
            if (before.all.stream().anyMatch(port -> port.name.equals(name))) {
                throw new IllegalArgumentException(name + " is on this network already");
            }
            Map<IpAddress, Port> byAddress = new HashMap<>(before.byAddress);
            Port added = new Port(name, joined);
            for (IpAddress address : addresses) {
                if (byAddress.putIfAbsent(address, added) != null) {
                    throw new IllegalArgumentException(address + " is on this network already");
                }
            }
            List<Port> all = new ArrayList<>(before.all);
            all.add(added);
            // No path leads from a host to itself, or from one that has left.
            @Nullable Path[] incoming = new @Nullable Path[joined + 1];
            for (Port other : before.all) {
                incoming[other.index] = path(other, added);
                other.incoming = other.with(path(added, other));
            }
            added.incoming = Arrays.asList(incoming);
            joined++;
            ports = new Ports(List.copyOf(all), Map.copyOf(byAddress));
            return added;
        } finally {
            configuration.unlock();
        }
    }

    /**
     * Takes a host's link off and closes it: its name and its addresses may be given again.
     *
     * @param link of {@link #join}, or a decoration of one under its name
     * @throws IllegalArgumentException if it is not on this network
     */
    public void leave(Link link) {
        Port leaving = port(link);
        configuration.lock();
        try {
            List<Port> all = new ArrayList<>(ports.all);
            all.remove(leaving);
            Map<IpAddress, Port> byAddress = new HashMap<>(ports.byAddress);
            byAddress.values().removeIf(port -> port == leaving);
            ports = new Ports(List.copyOf(all), Map.copyOf(byAddress));
        } finally {
            configuration.unlock();
        }
        leaving.close();
    }

    private Path path(Port from, Port to) {
        return new Path(from, to, new FaultyWire(capabilities.mtu(), packets, random.nextLong(), defaults));
    }

    /**
     * The way from one host to another; the way back is another.
     *
     * @param from a link of {@link #join}, or a decoration of one under its name
     * @throws IllegalArgumentException if one of them is not on this network, or both are the same
     */
    public Path path(Link from, Link to) {
        Path path = port(to).incoming.get(port(from).index);
        if (path == null) {
            throw new IllegalArgumentException("no path from " + from + " to itself");
        }
        return path;
    }

    private Port port(Link link) {
        for (Port each : ports.all) {
            if (each == link || each.name.equals(link.name())) {
                return each;
            }
        }
        throw new IllegalArgumentException(link + " is not on this network");
    }

    /** How many packets were for an address that nobody here has. */
    public long unreachablePackets() {
        return unreachable.get();
    }

    /** The bytes of what is on its way, at their true size. */
    public long usedBytes() {
        return memory.usedBytes();
    }

    /** Closes every link. */
    @Override
    public void close() {
        ports.all.forEach(Port::close);
    }

    private void wakeRefused() {
        if (refused.get() && memory.usedBytes() < memory.limitBytes() / 2 && refused.getAndSet(false)) {
            ports.all.forEach(Port::wakeup);
        }
    }

    /** One direction between two hosts. */
    public final class Path {

        private final Port from;
        private final Port to;
        private final FaultyWire wire;

        /** Whether nothing passes; any thread sets it. */
        private volatile boolean cut;

        private final AtomicLong cutPackets = new AtomicLong();

        private Path(Port from, Port to, FaultyWire wire) {
            this.from = from;
            this.to = to;
            this.wire = wire;
        }

        /** Changes what happens to the packets that come from now on. Any thread. */
        public void faults(Faults faults) {
            wire.faults(faults);
        }

        public Faults faults() {
            return wire.faults();
        }

        /** From now on packets vanish, as behind a pulled cable; those on their way arrive. */
        public void cut() {
            cut = true;
        }

        /** Packets pass again, with the faults as they are. */
        public void mend() {
            cut = false;
        }

        public boolean isCut() {
            return cut;
        }

        /** How many packets vanished while the path was cut. */
        public long cutPackets() {
            return cutPackets.get();
        }

        public CounterSet<FaultCounter> counters() {
            return wire.counters();
        }

        private void carry(Packet packet, long nowNs) {
            if (cut) {
                cutPackets.incrementAndGet();
                return;
            }
            try {
                wire.offer(packet, nowNs);
            } catch (LinkDownException e) {
                // The other host has just gone, which is nothing to this one.
                unreachable.incrementAndGet();
                return;
            }
            // Against sleepUntilNs in awaitWork: here the packet is put on the
            // wire first, there the time is published first.
            if (wire.nextDueNs() < to.sleepUntilNs) {
                to.wakeup();
            }
        }

        @Override
        public String toString() {
            return from + " -> " + to;
        }
    }

    /** A host's end. */
    private final class Port implements Link {

        private static final int IPV4_DESTINATION = 16;
        private static final int IPV6_DESTINATION = 24;
        private static final int IPV6_HEADER_BYTES = 40;

        private final String name;
        private final int index;
        private final WakeUp wakeUp = new WakeUp();

        /** The paths to here by the number of their sender; replaced, never changed, once this port is on the network. */
        private volatile List<@Nullable Path> incoming = List.of();

        /** Until when the pump sleeps; in the past while it is awake. Set by the pump, read by sending threads. */
        private volatile long sleepUntilNs = Long.MIN_VALUE;

        private volatile boolean closed;

        Port(String name, int index) {
            this.name = name;
            this.index = index;
        }

        private void requireOpen() {
            if (closed) {
                throw new LinkDownException("the link is closed");
            }
        }

        List<@Nullable Path> with(Path path) {
            List<@Nullable Path> longer = new ArrayList<>(incoming);
            longer.add(path);
            return longer;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public LinkCapabilities capabilities() {
            return capabilities;
        }

        @Override
        public boolean transmit(Packet packet) {
            requireOpen();
            Port to = ports.byAddress.get(destination(packet));
            Path path = to == null || to.closed ? null : to.incoming.get(index);
            if (path == null) {
                unreachable.incrementAndGet();
                return true;
            }
            if (memory.usedBytes() > memory.limitBytes() - memory.limitBytes() / 8) {
                refused.set(true);
                // What was read since may have been the last that would have woken us.
                wakeRefused();
                return false;
            }
            path.carry(packet, clock.nanoTime());
            return true;
        }

        private static IpAddress destination(Packet packet) {
            ByteBuffer b = packet.buffer();
            int at = packet.offset();
            boolean isIpv4 = packet.headLength() > 0 && (b.get(at) & 0xf0) == 0x40;
            if (packet.headLength() < (isIpv4 ? IPV4_DESTINATION + Integer.BYTES : IPV6_HEADER_BYTES)) {
                return IpAddress.ANY_V4;
            }
            return isIpv4
                    ? IpAddress.ofIpv4(b.getInt(at + IPV4_DESTINATION))
                    : IpAddress.of(b.getLong(at + IPV6_DESTINATION), b.getLong(at + IPV6_DESTINATION + Long.BYTES));
        }

        @Override
        public boolean receive(Packet into) {
            requireOpen();
            long nowNs = clock.nanoTime();
            FaultyWire earliest = null;
            long earliestNs = Clock.NEVER;
            for (Path each : incoming) {
                long dueNs = each == null ? Clock.NEVER : each.wire.nextDueNs();
                if (dueNs < earliestNs) {
                    earliest = each.wire;
                    earliestNs = dueNs;
                }
            }
            Packet due = earliest == null ? null : earliest.poll(nowNs);
            if (due == null) {
                return false;
            }
            into.copyOf(due);
            packets.release(due);
            wakeRefused();
            return true;
        }

        @Override
        public long nextDeadline() {
            long earliest = Clock.NEVER;
            for (Path each : incoming) {
                earliest = Math.min(earliest, each == null ? Clock.NEVER : each.wire.nextDueNs());
            }
            return earliest;
        }

        @Override
        public void awaitWork(long untilNs) {
            requireOpen();
            sleepUntilNs = untilNs;
            long wakeNs = Math.min(untilNs, nextDeadline());
            sleepUntilNs = wakeNs;
            try {
                wakeUp.await(wakeNs, clock);
            } finally {
                sleepUntilNs = Long.MIN_VALUE;
            }
            requireOpen();
        }

        @Override
        public void wakeup() {
            wakeUp.give();
        }

        @Override
        public void close() {
            closed = true;
            for (Path each : incoming) {
                if (each != null) {
                    each.wire.close();
                }
            }
            wakeRefused();
            wakeUp.give();
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
