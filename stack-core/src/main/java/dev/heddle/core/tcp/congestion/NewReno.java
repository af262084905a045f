package dev.heddle.core.tcp.congestion;

/** Slow start, congestion avoidance and the reductions of RFC 5681, counting bytes (RFC 3465). */
public final class NewReno implements CongestionControl {

    public static final String NAME = "newreno";

    private final int initialWindowSegments;
    private int mssBytes;
    private long cwnd;
    private long ssthresh = Long.MAX_VALUE;
    private long acknowledgedInWindow;
    private long priorCwnd;
    private long priorSsthresh = Long.MAX_VALUE;

    /**
     * @param initialWindowSegments the initial window (RFC 6928) in segments
     * @param mssBytes the send MSS as far as it is known
     */
    public NewReno(int initialWindowSegments, int mssBytes) {
        this.initialWindowSegments = initialWindowSegments;
        this.mssBytes = mssBytes;
        cwnd = (long) initialWindowSegments * mssBytes;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public long congestionWindowBytes() {
        return cwnd;
    }

    @Override
    public long slowStartThresholdBytes() {
        return ssthresh;
    }

    @Override
    public void segmentSizeChanged(int newMssBytes) {
        // The window is a number of segments' worth of data: it scales, so that a small MSS does not start a burst.
        cwnd = Math.max(newMssBytes, cwnd / mssBytes * newMssBytes);
        mssBytes = newMssBytes;
    }

    @Override
    public void acknowledged(Acknowledgement ack) {
        // RFC 9293 and RFC 2861's lesson: a window that is not used says nothing about the path.
        if (!ack.congestionWindowLimited || ack.acknowledgedBytes == 0) {
            return;
        }
        long bytes = ack.acknowledgedBytes;
        if (cwnd < ssthresh) {
            long grown = Math.min(bytes, ssthresh - cwnd);
            cwnd += grown;
            bytes -= grown;
        }
        if (bytes > 0) {
            acknowledgedInWindow += bytes;
            if (acknowledgedInWindow >= cwnd) {
                acknowledgedInWindow -= cwnd;
                cwnd += mssBytes;
            }
        }
    }

    @Override
    public void recoveryEntered(long flightBytes, long nowNs) {
        remember();
        ssthresh = halved(flightBytes);
        cwnd = ssthresh;
        acknowledgedInWindow = 0;
    }

    @Override
    public void recoveryLeft(long nowNs) {
        cwnd = Math.min(cwnd, ssthresh);
    }

    @Override
    public void retransmissionTimeout(long flightBytes, boolean first, long nowNs) {
        if (first) {
            remember();
            ssthresh = halved(flightBytes);
        }
        cwnd = mssBytes;
        acknowledgedInWindow = 0;
    }

    @Override
    public void congestionExperienced(long flightBytes, long nowNs) {
        recoveryEntered(flightBytes, nowNs);
    }

    @Override
    public void restartedAfterIdle(long idleNs, long rtoNs) {
        // RFC 5681 4.1: RW = min(IW, cwnd); ssthresh keeps the memory of the path.
        ssthresh = ssthresh == Long.MAX_VALUE ? ssthresh : Math.max(ssthresh, cwnd * 3 / 4);
        cwnd = Math.min((long) initialWindowSegments * mssBytes, cwnd);
    }

    @Override
    public void spuriousReduction(long nowNs) {
        cwnd = Math.max(cwnd, priorCwnd);
        ssthresh = Math.max(ssthresh, priorSsthresh);
    }

    private void remember() {
        priorCwnd = cwnd;
        priorSsthresh = ssthresh;
    }

    // RFC 5681 (4)
    private long halved(long flightBytes) {
        return Math.max(flightBytes / 2, 2L * mssBytes);
    }
}
