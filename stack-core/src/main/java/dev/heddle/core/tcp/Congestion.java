package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.CongestionControl;
import dev.heddle.core.tcp.congestion.CongestionControls;
import dev.heddle.core.tcp.recovery.RttEstimator;
import org.jspecify.annotations.Nullable;

/** One connection's congestion control: the algorithm in force, whether its window is used, and the pace that it sets. */
final class Congestion {

    private final TcpContext context;
    private final SendSequence sequence;
    private final SegmentEmitter emitter;
    private final RttEstimator rtt;
    private final Pacer pacer = new Pacer();

    /** Null before the handshake is done. */
    private @Nullable CongestionControl control;

    private boolean windowLimited;

    /** The application's limit of the rate when the pace was last set. */
    private long rateLimitBytesPerSecond = CongestionControl.UNPACED;

    Congestion(TcpContext context, SendSequence sequence, SegmentEmitter emitter, RttEstimator rtt) {
        this.context = context;
        this.sequence = sequence;
        this.emitter = emitter;
        this.rtt = rtt;
    }

    /** The handshake is done: the MSS is known. */
    void established(String algorithm, int mssBytes) {
        control = context.congestionControls()
                .create(
                        algorithm,
                        CongestionControls.Start.of(
                                context.config().initialWindowSegments(), mssBytes, sequence.wire(0)));
    }

    /** The application wants another algorithm: it goes on from where the one before was. */
    void change(String algorithm) {
        CongestionControl before = control;
        if (before != null && !before.name().equals(algorithm)) {
            control = context.congestionControls()
                    .create(
                            algorithm,
                            new CongestionControls.Start(
                                    emitter.mssBytes(),
                                    context.config().initialWindowSegments(),
                                    before.congestionWindowBytes(),
                                    before.slowStartThresholdBytes(),
                                    sequence.wire(0)));
        }
    }

    void segmentSizeChanged(int mssBytes) {
        if (control != null) {
            control.segmentSizeChanged(mssBytes);
        }
    }

    @Nullable CongestionControl controlIfAny() {
        return control;
    }

    CongestionControl control() {
        CongestionControl current = control;
        if (current == null) {
            throw new IllegalStateException("data before the handshake");
        }
        return current;
    }

    Pacer pacer() {
        return pacer;
    }

    /** Whether the congestion window, and not the application or the peer, holds the sender back. */
    boolean isWindowLimited() {
        return windowLimited;
    }

    void windowLimited(boolean limited) {
        windowLimited = limited;
    }

    /** A segment went out. */
    void sent(long bytes, long priorInFlightBytes, long nowNs) {
        control().sent(bytes, priorInFlightBytes, nowNs);
        pacer.sent(bytes, nowNs);
    }

    /** Sending begins: sets the pace for it. */
    void pace(ConnectionOptions options, long inFlightBytes) {
        long limit = options.maxPacingRateBytesPerSecond();
        // A rate that moves with the window is for what comes; a limit that the application moves is meant now.
        pacer.rate(pacingRate(options, inFlightBytes), emitter.mssBytes(), limit != rateLimitBytesPerSecond);
        rateLimitBytesPerSecond = limit;
    }

    /** The rate to send with, or {@link CongestionControl#UNPACED}. */
    private long pacingRate(ConnectionOptions options, long inFlightBytes) {
        long rate = control().pacingRateBytesPerSecond();
        // As Linux: the initial window is not spread, it is a burst that every path takes.
        boolean initial = sequence.nxt <= (long) context.config().initialWindowSegments() * emitter.mssBytes();
        if (rate == CongestionControl.UNPACED && options.pacing() && rtt.srttNs() > 0 && !initial) {
            rate = Pacer.rateOf(
                    Math.max(control().congestionWindowBytes(), inFlightBytes),
                    control().slowStartThresholdBytes(),
                    rtt.srttNs());
        }
        return Math.min(rate, options.maxPacingRateBytesPerSecond());
    }

    /** The largest segment to hand over at once from an offset on. */
    int burstBytes(long start) {
        return pacer.burstBytes(emitter.maxPayloadBytes(start));
    }
}
