package dev.heddle.core.ip;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import dev.heddle.core.wire.TcpHeader;

/** The output side of IP: the header in front of a transport's bytes. */
public final class IpOutput {

    private IpOutput() {}

    /**
     * Puts the IP header in front of the packet's head. The total length covers the whole packet, slices included: that
     * of a super-segment is corrected by whoever cuts it. TCP packets must not be fragmented (RFC 1191 3), unless they say so.
     *
     * @param packet its head begins with the transport header; 20 or 40 bytes of headroom are used
     * @param sourceHigh the addresses are of one family, the destination's
     * @param trafficClass the TOS or traffic-class byte, ECN bits included
     * @param hopLimit the TTL, 1 to 255
     * @param identification for IPv4 16 bits; of no meaning to packets that must not be fragmented (RFC 6864 4.1) but to
     *     offloads that cut them
     * @param flowLabel for IPv6 20 bits (RFC 6437)
     * @throws IllegalArgumentException if the packet would be longer than the length field can tell
     */
    public static void prepend(
            Packet packet,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int trafficClass,
            int hopLimit,
            int identification,
            int flowLabel) {
        boolean isIpv4 = IpAddress.isIpv4(destinationHigh, destinationLow);
        int payloadBytes = packet.length();
        // IPv6 could tell 40 bytes more, but links take packets of 65,535 bytes.
        if (payloadBytes + headerBytes(isIpv4) > Packet.MAX_LENGTH) {
            throw new IllegalArgumentException("too long for an IP packet: " + payloadBytes + " bytes");
        }
        if (isIpv4) {
            Ipv4Header.write(
                    packet.buffer(),
                    packet.prepend(Ipv4Header.HEADER_BYTES),
                    packet.length(),
                    identification,
                    protocol == TcpHeader.PROTOCOL && !packet.mayBeFragmented(),
                    hopLimit,
                    protocol,
                    trafficClass,
                    (int) sourceLow,
                    (int) destinationLow);
        } else {
            Ipv6Header.write(
                    packet.buffer(),
                    packet.prepend(Ipv6Header.HEADER_BYTES),
                    payloadBytes,
                    protocol,
                    hopLimit,
                    trafficClass,
                    flowLabel,
                    sourceHigh,
                    sourceLow,
                    destinationHigh,
                    destinationLow);
        }
    }

    /** The bytes of the header that {@link #prepend} writes. */
    public static int headerBytes(boolean ipv4) {
        return ipv4 ? Ipv4Header.HEADER_BYTES : Ipv6Header.HEADER_BYTES;
    }
}
