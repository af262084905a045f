package dev.heddle.core.icmp;

import dev.heddle.core.wire.IpAddress;

/**
 * What an ICMP error message says, and of which packet. Whether to believe it is the transport's business: anybody can
 * send one (RFC 5927).
 *
 * @param mtu of {@link Kind#PACKET_TOO_BIG} the next hop's MTU in bytes, 0 if the router did not say; otherwise 0
 * @param protocol the quoted packet's transport: 6 or 17, or ICMP's own number, where it was an echo request, or any message
 *     that was too big
 * @param localHigh the quoted packet's source, one of this host's addresses
 * @param localPort of an echo request its identifier
 * @param remoteHigh the quoted packet's destination
 * @param quotedBytes the length of the quoted packet before it was cut to be quoted
 * @param sequence the quoted TCP segment's or echo request's sequence number; of UDP without meaning
 */
public record IcmpError(
        Kind kind,
        int mtu,
        int protocol,
        long localHigh,
        long localLow,
        int localPort,
        long remoteHigh,
        long remoteLow,
        int remotePort,
        int quotedBytes,
        int sequence) {

    /** What went wrong, for both families. */
    public enum Kind {
        NETWORK_UNREACHABLE(false),
        HOST_UNREACHABLE(false),
        PROTOCOL_UNREACHABLE(true),
        PORT_UNREACHABLE(true),
        PACKET_TOO_BIG(false),
        SOURCE_ROUTE_FAILED(false),
        ADMINISTRATIVELY_PROHIBITED(true),
        TIME_EXCEEDED(false),
        PARAMETER_PROBLEM(false),
        /** An error, but of a code, or an ICMPv6 type, that nobody has given a meaning. */
        UNKNOWN(false);

        private final boolean hard;

        Kind(boolean hard) {
            this.hard = hard;
        }

        /**
         * Whether it is one of the hard errors of RFC 9293 3.9.2.2: trying again would not help. A packet that is too big
         * is an instruction rather than an error where path MTU discovery is done; what filters say is hard, as on Linux.
         */
        public boolean isHard() {
            return hard;
        }
    }

    public IpAddress localAddress() {
        return IpAddress.of(localHigh, localLow);
    }

    public IpAddress remoteAddress() {
        return IpAddress.of(remoteHigh, remoteLow);
    }
}
