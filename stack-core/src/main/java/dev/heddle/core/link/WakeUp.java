package dev.heddle.core.link;

import dev.heddle.core.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A signal that one waiting thread at a time consumes; one given while nobody waits is kept for the next. */
final class WakeUp {

    private final AtomicBoolean given = new AtomicBoolean();

    /** Who waits; set before it looks at {@link #given}, so that whoever gives the signal afterwards sees it. */
    private volatile @Nullable Thread waiter;

    void give() {
        if (!given.getAndSet(true)) {
            Thread thread = waiter;
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }
    }

    /** Waits for the signal and consumes it, or until the time is reached. An interrupt is kept but does not end the wait. */
    void await(long untilNs, Clock clock) {
        boolean interrupted = false;
        waiter = Thread.currentThread();
        try {
            while (!given.getAndSet(false)) {
                if (untilNs == Clock.NEVER) {
                    LockSupport.park(this);
                } else {
                    long left = untilNs - clock.nanoTime();
                    if (left <= 0) {
                        return;
                    }
                    LockSupport.parkNanos(this, left);
                }
                // A thread with the interrupt status set does not park: it would spin.
                interrupted |= Thread.interrupted();
            }
        } finally {
            waiter = null;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
