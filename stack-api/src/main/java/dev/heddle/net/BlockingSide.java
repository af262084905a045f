package dev.heddle.net;

import java.io.InterruptedIOException;
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

    /** What a waiter waits for: bits that anybody may read, and that are set before {@link #wake} is called. */
    interface Bits {
        int bits();
    }

    /** A deadline that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    /** The bits the waiter wants; written by the lock's holder before {@link #waiter}, which publishes it. */
    private int interest;

    /** Who is about to park or parked; written by the lock's holder, read by whoever changes a bit. */
    private volatile @Nullable Thread waiter;

    /**
     * Waits for the turn. Interruption is left for later, as in the JDK's sockets.
     *
     * @throws IllegalStateException if the thread has it already: what it calls, a host's observer for example, calls the socket
     */
    void lock() {
        if (!tryAcquire(1)) {
            if (isHeldExclusively()) {
                throw new IllegalStateException("this thread is in the midst of a call on this socket");
            }
            acquire(1);
        }
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
        if (compareAndSetState(0, one)) {
            setExclusiveOwnerThread(Thread.currentThread());
            return true;
        }
        return false;
    }

    @Override
    protected boolean isHeldExclusively() {
        return getExclusiveOwnerThread() == Thread.currentThread();
    }

    @Override
    protected boolean tryRelease(int one) {
        setExclusiveOwnerThread(null);
        setState(0);
        return true;
    }

    /**
     * Parks the calling thread, which holds the lock, until one of the bits is set or the deadline has come; may return early.
     * The caller looks again after the return.
     *
     * <p>No wake-up is lost: the waiter is announced before the last look at the bits, and whoever sets a bit looks for
     * a waiter afterwards.
     *
     * @throws InterruptedIOException on a virtual thread that is interrupted, its status still set; a platform thread
     *     keeps waiting and finds its status restored
     */
    void await(Bits of, int bits, long deadlineNs) throws InterruptedIOException {
        Thread thread = Thread.currentThread();
        boolean interrupted = false;
        interest = bits;
        waiter = thread;
        try {
            while ((of.bits() & bits) == 0) {
                if (deadlineNs == NEVER) {
                    LockSupport.park(this);
                } else {
                    long remainingNs = remaining(deadlineNs);
                    if (remainingNs <= 0) {
                        return;
                    }
                    LockSupport.parkNanos(this, remainingNs);
                }
                if (thread.isVirtual()) {
                    endIfInterrupted();
                } else {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            waiter = null;
            if (interrupted) {
                thread.interrupt();
            }
        }
    }

    /**
     * Ends the call of a virtual thread that is interrupted.
     *
     * @throws InterruptedIOException if it is; its status stays set
     */
    static void endIfInterrupted() throws InterruptedIOException {
        Thread thread = Thread.currentThread();
        if (thread.isVirtual() && thread.isInterrupted()) {
            throw new InterruptedIOException();
        }
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
