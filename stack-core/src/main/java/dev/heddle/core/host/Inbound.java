package dev.heddle.core.host;

import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.TcpHeader;

/** The way into a host: has IP judge each packet and brings it to its protocol. On the pump role of the interface. */
final class Inbound {

    private final Host host;
    private final TcpInput tcp;

    Inbound(Host host) {
        this.host = host;
        tcp = new TcpInput(host);
    }

    TcpInput tcp() {
        return tcp;
    }

    /** Takes a packet; answers are marked in the batch of the interface. The packet stays the caller's. */
    void packetArrives(HostInterface in, Packet packet) {
        switch (in.ipInput().accept(packet, host.network().localAddresses())) {
            case TCP -> tcp.packetArrives(in, packet, in.driver().batch());
            case ICMP, ICMPV6 -> {
                IcmpError error = in.icmpInput().accept(packet, host.network().localAddresses());
                if (error != null) {
                    errorArrives(in, error);
                }
            }
            case UDP, UNKNOWN_PROTOCOL, FRAGMENT, NOT_LOCAL, DROPPED -> {
                // counted by IP; nobody here takes them
            }
        }
    }

    /** RFC 9293 MUST-54: an ICMP error goes to the connection whose segment it quotes. */
    private void errorArrives(HostInterface in, IcmpError error) {
        if (error.protocol() != TcpHeader.PROTOCOL) {
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
        // A half-open handshake has its own timer, and TIME-WAIT nothing to lose.
        if (entry instanceof TcpConnection connection) {
            connection.icmpError(error, in.driver().batch());
        }
    }
}
