package dev.heddle.benchmarks.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/** What a run has made and must take away, also when it is interrupted. Any thread. */
final class Resources implements AutoCloseable {

    private final ReentrantLock lock = new ReentrantLock();

    /* Under lock. */
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private boolean closed;

    /** Takes something over, at once if all was closed. */
    <T extends AutoCloseable> T add(T resource) {
        lock.lock();
        try {
            open.push(resource);
            if (closed) {
                close();
                throw new IllegalStateException("interrupted");
            }
            return resource;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Closes what was added last first. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            while (!open.isEmpty()) {
                try {
                    open.pop().close();
                } catch (Exception e) {
                    System.err.println("bench: " + e.getMessage());
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
