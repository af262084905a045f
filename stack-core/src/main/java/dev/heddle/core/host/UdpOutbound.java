package dev.heddle.core.host;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.udp.UdpCounter;
import dev.heddle.core.udp.UdpOutput;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.UdpHeader;
import org.jspecify.annotations.Nullable;

/** Sends the datagrams of UDP endpoints: finds the way and the source address, and makes the packets. Any thread. */
final class UdpOutbound {

    private final Host host;
    private final DatagramOutbound datagrams;
    private final PacketPool packets;
    private final CounterSet<UdpCounter> counters;

    UdpOutbound(Host host, DatagramOutbound datagrams, PacketPool packets, CounterSet<UdpCounter> counters) {
        this.host = host;
        this.datagrams = datagrams;
        this.packets = packets;
        this.counters = counters;
    }

    /**
     * How a destination is reached.
     *
     * @param out null if it is not
     * @param source the address to send from
     * @param failure why it is not reached
     * @param counted under which a datagram counts as dropped then; null if it does not
     */
    record Way(
            @Nullable HostInterface out,
            IpAddress source,
            Failure failure,
            @Nullable IpCounter counted) {

        static Way none(Failure why) {
            return new Way(null, IpAddress.ANY_V6, why, null);
        }
    }

    /** As on Linux the wildcard as a destination means this host. */
    static IpAddress thisHostIfAny(IpAddress remote) {
        return !remote.isAny() ? remote : remote.isIpv4() ? IpAddress.LOOPBACK_V4 : IpAddress.LOOPBACK_V6;
    }

    /**
     * Finds the way from an endpoint to an address.
     *
     * @param broadcast whether the endpoint may send to broadcast addresses
     */
    Way way(DatagramName from, IpAddress target, boolean broadcast) {
        if (host.isClosed()) {
            return Way.none(Failure.NETWORK_DOWN);
        }
        boolean familiesDiffer =
                from.local().isIpv4() != target.isIpv4() && !from.local().equals(IpAddress.ANY_V6);
        // Nobody routes groups here.
        if (target.isMulticast() || familiesDiffer) {
            return Way.none(Failure.NETWORK_UNREACHABLE);
        }
        if (!broadcast && host.network().localAddresses().isBroadcast(target.high(), target.low())) {
            return Way.none(Failure.NOT_PERMITTED);
        }
        HostInterface out = host.outbound().interfaceTo(target, from.local());
        if (out == null && target.isBroadcast()) {
            out = interfaceOf(from.local());
        }
        if (out == null) {
            IpCounter counted = IpCounter.outNoRoutes(target.isIpv4());
            host.counters().ip().increment(counted);
            return new Way(null, from.local(), Failure.NETWORK_UNREACHABLE, counted);
        }
        if (!out.isUp()) {
            return Way.none(Failure.NETWORK_DOWN);
        }
        // RFC 1122 4.1.3.5: the address given, or what IP selects.
        IpAddress source = from.local().isAny() ? host.outbound().sourceFor(target) : from.local();
        if (source == null) {
            return Way.none(Failure.NETWORK_UNREACHABLE);
        }
        // RFC 1122 3.2.1.3 (g): the loopback network is not to be seen outside.
        return source.isLoopback() && !out.isLoopback()
                ? Way.none(Failure.INVALID_STATE)
                : new Way(out, source, Failure.NONE, null);
    }

    /** Tells of a datagram of an application for which there is no way, and no lock held; why there is none. */
    Failure noWay(Way way, IpAddress target, int protocol, int transportBytes) {
        IpCounter counted = way.counted();
        if (counted != null) {
            notSent(counted, null, way.source(), target, protocol, transportBytes);
        }
        return way.failure();
    }

    private void notSent(
            Enum<?> why,
            @Nullable HostInterface out,
            IpAddress source,
            IpAddress target,
            int protocol,
            int transportBytes) {
        DropReports drops = host.dropReports();
        if (drops != null) {
            drops.datagramNotSent(
                    why,
                    out,
                    source.high(),
                    source.low(),
                    target.high(),
                    target.low(),
                    protocol,
                    transportBytes + IpOutput.headerBytes(target.isIpv4()));
            drops.fire();
        }
    }

    /** The interface with an address; null if there is none. */
    private @Nullable HostInterface interfaceOf(IpAddress address) {
        for (HostInterface each : host.interfaces()) {
            if (each.addresses().contains(address.high(), address.low())) {
                return each;
            }
        }
        return null;
    }

    /** Sends a datagram of an endpoint; as {@link UdpEndpoint#send}. */
    Failure send(
            UdpEndpoint sender, DatagramName from, IpAddress target, int port, byte[] payload, int offset, int length) {
        if (port == 0) {
            return Failure.INVALID_STATE;
        }
        boolean isIpv4 = target.isIpv4();
        if (length > UdpOutput.longestPayloadBytes(isIpv4)) {
            return Failure.MESSAGE_TOO_LONG;
        }
        DatagramOptions options = sender.options();
        Way way = way(from, target, options.broadcast());
        HostInterface out = way.out();
        int bytes = UdpHeader.HEADER_BYTES + length;
        if (out == null) {
            return noWay(way, target, UdpHeader.PROTOCOL, bytes);
        }
        if (!hasRoom(out, sender)) {
            return Failure.NO_ROOM;
        }
        IpAddress source = way.source();
        int scope = out.scopeOf(target.high(), target.low());
        int mtu = datagrams.mtu(out, target.high(), target.low(), scope);
        Packet datagram = packets.forLength(bytes);
        if (datagram == null) {
            UdpCounter why = UdpCounter.sndbufErrors(isIpv4);
            counters.increment(why);
            notSent(why, out, source, target, UdpHeader.PROTOCOL, bytes);
            return Failure.NO_BUFFER_SPACE;
        }
        UdpOutput.write(datagram, from.localPort(), port, payload, offset, length);
        UdpOutput.checksum(
                datagram,
                source.high(),
                source.low(),
                target.high(),
                target.low(),
                datagram.length() + IpOutput.headerBytes(isIpv4) <= mtu);
        boolean sent = datagrams.send(
                out,
                mtu,
                datagram,
                datagrams.header(
                        source.high(),
                        source.low(),
                        target.high(),
                        target.low(),
                        UdpHeader.PROTOCOL,
                        options.trafficClass(),
                        options.hopLimit()),
                true);
        if (sent) {
            counters.increment(UdpCounter.outDatagrams(isIpv4));
            return Failure.NONE;
        }
        host.tellDrops();
        if (!out.isUp()) {
            return Failure.NETWORK_DOWN;
        }
        counters.increment(UdpCounter.sndbufErrors(isIpv4));
        return Failure.NO_BUFFER_SPACE;
    }

    /** Whether the link has room; if not, the endpoint is writable again when it has. */
    private static boolean hasRoom(HostInterface out, UdpEndpoint sender) {
        if (out.hasRoom()) {
            return true;
        }
        // First this, then the word to the interface: who makes room after that finds the endpoint waiting.
        sender.awaitsRoom(true);
        if (!out.awaitRoom(sender)) {
            return false;
        }
        sender.awaitsRoom(false);
        return true;
    }
}
