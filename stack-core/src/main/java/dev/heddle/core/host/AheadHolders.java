package dev.heddle.core.host;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.time.Clock;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connections that hold data ahead of a gap. While memory is short they let go of it, the longest holding first: what
 * nobody can read yet, and perhaps never will, must not keep others from the chunk that each is guaranteed (RFC 2018 8
 * allows it). A gap that an honest peer fills soon is seldom among the oldest. Any thread; the lock is a leaf.
 */
final class AheadHolders {

    /** How many let go before the pump turns to other work. */
    private static final int AT_ONCE = 32;

    private static final long PAUSE_NS = 1_000_000;

    private final BufferPool pool;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();

    /** Whether somebody holds some and nobody looks yet; written under the lock, read by anybody. */
    private volatile boolean unattended;

    /* Guarded by lock. */
    private final SequencedSet<TcpConnection> holders = new LinkedHashSet<>();
    private boolean looking;
    private @Nullable Look timer;

    AheadHolders(BufferPool pool, Clock clock) {
        this.pool = pool;
        this.clock = clock;
    }

    /** Adds a connection, whose gate the caller holds. */
    void add(TcpConnection connection) {
        lock.lock();
        try {
            holders.add(connection);
            unattended = !looking;
        } finally {
            lock.unlock();
        }
    }

    /** Removes a connection, whose gate the caller holds: its gap is filled, or it is over. */
    void remove(TcpConnection connection) {
        lock.lock();
        try {
            holders.remove(connection);
            unattended = !looking && !holders.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Has the pump of a connection's home look after memory if it is short; the caller holds that connection's gate. */
    void lookAfterMemory(TcpConnection connection) {
        if (!unattended || !pool.isShort()) {
            return;
        }
        lock.lock();
        try {
            if (looking || holders.isEmpty()) {
                return;
            }
            looking = true;
            unattended = false;
            Look look = timer;
            if (look == null) {
                look = timer = new Look(connection.home());
            }
            look.arm(clock.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    private void look(long nowNs, Batch batch) {
        for (int i = 0; i < AT_ONCE && pool.isShort(); i++) {
            TcpConnection oldest = takeOldest();
            if (oldest == null) {
                break;
            }
            oldest.letGoOfDataAhead(batch);
        }
        lock.lock();
        try {
            looking = !holders.isEmpty() && pool.isShort();
            unattended = !looking && !holders.isEmpty();
            Look look = timer;
            if (look != null) {
                look.arm(looking ? nowNs + PAUSE_NS : Clock.NEVER);
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable TcpConnection takeOldest() {
        lock.lock();
        try {
            return holders.isEmpty() ? null : holders.removeFirst();
        } finally {
            lock.unlock();
        }
    }

    /** At home where the one was that found memory short first. */
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
