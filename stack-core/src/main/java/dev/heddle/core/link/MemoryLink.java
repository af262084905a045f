package dev.heddle.core.link;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One end of a cable in memory, which needs no device and no privileges. Each direction is a bounded queue: when it is
 * full, {@link #transmit} refuses and nothing is lost. Super-segments and incomplete checksums travel as they are where
 * the capabilities allow them.
 *
 * <p>If one end is closed the other can still read what has arrived; then it is down as well.
 */
public final class MemoryLink implements Link {

    /** Bytes of packet buffers that each direction holds if nothing else is said: 16 of 64 KiB, or 480 of 2 KiB. */
    public static final int DEFAULT_QUEUE_BYTES = 1024 * 1024;

    /** When memory was refused, nobody says that there is some again: ask every millisecond. */
    private static final long MEMORY_RETRY_NS = 1_000_000;

    /** The two ends of a cable. */
    public record Pair(MemoryLink a, MemoryLink b) implements AutoCloseable {

        /** Closes both ends. */
        @Override
        public void close() {
            a.close();
            b.close();
        }
    }

    private final String name;
    private final LinkCapabilities capabilities;
    private final Clock clock;
    private final Direction inbound;
    private final Direction outbound;
    private final WakeUp wakeUp;

    private MemoryLink(String name, LinkCapabilities capabilities, Clock clock, Direction inbound, Direction outbound) {
        this.name = name;
        this.capabilities = capabilities;
        this.clock = clock;
        this.inbound = inbound;
        this.outbound = outbound;
        this.wakeUp = inbound.receiverWakeUp;
    }

    /** As {@link #pair(String, String, LinkCapabilities, Clock, int)} with {@link #DEFAULT_QUEUE_BYTES}. */
    public static Pair pair(String nameA, String nameB, LinkCapabilities capabilities, Clock clock) {
        return pair(nameA, nameB, capabilities, clock, DEFAULT_QUEUE_BYTES);
    }

    /**
     * A cable with memory of its own.
     *
     * @param capabilities of both ends
     * @param clock the time of {@link #awaitWork}
     * @param queueBytes how many bytes of packet buffers each direction holds, at least {@link #minQueueBytes()}
     */
    public static Pair pair(String nameA, String nameB, LinkCapabilities capabilities, Clock clock, int queueBytes) {
        // Room for both queues and for a packet at each end that is being read.
        long limit = 2L * queueBytes + 2L * minQueueBytes();
        PacketPool packets = new PacketPool(new BufferPool(limit, BufferPool.DEFAULT_CHUNK_BYTES));
        return pair(nameA, nameB, capabilities, clock, queueBytes, packets);
    }

    /** A cable whose packets come from a pool: a packet is refused too when the pool has no memory for its copy. */
    public static Pair pair(
            String nameA,
            String nameB,
            LinkCapabilities capabilities,
            Clock clock,
            int queueBytes,
            PacketPool packets) {
        if (queueBytes < minQueueBytes()) {
            throw new IllegalArgumentException("queue of " + queueBytes + " bytes, less than " + minQueueBytes());
        }
        WakeUp wakeUpA = new WakeUp();
        WakeUp wakeUpB = new WakeUp();
        Direction toA = new Direction(queueBytes, packets, wakeUpB, wakeUpA);
        Direction toB = new Direction(queueBytes, packets, wakeUpA, wakeUpB);
        return new Pair(
                new MemoryLink(nameA, capabilities, clock, toA, toB),
                new MemoryLink(nameB, capabilities, clock, toB, toA));
    }

    /** The smallest queue: one packet of any length. */
    public static int minQueueBytes() {
        return PacketPool.chargeOf(PacketPool.LARGE_CAPACITY);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the packet is longer than the MTU or asks for what the capabilities do not offer
     * @throws LinkDownException if this end or the other is closed
     */
    @Override
    public boolean transmit(Packet packet) {
        int limit = packet.gsoSize() > 0 ? capabilities.maxSuperSegmentBytes() : capabilities.mtu();
        if (packet.length() > limit || (packet.checksumStart() >= 0 && !capabilities.transmitChecksum())) {
            throw new IllegalArgumentException("packet of " + packet.length() + " bytes, segment size "
                    + packet.gsoSize() + ", checksum start " + packet.checksumStart() + " for " + capabilities);
        }
        return outbound.offer(packet, clock);
    }

    @Override
    public boolean receive(Packet into) {
        return inbound.poll(into);
    }

    @Override
    public long nextDeadline() {
        return outbound.memoryRetryNs.get();
    }

    @Override
    public void awaitWork(long untilNs) {
        if (inbound.hasWork()) {
            return;
        }
        long retryNs = nextDeadline();
        wakeUp.await(Math.min(untilNs, retryNs), clock);
        if (retryNs <= clock.nanoTime()) {
            outbound.memoryRetryNs.compareAndSet(retryNs, Clock.NEVER);
        }
        inbound.hasWork(); // ends the wait if it is down
    }

    @Override
    public void wakeup() {
        wakeUp.give();
    }

    @Override
    public void close() {
        // Both directions first, then the waiters: who wakes must find its link closed.
        outbound.close(false);
        inbound.close(true);
        outbound.wakeBoth();
    }

    @Override
    public String toString() {
        return "MemoryLink[" + name + "]";
    }

    /** One direction of the cable. */
    private static final class Direction {

        private final int limitBytes;
        private final PacketPool packets;
        private final WakeUp senderWakeUp;
        private final WakeUp receiverWakeUp;

        /** A leaf: nothing is called under it. */
        private final ReentrantLock lock = new ReentrantLock();

        /* Guarded by lock. */
        private final PacketQueue queue = new PacketQueue();
        /** What is queued or being copied for it. */
        private int bytes;

        private boolean refused;
        private boolean down;

        /** When to try again after the pool refused memory; set by senders, taken back by their pump. */
        private final AtomicLong memoryRetryNs = new AtomicLong(Clock.NEVER);

        Direction(int limitBytes, PacketPool packets, WakeUp senderWakeUp, WakeUp receiverWakeUp) {
            this.limitBytes = limitBytes;
            this.packets = packets;
            this.senderWakeUp = senderWakeUp;
            this.receiverWakeUp = receiverWakeUp;
        }

        boolean offer(Packet packet, Clock clock) {
            int charge = PacketPool.chargeForLength(packet.length());
            if (!reserve(charge)) {
                return false;
            }
            Packet copy = packets.forLength(packet.length());
            if (copy == null) {
                unreserve(charge);
                memoryRetryNs.set(clock.nanoTime() + MEMORY_RETRY_NS);
                senderWakeUp.give();
                return false;
            }
            copy.copyOf(packet);
            boolean wake;
            lock.lock();
            try {
                if (!down) {
                    wake = queue.isEmpty();
                    queue.add(copy);
                    copy = null;
                } else {
                    wake = false;
                }
            } finally {
                lock.unlock();
            }
            if (copy != null) {
                packets.release(copy);
                throw closed();
            }
            if (wake) {
                receiverWakeUp.give();
            }
            return true;
        }

        private boolean reserve(int charge) {
            lock.lock();
            try {
                if (down) {
                    throw closed();
                }
                if (bytes + charge > limitBytes) {
                    refused = true;
                    return false;
                }
                bytes += charge;
                return true;
            } finally {
                lock.unlock();
            }
        }

        private void unreserve(int charge) {
            lock.lock();
            try {
                bytes -= charge;
            } finally {
                lock.unlock();
            }
        }

        boolean poll(Packet into) {
            Packet packet;
            boolean wake = false;
            lock.lock();
            try {
                packet = queue.poll();
                if (packet == null) {
                    if (down) {
                        throw closed();
                    }
                    return false;
                }
                bytes -= PacketPool.chargeOf(packet.capacity());
                // Half empty, so that a refused sender is not woken for each packet.
                if (refused && bytes <= limitBytes / 2) {
                    refused = false;
                    wake = true;
                }
            } finally {
                lock.unlock();
            }
            into.copyOf(packet);
            packets.release(packet);
            if (wake) {
                senderWakeUp.give();
            }
            return true;
        }

        boolean hasWork() {
            lock.lock();
            try {
                if (queue.isEmpty() && down) {
                    throw closed();
                }
                return !queue.isEmpty();
            } finally {
                lock.unlock();
            }
        }

        /** Takes the direction down; its receiver reads what is left unless it is to be discarded. */
        void close(boolean discard) {
            PacketQueue discarded = new PacketQueue();
            lock.lock();
            try {
                down = true;
                if (discard) {
                    for (Packet packet = queue.poll(); packet != null; packet = queue.poll()) {
                        discarded.add(packet);
                    }
                }
            } finally {
                lock.unlock();
            }
            for (Packet packet = discarded.poll(); packet != null; packet = discarded.poll()) {
                packets.release(packet);
            }
        }

        void wakeBoth() {
            senderWakeUp.give();
            receiverWakeUp.give();
        }

        private static LinkDownException closed() {
            return new LinkDownException("the link is closed");
        }
    }
}
