package dev.heddle.core.tcp.congestion;

/**
 * Slow start, congestion avoidance and the reductions of RFC 5681 3.1 (RFC 9293 MUST-19), counting bytes (RFC 3465), with HyStart++ (RFC 9406) for
 * the first slow start.
 */
public final class NewReno implements CongestionControl {

    public static final String NAME = "newreno";

    private final int initialWindowSegments;
    private final HyStartPlusPlus hyStart = new HyStartPlusPlus();
    private int mssBytes;
    private long cwnd;
    private long ssthresh;
    private long acknowledgedInWindow;
    /** What a spurious reduction is taken back to; 0 if there was none. */
    private long priorCwnd;

    private long priorSsthresh;

    public NewReno(CongestionControls.Start start) {
        initialWindowSegments = start.initialWindowSegments();
        mssBytes = start.mssBytes();
        cwnd = start.windowBytes();
        ssthresh = start.slowStartThresholdBytes();
        if (ssthresh != Long.MAX_VALUE) {
            hyStart.finish();
        }
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
    public String diagnostics() {
        return cwnd < ssthresh ? "slow start " + hyStart.state() : "avoidance";
    }

    @Override
    public void segmentSizeChanged(int newMssBytes) {
        // The window is a number of segments' worth of data: it scales, so that a small MSS does not start a burst.
        cwnd = Math.max(newMssBytes, scaled(cwnd, newMssBytes));
        ssthresh = scaled(ssthresh, newMssBytes);
        priorCwnd = scaled(priorCwnd, newMssBytes);
        priorSsthresh = scaled(priorSsthresh, newMssBytes);
        mssBytes = newMssBytes;
    }

    private long scaled(long window, int newMssBytes) {
        return window == Long.MAX_VALUE ? window : window / mssBytes * newMssBytes;
    }

    @Override
    public void acknowledged(Acknowledgement ack) {
        if (ack.recovering) {
            return;
        }
        if (cwnd < ssthresh && hyStart.isOverAfter(ack, cwnd)) {
            ssthresh = cwnd;
        }
        // RFC 7661 4.3, RFC 2861: a window that is not used says nothing about the path.
        long bytes = ack.growthBytes();
        if (!ack.congestionWindowLimited || bytes == 0) {
            return;
        }
        if (cwnd < ssthresh) {
            long grown = Math.min(hyStart.growth(ack, mssBytes), ssthresh - cwnd);
            cwnd += grown;
            bytes -= grown;
            if (cwnd < ssthresh) {
                return;
            }
        }
        // RFC 5681 3.1, RFC 3465 2.1: a segment for each window acknowledged.
        acknowledgedInWindow += bytes;
        if (acknowledgedInWindow >= cwnd) {
            acknowledgedInWindow -= cwnd;
            cwnd += mssBytes;
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
        // RFC 6582 3.2 step 3.
        cwnd = ssthresh;
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
    public void restartedAfterIdle(long idleNs, long rtoNs, long nowNs) {
        // RFC 5681 4.1: RW = min(IW, cwnd); ssthresh keeps the memory of the path.
        ssthresh = ssthresh == Long.MAX_VALUE ? ssthresh : Math.max(ssthresh, cwnd * 3 / 4);
        cwnd = Math.min((long) initialWindowSegments * mssBytes, cwnd);
    }

    @Override
    public void recoveryWasSpurious(long nowNs) {
        undo();
    }

    @Override
    public void timeoutWasSpurious(long nowNs) {
        undo();
    }

    private void undo() {
        cwnd = Math.max(cwnd, priorCwnd);
        ssthresh = Math.max(ssthresh, priorSsthresh);
        priorCwnd = 0;
        priorSsthresh = 0;
    }

    private void remember() {
        hyStart.finish();
        priorCwnd = cwnd;
        priorSsthresh = ssthresh;
    }

    // RFC 5681 (4)
    private long halved(long flightBytes) {
        return Math.max(flightBytes / 2, 2L * mssBytes);
    }
}
