package dev.heddle.core.tcp.congestion;

/**
 * CUBIC (RFC 9438): after a reduction the window grows as a cubic function of time, quickly back to where the last
 * congestion was, slowly around it, then quickly again; never slower than Reno would. With HyStart++ (RFC 9406) for the first
 * slow start.
 *
 * <p>Windows are kept as fractions of bytes: an ACK may be worth less than one. The formulas are in segments and seconds.
 */
public final class Cubic implements CongestionControl {

    public static final String NAME = "cubic";

    /** RFC 9438 4.6. */
    static final double BETA = 0.7;
    /** RFC 9438 5.1, segments per second cubed. */
    static final double C = 0.4;
    /** RFC 9438 4.3: Reno's share with this reduction. */
    static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);

    private static final double NS_PER_SECOND = 1e9;
    private static final long NO_EPOCH = -1;

    private final int initialWindowSegments;
    private final HyStartPlusPlus hyStart = new HyStartPlusPlus();
    private int mssBytes;
    private double cwnd;
    private long ssthresh;

    /** W_max: the window before the last reduction, in bytes. */
    private double maxWindow;
    /** cwnd_prior: the same, whatever fast convergence makes of W_max. */
    private double windowBeforeReduction;
    /** t_epoch: when the current stage of congestion avoidance began, without the time in which the window was not used. */
    private long epochNs = NO_EPOCH;
    /** K: seconds from the epoch until the window is W_max again. */
    private double originSeconds;
    /** W_est: what Reno's window would be. */
    private double renoWindow;
    /** When the window was last used in full. */
    private long lastGrowthNs;

    private long lastSentNs = NO_EPOCH;
    private final Snapshot beforeReduction = new Snapshot();

    /** What a spurious reduction is taken back to (RFC 9438 4.9). */
    private static final class Snapshot {
        private boolean valid;
        private double cwnd;
        private long ssthresh;
        private double maxWindow;
        private double windowBeforeReduction;
        private long epochNs;
        private double originSeconds;
        private double renoWindow;
        private long takenNs;

        void scale(double factor) {
            cwnd *= factor;
            ssthresh = ssthresh == Long.MAX_VALUE ? ssthresh : (long) (ssthresh * factor);
            maxWindow *= factor;
            windowBeforeReduction *= factor;
            renoWindow *= factor;
        }
    }

    public Cubic(CongestionControls.Start start) {
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
        return (long) cwnd;
    }

    @Override
    public long slowStartThresholdBytes() {
        return ssthresh;
    }

    @Override
    public String diagnostics() {
        return cwnd < ssthresh
                ? "slow start " + hyStart.state()
                : "avoidance, W_max " + (long) maxWindow + ", K " + Math.round(originSeconds * 1000) + " ms, W_est "
                        + (long) renoWindow;
    }

    @Override
    public void segmentSizeChanged(int newMssBytes) {
        // The windows are numbers of segments: they scale, so that a small MSS does not start a burst.
        double factor = (double) newMssBytes / mssBytes;
        cwnd = Math.max(newMssBytes, cwnd * factor);
        if (ssthresh != Long.MAX_VALUE) {
            ssthresh = (long) (ssthresh * factor);
        }
        maxWindow *= factor;
        windowBeforeReduction *= factor;
        renoWindow *= factor;
        beforeReduction.scale(factor);
        mssBytes = newMssBytes;
    }

    @Override
    public void sent(long bytes, long priorInFlightBytes, long nowNs) {
        // RFC 9438 5.8: while nothing was sent the path was not tried, so that time does not count.
        if (priorInFlightBytes == 0 && epochNs != NO_EPOCH && lastSentNs != NO_EPOCH) {
            leaveOut(lastSentNs, nowNs);
        }
        lastSentNs = nowNs;
    }

    private void leaveOut(long fromNs, long nowNs) {
        long sinceNs = Math.max(fromNs, lastGrowthNs);
        epochNs = Math.min(nowNs, epochNs + Math.max(0, nowNs - sinceNs));
        lastGrowthNs = Math.max(lastGrowthNs, nowNs);
    }

    @Override
    public void acknowledged(Acknowledgement ack) {
        if (ack.recovering) {
            return;
        }
        if (cwnd < ssthresh && hyStart.isOverAfter(ack, congestionWindowBytes())) {
            // RFC 9438 4.10: W_max is the window with which congestion avoidance begins, K is 0.
            ssthresh = congestionWindowBytes();
            epochNs = NO_EPOCH;
            maxWindow = 0;
        }
        if (!ack.congestionWindowLimited) {
            // RFC 9438 4.2, 5.8: t leaves out the time in which the application set the pace.
            if (epochNs != NO_EPOCH) {
                leaveOut(lastGrowthNs, ack.arrivalNs);
            }
            return;
        }
        double bytes = ack.growthBytes();
        if (bytes == 0) {
            return;
        }
        if (cwnd < ssthresh) {
            double grown = Math.min((double) hyStart.growth(ack, mssBytes), ssthresh - cwnd);
            cwnd += grown;
            bytes -= grown;
            if (cwnd < ssthresh) {
                return;
            }
        }
        if (bytes > 0) {
            avoidCongestion(bytes, ack.smoothedRttNs, ack.arrivalNs);
        }
    }

    private void avoidCongestion(double bytes, long smoothedRttNs, long nowNs) {
        if (epochNs == NO_EPOCH) {
            beginEpoch(nowNs);
        }
        lastGrowthNs = nowNs;
        double seconds = (nowNs - epochNs) / NS_PER_SECOND;
        // RFC 9438 4.3: before the window of the last congestion is reached, Reno's increase for a reduction by beta;
        // then one segment a round trip.
        double alpha = renoWindow >= windowBeforeReduction ? 1 : ALPHA;
        renoWindow += alpha * mssBytes * bytes / cwnd;
        if (cubicWindow(seconds) < renoWindow) {
            cwnd = Math.max(cwnd, renoWindow);
            return;
        }
        // RFC 9438 4.2, 4.4, 4.5: towards the value of one round trip from now, by half a window a round trip at most.
        double target = Math.clamp(cubicWindow(seconds + smoothedRttNs / NS_PER_SECOND), cwnd, 1.5 * cwnd);
        cwnd += (target - cwnd) * bytes / cwnd;
    }

    /** A stage of congestion avoidance begins (RFC 9438 4.2 figure 2). */
    private void beginEpoch(long nowNs) {
        epochNs = nowNs;
        renoWindow = cwnd;
        if (cwnd < maxWindow) {
            originSeconds = Math.cbrt((maxWindow - cwnd) / mssBytes / C);
        } else {
            // RFC 9438 4.8, 4.10: after a timeout or slow start the window begins at its own origin.
            originSeconds = 0;
            maxWindow = cwnd;
        }
    }

    /** W_cubic(t) in bytes (RFC 9438 figure 1). */
    private double cubicWindow(double seconds) {
        double offset = seconds - originSeconds;
        return maxWindow + C * offset * offset * offset * mssBytes;
    }

    @Override
    public void recoveryEntered(long flightBytes, long nowNs) {
        remember(nowNs);
        reduce(flightBytes);
        cwnd = ssthresh;
    }

    /** RFC 9438 4.6 and 4.7. */
    private void reduce(long flightBytes) {
        windowBeforeReduction = cwnd;
        // Fast convergence: a flow whose window did not come back to where it was leaves room for new ones.
        maxWindow = cwnd < maxWindow ? cwnd * (1 + BETA) / 2 : cwnd;
        ssthresh = Math.max((long) (flightBytes * BETA), 2L * mssBytes);
        epochNs = NO_EPOCH;
    }

    @Override
    public void recoveryLeft(long nowNs) {
        cwnd = ssthresh;
    }

    @Override
    public void retransmissionTimeout(long flightBytes, boolean first, long nowNs) {
        if (first) {
            remember(nowNs);
            reduce(flightBytes);
        }
        // RFC 9438 4.8: the first stage after a timeout has K = 0 and W_max the window it begins with.
        maxWindow = 0;
        epochNs = NO_EPOCH;
        cwnd = mssBytes;
    }

    @Override
    public void congestionExperienced(long flightBytes, long nowNs) {
        recoveryEntered(flightBytes, nowNs);
    }

    @Override
    public void restartedAfterIdle(long idleNs, long rtoNs, long nowNs) {
        // RFC 5681 4.1: RW = min(IW, cwnd); ssthresh keeps the memory of the path.
        ssthresh = ssthresh == Long.MAX_VALUE ? ssthresh : Math.max(ssthresh, (long) (cwnd * 3 / 4));
        cwnd = Math.min((double) initialWindowSegments * mssBytes, cwnd);
        epochNs = NO_EPOCH;
    }

    @Override
    public void recoveryWasSpurious(long nowNs) {
        undo(nowNs);
    }

    @Override
    public void timeoutWasSpurious(long nowNs) {
        undo(nowNs);
    }

    private void remember(long nowNs) {
        hyStart.finish();
        Snapshot s = beforeReduction;
        s.valid = true;
        s.cwnd = cwnd;
        s.ssthresh = ssthresh;
        s.maxWindow = maxWindow;
        s.windowBeforeReduction = windowBeforeReduction;
        s.epochNs = epochNs;
        s.originSeconds = originSeconds;
        s.renoWindow = renoWindow;
        s.takenNs = nowNs;
    }

    private void undo(long nowNs) {
        Snapshot s = beforeReduction;
        if (!s.valid) {
            return;
        }
        s.valid = false;
        ssthresh = Math.max(ssthresh, s.ssthresh);
        if (s.cwnd < cwnd) {
            // The window has grown beyond it meanwhile.
            return;
        }
        cwnd = s.cwnd;
        maxWindow = s.maxWindow;
        windowBeforeReduction = s.windowBeforeReduction;
        originSeconds = s.originSeconds;
        renoWindow = s.renoWindow;
        // The detour does not count as time of growth.
        epochNs = s.epochNs == NO_EPOCH ? NO_EPOCH : s.epochNs + (nowNs - s.takenNs);
        lastGrowthNs = nowNs;
    }
}
