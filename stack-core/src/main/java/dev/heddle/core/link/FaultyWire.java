package dev.heddle.core.link;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.time.Clock;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One direction of a {@link FaultyLink}: decides each packet's fate and holds it until it is due. */
final class FaultyWire {

    private static final int IPV6_HEADER_BYTES = 40;

    /** A packet on its way. The number keeps the order of those due at the same time. */
    private record Travelling(long dueNs, long number, Packet packet) {}

    private final PacketPool packets;
    private final CounterSet<FaultCounter> counters = new CounterSet<>(FaultCounter.class);

    /** Set by any thread at any time, read for each packet. */
    private volatile Faults faults;

    /** Keeps the order: the sink is called under it, and the packet pool; nothing else is. */
    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock. */
    private final SplittableRandom random;
    private final PriorityQueue<Travelling> travelling =
            new PriorityQueue<>(Comparator.comparingLong(Travelling::dueNs).thenComparingLong(Travelling::number));
    private final Segmenter segmenter = new Segmenter();
    private final Packet part;
    private Loss lossRule = Loss.NONE;
    private Loss.Decider loss;
    private long number;
    private final RateQueue queue = new RateQueue();
    /** When the last packet that keeps the order is due. */
    private long lastDueNs;

    /** Whether the sink refused the packet that is due first: not time but the sink's having room moves it. */
    private boolean refused;

    private boolean closed;

    FaultyWire(int mtu, PacketPool packets, long seed, Faults faults) {
        this.packets = packets;
        this.random = new SplittableRandom(seed);
        this.loss = lossRule.start(random);
        this.faults = faults;
        this.part = new Packet(mtu);
    }

    void faults(Faults newFaults) {
        faults = newFaults;
    }

    Faults faults() {
        return faults;
    }

    CounterSet<FaultCounter> counters() {
        return counters;
    }

    /** Puts a packet on the wire; a super-segment as the packets that it stands for. It is copied. */
    void offer(Packet packet, long nowNs) {
        lock.lock();
        try {
            if (closed) {
                throw new LinkDownException("the link is closed");
            }
            if (packet.gsoSize() == 0) {
                carry(packet, nowNs);
                return;
            }
            if (!segmenter.start(packet) || segmenter.longestPart() > part.capacity()) {
                counters.increment(FaultCounter.MALFORMED);
                return;
            }
            while (segmenter.hasNext()) {
                segmenter.write(part);
                carry(part, nowNs);
                segmenter.advance();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next packet that is due, which the caller gives back with {@link #release}; null if there is none. */
    @Nullable Packet poll(long nowNs) {
        lock.lock();
        try {
            Travelling next = travelling.peek();
            if (next == null || next.dueNs > nowNs) {
                return null;
            }
            travelling.remove();
            counters.increment(FaultCounter.DELIVERED);
            return next.packet;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives the packets that are due to a sink.
     *
     * @return false if the sink had no room for all
     */
    boolean deliver(PacketSink sink, long nowNs) {
        lock.lock();
        try {
            Travelling next = travelling.peek();
            while (next != null && next.dueNs <= nowNs) {
                refused = !sink.transmit(next.packet);
                if (refused) {
                    return false;
                }
                travelling.remove();
                counters.increment(FaultCounter.DELIVERED);
                packets.release(next.packet);
                next = travelling.peek();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void release(Packet packet) {
        packets.release(packet);
    }

    /** When the next packet is due; {@link Clock#NEVER} if there is none, or it is but waits for the sink. */
    long nextDueNs() {
        lock.lock();
        try {
            Travelling next = travelling.peek();
            return next == null || refused ? Clock.NEVER : next.dueNs;
        } finally {
            lock.unlock();
        }
    }

    /** Drops what is on the wire and whatever comes. */
    void close() {
        lock.lock();
        try {
            closed = true;
            for (Travelling each = travelling.poll(); each != null; each = travelling.poll()) {
                packets.release(each.packet);
            }
        } finally {
            lock.unlock();
        }
    }

    private void carry(Packet packet, long nowNs) {
        Faults now = faults;
        counters.increment(FaultCounter.OFFERED);
        if (!now.loss().equals(lossRule)) {
            // Counting and bursts go on when something else is changed.
            lossRule = now.loss();
            loss = lossRule.start(random);
        }
        if (loss.drops(packet)) {
            counters.increment(FaultCounter.LOST);
            return;
        }
        if (now.largestPacketBytes() > 0 && packet.length() > now.largestPacketBytes()) {
            counters.increment(FaultCounter.TOO_LONG);
            return;
        }
        boolean marked = happens(now.marking()) || isQueueLong(now, nowNs);
        long departureNs = departure(packet.length(), now, nowNs);
        if (departureNs < 0) {
            counters.increment(FaultCounter.QUEUE_FULL);
            return;
        }
        long dueNs = departureNs + now.delayNs() + (now.jitterNs() == 0 ? 0 : random.nextLong(now.jitterNs() + 1));
        if (happens(now.reordering())) {
            counters.increment(FaultCounter.REORDERED);
            dueNs += now.reorderDelayNs();
        } else {
            dueNs = lastDueNs = Math.max(dueNs, lastDueNs);
        }
        if (happens(now.duplication())) {
            counters.increment(FaultCounter.DUPLICATED);
            travel(packet, now, marked, dueNs);
        }
        travel(packet, now, marked, dueNs);
    }

    private boolean isQueueLong(Faults now, long nowNs) {
        return now.markingQueueBytes() > 0
                && now.bitsPerSecond() > 0
                && queue.waitingBytes(nowNs) > now.markingQueueBytes();
    }

    /** When the packet will have left at the wire's rate; -1 if too much is waiting already. */
    private long departure(int length, Faults now, long nowNs) {
        return now.bitsPerSecond() == 0 ? nowNs : queue.join(length, now.bitsPerSecond(), now.queueBytes(), nowNs);
    }

    private void travel(Packet packet, Faults now, boolean marked, long dueNs) {
        Packet copy = packets.forLength(packet.length());
        if (copy == null) {
            counters.increment(FaultCounter.OUT_OF_MEMORY);
            return;
        }
        copy.copyOf(packet);
        if (!Segmenter.completeChecksum(copy)) {
            packets.release(copy);
            counters.increment(FaultCounter.MALFORMED);
            return;
        }
        copy.checksumTrusted(false);
        if (marked && CongestionMark.set(copy.buffer(), copy.offset())) {
            counters.increment(FaultCounter.MARKED);
        }
        if (happens(now.corruption())) {
            corrupt(copy);
        }
        travelling.add(new Travelling(dueNs, number++, copy));
    }

    /** Changes one bit that the transport's checksum covers: not every byte of an IPv6 header is. */
    private void corrupt(Packet packet) {
        ByteBuffer bytes = packet.buffer();
        int length = packet.length();
        if (length == 0) {
            return;
        }
        int first = bytes.get(packet.offset());
        int headerBytes = first >>> 4 == 4 ? (first & 0xf) << 2 : IPV6_HEADER_BYTES;
        if (length <= headerBytes) {
            return;
        }
        counters.increment(FaultCounter.CORRUPTED);
        int at = packet.offset() + headerBytes + random.nextInt(length - headerBytes);
        bytes.put(at, (byte) (bytes.get(at) ^ (1 << random.nextInt(Byte.SIZE))));
    }

    private boolean happens(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }
}
