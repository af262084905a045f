package dev.heddle.core.tcp;

/**
 * What TCP must know of the way to a peer.
 *
 * @param mtu the largest IP packet in bytes that the whole path takes, as far as is known
 * @param firstHopMtu the largest that the interface takes, and so what may be announced for the way back
 * @param ipHeaderBytes the length of the IP header in front of every segment
 * @param maxSegmentBytes the largest TCP segment, header included, that may be handed over at once; a super-segment if it
 *     exceeds what the MTU allows
 */
public record PathProperties(int mtu, int firstHopMtu, int ipHeaderBytes, int maxSegmentBytes) {

    /** A path of which no more is known than its first hop. */
    public PathProperties(int mtu, int ipHeaderBytes, int maxSegmentBytes) {
        this(mtu, mtu, ipHeaderBytes, maxSegmentBytes);
    }

    /** The same with another MTU for the whole path. */
    public PathProperties withMtu(int pathMtu) {
        return new PathProperties(pathMtu, firstHopMtu, ipHeaderBytes, maxSegmentBytes);
    }
}
