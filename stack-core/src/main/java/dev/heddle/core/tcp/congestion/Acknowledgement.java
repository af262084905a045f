package dev.heddle.core.tcp.congestion;

/**
 * What one arriving acknowledgement means, worked out once; everybody downstream reads this. Reused for every ACK of a
 * connection, so nobody keeps it. Byte counts are of stream octets.
 */
public final class Acknowledgement {

    /** When the packet that carried it was read from the link. */
    public long arrivalNs;
    /** Bytes that SND.UNA advanced by. */
    public long acknowledgedBytes;
    /** Bytes that this ACK selectively acknowledged for the first time. */
    public long sackedBytes;
    /** Bytes delivered: acknowledged now, cumulatively or selectively, and not before. */
    public long deliveredBytes;
    /** Bytes found lost because of this ACK. */
    public long lostBytes;
    /** The round-trip time measured, or −1. */
    public long rttNs;
    /** Bytes in flight before the ACK was processed. */
    public long priorInFlightBytes;
    /** Whether the ACK repeats SND.UNA without data or a window change (RFC 5681 2). */
    public boolean duplicate;
    /** Whether the congestion window, and not the application or the peer, held the sender back. */
    public boolean congestionWindowLimited;
    /** Whether the ACK carried ECE. */
    public boolean ecnEcho;

    /** Starts the description of a new ACK. */
    public void reset(long newArrivalNs, long newPriorInFlightBytes) {
        arrivalNs = newArrivalNs;
        priorInFlightBytes = newPriorInFlightBytes;
        acknowledgedBytes = 0;
        sackedBytes = 0;
        deliveredBytes = 0;
        lostBytes = 0;
        rttNs = -1;
        duplicate = false;
        congestionWindowLimited = false;
        ecnEcho = false;
    }
}
