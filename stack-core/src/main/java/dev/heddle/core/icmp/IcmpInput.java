package dev.heddle.core.icmp;

import static dev.heddle.core.icmp.IcmpCounter.*;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.LocalAddresses;
import dev.heddle.core.wire.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Takes the ICMP and ICMPv6 messages that IP let in: answers echo requests, passes replies on, turns errors into values,
 * counts and ignores the rest. Neighbour discovery has no place here: the links carry IP packets. Not thread-safe; one for each interface.
 */
public final class IcmpInput {

    private final CounterSet<IcmpCounter> counters;
    private final CounterSet<Refusal> refusals;
    private final IcmpEcho echo;
    private final EchoReplySink replies;
    private final QuotedPacket quoted = new QuotedPacket();
    private final IcmpMessage message = new IcmpMessage();

    public IcmpInput(
            CounterSet<IcmpCounter> counters,
            CounterSet<Refusal> refusals,
            MessageOutput output,
            EchoReplySink replies) {
        this.counters = counters;
        this.refusals = refusals;
        this.replies = replies;
        echo = new IcmpEcho(counters, output);
    }

    /**
     * Takes one message.
     *
     * @param packet with its IP fields filled, protocol 1 or 58
     * @return the error that a transport must hear of (RFC 9293 MUST-54), or null if there is none
     */
    public @Nullable IcmpError accept(Packet packet, LocalAddresses local) {
        boolean ipv4 = packet.protocol == IcmpMessage.PROTOCOL_V4;
        counters.increment(ipv4 ? IcmpInMsgs : Icmp6InMsgs);
        Refusal refusal = message.wrap(packet.buffer(), packet.transportOffset, packet.transportLength);
        if (refusal == Refusal.NONE && !isIntact(packet, ipv4)) {
            refusal = Refusal.ICMP_CHECKSUM;
            counters.increment(ipv4 ? IcmpInCsumErrors : Icmp6InCsumErrors);
        }
        if (refusal != Refusal.NONE) {
            return refuse(refusal, ipv4);
        }
        return ipv4 ? acceptIpv4(packet, local) : acceptIpv6(packet, local);
    }

    private boolean isIntact(Packet packet, boolean ipv4) {
        if (packet.checksumTrusted()) {
            return true;
        }
        return message.verifyChecksum(
                ipv4
                        ? 0
                        : Checksum.pseudoHeader(
                                packet.sourceHigh,
                                packet.sourceLow,
                                packet.destinationHigh,
                                packet.destinationLow,
                                packet.protocol,
                                packet.transportLength));
    }

    private @Nullable IcmpError acceptIpv4(Packet packet, LocalAddresses local) {
        IcmpError.Kind kind = null;
        int mtu = 0;
        switch (message.type()) {
            case IcmpTypes.V4_ECHO_REQUEST -> {
                counters.increment(IcmpInEchos);
                echo.answerIpv4(packet, message, local);
            }
            case IcmpTypes.V4_ECHO_REPLY -> {
                counters.increment(IcmpInEchoReps);
                // RFC 1122 3.2.2.6: passed to who asked
                replies.replyArrives(packet, message);
            }
            case IcmpTypes.V4_DESTINATION_UNREACHABLE -> {
                counters.increment(IcmpInDestUnreachs);
                kind = unreachableV4(message.code());
                mtu = kind == IcmpError.Kind.PACKET_TOO_BIG ? message.mtuV4() : 0;
            }
            case IcmpTypes.V4_TIME_EXCEEDED -> {
                counters.increment(IcmpInTimeExcds);
                kind = IcmpError.Kind.TIME_EXCEEDED;
            }
            case IcmpTypes.V4_PARAMETER_PROBLEM -> {
                counters.increment(IcmpInParmProbs);
                kind = IcmpError.Kind.PARAMETER_PROBLEM;
            }
            // RFC 9293 MUST-55, RFC 6633: silently discarded
            case IcmpTypes.V4_SOURCE_QUENCH -> counters.increment(IcmpInSrcQuenchs);
            case IcmpTypes.V4_REDIRECT -> counters.increment(IcmpInRedirects);
            default -> {
                // RFC 1122 3.2.2: unknown types are silently discarded
            }
        }
        return kind == null ? null : error(kind, mtu, true, local);
    }

    private @Nullable IcmpError acceptIpv6(Packet packet, LocalAddresses local) {
        IcmpError.Kind kind = null;
        int mtu = 0;
        switch (message.type()) {
            case IcmpTypes.V6_ECHO_REQUEST -> {
                counters.increment(Icmp6InEchos);
                echo.answerIpv6(packet, message, local);
            }
            case IcmpTypes.V6_ECHO_REPLY -> {
                counters.increment(Icmp6InEchoReplies);
                // RFC 4443 4.2: passed to the process that originated the request
                replies.replyArrives(packet, message);
            }
            case IcmpTypes.V6_DESTINATION_UNREACHABLE -> {
                counters.increment(Icmp6InDestUnreachs);
                kind = unreachableV6(message.code());
            }
            case IcmpTypes.V6_PACKET_TOO_BIG -> {
                counters.increment(Icmp6InPktTooBigs);
                kind = IcmpError.Kind.PACKET_TOO_BIG;
                mtu = (int) Math.min(message.mtuV6(), Packet.MAX_LENGTH);
            }
            case IcmpTypes.V6_TIME_EXCEEDED -> {
                counters.increment(Icmp6InTimeExcds);
                kind = IcmpError.Kind.TIME_EXCEEDED;
            }
            case IcmpTypes.V6_PARAMETER_PROBLEM -> {
                counters.increment(Icmp6InParmProblems);
                kind = IcmpError.Kind.PARAMETER_PROBLEM;
            }
            default -> {
                countInformationalV6(message.type());
                // RFC 4443 2.4 (a): who caused an error of unknown type hears of it nevertheless
                kind = IcmpTypes.isErrorV6(message.type()) ? IcmpError.Kind.UNKNOWN : null;
            }
        }
        return kind == null ? null : error(kind, mtu, false, local);
    }

    private void countInformationalV6(int type) {
        switch (type) {
            case IcmpTypes.V6_LISTENER_QUERY -> counters.increment(Icmp6InGroupMembQueries);
            case IcmpTypes.V6_LISTENER_REPORT -> counters.increment(Icmp6InGroupMembResponses);
            case IcmpTypes.V6_LISTENER_REPORT_2 -> counters.increment(Icmp6InMLDv2Reports);
            case IcmpTypes.V6_ROUTER_SOLICITATION -> counters.increment(Icmp6InRouterSolicits);
            case IcmpTypes.V6_ROUTER_ADVERTISEMENT -> counters.increment(Icmp6InRouterAdvertisements);
            case IcmpTypes.V6_NEIGHBOR_SOLICITATION -> counters.increment(Icmp6InNeighborSolicits);
            case IcmpTypes.V6_NEIGHBOR_ADVERTISEMENT -> counters.increment(Icmp6InNeighborAdvertisements);
            case IcmpTypes.V6_REDIRECT -> counters.increment(Icmp6InRedirects);
            default -> {
                // RFC 4443 2.4 (b): unknown informational messages are silently discarded
            }
        }
    }

    /** RFC 792, RFC 1122 3.2.2.1, which has every one passed to the transport, RFC 1812 5.2.7.1. */
    private static IcmpError.Kind unreachableV4(int code) {
        return switch (code) {
            case 0, 6, 11 -> IcmpError.Kind.NETWORK_UNREACHABLE;
            case 1, 7, 8, 12 -> IcmpError.Kind.HOST_UNREACHABLE;
            case 2 -> IcmpError.Kind.PROTOCOL_UNREACHABLE;
            case 3 -> IcmpError.Kind.PORT_UNREACHABLE;
            case 4 -> IcmpError.Kind.PACKET_TOO_BIG;
            case 5 -> IcmpError.Kind.SOURCE_ROUTE_FAILED;
            case 9, 10, 13, 14, 15 -> IcmpError.Kind.ADMINISTRATIVELY_PROHIBITED;
            default -> IcmpError.Kind.UNKNOWN;
        };
    }

    /** RFC 4443 3.1, which has every one passed to the transport. */
    private static IcmpError.Kind unreachableV6(int code) {
        return switch (code) {
            case 0 -> IcmpError.Kind.NETWORK_UNREACHABLE;
            case 2, 3 -> IcmpError.Kind.HOST_UNREACHABLE;
            case 4 -> IcmpError.Kind.PORT_UNREACHABLE;
            case 1, 5, 6 -> IcmpError.Kind.ADMINISTRATIVELY_PROHIBITED;
            default -> IcmpError.Kind.UNKNOWN;
        };
    }

    private @Nullable IcmpError error(IcmpError.Kind kind, int mtu, boolean ipv4, LocalAddresses local) {
        Refusal refusal = quoted.read(message, ipv4);
        if (refusal == Refusal.NONE && !local.contains(quoted.sourceHigh(), quoted.sourceLow())) {
            refusal = Refusal.ICMP_QUOTE; // never sent from here
        }
        if (refusal != Refusal.NONE) {
            return refuse(refusal, ipv4);
        }
        boolean matters =
                quoted.hasPorts() || quoted.isEchoRequest() || kind == IcmpError.Kind.PACKET_TOO_BIG && quoted.isIcmp();
        return matters ? quoted.error(kind, mtu) : null;
    }

    private @Nullable IcmpError refuse(Refusal refusal, boolean ipv4) {
        refusals.increment(refusal);
        counters.increment(ipv4 ? IcmpInErrors : Icmp6InErrors);
        return null;
    }
}
