package dev.heddle.tun;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets calls use a resource that any thread may close at any time: it is released when the last call that is inside has
 * left, and no call comes in any more. Without this a call could use a descriptor number that the process has meanwhile
 * given to another file.
 */
final class UseGuard {

    /** The sign bit of {@link #state}; the other bits count the calls inside. */
    private static final int CLOSED = Integer.MIN_VALUE;

    private final AtomicInteger state = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);
    private final Runnable release;

    UseGuard(Runnable release) {
        this.release = release;
    }

    /** Comes in; whoever gets true must {@link #exit}. Never blocks. */
    boolean enter() {
        while (true) {
            int seen = state.get();
            if (seen < 0) {
                return false;
            }
            if (state.compareAndSet(seen, seen + 1)) {
                return true;
            }
        }
    }

    void exit() {
        if (state.decrementAndGet() == CLOSED) {
            try {
                release.run();
            } finally {
                released.countDown();
            }
        }
    }

    boolean isClosed() {
        return state.get() < 0;
    }

    /** Lets nobody in any more. Only the first caller gets true; it is inside itself, so that it can wake the others, and must {@link #exit}. */
    boolean close() {
        while (true) {
            int seen = state.get();
            if (seen < 0) {
                return false;
            }
            if (state.compareAndSet(seen, (seen | CLOSED) + 1)) {
                return true;
            }
        }
    }

    /** Waits until the resource is released; an interrupt is kept for later. */
    void awaitRelease() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    released.await();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
