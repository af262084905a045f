package dev.heddle.core.icmp;

import dev.heddle.core.link.Packet;
import org.jspecify.annotations.Nullable;

/** Where ICMP hands its messages to: implemented by the host. */
public interface MessageOutput {

    /**
     * An empty packet, {@link Packet#reset}, to write one message into at {@link Packet#HEADROOM}; it must go back by
     * {@link #transmit}.
     *
     * @param bytes what must fit behind the headroom
     * @return null if there is no memory: the message is not sent
     */
    @Nullable Packet acquire(int bytes);

    /**
     * Sends the message, if there is a route and the link has room, and takes the packet back.
     *
     * @param message head at the ICMP header, checksum complete
     * @param protocol 1 or 58
     * @param trafficClass the TOS or traffic-class byte
     */
    void transmit(
            Packet message,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int trafficClass);
}
