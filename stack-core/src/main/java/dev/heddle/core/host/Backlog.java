package dev.heddle.core.host;

import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Packets that arrived while their connection was locked: an intrusive lock-free list that any thread appends to and the
 * lock's holder takes from, in the order of arrival. It holds copies in pooled packets, so that a few bytes never pin the
 * 64 KiB buffer they were read into, and no more than a budget of bytes.
 */
final class Backlog {

    private static final VarHandle NEWEST;
    private static final VarHandle HELD;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            NEWEST = lookup.findVarHandle(Backlog.class, "newest", Packet.class);
            HELD = lookup.findVarHandle(Backlog.class, "heldBytes", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PacketPool packets;
    private final int budgetBytes;

    /** The last packet appended, linked to those before it; any thread, atomically. */
    @SuppressWarnings("unused") // through NEWEST
    private volatile @Nullable Packet newest;

    /** What the packets held take, at their true size; any thread, atomically. */
    @SuppressWarnings("unused") // through HELD
    private volatile int heldBytes;

    /** Packets taken from the list, oldest first; the lock's holder only. */
    private @Nullable Packet oldestTaken;

    Backlog(PacketPool packets, int budgetBytes) {
        this.packets = packets;
        this.budgetBytes = budgetBytes;
    }

    /**
     * Appends a copy of the packet; any thread.
     *
     * @return false if the budget or the memory limit forbids it
     */
    boolean append(Packet packet) {
        if (heldBytes > budgetBytes) {
            return false;
        }
        Packet copy = PacketCopies.copy(packets, packet);
        if (copy == null) {
            return false;
        }
        HELD.getAndAdd(this, copy.capacity());
        Packet before;
        do {
            before = newest;
            copy.next = before;
        } while (!NEWEST.compareAndSet(this, before, copy));
        return true;
    }

    /** Whether packets were appended that nobody has taken; any thread. */
    boolean hasArrivals() {
        return newest != null;
    }

    /** Whether a packet can be taken; the lock's holder only. */
    boolean isEmpty() {
        return oldestTaken == null && newest == null;
    }

    /** Whether packets were taken from the list that {@link #take} has not returned yet; the lock's holder only. */
    boolean hasTaken() {
        return oldestTaken != null;
    }

    /** Takes the oldest packet, which is then the caller's; the lock's holder only. */
    @Nullable Packet take() {
        if (oldestTaken == null) {
            takeArrivals();
        }
        Packet packet = oldestTaken;
        if (packet != null) {
            oldestTaken = packet.next;
            packet.next = null;
            HELD.getAndAdd(this, -packet.capacity());
        }
        return packet;
    }

    /** Gives a packet that was taken back to its pool. */
    void release(Packet packet) {
        packets.release(packet);
    }

    private void takeArrivals() {
        Packet packet = (Packet) NEWEST.getAndSet(this, null);
        while (packet != null) {
            Packet earlier = packet.next;
            packet.next = oldestTaken;
            oldestTaken = packet;
            packet = earlier;
        }
    }
}
