package dev.heddle.core.tcp;

/**
 * How much of what was never sent may go: bounded by the peer's window, the congestion window, silly-window avoidance, Nagle's
 * rule, the cork and the pace.
 */
final class NewData {

    private final SendSequence sequence;
    private final SegmentEmitter emitter;
    private final SendBuffer buffer;
    private final Congestion congestion;
    private final Cork cork;

    /** Sending stopped because the window's rest is too small to be worth a segment. */
    private boolean windowTooSmall;

    /** Why sending stopped. */
    private SendLimit limit = SendLimit.NOTHING;

    NewData(SendSequence sequence, SegmentEmitter emitter, SendBuffer buffer, Congestion congestion, Cork cork) {
        this.sequence = sequence;
        this.emitter = emitter;
        this.buffer = buffer;
        this.congestion = congestion;
        this.cork = cork;
    }

    /** A flush begins. */
    void begin() {
        windowTooSmall = false;
    }

    SendLimit limit() {
        return limit;
    }

    boolean isWindowTooSmall() {
        return windowTooSmall;
    }

    /**
     * Sends what may go.
     *
     * @return false if the link refused a segment
     */
    boolean send(Transmission transmission, boolean finQueued, ConnectionOptions options, long nowNs) {
        int mss = emitter.mssBytes();
        LossRecovery recovery = transmission.recovery();
        while (true) {
            long unsent = buffer.unsentBytes(sequence.nxt);
            boolean finOnly = unsent == 0;
            if (finOnly && !(finQueued && sequence.nxt == buffer.tail())) {
                congestion.windowLimited(false);
                limit = SendLimit.APPLICATION;
                return true;
            }
            long congestionRoom = recovery.allowedFlightBytes(congestion.control()) - recovery.inFlightBytes();
            long windowRoom = sequence.windowEdge() - sequence.nxt;
            if (finOnly) {
                // A FIN occupies one octet of the window, and no congestion window worth speaking of.
                limit = windowRoom < 1 ? SendLimit.RECEIVE_WINDOW : SendLimit.APPLICATION;
                return windowRoom < 1 || transmission.sendNext(0, true, nowNs);
            }
            if (congestionRoom < Math.min(mss, unsent)) {
                congestion.windowLimited(true);
                limit = SendLimit.CONGESTION_WINDOW;
                return true;
            }
            long burst = congestion.burstBytes(sequence.nxt);
            long usable = Math.min(Math.min(unsent, windowRoom), Math.min(congestionRoom, burst));
            if (usable <= 0) {
                // RFC 9293 SHLD-15: nothing new beyond the window, negative as it may have become.
                congestion.windowLimited(false);
                limit = SendLimit.RECEIVE_WINDOW;
                return true;
            }
            if (!congestion.pacer().isDue(nowNs)) {
                // Not the window's doing, nor the application's: what was said of them stays.
                limit = SendLimit.PACING;
                return true;
            }
            // RFC 9293 3.9.1.2: segments as large as possible whatever the writes were (SHLD-28, MAY-16); the rest
            // waits for an ACK or the persist timer at most (MUST-60).
            boolean all = usable == unsent;
            boolean partial = all && mayEndPartially(usable % mss, transmission, finQueued, options, nowNs);
            long length = partial ? usable : usable - usable % mss;
            if (length == 0) {
                if (!all && usable == windowRoom && usable * 2 >= sequence.maxWnd) {
                    // RFC 9293 3.8.6.2.1 (3): half the largest window is worth a segment whatever its size.
                    length = usable;
                } else {
                    windowTooSmall = !all && usable == windowRoom;
                    limit = all
                            ? SendLimit.COALESCING
                            : windowTooSmall ? SendLimit.RECEIVE_WINDOW : SendLimit.CONGESTION_WINDOW;
                    congestion.windowLimited(false);
                    return true;
                }
            }
            boolean fin = finQueued && length == unsent && windowRoom > length;
            if (!transmission.sendNext(length, fin, nowNs)) {
                return false;
            }
        }
    }

    /** Whether the last data written may leave as a segment that is not full (RFC 9293 3.7.4, SHLD-7). */
    private boolean mayEndPartially(
            long partialBytes, Transmission transmission, boolean finQueued, ConnectionOptions options, long nowNs) {
        if (partialBytes == 0 || finQueued || sequence.isUrgent()) {
            return true;
        }
        long tail = buffer.tail();
        if (cork.holds(options.cork(), tail - partialBytes, tail, nowNs)) {
            // A writer who must wait for room cannot complete the segment, and nothing else will make room.
            return !buffer.isWritable() && !transmission.hasOutstanding();
        }
        // Minshall: only an unacknowledged partial segment holds the next one back, as in Linux.
        return options.noDelay() || cork.isReleased(tail) || transmission.partialEnd() <= sequence.una;
    }
}
