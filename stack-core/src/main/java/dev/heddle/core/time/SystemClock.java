package dev.heddle.core.time;

/** The machine's monotonic clock, counted from the loading of this class. */
enum SystemClock implements Clock {
    INSTANCE;

    private final long originNs = System.nanoTime();

    @Override
    public long nanoTime() {
        return System.nanoTime() - originNs;
    }
}
