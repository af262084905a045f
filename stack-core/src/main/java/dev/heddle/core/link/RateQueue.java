package dev.heddle.core.link;

/**
 * The packets that wait for a wire's rate. Nothing is kept but times: when the last of them will have left, and how many bytes
 * there are until then. A rate that changes is that of the packets to come; those that wait leave when they were to.
 */
final class RateQueue {

    private static final double NS_PER_SECOND_BITS = 8e9;

    /** Of the packets that joined since the rate changed last. */
    private long rate;

    private double nsPerByte;
    /** When the last packet taken will have left. */
    private long busyUntilNs;

    /* What had joined before the rate changed last: so many bytes from then until when they have left. */
    private double olderBytes;
    private long olderFromNs;
    private long olderUntilNs;

    /** The bytes that have not left yet. */
    double waitingBytes(long nowNs) {
        if (busyUntilNs <= nowNs) {
            return 0;
        }
        double older = olderUntilNs <= nowNs ? 0 : olderBytes * (olderUntilNs - nowNs) / (olderUntilNs - olderFromNs);
        return older + (busyUntilNs - Math.max(nowNs, olderUntilNs)) / nsPerByte;
    }

    /**
     * A packet joins.
     *
     * @return when it will have left; -1 if there is no room for it. One is always taken when nothing waits.
     */
    long join(int length, long bitsPerSecond, int mostBytes, long nowNs) {
        double waiting = waitingBytes(nowNs);
        if (waiting > 0 && waiting + length > mostBytes) {
            return -1;
        }
        if (bitsPerSecond != rate) {
            olderBytes = waiting;
            olderFromNs = nowNs;
            olderUntilNs = Math.max(nowNs, busyUntilNs);
            rate = bitsPerSecond;
            nsPerByte = NS_PER_SECOND_BITS / bitsPerSecond;
        }
        busyUntilNs = Math.max(nowNs, busyUntilNs) + Math.round(length * nsPerByte);
        return busyUntilNs;
    }
}
