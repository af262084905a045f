package dev.heddle.core.host;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.icmp.MessageOutput;
import dev.heddle.core.ip.DatagramHeader;
import dev.heddle.core.ip.Fragmenter;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The way out for datagrams that may be fragmented: the host's own ICMP messages. Any thread.
 *
 * <p>One that {@link #on} gives answers what has come by an interface: an address that is unique only there is looked for there
 * (RFC 4007 9).
 */
final class MessageOutbound implements MessageOutput {

    private static final int HOP_LIMIT = 64;

    /** The interface's index, 0 for no interface in particular. */
    private final int interfaceIndex;

    private final Outbound outbound;
    private final PacketPool packets;
    private final Identifications identifications;
    private final CounterSet<IpCounter> counters;
    private final Clock clock;

    MessageOutbound(
            Outbound outbound,
            PacketPool packets,
            Identifications identifications,
            CounterSet<IpCounter> counters,
            Clock clock) {
        this(0, outbound, packets, identifications, counters, clock);
    }

    private MessageOutbound(
            int interfaceIndex,
            Outbound outbound,
            PacketPool packets,
            Identifications identifications,
            CounterSet<IpCounter> counters,
            Clock clock) {
        this.interfaceIndex = interfaceIndex;
        this.outbound = outbound;
        this.packets = packets;
        this.identifications = identifications;
        this.counters = counters;
        this.clock = clock;
    }

    /** The same for answers to what comes by an interface. */
    MessageOutbound on(int answeredInterface) {
        return new MessageOutbound(answeredInterface, outbound, packets, identifications, counters, clock);
    }

    @Override
    public @Nullable Packet acquire(int bytes) {
        return packets.forLength(bytes);
    }

    @Override
    public void transmit(
            Packet message,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int trafficClass) {
        try {
            boolean isIpv4 = IpAddress.isIpv4(destinationHigh, destinationLow);
            int scope = TcpInput.scope(interfaceIndex, destinationHigh, destinationLow);
            HostInterface out = outbound.interfaceTo(destinationHigh, destinationLow, scope);
            if (out == null) {
                counters.increment(IpCounter.outNoRoutes(isIpv4));
                return;
            }
            DatagramHeader header = new DatagramHeader(
                    sourceHigh,
                    sourceLow,
                    destinationHigh,
                    destinationLow,
                    protocol,
                    trafficClass,
                    HOP_LIMIT,
                    identifications.next(sourceHigh, sourceLow, destinationHigh, destinationLow, protocol));
            int mtu = outbound.paths()
                    .datagramMtu(
                            destinationHigh,
                            destinationLow,
                            scope,
                            out.capabilities().mtu(),
                            clock.nanoTime());
            boolean fits = message.length() + IpOutput.headerBytes(isIpv4) <= mtu;
            boolean sent = fits ? sendWhole(out, message, header) : sendInFragments(out, mtu, message, header);
            counters.increment(sent ? IpCounter.outRequests(isIpv4) : IpCounter.outDiscards(isIpv4));
        } finally {
            packets.release(message);
        }
    }

    private static boolean sendWhole(HostInterface out, Packet message, DatagramHeader header) {
        IpOutput.prepend(
                message,
                header.sourceHigh(),
                header.sourceLow(),
                header.destinationHigh(),
                header.destinationLow(),
                header.protocol(),
                header.trafficClass(),
                header.hopLimit(),
                header.identification() & 0xffff,
                0);
        return out.transmit(message);
    }

    /** Sends a message that is longer than the MTU (RFC 1122 3.3.3, RFC 8200 4.5); false if not all of it could be sent. */
    private boolean sendInFragments(HostInterface out, int mtu, Packet message, DatagramHeader header) {
        boolean isIpv4 = header.isIpv4();
        boolean sent = Fragmenter.isPossible(message.length(), isIpv4);
        Fragmenter fragmenter = new Fragmenter(message, header, mtu);
        while (sent && fragmenter.hasNext()) {
            Packet fragment = packets.forLength(fragmenter.nextLength());
            if (fragment == null) {
                sent = false;
            } else {
                fragmenter.write(fragment);
                counters.increment(IpCounter.fragCreates(isIpv4));
                sent = sendOrKeep(out, fragment);
            }
        }
        counters.increment(sent ? IpCounter.fragOks(isIpv4) : IpCounter.fragFails(isIpv4));
        return sent;
    }

    /** A fragment that is lost would make all the others useless: what has no room now waits for it. */
    private boolean sendOrKeep(HostInterface out, Packet fragment) {
        if (out.transmit(fragment)) {
            packets.release(fragment);
            return true;
        }
        if (out.keep(fragment)) {
            return true;
        }
        packets.release(fragment);
        return false;
    }
}
