package dev.heddle.core.link;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.time.Clock;
import java.util.random.RandomGenerator;

/**
 * A link with faults in both directions: loss, duplication, reordering, corruption, delay, and a rate with a bounded
 * queue. It works on packets of the MTU with complete checksums: super-segments are cut and checksums completed,
 * whichever way they come, and it offers none of either itself. The same seed, packets and times give the same faults.
 *
 * <p>Packets on their way out leave when they are due while the pump is in {@link #receive} or {@link #awaitWork}, or
 * somebody transmits; {@link #nextDeadline} counts them in.
 */
public final class FaultyLink implements Link {

    /** The memory of each link made without a pool. */
    private static final long DEFAULT_MEMORY_BYTES = 64L << 20;

    private final Link inner;
    private final Clock clock;
    private final LinkCapabilities capabilities;
    private final FaultyWire out;
    private final FaultyWire in;

    /** What was read last; belongs to the pump's role. */
    private final Packet arrived = new Packet(Packet.MAX_LENGTH);

    /** Until when the pump sleeps; in the past while it is awake. Set by the pump, read by transmitting threads. */
    private volatile long sleepUntilNs = Long.MIN_VALUE;

    /** As the constructor with a pool, with memory of its own: 64 MiB, taken when needed. */
    public FaultyLink(Link inner, Clock clock, RandomGenerator random, Faults faults) {
        this(
                inner,
                clock,
                random,
                faults,
                new PacketPool(new BufferPool(DEFAULT_MEMORY_BYTES, BufferPool.DEFAULT_CHUNK_BYTES)));
    }

    /**
     * @param inner is closed with this
     * @param clock the time that delays are measured in, which must be the inner link's
     * @param random seeds the faults; used only here
     * @param faults of both directions, until they are changed
     * @param packets holds what is on the wire; without memory packets are dropped and counted
     */
    public FaultyLink(Link inner, Clock clock, RandomGenerator random, Faults faults, PacketPool packets) {
        this.inner = inner;
        this.clock = clock;
        this.capabilities = LinkCapabilities.plain(inner.capabilities().mtu());
        // A generator for each direction: what one does must not depend on how threads interleave.
        this.out = new FaultyWire(capabilities.mtu(), packets, random.nextLong(), faults);
        this.in = new FaultyWire(capabilities.mtu(), packets, random.nextLong(), faults);
    }

    /** Changes both directions, for the packets that come from now on. Any thread. */
    public void faults(Faults faults) {
        transmitFaults(faults);
        receiveFaults(faults);
    }

    /** Changes the direction of {@link #transmit}. Any thread. */
    public void transmitFaults(Faults faults) {
        out.faults(faults);
    }

    /** Changes the direction of {@link #receive}. Any thread. */
    public void receiveFaults(Faults faults) {
        in.faults(faults);
    }

    public Faults transmitFaults() {
        return out.faults();
    }

    public Faults receiveFaults() {
        return in.faults();
    }

    public CounterSet<FaultCounter> transmitCounters() {
        return out.counters();
    }

    public CounterSet<FaultCounter> receiveCounters() {
        return in.counters();
    }

    @Override
    public String name() {
        return inner.name();
    }

    /** The inner link's MTU, and nothing else. */
    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    /** Refuses only if the inner link does: a full queue of the wire is a loss. */
    @Override
    public boolean transmit(Packet packet) {
        long nowNs = clock.nanoTime();
        if (!sendDue(nowNs)) {
            return false;
        }
        out.offer(packet, nowNs);
        sendDue(nowNs);
        // Against sleepUntilNs in awaitWork: here the packet is put on the
        // wire first, there the time is published first.
        if (out.nextDueNs() < sleepUntilNs) {
            inner.wakeup();
        }
        return true;
    }

    @Override
    public boolean receive(Packet into) {
        long nowNs = clock.nanoTime();
        sendDue(nowNs);
        while (true) {
            Packet due = in.poll(nowNs);
            if (due != null) {
                into.copyOf(due);
                in.release(due);
                return true;
            }
            if (!inner.receive(arrived)) {
                return false;
            }
            in.offer(arrived, nowNs);
        }
    }

    @Override
    public long nextDeadline() {
        return Math.min(inner.nextDeadline(), Math.min(in.nextDueNs(), out.nextDueNs()));
    }

    @Override
    public void awaitWork(long untilNs) {
        sendDue(clock.nanoTime());
        sleepUntilNs = untilNs;
        long wakeNs = Math.min(untilNs, nextDeadline());
        sleepUntilNs = wakeNs;
        try {
            inner.awaitWork(wakeNs);
        } finally {
            sleepUntilNs = Long.MIN_VALUE;
        }
        sendDue(clock.nanoTime());
    }

    @Override
    public void wakeup() {
        inner.wakeup();
    }

    @Override
    public void close() {
        inner.close();
        out.close();
        in.close();
    }

    @Override
    public String toString() {
        return "FaultyLink[" + inner + "]";
    }

    private boolean sendDue(long nowNs) {
        return out.deliver(inner, nowNs);
    }
}
