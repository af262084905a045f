package dev.heddle.core.host;

import dev.heddle.core.link.Packet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Packets that a full link has refused and that nobody would send again: resets, answers for what has no TCB, and datagrams.
 * Bounded; any thread. The packets belong to whoever has taken them out.
 */
final class KeptSegments {

    private static final int MOST = 256;

    /** A leaf: nothing is called under it. */
    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock. */
    private final Deque<Packet> queue = new ArrayDeque<>();
    private boolean closed;

    /** Keeps a packet; false if there is no room, and the packet stays the caller's. */
    boolean keep(Packet packet) {
        lock.lock();
        try {
            return !closed && queue.size() < MOST && queue.add(packet);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps a packet of a datagram whose sender has found this {@link #isEmpty}, and so sends no other until it is again: each
     * thread that sends has one here at most.
     */
    boolean keepDatagram(Packet packet) {
        lock.lock();
        try {
            return !closed && queue.add(packet);
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing waits. */
    boolean isEmpty() {
        lock.lock();
        try {
            return queue.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Takes out the packet that has waited longest; null if there is none. */
    @Nullable Packet poll() {
        lock.lock();
        try {
            return queue.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Puts back what {@link #poll} gave; false if nothing is kept any more. */
    boolean putBack(Packet packet) {
        lock.lock();
        try {
            return !closed && queue.offerFirst(packet);
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is kept from now on; {@link #poll} gives what was. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }
}
