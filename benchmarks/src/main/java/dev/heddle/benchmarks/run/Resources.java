package dev.heddle.benchmarks.run;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a run has made and must take away, also when it is interrupted. Any thread. */
final class Resources implements AutoCloseable {

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private boolean closed;

    /** Takes something over, at once if all was closed. */
    synchronized <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        if (closed) {
            close();
            throw new IllegalStateException("interrupted");
        }
        return resource;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Closes what was added last first. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("bench: " + e.getMessage());
            }
        }
    }
}
