package dev.heddle.core.tcp;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections of a host their applications have closed, and their peers not yet. Any thread. */
public final class Orphans {

    private final int most;
    private final AtomicInteger count = new AtomicInteger();

    public Orphans(int most) {
        this.most = most;
    }

    void add() {
        count.incrementAndGet();
    }

    void remove() {
        count.decrementAndGet();
    }

    boolean isTooMany() {
        return count.get() > most;
    }

    /** The orphans of this moment. */
    public int count() {
        return count.get();
    }
}
