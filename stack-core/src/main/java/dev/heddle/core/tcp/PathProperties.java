package dev.heddle.core.tcp;

/**
 * What TCP must know of the way to a peer.
 *
 * @param mtu the largest IP packet in bytes that the first hop (or a discovered path) takes
 * @param ipHeaderBytes the length of the IP header in front of every segment
 * @param maxSegmentBytes the largest TCP segment, header included, that may be handed over at once; a super-segment if it
 *     exceeds what the MTU allows
 */
public record PathProperties(int mtu, int ipHeaderBytes, int maxSegmentBytes) {}
