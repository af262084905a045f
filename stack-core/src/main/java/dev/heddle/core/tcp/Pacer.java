package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.CongestionControl;

/**
 * Spreads transmissions to a rate: after each segment the next one waits for as long as the rate gives it. A connection that
 * was idle has saved up nothing, so there is no burst after a pause; only a segment that comes late, by a timer for example,
 * is forgiven half its time, as Linux does.
 */
final class Pacer {

    private static final double NS_PER_SECOND = 1e9;

    /** How much of the rate goes as one super-segment: a millisecond's worth. */
    private static final long BURSTS_PER_SECOND = 1_000;

    private static final int LEAST_BURST_SEGMENTS = 2;

    /** Linux's tcp_pacing_ss_ratio and tcp_pacing_ca_ratio: the window is given time to grow. */
    private static final double SLOW_START_RATIO = 2.0;

    private static final double AVOIDANCE_RATIO = 1.2;

    /** As slow as an application may ask for. */
    private static final long LEAST_RATE = 1_000;

    private long rateBytesPerSecond = CongestionControl.UNPACED;
    private int mssBytes;
    /** When the next segment may go. */
    private long nextNs = Long.MIN_VALUE;
    /** When the last one went. */
    private long sentNs;
    /** Whether a segment was held back since the rate was set last. */
    private boolean asked;

    /** The rate for a window-based algorithm: the window over the round trip, and somewhat more. */
    static long rateOf(long windowBytes, long slowStartThresholdBytes, long smoothedRttNs) {
        double ratio = windowBytes < slowStartThresholdBytes / 2 ? SLOW_START_RATIO : AVOIDANCE_RATIO;
        return Math.max(1, (long) (ratio * windowBytes * NS_PER_SECOND / smoothedRttNs));
    }

    /**
     * Sets the rate for what is sent now.
     *
     * @param forWaiting whether what waits already waits as this rate says
     */
    void rate(long bytesPerSecond, int newMssBytes, boolean forWaiting) {
        // An algorithm that knows no rate may say 0: a pause without end would overflow into none.
        long rate = Math.max(LEAST_RATE, bytesPerSecond);
        if (forWaiting && nextNs != Long.MIN_VALUE) {
            nextNs = sentNs + (long) ((nextNs - sentNs) * ((double) rateBytesPerSecond / rate));
        }
        rateBytesPerSecond = rate;
        mssBytes = newMssBytes;
        asked = false;
        if (!isOn()) {
            nextNs = Long.MIN_VALUE;
        }
    }

    long rateBytesPerSecond() {
        return rateBytesPerSecond;
    }

    boolean isOn() {
        return rateBytesPerSecond != CongestionControl.UNPACED;
    }

    /** Whether a segment may go now; if not, the connection must look again at {@link #nextNs}. */
    boolean isDue(long nowNs) {
        boolean due = nextNs <= nowNs;
        asked |= !due;
        return due;
    }

    /** Whether something waits for {@link #nextNs}. */
    boolean isHolding(long nowNs) {
        return asked && nextNs > nowNs;
    }

    long nextNs() {
        return nextNs;
    }

    /** The largest segment at this rate: about a millisecond's worth, at least two segments, a multiple of the MSS. */
    int burstBytes(int mostBytes) {
        if (!isOn()) {
            return mostBytes;
        }
        long burst = Math.max(rateBytesPerSecond / BURSTS_PER_SECOND, (long) LEAST_BURST_SEGMENTS * mssBytes);
        return (int) Math.min(mostBytes, burst - burst % mssBytes);
    }

    /** A segment went out. */
    void sent(long bytes, long nowNs) {
        if (!isOn() || bytes == 0) {
            return;
        }
        long takesNs = (long) (bytes * NS_PER_SECOND / rateBytesPerSecond);
        long lateNs = nextNs == Long.MIN_VALUE ? 0 : Math.max(0, nowNs - nextNs);
        sentNs = nowNs;
        nextNs = nowNs + takesNs - Math.min(takesNs / 2, lateNs);
    }
}
