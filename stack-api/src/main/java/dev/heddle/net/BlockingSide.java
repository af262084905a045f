package dev.heddle.net;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a socket: a lock, not re-entrant, that lets one thread at a time read (accept, connect) or write, and
 * the parked holder of that lock, so that a change of readiness wakes exactly the thread that waits for it. One small
 * object, because every connection has two.
 */
@SuppressWarnings("serial") // nobody serializes a lock
final class BlockingSide extends AbstractQueuedSynchronizer {

    /** A deadline that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    /** The bits the waiter wants; written by the lock's holder before {@link #waiter}, which publishes it. */
    private int interest;

    /** Who is about to park or parked; written by the lock's holder, read by whoever changes a bit. */
    private volatile @Nullable Thread waiter;

    /** Waits for the turn. Interruption is left for later, as in the JDK's sockets. */
    void lock() {
        acquire(1);
    }

    /**
     * Waits for the turn until the deadline at most. Interruption is left for later.
     *
     * @return whether the lock is held now
     */
    boolean lock(long deadlineNs) {
        if (deadlineNs == NEVER) {
            lock();
            return true;
        }
        boolean held = tryAcquire(1);
        boolean interrupted = false;
        while (!held && remaining(deadlineNs) > 0) {
            try {
                held = tryAcquireNanos(1, remaining(deadlineNs));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return held;
    }

    void unlock() {
        release(1);
    }

    /** State 1 while a thread has the lock. */
    @Override
    protected boolean tryAcquire(int one) {
        return compareAndSetState(0, one);
    }

    @Override
    protected boolean tryRelease(int one) {
        setState(0);
        return true;
    }

    /** Says that the caller, who holds the lock, will look at the bits once more and then park. */
    void announce(int bits) {
        interest = bits;
        waiter = Thread.currentThread();
    }

    /** Ends what {@link #announce} began. */
    void withdraw() {
        waiter = null;
    }

    /** Wakes the waiter if it wants one of the bits that are set. */
    void wake(int bits) {
        Thread thread = waiter;
        if (thread != null && (bits & interest) != 0) {
            LockSupport.unpark(thread);
        }
    }

    /** The moment so many milliseconds from now on {@link System#nanoTime}'s scale; {@link #NEVER} for 0. */
    static long deadline(int timeoutMillis) {
        if (timeoutMillis == 0) {
            return NEVER;
        }
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        return deadlineNs == NEVER ? NEVER - 1 : deadlineNs;
    }

    /** Nanoseconds until the deadline; not positive if it has come. */
    static long remaining(long deadlineNs) {
        return deadlineNs == NEVER ? NEVER : deadlineNs - System.nanoTime();
    }
}
