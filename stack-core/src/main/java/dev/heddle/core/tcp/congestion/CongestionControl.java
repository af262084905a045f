package dev.heddle.core.tcp.congestion;

/**
 * The port for congestion control algorithms: they hear of the sender's events and answer two questions. One instance
 * belongs to one connection and is called under its exclusion. All windows are bytes.
 */
public interface CongestionControl {

    /** No pacing is asked for. */
    long UNPACED = Long.MAX_VALUE;

    /** The name by which it is chosen. */
    String name();

    /** The congestion window (cwnd of RFC 5681), at least one MSS. */
    long congestionWindowBytes();

    /** The slow start threshold (ssthresh). */
    long slowStartThresholdBytes();

    /** The rate to spread transmissions to, in bytes per second, or {@link #UNPACED}. */
    default long pacingRateBytesPerSecond() {
        return UNPACED;
    }

    /** The send MSS became known or changed. */
    void segmentSizeChanged(int mssBytes);

    /** Something was acknowledged outside of recovery, or after a timeout while slow start goes on. */
    void acknowledged(Acknowledgement ack);

    /**
     * Loss was detected by duplicate ACKs or SACK and recovery begins: sets ssthresh and the window.
     *
     * @param flightBytes FlightSize (RFC 5681 2)
     */
    void recoveryEntered(long flightBytes, long nowNs);

    /** Everything outstanding when recovery began is acknowledged. */
    void recoveryLeft(long nowNs);

    /**
     * The retransmission timer expired.
     *
     * @param flightBytes FlightSize
     * @param first whether this is the first expiry for the data at SND.UNA (RFC 5681 (4))
     */
    void retransmissionTimeout(long flightBytes, boolean first, long nowNs);

    /** The peer or the path reported congestion by ECN; at most once per window of data. */
    void congestionExperienced(long flightBytes, long nowNs);

    /** Sending starts again after an idle period longer than the RTO (RFC 5681 4.1). */
    void restartedAfterIdle(long idleNs, long rtoNs);

    /** The last reduction was for nothing: takes it back. */
    void spuriousReduction(long nowNs);
}
