package dev.heddle.core.tcp;

import dev.heddle.core.wire.Ipv4Header;

/**
 * What TCP must know of the way to a peer.
 *
 * @param mtu the largest IP packet in bytes that is sent on it: what the whole path takes, as far as is known, unless that is
 *     too little for TCP
 * @param firstHopMtu the largest that the interface takes, and so what may be announced for the way back
 * @param ipHeaderBytes the length of the IP header in front of every segment
 * @param maxSegmentBytes the largest TCP segment, header included, that may be handed over at once; a super-segment if it
 *     exceeds what the MTU allows
 * @param fragmenting whether the path is narrower still, so that routers must be allowed to fragment
 */
public record PathProperties(int mtu, int firstHopMtu, int ipHeaderBytes, int maxSegmentBytes, boolean fragmenting) {

    /**
     * No IPv4 packets are made smaller for a path, and routers fragment them instead; Linux's {@code min_pmtu}, where RFC 1191
     * 3 stops at 68. IPv6 paths take 1,280 bytes.
     */
    public static final int MIN_MTU_IPV4 = 552;

    /** A path of which no more is known than its first hop. */
    public PathProperties(int mtu, int ipHeaderBytes, int maxSegmentBytes) {
        this(mtu, mtu, ipHeaderBytes, maxSegmentBytes, false);
    }

    /** The same where the whole path takes so much. */
    public PathProperties withMtu(int pathMtu) {
        boolean tooNarrow = ipHeaderBytes == Ipv4Header.HEADER_BYTES && pathMtu < Math.min(MIN_MTU_IPV4, firstHopMtu);
        int used = tooNarrow ? Math.min(MIN_MTU_IPV4, firstHopMtu) : pathMtu;
        return new PathProperties(used, firstHopMtu, ipHeaderBytes, maxSegmentBytes, tooNarrow);
    }
}
