package dev.heddle.core.host;

import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpVerdict;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.UdpHeader;
import java.util.function.Function;

/** The way into a host: has IP judge each packet and brings it to its protocol. On the pump role of the interface. */
final class Inbound {

    private final Host host;
    private final TcpInput tcp;
    private final Fragments fragments;

    Inbound(Host host, Fragments fragments) {
        this.host = host;
        this.fragments = fragments;
        tcp = new TcpInput(host);
    }

    TcpInput tcp() {
        return tcp;
    }

    /** Takes a packet; answers are marked in the batch of the interface. The packet stays the caller's. */
    void packetArrives(HostInterface in, Packet packet) {
        DropReports.Watch drops = in.drops();
        if (drops == null) {
            dispatch(in, packet, in.ipInput().accept(packet, host.network().localAddresses()));
            return;
        }
        int bytes = packet.length();
        drops.begin(packet);
        dispatch(in, packet, in.ipInput().accept(packet, host.network().localAddresses()));
        drops.end(packet, bytes);
    }

    private void dispatch(HostInterface in, Packet packet, IpVerdict verdict) {
        switch (verdict) {
            case TCP -> tcp.packetArrives(in, packet, in.driver().batch());
            case ICMP, ICMPV6 -> {
                IcmpError error = in.icmpInput().accept(packet, host.network().localAddresses());
                if (error != null) {
                    errorArrives(in, packet, error);
                }
            }
            case UDP -> {
                if (!in.udpInput().accept(packet)) {
                    in.icmpErrors().portUnreachable(packet, host.network().localAddresses(), packet.arrivalNs);
                }
            }
            case FRAGMENT -> fragmentArrives(in, packet);
            case UNKNOWN_PROTOCOL -> {
                dropped(in, packet, IpCounter::inUnknownProtos);
                unknownProtocol(in, packet);
            }
            case PARAMETER_PROBLEM -> parameterProblem(in, packet);
            case NOT_LOCAL -> dropped(in, packet, IpCounter::inAddrErrors);
            case DROPPED -> {
                // counted by IP
            }
        }
    }

    /** Nothing is wrong with the packet, but nobody here takes it; IP has counted it. */
    private static void dropped(HostInterface in, Packet packet, Function<Boolean, IpCounter> counter) {
        DropReports.Watch drops = in.drops();
        if (drops != null) {
            drops.because(counter.apply(IpAddress.isIpv4(packet.destinationHigh, packet.destinationLow)));
        }
    }

    private void fragmentArrives(HostInterface in, Packet packet) {
        Packet whole = fragments.accept(in, packet, in.ipInput().fragment());
        if (whole == null) {
            return;
        }
        try {
            dispatch(
                    in,
                    whole,
                    in.ipInput().acceptReassembled(whole, host.network().localAddresses()));
        } finally {
            host.packets().release(whole);
        }
    }

    /** RFC 1122 3.2.2.1; RFC 8200 4 for IPv6. */
    private void unknownProtocol(HostInterface in, Packet packet) {
        if (IpAddress.isIpv4(packet.destinationHigh, packet.destinationLow)) {
            in.icmpErrors().protocolUnreachable(packet, host.network().localAddresses(), packet.arrivalNs);
        } else {
            parameterProblem(in, packet);
        }
    }

    private void parameterProblem(HostInterface in, Packet packet) {
        in.icmpErrors()
                .parameterProblem(
                        packet,
                        host.network().localAddresses(),
                        in.ipInput().problemCode(),
                        in.ipInput().problemPointer(),
                        packet.arrivalNs);
    }

    /** Datagrams are cut to what the path takes; of other errors their senders hear. */
    private void datagramErrorArrives(HostInterface in, Packet packet, IcmpError error) {
        if (error.kind() != IcmpError.Kind.PACKET_TOO_BIG) {
            if (error.protocol() == UdpHeader.PROTOCOL) {
                host.datagrams().errorArrives(in, error);
            } else {
                host.echoes().errorArrives(packet, error, in.driver().batch());
            }
            return;
        }
        int scope = in.scopeOf(error.remoteHigh(), error.remoteLow());
        HostInterface out = host.outbound().interfaceTo(error.remoteHigh(), error.remoteLow(), scope);
        if (out != null) {
            host.outbound()
                    .paths()
                    .datagramTooBig(
                            error, scope, out.capabilities().mtu(), host.clock().nanoTime());
        }
    }

    /** RFC 9293 MUST-54: an ICMP error goes to the connection whose segment it quotes. */
    private void errorArrives(HostInterface in, Packet packet, IcmpError error) {
        if (error.protocol() != TcpHeader.PROTOCOL) {
            datagramErrorArrives(in, packet, error);
            return;
        }
        TableEntry entry = host.table()
                .find(
                        error.localHigh(),
                        error.localLow(),
                        error.localPort(),
                        error.remoteHigh(),
                        error.remoteLow(),
                        error.remotePort(),
                        in.scopeOf(error.remoteHigh(), error.remoteLow()));
        switch (entry) {
            case TcpConnection connection ->
                connection.icmpError(error, in.driver().batch());
            case HalfOpenEntry handshake -> handshake.listener().icmpError(handshake, error);
            case null, default -> {
                // TIME-WAIT has nothing to lose.
            }
        }
    }
}
