package dev.heddle.core.host;

import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.PathProperties;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.Tcb;

/** Tells a connection what an ICMP error means to it. */
final class IcmpErrors {

    /** No path is believed to be narrower: RFC 8201 4 for IPv6, Linux's {@code min_pmtu} for IPv4 against attacks. */
    private static final int MIN_MTU_V6 = 1280;

    private static final int MIN_MTU_V4 = 552;

    /** The plateaus of RFC 1191 7.1, for routers that do not say their MTU. */
    private static final int[] PLATEAUS = {32_000, 17_914, 8166, 4352, 2002, 1492, 1006};

    private IcmpErrors() {}

    /** Reports an error to the connection it is about, whose exclusion the caller holds. */
    static void report(IcmpError error, Tcb tcb, Outbound outbound) {
        if (error.kind() == IcmpError.Kind.PACKET_TOO_BIG) {
            packetTooBig(error, tcb, outbound);
        } else {
            tcb.icmpError(error.kind().isHard(), failureOf(error.kind()), error.sequence());
        }
    }

    private static void packetTooBig(IcmpError error, Tcb tcb, Outbound outbound) {
        SocketPair pair = tcb.pair();
        HostInterface out = outbound.interfaceTo(pair.remoteHigh(), pair.remoteLow(), pair.scope());
        // RFC 5927 7: only what quotes a segment in flight is believed.
        if (out == null || !tcb.isOutstanding(error.sequence())) {
            return;
        }
        int current = tcb.info().pathMtu();
        int reported = error.mtu() > 0 ? error.mtu() : plateauBelow(current);
        int mtu = Math.max(reported, pair.isIpv4() ? MIN_MTU_V4 : MIN_MTU_V6);
        if (mtu < current) {
            PathProperties firstHop = out.path(pair.isIpv4());
            tcb.pathChanged(new PathProperties(mtu, firstHop.ipHeaderBytes(), firstHop.maxSegmentBytes()));
        }
    }

    private static int plateauBelow(int mtu) {
        for (int plateau : PLATEAUS) {
            if (plateau < mtu) {
                return plateau;
            }
        }
        return MIN_MTU_V4;
    }

    private static Failure failureOf(IcmpError.Kind kind) {
        return switch (kind) {
            case NETWORK_UNREACHABLE -> Failure.NETWORK_UNREACHABLE;
            case PORT_UNREACHABLE, PROTOCOL_UNREACHABLE -> Failure.PORT_UNREACHABLE;
            case PACKET_TOO_BIG -> Failure.MESSAGE_TOO_LONG;
            case HOST_UNREACHABLE, SOURCE_ROUTE_FAILED, ADMINISTRATIVELY_PROHIBITED, TIME_EXCEEDED, PARAMETER_PROBLEM ->
                Failure.HOST_UNREACHABLE;
        };
    }
}
