package dev.heddle.core.link;

/**
 * What a link can do for its user.
 *
 * @param mtu the largest IP packet in bytes, 68 to 65,535 (at least 1,280 where IPv6 is used)
 * @param maxSuperSegmentBytes the largest IP packet with {@link Packet#gsoSize()} set that the link takes and cuts
 *     itself; 0 if it does not
 * @param transmitChecksum whether the link completes transport checksums ({@link Packet#checksumStart()})
 */
public record LinkCapabilities(int mtu, int maxSuperSegmentBytes, boolean transmitChecksum) {

    /** The smallest MTU of IPv4 (RFC 791 3.2). */
    public static final int MIN_MTU = 68;

    public LinkCapabilities {
        if (mtu < MIN_MTU || mtu > 65_535) {
            throw new IllegalArgumentException("MTU must be 68 to 65535: " + mtu);
        }
    }

    /** A link that offloads nothing. */
    public static LinkCapabilities plain(int mtu) {
        return new LinkCapabilities(mtu, 0, false);
    }
}
