package dev.heddle.core.host;

import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.Tcb;

/** Tells a connection, or an endpoint, what an ICMP error means to it. */
final class IcmpErrors {

    private IcmpErrors() {}

    /** Reports an error to the connection it is about, whose exclusion the caller holds. */
    static void report(IcmpError error, Tcb tcb) {
        if (error.kind() == IcmpError.Kind.PACKET_TOO_BIG) {
            tcb.packetTooBig(error.mtu(), error.quotedBytes(), error.sequence());
        } else {
            tcb.icmpError(error.kind().isHard(), failureOf(error.kind()), error.sequence());
        }
    }

    /** What a kind of error is to who calls a socket. */
    static Failure failureOf(IcmpError.Kind kind) {
        return switch (kind) {
            case NETWORK_UNREACHABLE -> Failure.NETWORK_UNREACHABLE;
            case PORT_UNREACHABLE, PROTOCOL_UNREACHABLE -> Failure.PORT_UNREACHABLE;
            case PACKET_TOO_BIG -> Failure.MESSAGE_TOO_LONG;
            case HOST_UNREACHABLE,
                    SOURCE_ROUTE_FAILED,
                    ADMINISTRATIVELY_PROHIBITED,
                    TIME_EXCEEDED,
                    PARAMETER_PROBLEM,
                    UNKNOWN -> Failure.HOST_UNREACHABLE;
        };
    }
}
