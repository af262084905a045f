package dev.heddle.core.host;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.ip.DatagramHeader;
import dev.heddle.core.ip.Fragmenter;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.time.Clock;
import org.jspecify.annotations.Nullable;

/** The way out for datagrams that may be fragmented, those of ICMP and of UDP. Any thread. */
final class DatagramOutbound {

    static final int HOP_LIMIT = 64;

    private final Paths paths;
    private final PacketPool packets;
    private final Identifications identifications;
    private final CounterSet<IpCounter> counters;
    private final Clock clock;

    /** Null if nobody observes. */
    private final @Nullable DropReports drops;

    DatagramOutbound(
            Paths paths,
            PacketPool packets,
            Identifications identifications,
            CounterSet<IpCounter> counters,
            Clock clock,
            @Nullable DropReports drops) {
        this.paths = paths;
        this.packets = packets;
        this.identifications = identifications;
        this.counters = counters;
        this.clock = clock;
        this.drops = drops;
    }

    /** The longest packet that goes to an address in one piece. */
    int mtu(HostInterface out, long destinationHigh, long destinationLow, int scope) {
        return paths.datagramMtu(
                destinationHigh, destinationLow, scope, out.capabilities().mtu(), clock.nanoTime());
    }

    /** The header of one datagram; a datagram may be fragmented, so it has an identification of its own (RFC 6864 4.1). */
    DatagramHeader header(
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int trafficClass,
            int hopLimit) {
        return new DatagramHeader(
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow,
                protocol,
                trafficClass,
                hopLimit,
                identifications.next(sourceHigh, sourceLow, destinationHigh, destinationLow, protocol));
    }

    /**
     * Sends a transport's bytes, and takes the packet back whatever the answer. What is not sent is counted, and left to be
     * told: by who calls outside of any batch.
     *
     * @param mtu the most bytes of a packet; what is longer goes in fragments
     * @param waits whether what the link has no room for waits for it, as the sender has seen that nothing does yet;
     *     otherwise a datagram of one piece is lost
     * @return false if it was not, or not as a whole, sent
     */
    boolean send(HostInterface out, int mtu, Packet message, DatagramHeader header, boolean waits) {
        boolean isIpv4 = header.isIpv4();
        int bytes = message.length() + IpOutput.headerBytes(isIpv4);
        boolean fits = bytes <= mtu;
        boolean sent;
        if (fits) {
            prepend(message, header);
            sent = waits ? sendOrKeep(out, message, true) : sendOrDrop(out, message);
        } else {
            try {
                sent = sendInFragments(out, mtu, message, header, waits);
            } finally {
                packets.release(message);
            }
        }
        counters.increment(IpCounter.outRequests(isIpv4));
        if (!sent && fits) {
            counters.increment(IpCounter.outDiscards(isIpv4));
            notSent(IpCounter.outDiscards(isIpv4), out, header, bytes);
        } else if (!sent) {
            // RFC 4293: a failure to fragment is no discard, too. It is counted.
            notSent(IpCounter.fragFails(isIpv4), out, header, bytes);
        }
        return sent;
    }

    private void notSent(IpCounter why, HostInterface out, DatagramHeader header, int bytes) {
        if (drops != null) {
            drops.datagramNotSent(
                    why,
                    out,
                    header.sourceHigh(),
                    header.sourceLow(),
                    header.destinationHigh(),
                    header.destinationLow(),
                    header.protocol(),
                    bytes);
        }
    }

    private static void prepend(Packet message, DatagramHeader header) {
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
    }

    /** Sends a message that is longer than the MTU (RFC 1122 3.3.3, RFC 8200 4.5); false if not all of it could be sent. */
    private boolean sendInFragments(HostInterface out, int mtu, Packet message, DatagramHeader header, boolean waits) {
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
                // A fragment that is lost would make all the others useless: what has no room now waits for it.
                sent = sendOrKeep(out, fragment, waits);
            }
        }
        counters.increment(sent ? IpCounter.fragOks(isIpv4) : IpCounter.fragFails(isIpv4));
        return sent;
    }

    private boolean sendOrDrop(HostInterface out, Packet packet) {
        try {
            return out.transmit(packet) == HostInterface.Sending.SENT;
        } finally {
            packets.release(packet);
        }
    }

    private boolean sendOrKeep(HostInterface out, Packet packet, boolean waits) {
        HostInterface.Sending sending;
        boolean kept = false;
        try {
            sending = out.transmit(packet);
            kept = sending == HostInterface.Sending.REFUSED && (waits ? out.keepDatagram(packet) : out.keep(packet));
        } finally {
            if (!kept) {
                packets.release(packet);
            }
        }
        return kept || sending == HostInterface.Sending.SENT;
    }
}
