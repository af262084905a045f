package dev.heddle.core.host;

import dev.heddle.core.icmp.ErrorLimit;
import dev.heddle.core.icmp.ErrorRateLimit;
import java.util.concurrent.locks.ReentrantLock;

/** The host's limit of ICMP errors, for any thread. */
final class LockedErrorLimit implements ErrorLimit {

    private final ErrorRateLimit limit;

    /** Guards {@link #limit}; a leaf. */
    private final ReentrantLock lock = new ReentrantLock();

    LockedErrorLimit(ErrorRateLimit limit) {
        this.limit = limit;
    }

    @Override
    public boolean admit(long destinationHigh, long destinationLow, long nowNs) {
        lock.lock();
        try {
            return limit.admit(destinationHigh, destinationLow, nowNs);
        } finally {
            lock.unlock();
        }
    }
}
