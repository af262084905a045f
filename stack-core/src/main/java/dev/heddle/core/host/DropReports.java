package dev.heddle.core.host;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpEvent;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/** What a host has to tell of the packets that its observer shall know were dropped, and of handshakes. Any thread. */
final class DropReports extends Reports {

    private final HostObserver observer;

    DropReports(HostObserver observer) {
        this.observer = observer;
    }

    /** A segment of a peer was dropped where its interface is not known, or a handshake that it has begun. */
    void segmentDropped(TcpCounter why, SocketPair pair, int bytes) {
        if (isListening(observer)) {
            report(new PacketDrop(
                    PacketDrop.Direction.IN,
                    why,
                    null,
                    pair.remoteAddress(),
                    pair.localAddress(),
                    TcpHeader.PROTOCOL,
                    bytes));
        }
    }

    /** A packet was dropped before anybody looked at it. */
    void packetDiscarded(IpCounter why, HostInterface in, int bytes) {
        if (isListening(observer)) {
            report(new PacketDrop(PacketDrop.Direction.IN, why, in.name(), null, null, -1, bytes));
        }
    }

    /** Fragments that waited for others were given up. */
    void fragmentsDropped(Enum<?> why, IpAddress source, IpAddress destination, int protocol, int bytes) {
        if (isListening(observer)) {
            report(new PacketDrop(PacketDrop.Direction.IN, why, null, source, destination, protocol, bytes));
        }
    }

    /** A segment of this host was not sent. */
    void segmentNotSent(IpCounter why, @Nullable HostInterface out, SocketPair pair, int bytes) {
        if (isListening(observer)) {
            report(outbound(why, out, pair.localAddress(), pair.remoteAddress(), TcpHeader.PROTOCOL, bytes));
        }
    }

    /**
     * A datagram of this host was not sent.
     *
     * <p>Its source is the wildcard if none was chosen yet.
     */
    void datagramNotSent(
            Enum<?> why,
            @Nullable HostInterface out,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int bytes) {
        if (isListening(observer)) {
            IpAddress source = IpAddress.isAny(sourceHigh, sourceLow) ? null : IpAddress.of(sourceHigh, sourceLow);
            IpAddress destination = IpAddress.of(destinationHigh, destinationLow);
            report(outbound(why, out, source, destination, protocol, bytes));
        }
    }

    /** A packet that waited for room in its link will never go; its header is not looked at again. */
    void keptPacketGivenUp(IpCounter why, HostInterface out, int bytes) {
        if (isListening(observer)) {
            report(outbound(why, out, null, null, -1, bytes));
        }
    }

    private static PacketDrop outbound(
            Enum<?> why,
            @Nullable HostInterface out,
            @Nullable IpAddress source,
            @Nullable IpAddress destination,
            int protocol,
            int bytes) {
        String interfaceName = out == null ? null : out.name();
        return new PacketDrop(PacketDrop.Direction.OUT, why, interfaceName, source, destination, protocol, bytes);
    }

    /** Whether anybody listens now. */
    boolean isWanted() {
        return isListening(observer);
    }

    /** Something befell what may become a connection. */
    void happened(SocketPair pair, TcpEvent event) {
        add(() -> observer.happened(pair, event));
    }

    private void report(PacketDrop drop) {
        add(() -> observer.dropped(drop));
    }

    /**
     * Finds the reasons in what the layers count about the packet at hand, so that none of them need know of observers. On the
     * pump role of its interface.
     */
    final class Watch {

        private final HostInterface in;

        /** Why the packet at hand was dropped; null if it was not yet. */
        private @Nullable Enum<?> why;

        Watch(HostInterface in) {
            this.in = in;
        }

        /** A view of counters that each mean a packet dropped. */
        <E extends Enum<E>> CounterSet<E> over(CounterSet<E> reasons) {
            return reasons.watched(this::because);
        }

        /** The packet at hand was dropped, and counted. */
        void because(Enum<?> reason) {
            // The first tells more than those that follow from it.
            if (why == null) {
                why = reason;
            }
        }

        /** A packet is about to be looked at. */
        void begin(Packet packet) {
            why = null;
            packet.protocol = -1;
        }

        /** It has been. */
        void end(Packet packet, int bytes) {
            Enum<?> reason = why;
            if (reason == null || !isListening(observer)) {
                return;
            }
            boolean known = packet.protocol >= 0;
            report(new PacketDrop(
                    PacketDrop.Direction.IN,
                    reason,
                    in.name(),
                    known ? IpAddress.of(packet.sourceHigh, packet.sourceLow) : null,
                    known ? IpAddress.of(packet.destinationHigh, packet.destinationLow) : null,
                    packet.protocol,
                    bytes));
        }
    }
}
