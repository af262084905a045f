package dev.heddle.core.tcp.recovery;

/**
 * Where records that wait for retransmission can be: from an offset on, but not in a range above it that was looked through
 * before something below it was lost once more.
 */
final class WaitingLosses {

    private long from;
    private long clearFrom;
    private long clearTo;

    /** Where to look next: nothing waits below. */
    long next() {
        if (from >= clearFrom && from < clearTo) {
            from = clearTo;
        }
        return from;
    }

    /** Nothing waits below {@code offset} either. */
    void noneBelow(long offset) {
        from = Math.max(from, offset);
    }

    /** [start, end) waits. */
    void add(long start, long end) {
        if (start < from) {
            if (clearFrom <= from && clearTo > from) {
                clearFrom = end;
            } else if (clearFrom <= from || from - end > clearTo - clearFrom) {
                clearFrom = end;
                clearTo = from;
            }
            from = start;
        } else if (start < clearTo && end > clearFrom) {
            clearFrom = end;
        }
    }
}
