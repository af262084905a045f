package dev.heddle.core.tcp.congestion;

/**
 * What one arriving acknowledgement means, worked out once; everybody downstream reads this. Reused for every ACK of a
 * connection, so nobody keeps it. Byte counts are of stream octets, positions are 64-bit offsets from the ISS.
 */
public final class Acknowledgement {

    /** When the packet that carried it was read from the link. */
    public long arrivalNs;
    /** SND.UNA after it. */
    public long unacknowledgedOffset;
    /** SND.NXT when it arrived. */
    public long nextOffset;
    /** Bytes that SND.UNA advanced by. */
    public long acknowledgedBytes;
    /** Bytes that this ACK selectively acknowledged for the first time. */
    public long sackedBytes;
    /** Bytes delivered: acknowledged now, cumulatively or selectively, and not before. */
    public long deliveredBytes;
    /** After a timeout: what of them has left the network only now, as far as is known; −1 otherwise. */
    public long repairedBytes = -1;
    /** Bytes found lost because of this ACK. */
    public long lostBytes;
    /** The round-trip time measured, or −1. */
    public long rttNs;
    /** SRTT with this measurement, 0 before the first. */
    public long smoothedRttNs;
    /** The smallest round-trip time so far, {@link Long#MAX_VALUE} before the first. */
    public long minRttNs;
    /** Bytes in flight before the ACK was processed. */
    public long priorInFlightBytes;
    /** Bytes in flight after it. */
    public long inFlightBytes;
    /** Whether the ACK repeats SND.UNA without data or a window change (RFC 5681 2). */
    public boolean duplicate;
    /** Whether the congestion window, and not the application or the peer, held the sender back. */
    public boolean congestionWindowLimited;
    /** Whether the ACK carried ECE on an ECN-capable connection. */
    public boolean ecnEcho;
    /** Whether it arrived in fast recovery, began it or ended it. */
    public boolean recovering;
    /** Whether transmissions are spread by a pacer. */
    public boolean paced;
    /** The payload of the largest segment sent at once, super-segments included: the sender's burst. */
    public int burstBytes;
    /** The delivery rate that it shows. */
    public final RateSample rate = new RateSample();

    /**
     * What a window grows by: the bytes acknowledged, but while a timeout's losses are repaired not what had arrived before it
     * and waited behind a hole (RFC 3465 2.3).
     */
    public long growthBytes() {
        return repairedBytes >= 0 ? repairedBytes : acknowledgedBytes;
    }

    /** Starts the description of a new ACK. */
    public void reset(long newArrivalNs, long newPriorInFlightBytes) {
        arrivalNs = newArrivalNs;
        priorInFlightBytes = newPriorInFlightBytes;
        unacknowledgedOffset = 0;
        nextOffset = 0;
        acknowledgedBytes = 0;
        sackedBytes = 0;
        deliveredBytes = 0;
        repairedBytes = -1;
        lostBytes = 0;
        rttNs = -1;
        smoothedRttNs = 0;
        minRttNs = Long.MAX_VALUE;
        inFlightBytes = 0;
        duplicate = false;
        congestionWindowLimited = false;
        ecnEcho = false;
        recovering = false;
        paced = false;
        burstBytes = 0;
        rate.reset();
    }
}
