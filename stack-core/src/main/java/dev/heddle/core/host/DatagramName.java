package dev.heddle.core.host;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which datagrams a bound UDP endpoint takes.
 *
 * @param local the address they are sent to: one of the host's, {@link IpAddress#ANY_V4}, or {@link IpAddress#ANY_V6} for both
 *     families
 * @param remote who they must come from; null for anybody
 * @param remotePort 0 for anybody's
 * @param scope the interface's index if the remote address is unique only there, else 0
 */
record DatagramName(
        IpAddress local, int localPort, @Nullable IpAddress remote, int remotePort, int scope) {

    /** What {@link #score} says of a datagram that is not for this name. */
    static final int NOT_MINE = -1;

    private static final int SAME_REMOTE = 4;
    private static final int SAME_LOCAL = 2;
    private static final int SAME_FAMILY = 1;

    static DatagramName bound(IpAddress local, int localPort) {
        return new DatagramName(local, localPort, null, 0, 0);
    }

    boolean isConnected() {
        return remote != null;
    }

    /**
     * How exactly a datagram to the local port is for this name, as Linux ranks them: who is connected to its sender before
     * all others, then who has its very address, then who has a wildcard.
     *
     * @param packet with its IP fields filled
     * @param sourceScope the arrival's interface if the source's address is unique only there, else 0
     */
    int score(Packet packet, int sourcePort, int sourceScope) {
        int score = 0;
        IpAddress from = remote;
        if (from != null) {
            if (from.low() != packet.sourceLow
                    || from.high() != packet.sourceHigh
                    || remotePort != sourcePort
                    || scope != sourceScope) {
                return NOT_MINE;
            }
            score = SAME_REMOTE;
        }
        if (!local.isAny()) {
            boolean same = local.low() == packet.destinationLow && local.high() == packet.destinationHigh;
            return same ? score + SAME_LOCAL : NOT_MINE;
        }
        if (local.isIpv4()) {
            return IpAddress.isIpv4(packet.destinationHigh, packet.destinationLow) ? score + SAME_FAMILY : NOT_MINE;
        }
        return score;
    }

    /** Whether it is the name of an endpoint that has sent from an address to a peer's. */
    boolean isConnectionOf(
            long localHigh, long localLow, long remoteHigh, long remoteLow, int peerPort, int remoteScope) {
        IpAddress to = remote;
        return to != null
                && to.low() == remoteLow
                && to.high() == remoteHigh
                && remotePort == peerPort
                && scope == remoteScope
                && local.low() == localLow
                && local.high() == localHigh;
    }
}
