package dev.heddle.core.link;

import java.nio.ByteBuffer;

/** The congestion-experienced codepoint of an IP header (RFC 3168 5). */
final class CongestionMark {

    private static final int ECN_MASK = 3;
    private static final int NOT_ECT = 0;

    private static final int IPV4_CHECKSUM = 10;

    /** Where the traffic class's low bits are in the first word of an IPv6 header. */
    private static final int IPV6_ECN_SHIFT = 4;

    private CongestionMark() {}

    /**
     * Marks an IP packet, as a router does instead of dropping it.
     *
     * @return false, and nothing is changed, if the packet is not ECN-capable
     */
    static boolean set(ByteBuffer b, int at) {
        boolean ipv4 = (b.get(at) & 0xf0) == 0x40;
        int shift = ipv4 ? 0 : IPV6_ECN_SHIFT;
        int before = b.getShort(at) & 0xffff;
        if ((before >>> shift & ECN_MASK) == NOT_ECT) {
            return false;
        }
        int after = before | ECN_MASK << shift;
        b.putShort(at, (short) after);
        if (ipv4) {
            // RFC 1624: HC' = ~(~HC + ~m + m')
            int sum = (~b.getShort(at + IPV4_CHECKSUM) & 0xffff) + (~before & 0xffff) + after;
            sum = (sum & 0xffff) + (sum >>> 16);
            sum = (sum & 0xffff) + (sum >>> 16);
            b.putShort(at + IPV4_CHECKSUM, (short) ~sum);
        }
        return true;
    }
}
