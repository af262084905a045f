package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;

/** Where TCP hands its segments to: implemented by the host. All calls happen under the connection's exclusion. */
public interface SegmentOutput {

    /** Where a segment's TCP header starts in {@link Packet#buffer()}: behind the headroom. */
    int TCP_OFFSET = Packet.HEADROOM;

    /** An empty packet to write one segment into; it must go back by {@link #transmit}. */
    Packet acquire();

    /**
     * Sends the segment and takes the packet back, whatever the answer.
     *
     * @param segment head at the TCP header, payload in the head or in slices, {@link Packet#gsoSize} set for a
     *     super-segment, checksum incomplete ({@link Packet#incompleteChecksum} relative to the TCP header)
     * @param trafficClass the TOS or traffic-class byte, ECN bits included
     * @param hopLimit the TTL, 1 to 255
     * @return false if the link is full and nothing was sent: the caller keeps its state and is flushed again later. A
     *     segment without a route or that was dropped below counts as sent
     */
    boolean transmit(Packet segment, SocketPair pair, int trafficClass, int hopLimit);

    /**
     * Sends a segment that nobody will send again, a reset for example, and takes the packet. If the link is full, the segment
     * goes out when there is room; only if very many wait already it is dropped, and counted. Otherwise as
     * {@link #transmit}.
     */
    void send(Packet segment, SocketPair pair, int trafficClass, int hopLimit);

    /**
     * R1 is reached: nothing comes back from the peer, and perhaps another way leads to it (RFC 9293 MUST-20 (b)).
     *
     * @param triedNs when the last of what nothing came back for was sent
     * @param nowNs when it is about to be sent again
     */
    void unanswered(SocketPair pair, long triedNs, long nowNs);
}
