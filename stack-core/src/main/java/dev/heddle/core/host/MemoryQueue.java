package dev.heddle.core.host;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connections that found no memory, to write into or to tell a window, in the order in which they came: as memory comes
 * back they may try again, one for each chunk, the longest waiting first. Who holds more than its share by then goes to the
 * end. Any thread; the lock is a leaf.
 */
final class MemoryQueue {

    /** How often the pool is looked at while somebody waits. */
    private static final long LOOK_NS = 5_000_000;

    private final BufferPool pool;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock. */
    private final Queue<TcpConnection> waiting = new ArrayDeque<>();
    private @Nullable HomeTimer timer;

    MemoryQueue(BufferPool pool, Clock clock) {
        this.pool = pool;
        this.clock = clock;
    }

    /** Adds a connection, whose gate the caller holds. */
    void add(TcpConnection connection) {
        lock.lock();
        try {
            waiting.add(connection);
            HomeTimer t = timer;
            if (t == null) {
                t = timer = new Look(connection.home());
            }
            if (waiting.size() == 1) {
                t.arm(clock.nanoTime() + LOOK_NS);
            }
        } finally {
            lock.unlock();
        }
    }

    private void look(long nowNs, Batch batch) {
        for (TcpConnection connection : takeServed(nowNs)) {
            connection.memoryAvailable(batch);
        }
    }

    private List<TcpConnection> takeServed(long nowNs) {
        long chunks = pool.ordinaryFreeBytes() / pool.chunkBytes();
        List<TcpConnection> served = new ArrayList<>();
        lock.lock();
        try {
            for (; chunks > 0 && !waiting.isEmpty(); chunks--) {
                served.add(waiting.remove());
            }
            HomeTimer t = timer;
            if (t != null) {
                t.arm(waiting.isEmpty() ? Clock.NEVER : nowNs + LOOK_NS);
            }
        } finally {
            lock.unlock();
        }
        return served;
    }

    /** At home where the first writer was. */
    private final class Look extends HomeTimer {

        Look(Driver home) {
            super(home);
        }

        @Override
        void expired(long nowNs, Batch batch) {
            look(nowNs, batch);
        }
    }
}
