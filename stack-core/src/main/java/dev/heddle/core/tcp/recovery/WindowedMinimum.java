package dev.heddle.core.tcp.recovery;

/**
 * The smallest value of a sliding window of time. It keeps the best three candidates, each younger than the one before, so
 * that the next best is at hand when the best grows too old.
 */
final class WindowedMinimum {

    private static final int CANDIDATES = 3;

    private final long windowNs;
    private final long[] values = new long[CANDIDATES];
    private final long[] times = new long[CANDIDATES];
    private int count;

    WindowedMinimum(long windowNs) {
        this.windowNs = windowNs;
    }

    void add(long value, long nowNs) {
        while (count > 0 && values[count - 1] >= value) {
            count--;
        }
        while (count > 0 && nowNs - times[0] > windowNs) {
            removeFirst();
        }
        if (count == CANDIDATES) {
            if (nowNs - times[CANDIDATES - 1] < windowNs / CANDIDATES) {
                // The youngest candidate will do for a while.
                return;
            }
            removeMiddle();
        }
        values[count] = value;
        times[count] = nowNs;
        count++;
    }

    private void removeFirst() {
        for (int i = 1; i < count; i++) {
            values[i - 1] = values[i];
            times[i - 1] = times[i];
        }
        count--;
    }

    private void removeMiddle() {
        values[1] = values[2];
        times[1] = times[2];
        count--;
    }

    /** {@link Long#MAX_VALUE} before the first value. */
    long value() {
        return count == 0 ? Long.MAX_VALUE : values[0];
    }
}
