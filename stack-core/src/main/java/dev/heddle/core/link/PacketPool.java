package dev.heddle.core.link;

import dev.heddle.core.buffer.BufferPool;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reusable packets of two sizes. A packet is charged to the buffer pool at its true size while it is out; a bounded
 * number of returned ones is kept for reuse.
 *
 * <p>Any thread may call at any time. The lock is a leaf: nothing is called under it.
 */
public final class PacketPool {

    /** What a small packet holds: every packet of an Ethernet-sized MTU. */
    public static final int SMALL_CAPACITY = 2048;

    /** What a large packet holds: every packet. */
    public static final int LARGE_CAPACITY = Packet.MAX_LENGTH;

    private static final int SMALL_KEPT = 256;
    private static final int LARGE_KEPT = 16;

    private final BufferPool account;
    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock: the packets kept, linked through Packet.next, and their numbers. */
    private @Nullable Packet smallFree;
    private int smallCount;
    private @Nullable Packet largeFree;
    private int largeCount;

    /** @param account what the packets that are out are charged to */
    public PacketPool(BufferPool account) {
        this.account = account;
    }

    /** An empty packet that holds {@link #SMALL_CAPACITY} bytes; null if the memory limit is reached. */
    public @Nullable Packet small() {
        return acquire(SMALL_CAPACITY);
    }

    /** An empty packet that holds {@link #LARGE_CAPACITY} bytes; null if the memory limit is reached. */
    public @Nullable Packet large() {
        return acquire(LARGE_CAPACITY);
    }

    /** An empty packet, small if that is enough for the length; null if the memory limit is reached. */
    public @Nullable Packet forLength(int lengthBytes) {
        return acquire(lengthBytes <= SMALL_CAPACITY ? SMALL_CAPACITY : LARGE_CAPACITY);
    }

    /** Takes a packet of this pool back. */
    public void release(Packet packet) {
        packet.reset();
        int capacity = packet.capacity();
        lock.lock();
        try {
            if (capacity == SMALL_CAPACITY && smallCount < SMALL_KEPT) {
                packet.next = smallFree;
                smallFree = packet;
                smallCount++;
            } else if (capacity == LARGE_CAPACITY && largeCount < LARGE_KEPT) {
                packet.next = largeFree;
                largeFree = packet;
                largeCount++;
            }
        } finally {
            lock.unlock();
        }
        account.discharge(chargeOf(capacity));
    }

    /** The bytes that a packet of a capacity is charged at. */
    static int chargeOf(int capacity) {
        return Packet.HEADROOM + capacity;
    }

    /** What the packet that {@link #forLength} gives is charged at. */
    static int chargeForLength(int lengthBytes) {
        return chargeOf(lengthBytes <= SMALL_CAPACITY ? SMALL_CAPACITY : LARGE_CAPACITY);
    }

    private @Nullable Packet acquire(int capacity) {
        if (!account.charge(chargeOf(capacity))) {
            return null;
        }
        Packet packet = takeKept(capacity);
        return packet != null ? packet : new Packet(capacity);
    }

    private @Nullable Packet takeKept(int capacity) {
        lock.lock();
        try {
            Packet packet;
            if (capacity == SMALL_CAPACITY) {
                packet = smallFree;
                if (packet != null) {
                    smallFree = packet.next;
                    smallCount--;
                }
            } else {
                packet = largeFree;
                if (packet != null) {
                    largeFree = packet.next;
                    largeCount--;
                }
            }
            if (packet != null) {
                packet.next = null;
            }
            return packet;
        } finally {
            lock.unlock();
        }
    }
}
