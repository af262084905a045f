package dev.heddle.core.ip;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes datagrams of one address family of their fragments (RFC 791 3.2, RFC 815, RFC 8200 4.5). What has come is bounded in
 * memory, number and time. Not thread-safe: the caller guarantees exclusion.
 */
public final class Reassembly {

    /**
     * A datagram of which not all has come in time.
     *
     * @param first the start of its first fragment: the caller's, to be released to the pool
     * @param scope the index of the interface where its sender is known, 0 if everywhere
     */
    public record TimedOut(Packet first, int scope) {}

    private final boolean ipv4;
    private final ReassemblyLimits limits;
    private final PacketPool packets;
    private final CounterSet<IpCounter> counters;
    private final CounterSet<Refusal> refusals;
    private final FragmentLosses losses;

    /** In the order in which they began, and so of their deadlines. */
    private final Map<DatagramKey, PartialDatagram> datagrams = new LinkedHashMap<>();

    private final Map<Long, SourceShare> sources = new HashMap<>();
    private long heldBytes;
    private boolean closed;

    /** Makes one whose losses nobody hears of. */
    public Reassembly(
            boolean ipv4,
            ReassemblyLimits limits,
            PacketPool packets,
            CounterSet<IpCounter> counters,
            CounterSet<Refusal> refusals) {
        this(ipv4, limits, packets, counters, refusals, FragmentLosses.NONE);
    }

    /** @param packets where the memory comes from that fragments are kept in */
    public Reassembly(
            boolean ipv4,
            ReassemblyLimits limits,
            PacketPool packets,
            CounterSet<IpCounter> counters,
            CounterSet<Refusal> refusals,
            FragmentLosses losses) {
        this.ipv4 = ipv4;
        this.limits = limits;
        this.packets = packets;
        this.counters = counters;
        this.refusals = refusals;
        this.losses = losses;
    }

    /**
     * Takes a fragment, which stays the caller's.
     *
     * @param scope the interface's index if the addresses are unique only there, else 0
     * @param nowNs the time of its arrival
     * @return the whole datagram if this was the last that it lacked: the caller's, to be released to the pool; or null
     */
    public @Nullable Packet accept(Packet packet, Fragment fragment, int scope, long nowNs) {
        int length = packet.length() - fragment.headerBytes;
        // RFC 791 3.2 and RFC 8200 4.5: no datagram is longer; and headers are kept in one piece
        if (fragment.perFragmentBytes + fragment.offsetBytes + length > Packet.MAX_LENGTH
                || fragment.headerBytes >= PacketPool.SMALL_CAPACITY) {
            return fail(Refusal.FRAGMENT_TOO_LONG);
        }
        DatagramKey key = new DatagramKey(
                packet.sourceHigh,
                packet.sourceLow,
                packet.destinationHigh,
                packet.destinationLow,
                fragment.identification,
                ipv4 ? packet.protocol : 0,
                scope);
        PartialDatagram datagram = datagrams.get(key);
        if (datagram != null) {
            if (datagram.isPoisoned()) {
                return fail(Refusal.FRAGMENT_OVERLAP);
            }
            if (datagram.isDuplicate(fragment, length)) {
                return null;
            }
            if (!datagram.fits(fragment, length)) {
                return discardOverlapping(datagram);
            }
            if (datagram.fragments() == limits.fragments()) {
                remove(datagram);
                return fail(Refusal.FRAGMENT_COUNT);
            }
        }
        if (closed || !makeRoom(packet, key)) {
            return fail(Refusal.FRAGMENT_MEMORY);
        }
        // Whoever needed room may have lost what it had.
        datagram = datagrams.get(key);
        if (datagram == null) {
            datagram = begin(key, nowNs);
        }
        long before = datagram.heldBytes();
        boolean kept = datagram.add(packet, fragment, packets);
        account(datagram, datagram.heldBytes() - before);
        if (!kept) {
            remove(datagram);
            return fail(Refusal.FRAGMENT_MEMORY);
        }
        return datagram.isComplete() ? complete(datagram, packet) : null;
    }

    /** Discards a datagram whose fragments overlap: nobody honest makes such (RFC 5722 4; for IPv4 as Linux does). */
    private @Nullable Packet discardOverlapping(PartialDatagram datagram) {
        counters.increment(IpCounter.reasmOverlaps(ipv4));
        if (ipv4) {
            remove(datagram);
        } else {
            long before = datagram.heldBytes();
            datagram.poison(packets);
            account(datagram, datagram.heldBytes() - before);
        }
        return fail(Refusal.FRAGMENT_OVERLAP);
    }

    private PartialDatagram begin(DatagramKey key, long nowNs) {
        SourceShare source = sources.computeIfAbsent(sourceOf(key), SourceShare::new);
        PartialDatagram datagram = new PartialDatagram(key, source, ipv4, nowNs + limits.timeoutNs());
        datagrams.put(key, datagram);
        source.add(datagram);
        account(datagram, datagram.heldBytes());
        return datagram;
    }

    /** One IPv4 host has one address here, an IPv6 host all those of a network if it wants; link-local networks are shared. */
    private static long sourceOf(DatagramKey key) {
        boolean single = IpAddress.isIpv4(key.sourceHigh(), key.sourceLow())
                || IpAddress.isLinkLocal(key.sourceHigh(), key.sourceLow());
        return single ? key.sourceLow() : key.sourceHigh();
    }

    /** Sees that a fragment may be kept: the oldest datagrams make room for it, those of its own source first. */
    private boolean makeRoom(Packet packet, DatagramKey key) {
        long needed = PartialDatagram.OVERHEAD_BYTES + PartialDatagram.chargeFor(packet.length());
        if (needed > limits.sourceBytes()) {
            return false;
        }
        SourceShare source = sources.get(sourceOf(key));
        while (source != null && source.heldBytes + needed > limits.sourceBytes()) {
            PartialDatagram oldest = source.oldest();
            if (oldest == null) {
                break;
            }
            evict(oldest);
        }
        if (heldBytes + needed > limits.highBytes()) {
            while (heldBytes > limits.lowBytes() && !datagrams.isEmpty()) {
                evict(datagrams.values().iterator().next());
            }
        }
        return heldBytes + needed <= limits.highBytes();
    }

    private void evict(PartialDatagram datagram) {
        remove(datagram);
        count(Refusal.FRAGMENT_MEMORY);
        // One that was discarded for its overlaps has been counted, and holds nothing.
        if (!datagram.isPoisoned()) {
            givenUp(Refusal.FRAGMENT_MEMORY, datagram);
        }
    }

    private void givenUp(Enum<?> why, PartialDatagram datagram) {
        DatagramKey key = datagram.key;
        losses.givenUp(
                why,
                key.sourceHigh(),
                key.sourceLow(),
                key.destinationHigh(),
                key.destinationLow(),
                ipv4 ? key.protocol() : -1,
                datagram.arrivedBytes());
    }

    private @Nullable Packet complete(PartialDatagram datagram, Packet last) {
        try {
            int bytes = datagram.packetBytes();
            if (bytes > Packet.MAX_LENGTH) {
                return fail(Refusal.FRAGMENT_TOO_LONG);
            }
            if (datagram.isEcnSpoilt()) {
                return fail(Refusal.FRAGMENT_ECN);
            }
            Packet whole = packets.forLength(bytes);
            if (whole == null) {
                return fail(Refusal.FRAGMENT_MEMORY);
            }
            datagram.assemble(whole);
            whole.arrivalNs = last.arrivalNs;
            counters.increment(IpCounter.reasmOks(ipv4));
            return whole;
        } finally {
            remove(datagram);
        }
    }

    /**
     * Gives up the datagrams whose time is over.
     *
     * @return those whose first fragment has come, whose senders are to be told (RFC 1122 3.3.2, RFC 8200 4.5)
     */
    public List<TimedOut> expire(long nowNs) {
        List<TimedOut> firsts = new ArrayList<>();
        while (nextDeadlineNs() <= nowNs) {
            PartialDatagram datagram = datagrams.values().iterator().next();
            forget(datagram);
            Packet first = datagram.releaseAllButFirst(packets);
            if (first != null) {
                firsts.add(new TimedOut(first, datagram.key.scope()));
            }
            // One that was discarded for its overlaps has been counted, and no error must be sent.
            if (!datagram.isPoisoned()) {
                counters.increment(IpCounter.reasmTimeout(ipv4));
                counters.increment(IpCounter.reasmFails(ipv4));
                givenUp(IpCounter.reasmTimeout(ipv4), datagram);
            }
        }
        return firsts;
    }

    /** When {@link #expire} has something to do next; {@link Clock#NEVER} if nothing waits. */
    public long nextDeadlineNs() {
        return datagrams.isEmpty() ? Clock.NEVER : datagrams.values().iterator().next().deadlineNs;
    }

    /** What the fragments take that wait, at their true size. */
    public long heldBytes() {
        return heldBytes;
    }

    /** Gives everything back, and keeps nothing any more. */
    public void close() {
        closed = true;
        while (!datagrams.isEmpty()) {
            remove(datagrams.values().iterator().next());
        }
    }

    private void remove(PartialDatagram datagram) {
        forget(datagram);
        datagram.release(packets);
    }

    /** Takes a datagram out of the tables; its packets are still its. */
    private void forget(PartialDatagram datagram) {
        account(datagram, -datagram.heldBytes());
        datagrams.remove(datagram.key);
        SourceShare source = datagram.source;
        source.remove(datagram);
        if (source.isEmpty()) {
            sources.remove(source.source);
        }
    }

    private void account(PartialDatagram datagram, long bytes) {
        heldBytes += bytes;
        datagram.source.heldBytes += bytes;
    }

    private @Nullable Packet fail(Refusal refusal) {
        count(refusal);
        losses.refused(refusal);
        return null;
    }

    private void count(Refusal refusal) {
        refusals.increment(refusal);
        counters.increment(IpCounter.reasmFails(ipv4));
    }
}
