package dev.heddle.core.time;

/** The source of time: real in production, virtual in simulation. */
@FunctionalInterface
public interface Clock {

    /** A deadline that never comes. */
    long NEVER = Long.MAX_VALUE;

    /** Monotonic nanoseconds since an arbitrary origin; never negative. */
    long nanoTime();

    /** The machine's monotonic clock; one clock for the whole process, so that times of separately made parts compare. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
