package dev.heddle.core.udp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.UdpHeader;

/** Where UDP hands the datagrams that it has found right: implemented by the host. */
@FunctionalInterface
public interface DatagramSink {

    /**
     * Takes a datagram, which stays the caller's.
     *
     * @param packet with its IP fields filled
     */
    Delivery deliver(Packet packet, UdpHeader header);
}
