package dev.heddle.core.host;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.ip.RoutingTable;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.tcp.SegmentOutput;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/** The way out of a host: finds the route, puts the IP header in front of segments and hands them to the interface. Any thread. */
final class Outbound implements SegmentOutput {

    /** Room for the headers of a segment and little more, for when the memory limit is reached. */
    private static final int RESERVE_CAPACITY = 1500;

    private static final int FLOW_LABEL_MASK = 0xf_ffff;

    private final Host host;
    private final PacketPool packets;
    private final KeyedHash flowLabels;
    private final Identifications identifications;
    private final CounterSet<IpCounter> counters;
    private final Paths paths = new Paths();

    Outbound(
            Host host,
            PacketPool packets,
            KeyedHash flowLabels,
            Identifications identifications,
            CounterSet<IpCounter> counters) {
        this.host = host;
        this.packets = packets;
        this.flowLabels = flowLabels;
        this.identifications = identifications;
        this.counters = counters;
    }

    /** What is known of the ways that packets take. */
    Paths paths() {
        return paths;
    }

    /** The interface that leads to an address; null if there is no route, or the interface is down. */
    @Nullable HostInterface interfaceTo(long high, long low, int scope) {
        if (isHere(high, low)) {
            return host.network().loopback();
        }
        if (scope != 0) {
            return host.network().networkInterface(scope);
        }
        RoutingTable.Route route = host.network().routeTo(high, low);
        return route == null ? null : host.network().networkInterface(route.interfaceIndex());
    }

    /**
     * The same for who has bound to an address: one that is unique only on its link leads to such addresses there and nowhere
     * else (RFC 4007 9).
     */
    @Nullable HostInterface interfaceTo(IpAddress target, @Nullable IpAddress from) {
        int scope = 0;
        if (from != null && from.isLinkLocal() && target.isLinkLocal()) {
            for (HostInterface each : host.interfaces()) {
                if (scope == 0 && each.addresses().contains(from.high(), from.low())) {
                    scope = each.index();
                }
            }
        }
        return interfaceTo(target.high(), target.low(), scope);
    }

    /** Whether only broken links lead to a peer. */
    boolean isCutOff(SocketPair pair) {
        HostInterface out = interfaceTo(pair.remoteHigh(), pair.remoteLow(), pair.scope());
        return out != null && !out.isUp();
    }

    /** The address to send from to an address: what the route prefers, then what suits best; null if there is none. */
    @Nullable IpAddress sourceFor(IpAddress remote) {
        if (remote.isLoopback()) {
            return host.network().loopback() == null
                    ? null
                    : remote.isIpv4() ? IpAddress.LOOPBACK_V4 : IpAddress.LOOPBACK_V6;
        }
        if (host.network().isLocal(remote)) {
            return remote;
        }
        RoutingTable.Route route = host.network().routeTo(remote.high(), remote.low());
        if (route == null) {
            return null;
        }
        if (route.preferredSource() != null) {
            return route.preferredSource();
        }
        HostInterface out = host.network().networkInterface(route.interfaceIndex());
        IpAddress source = out == null ? null : out.addresses().sourceFor(remote.high(), remote.low());
        if (source == null) {
            source = host.network().localAddresses().sourceFor(remote.high(), remote.low());
        }
        return source == null || source.isLoopback() ? null : source;
    }

    @Override
    public Packet acquire() {
        Packet packet = packets.small();
        // Without memory for acknowledgements and resets, memory would never come back: these few bytes live until the
        // return of transmit.
        return packet != null ? packet : new Packet(RESERVE_CAPACITY);
    }

    @Override
    public boolean transmit(Packet segment, SocketPair pair, int trafficClass, int hopLimit) {
        try {
            HostInterface out = prepare(segment, pair, trafficClass, hopLimit);
            if (out == null) {
                return true;
            }
            int bytes = segment.length();
            HostInterface.Sending sending = out.transmit(segment);
            if (sending == HostInterface.Sending.REFUSED) {
                return false;
            }
            counters.increment(IpCounter.outRequests(pair.isIpv4()));
            if (sending == HostInterface.Sending.LOST) {
                dropped(IpCounter.outDiscards(pair.isIpv4()), out, pair, bytes);
            }
            return true;
        } finally {
            giveBack(segment);
        }
    }

    @Override
    public void send(Packet segment, SocketPair pair, int trafficClass, int hopLimit) {
        HostInterface out = prepare(segment, pair, trafficClass, hopLimit);
        boolean kept = false;
        if (out != null) {
            int bytes = segment.length();
            HostInterface.Sending sending = out.transmit(segment);
            kept = sending == HostInterface.Sending.REFUSED && out.keep(segment);
            counters.increment(IpCounter.outRequests(pair.isIpv4()));
            if (!kept && sending != HostInterface.Sending.SENT) {
                dropped(IpCounter.outDiscards(pair.isIpv4()), out, pair, bytes);
            }
        }
        if (!kept) {
            giveBack(segment);
        }
    }

    @Override
    public void unanswered(SocketPair pair, long triedNs, long nowNs) {
        boolean routed = pair.scope() == 0 && !isHere(pair.remoteHigh(), pair.remoteLow());
        if (routed && host.network().unanswered(pair.remoteHigh(), pair.remoteLow(), triedNs, nowNs)) {
            paths.rerouted();
        }
    }

    private boolean isHere(long high, long low) {
        return host.network().localAddresses().contains(high, low) || IpAddress.isLoopback(high, low);
    }

    /** Puts the IP header in front and finds the way; null if it cannot go, which is counted and told. */
    private @Nullable HostInterface prepare(Packet segment, SocketPair pair, int trafficClass, int hopLimit) {
        boolean isIpv4 = pair.isIpv4();
        int bytes = segment.length() + IpOutput.headerBytes(isIpv4);
        HostInterface out = interfaceTo(pair.remoteHigh(), pair.remoteLow(), pair.scope());
        if (out == null) {
            dropped(IpCounter.outNoRoutes(isIpv4), null, pair, bytes);
            return null;
        }
        if (longestPart(segment, isIpv4) > out.capabilities().mtu()) {
            // The way has changed since the connection looked. It will look again, and send this in pieces that fit.
            counters.increment(IpCounter.outRequests(isIpv4));
            dropped(IpCounter.fragFails(isIpv4), out, pair, bytes);
            paths.rerouted();
            return null;
        }
        IpOutput.prepend(
                segment,
                pair.localHigh(),
                pair.localLow(),
                pair.remoteHigh(),
                pair.remoteLow(),
                TcpHeader.PROTOCOL,
                trafficClass,
                hopLimit,
                segment.mayBeFragmented() ? identification(pair) : 0,
                isIpv4 ? 0 : flowLabel(pair));
        return out;
    }

    private void dropped(IpCounter why, @Nullable HostInterface out, SocketPair pair, int bytes) {
        counters.increment(why);
        DropReports drops = host.dropReports();
        if (drops != null) {
            drops.segmentNotSent(why, out, pair, bytes);
        }
    }

    /** The longest packet that a segment becomes, super-segment or not. */
    private static int longestPart(Packet segment, boolean isIpv4) {
        int bytes = segment.gsoSize() == 0
                ? segment.length()
                : TcpHeader.lengthAt(segment.buffer(), segment.offset()) + segment.gsoSize();
        return IpOutput.headerBytes(isIpv4) + bytes;
    }

    /** Takes back what {@link #acquire} gave. */
    void giveBack(Packet packet) {
        if (packet.capacity() != RESERVE_CAPACITY) {
            packets.release(packet);
        }
    }

    /** RFC 6864 4.3 */
    private int identification(SocketPair pair) {
        return identifications.next(
                        pair.localHigh(), pair.localLow(), pair.remoteHigh(), pair.remoteLow(), TcpHeader.PROTOCOL)
                & 0xffff;
    }

    /** RFC 6437 3: the same for all packets of a connection, and not to be guessed. */
    private int flowLabel(SocketPair pair) {
        return flowLabels.ofPair(
                        pair.localHigh(),
                        pair.localLow(),
                        pair.localPort(),
                        pair.remoteHigh(),
                        pair.remoteLow(),
                        pair.remotePort(),
                        pair.scope())
                & FLOW_LABEL_MASK;
    }
}
