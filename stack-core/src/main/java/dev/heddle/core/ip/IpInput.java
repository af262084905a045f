package dev.heddle.core.ip;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.UdpHeader;
import java.nio.ByteBuffer;

/**
 * The input side of IP for one interface: decides what a received packet is and whether it is for this host. Not
 * thread-safe; belongs to the holder of the interface's pump role.
 */
public final class IpInput {

    /** {@code 224.0.0.1}, {@code ff02::1} and {@code ff01::1}: all hosts, the only groups that a host is always in. */
    private static final long ALL_HOSTS_V4 = IpAddress.mapped(0xe0000001);

    private static final long ALL_NODES_LINK_HIGH = 0xff02L << 48;
    private static final long ALL_NODES_INTERFACE_HIGH = 0xff01L << 48;

    private final CounterSet<IpCounter> counters;
    private final CounterSet<Refusal> refusals;
    private final boolean loopback;
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();

    /** Makes the input of an interface to other hosts. */
    public IpInput(CounterSet<IpCounter> counters, CounterSet<Refusal> refusals) {
        this(counters, refusals, false);
    }

    /**
     * @param refusals counts each packet that is dropped, by its reason
     * @param loopback whether the interface leads back to this host: then, and only then, packets may carry loopback
     *     addresses and come from the host's own addresses
     */
    public IpInput(CounterSet<IpCounter> counters, CounterSet<Refusal> refusals, boolean loopback) {
        this.counters = counters;
        this.refusals = refusals;
        this.loopback = loopback;
    }

    /**
     * Validates a contiguous packet, cuts off what the link padded, and fills the packet's IP fields from
     * {@link Packet#sourceHigh} to {@link Packet#hopLimit}. Transport headers are not looked at.
     */
    public IpVerdict accept(Packet packet, IpLocalAddresses local) {
        ByteBuffer b = packet.buffer();
        int version = packet.headLength() == 0 ? 0 : (b.get(packet.offset()) & 0xf0) >>> 4;
        boolean isIpv4 = version != 6;
        counters.increment(IpCounter.inReceives(isIpv4));
        Refusal refusal = switch (version) {
            case 4 -> parseIpv4(packet);
            case 6 -> parseIpv6(packet);
            default -> Refusal.IP_VERSION;
        };
        if (refusal != Refusal.NONE) {
            return refuseHeader(refusal, isIpv4);
        }
        refusal = isIpv4 ? checkIpv4Addresses(packet, local) : checkIpv6Addresses(packet, local);
        if (refusal != Refusal.NONE) {
            return drop(refusal, IpCounter.inAddrErrors(isIpv4));
        }
        return verdict(packet, local, isIpv4);
    }

    private IpVerdict verdict(Packet packet, IpLocalAddresses local, boolean isIpv4) {
        boolean unicast = isUnicastHere(packet.destinationHigh, packet.destinationLow, local);
        if (!unicast && !isGroupHere(packet.destinationHigh, packet.destinationLow, local)) {
            counters.increment(IpCounter.inAddrErrors(isIpv4));
            return IpVerdict.NOT_LOCAL;
        }
        // The flags are read only now: a fragment for somebody else needs no buffers of ours.
        if (isIpv4 ? ipv4.isFragment() : ipv6.isFragment()) {
            counters.increment(IpCounter.reasmReqds(isIpv4));
            counters.increment(IpCounter.reasmFails(isIpv4));
            return IpVerdict.FRAGMENT;
        }
        IpVerdict verdict = transport(packet.protocol, isIpv4);
        if (verdict == IpVerdict.UNKNOWN_PROTOCOL) {
            counters.increment(IpCounter.inUnknownProtos(isIpv4));
            return verdict;
        }
        if (verdict == IpVerdict.TCP && !unicast) {
            return drop(Refusal.TCP_DESTINATION_ADDRESS, IpCounter.inDiscards(isIpv4));
        }
        counters.increment(IpCounter.inDelivers(isIpv4));
        return verdict;
    }

    private static IpVerdict transport(int protocol, boolean isIpv4) {
        return switch (protocol) {
            case TcpHeader.PROTOCOL -> IpVerdict.TCP;
            case UdpHeader.PROTOCOL -> IpVerdict.UDP;
            case IcmpMessage.PROTOCOL_V4 -> isIpv4 ? IpVerdict.ICMP : IpVerdict.UNKNOWN_PROTOCOL;
            case IcmpMessage.PROTOCOL_V6 -> isIpv4 ? IpVerdict.UNKNOWN_PROTOCOL : IpVerdict.ICMPV6;
            default -> IpVerdict.UNKNOWN_PROTOCOL;
        };
    }

    private Refusal parseIpv4(Packet packet) {
        Refusal refusal = ipv4.wrap(packet.buffer(), packet.offset(), packet.headLength());
        if (refusal != Refusal.NONE) {
            return refusal;
        }
        if (!ipv4.verifyChecksum()) {
            return Refusal.IPV4_CHECKSUM;
        }
        packet.head(packet.offset(), ipv4.totalLength());
        packet.sourceHigh = 0;
        packet.sourceLow = IpAddress.mapped(ipv4.source());
        packet.destinationHigh = 0;
        packet.destinationLow = IpAddress.mapped(ipv4.destination());
        packet.protocol = ipv4.protocol();
        packet.transportOffset = ipv4.transportOffset();
        packet.transportLength = ipv4.transportLength();
        packet.trafficClass = ipv4.trafficClass();
        packet.hopLimit = ipv4.ttl();
        return Refusal.NONE;
    }

    private Refusal parseIpv6(Packet packet) {
        Refusal refusal = ipv6.wrap(packet.buffer(), packet.offset(), packet.headLength());
        if (refusal != Refusal.NONE) {
            return refusal;
        }
        packet.head(packet.offset(), Ipv6Header.HEADER_BYTES + ipv6.payloadLength());
        packet.sourceHigh = ipv6.sourceHigh();
        packet.sourceLow = ipv6.sourceLow();
        packet.destinationHigh = ipv6.destinationHigh();
        packet.destinationLow = ipv6.destinationLow();
        packet.protocol = ipv6.protocol();
        packet.transportOffset = ipv6.transportOffset();
        packet.transportLength = ipv6.transportLength();
        packet.trafficClass = ipv6.trafficClass();
        packet.hopLimit = ipv6.hopLimit();
        return Refusal.NONE;
    }

    /** RFC 1122 3.2.1.3; RFC 9293 MUST-63 names the same for SYNs. */
    private Refusal checkIpv4Addresses(Packet packet, IpLocalAddresses local) {
        long source = packet.sourceLow;
        long destination = packet.destinationLow;
        if (isThisNetwork(source)
                || IpAddress.isMulticast(0, source)
                || local.isBroadcast(0, source)
                || isForeignLoopOrOwn(0, source, local)) {
            return Refusal.IPV4_SOURCE_ADDRESS;
        }
        if (isThisNetwork(destination) || (!loopback && IpAddress.isLoopback(0, destination))) {
            return Refusal.IPV4_DESTINATION_ADDRESS;
        }
        return Refusal.NONE;
    }

    private Refusal checkIpv6Addresses(Packet packet, IpLocalAddresses local) {
        long sourceHigh = packet.sourceHigh;
        long sourceLow = packet.sourceLow;
        long destinationHigh = packet.destinationHigh;
        long destinationLow = packet.destinationLow;
        if (IpAddress.isIpv4(sourceHigh, sourceLow) || IpAddress.isIpv4(destinationHigh, destinationLow)) {
            return Refusal.IPV6_MAPPED_ADDRESS;
        }
        // Only hosts that do not have an address yet send from "::", and only ICMPv6 (RFC 4861 4.1, RFC 4862 5.4.2).
        boolean nameless = (sourceHigh | sourceLow) == 0 && packet.protocol != IcmpMessage.PROTOCOL_V6;
        if (nameless
                || IpAddress.isMulticast(sourceHigh, sourceLow)
                || isForeignLoopOrOwn(sourceHigh, sourceLow, local)) {
            return Refusal.IPV6_SOURCE_ADDRESS;
        }
        if ((destinationHigh | destinationLow) == 0
                || (!loopback && IpAddress.isLoopback(destinationHigh, destinationLow))) {
            return Refusal.IPV6_DESTINATION_ADDRESS;
        }
        return Refusal.NONE;
    }

    /** Whether an IPv4 address is in {@code 0.0.0.0/8}. */
    private static boolean isThisNetwork(long mappedLow) {
        return (mappedLow & 0xff00_0000L) == 0;
    }

    /** Whether a source claims to be this very host on an interface that does not lead back to it. */
    private boolean isForeignLoopOrOwn(long high, long low, IpLocalAddresses local) {
        return !loopback && (IpAddress.isLoopback(high, low) || local.contains(high, low));
    }

    private boolean isUnicastHere(long high, long low, IpLocalAddresses local) {
        return local.contains(high, low) || (loopback && IpAddress.isLoopback(high, low));
    }

    private static boolean isGroupHere(long high, long low, IpLocalAddresses local) {
        return (high == 0 && low == ALL_HOSTS_V4)
                || (low == 1 && (high == ALL_NODES_LINK_HIGH || high == ALL_NODES_INTERFACE_HIGH))
                || local.isBroadcast(high, low);
    }

    private IpVerdict refuseHeader(Refusal refusal, boolean isIpv4) {
        switch (refusal) {
            case IPV6_NO_NEXT_HEADER -> {
                return drop(refusal, IpCounter.inDiscards(isIpv4)); // nothing is wrong with it
            }
            case IPV4_CHECKSUM -> counters.increment(IpCounter.IpExtInCsumErrors);
            case IPV4_TRUNCATED, IPV4_TOTAL_LENGTH, IPV6_TRUNCATED, IPV6_PAYLOAD_LENGTH ->
                counters.increment(IpCounter.inTruncatedPkts(isIpv4));
            default -> {
                // the other reasons have no MIB counter of their own
            }
        }
        return drop(refusal, IpCounter.inHdrErrors(isIpv4));
    }

    private IpVerdict drop(Refusal refusal, IpCounter counter) {
        refusals.increment(refusal);
        counters.increment(counter);
        return IpVerdict.DROPPED;
    }
}
