package dev.heddle.core.tcp.congestion;

/**
 * The port for congestion control algorithms: they hear of the sender's events and answer how much may be in flight and how
 * fast. One instance belongs to one connection and is called under its exclusion. All windows are bytes. An algorithm
 * reads no clock: every event says when it happened.
 *
 * <p><b>Who sets the window.</b> {@link #congestionWindowBytes()} always is the algorithm's own word, and outside of fast
 * recovery it is the sender's window. At a reduction, by loss or by ECN, the algorithm says at once where it wants to go:
 * {@link #slowStartThresholdBytes()}. In fast recovery the way down belongs to loss recovery, which sends by Proportional
 * Rate Reduction (RFC 6937) towards that threshold and does not ask for the window until it calls {@link #recoveryLeft}. An
 * algorithm with a model of its own, BBR for example, answers {@link #ownsRecoveryWindow()} with true; then its window rules
 * in recovery too, and it learns what it needs from {@link #acknowledged}, which is called for every acknowledgement in every
 * phase. After a retransmission timeout the window is always the algorithm's.
 *
 * <p>Order: for one arriving acknowledgement the events that it causes (recovery left or entered, undo) come first,
 * then {@link #acknowledged}, and {@link #congestionExperienced} last.
 */
public interface CongestionControl {

    /** No pacing is asked for. */
    long UNPACED = Long.MAX_VALUE;

    /** The name by which it is chosen. */
    String name();

    // --- answers

    /** The congestion window (cwnd of RFC 5681), at least one MSS. */
    long congestionWindowBytes();

    /** The slow start threshold (ssthresh); {@link Long#MAX_VALUE} before the first reduction. */
    long slowStartThresholdBytes();

    /**
     * The rate to spread transmissions to, in bytes per second, or {@link #UNPACED}. An algorithm that names a rate is paced
     * whether or not the connection asked for pacing.
     */
    default long pacingRateBytesPerSecond() {
        return UNPACED;
    }

    /** Whether {@link #congestionWindowBytes()} rules in fast recovery too, instead of Proportional Rate Reduction. */
    default boolean ownsRecoveryWindow() {
        return false;
    }

    /** The algorithm's inner state in a few words, for people. */
    default String diagnostics() {
        return "";
    }

    // --- events

    /** The send MSS changed. */
    void segmentSizeChanged(int mssBytes);

    /**
     * A segment with data was handed to the link, retransmissions included.
     *
     * @param bytes its payload, a super-segment's whole
     * @param priorInFlightBytes what was in flight before it; 0 when sending starts anew
     */
    default void sent(long bytes, long priorInFlightBytes, long nowNs) {}

    /**
     * An acknowledgement arrived. Called for each, whatever the phase: an algorithm that grows by acknowledged bytes does
     * not while {@link Acknowledgement#recovering} is set.
     */
    void acknowledged(Acknowledgement ack);

    /**
     * Loss was detected by duplicate ACKs, SACK or time, and fast recovery begins. Not called if the window of the loss was
     * reduced before, by ECN (RFC 3168 6.1.2); then there is only {@link #recoveryLeft}.
     *
     * @param flightBytes FlightSize (RFC 5681 2), before the batch of ACKs that tells of the loss
     */
    void recoveryEntered(long flightBytes, long nowNs);

    /** Everything outstanding when fast recovery began is acknowledged. */
    void recoveryLeft(long nowNs);

    /**
     * The retransmission timer expired.
     *
     * @param flightBytes FlightSize
     * @param first whether this is the first expiry for the data at SND.UNA (RFC 5681 (4))
     */
    void retransmissionTimeout(long flightBytes, boolean first, long nowNs);

    /**
     * The path reported congestion by ECN (RFC 3168 6.1.2): once per window of data, and not while a reduction for loss is
     * under way.
     */
    void congestionExperienced(long flightBytes, long nowNs);

    /** Sending starts again after an idle period longer than the RTO (RFC 5681 4.1). */
    void restartedAfterIdle(long idleNs, long rtoNs, long nowNs);

    /** The fast recovery entered last was for nothing (RFC 3522, 2883): takes its reduction back. */
    void recoveryWasSpurious(long nowNs);

    /** The retransmission timeout was for nothing (RFC 5682, 4015): takes its reduction back. */
    void timeoutWasSpurious(long nowNs);
}
