package dev.heddle.core.tcp.congestion;

/**
 * The delivery rate that one acknowledgement shows (draft-cheng-iccrg-delivery-rate-estimation): what was delivered since the
 * newest segment that it acknowledges was sent, over the longer of the times that sending it and acknowledging it took.
 * Reused with its {@link Acknowledgement}.
 */
public final class RateSample {

    private static final double NS_PER_SECOND = 1e9;

    /** Bytes delivered over the interval; −1 if the acknowledgement delivered nothing. */
    public long deliveredBytes;
    /** The interval; −1 if no rate can be told, because it is shorter than any round trip. */
    public long intervalNs;
    /** Bytes that the connection had delivered when the segment was sent: a round trip ends when this reaches the start's. */
    public long priorDeliveredBytes;
    /** Bytes that the connection has delivered so far. */
    public long totalDeliveredBytes;
    /** Whether the application, and not the path, may have set the rate. */
    public boolean applicationLimited;
    /** Whether the segment was a retransmission. */
    public boolean retransmission;

    public RateSample() {
        reset();
    }

    /** There is no sample. */
    public void reset() {
        deliveredBytes = -1;
        intervalNs = -1;
        priorDeliveredBytes = 0;
        totalDeliveredBytes = 0;
        applicationLimited = false;
        retransmission = false;
    }

    /** The rate in bytes per second, or −1. */
    public long bytesPerSecond() {
        return intervalNs <= 0 ? -1 : Math.round(deliveredBytes * NS_PER_SECOND / intervalNs);
    }
}
