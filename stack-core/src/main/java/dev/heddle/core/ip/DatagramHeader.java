package dev.heddle.core.ip;

import dev.heddle.core.wire.IpAddress;

/**
 * What the IP header of a datagram says that may be sent in fragments.
 *
 * @param trafficClass the TOS or traffic-class byte
 * @param hopLimit the TTL, 1 to 255
 * @param identification the same for all fragments: 32 bits for IPv6, of which IPv4 uses the lower 16
 */
public record DatagramHeader(
        long sourceHigh,
        long sourceLow,
        long destinationHigh,
        long destinationLow,
        int protocol,
        int trafficClass,
        int hopLimit,
        int identification) {

    public boolean isIpv4() {
        return IpAddress.isIpv4(destinationHigh, destinationLow);
    }
}
