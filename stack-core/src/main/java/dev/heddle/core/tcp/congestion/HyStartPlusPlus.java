package dev.heddle.core.tcp.congestion;

/**
 * HyStart++ (RFC 9406): slow start that leaves when round-trip times grow, before the path's queue overflows. It first grows
 * conservatively (CSS) for some rounds, and goes back to slow start if the growth of the round-trip time was a false alarm.
 *
 * <p>It is for the first slow start, where nothing is known of the path (RFC 9406 4.3); later ones have a threshold to stop
 * at. Nanoseconds and bytes.
 */
final class HyStartPlusPlus {

    static final long MIN_RTT_THRESH_NS = 4_000_000;
    static final long MAX_RTT_THRESH_NS = 16_000_000;
    static final int MIN_RTT_DIVISOR = 8;
    static final int N_RTT_SAMPLE = 8;
    static final int CSS_GROWTH_DIVISOR = 4;
    static final int CSS_ROUNDS = 5;
    /** L, where nothing paces. */
    static final int BURST_SEGMENTS = 8;

    enum State {
        SLOW_START,
        CONSERVATIVE,
        DONE
    }

    private static final long INFINITE = Long.MAX_VALUE;

    private State state = State.SLOW_START;
    /** SND.NXT when the round began; the round ends when it is acknowledged. */
    private long windowEnd;

    private boolean started;
    private long lastRoundMinRttNs = INFINITE;
    private long currentRoundMinRttNs = INFINITE;
    private int samples;
    private long baselineMinRttNs = INFINITE;
    private int conservativeRounds;

    State state() {
        return state;
    }

    /** Slow start is over, by loss, ECN or a change of algorithm; there is no second time. */
    void finish() {
        state = State.DONE;
    }

    /**
     * Looks at an acknowledgement of slow start (RFC 9406 4.2).
     *
     * @param windowBytes the congestion window before it
     * @return whether congestion avoidance begins now
     */
    boolean isOverAfter(Acknowledgement ack, long windowBytes) {
        if (state == State.DONE) {
            return false;
        }
        if (!started) {
            started = true;
            windowEnd = ack.nextOffset;
        }
        if (ack.rttNs > 0) {
            currentRoundMinRttNs = Math.min(currentRoundMinRttNs, ack.rttNs);
            samples++;
        }
        if (state == State.SLOW_START) {
            if (samples >= N_RTT_SAMPLE && currentRoundMinRttNs != INFINITE && lastRoundMinRttNs != INFINITE) {
                long threshold = Math.clamp(lastRoundMinRttNs / MIN_RTT_DIVISOR, MIN_RTT_THRESH_NS, MAX_RTT_THRESH_NS);
                if (currentRoundMinRttNs >= lastRoundMinRttNs + threshold) {
                    baselineMinRttNs = currentRoundMinRttNs;
                    state = State.CONSERVATIVE;
                    conservativeRounds = 0;
                }
            }
        } else if (currentRoundMinRttNs < baselineMinRttNs) {
            // The growth has gone again: on with slow start. However few samples there are, more cannot undo that.
            baselineMinRttNs = INFINITE;
            state = State.SLOW_START;
        }
        if (ack.unacknowledgedOffset >= windowEnd) {
            return endRound(nextOffset(ack, windowBytes));
        }
        return false;
    }

    /**
     * SND.NXT, as it would be if each ACK were answered at once. What several that are read together let go is sent after the
     * last of them: without it a round would end with what the first few of the next one acknowledge.
     */
    private static long nextOffset(Acknowledgement ack, long windowBytes) {
        boolean owes = ack.congestionWindowLimited && !ack.paced;
        return ack.nextOffset + (owes ? Math.max(0, windowBytes - ack.priorInFlightBytes) : 0);
    }

    private boolean endRound(long nextOffset) {
        windowEnd = nextOffset;
        lastRoundMinRttNs = currentRoundMinRttNs;
        currentRoundMinRttNs = INFINITE;
        samples = 0;
        if (state == State.CONSERVATIVE && ++conservativeRounds >= CSS_ROUNDS) {
            state = State.DONE;
            return true;
        }
        return false;
    }

    /** What the acknowledged bytes add to the window in slow start. */
    long growth(Acknowledgement ack, int mssBytes) {
        long bytes = Math.min(ack.growthBytes(), burstLimit(ack, mssBytes));
        return state == State.CONSERVATIVE ? bytes / CSS_GROWTH_DIVISOR : bytes;
    }

    /**
     * L of RFC 9406 and 3465 in bytes: what one ACK may add at most, so that it does not set off a burst. A super-segment is
     * a burst already and mostly answered by one ACK, so one more of its size changes nothing.
     */
    private static long burstLimit(Acknowledgement ack, int mssBytes) {
        return ack.paced ? INFINITE : Math.max((long) BURST_SEGMENTS * mssBytes, ack.burstBytes);
    }
}
