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

    /** {@code 224.0.0.1}, {@code ff02::1} and within a host {@code ff01::1}: all hosts, the only groups that it is always in. */
    private static final long ALL_HOSTS_V4 = IpAddress.mapped(0xe0000001);

    /* Codes of an ICMPv6 parameter problem (RFC 4443 3.4, RFC 7112 6). */
    private static final int UNRECOGNIZED_NEXT_HEADER = 1;
    private static final int INCOMPLETE_HEADER_CHAIN = 3;

    private static final long ALL_NODES_LINK_HIGH = 0xff02L << 48;
    private static final long ALL_NODES_INTERFACE_HIGH = 0xff01L << 48;

    private final CounterSet<IpCounter> counters;
    private final CounterSet<Refusal> refusals;
    private final boolean loopback;
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final Fragment fragment = new Fragment();
    private int problemCode;
    private int problemPointer;

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
            IpVerdict dropped = refuseHeader(refusal, isIpv4);
            return isTold(packet, local, version) ? IpVerdict.PARAMETER_PROBLEM : dropped;
        }
        countEcn(packet, isIpv4);
        return judge(packet, local, isIpv4);
    }

    /**
     * Judges a datagram that was made of its fragments, each of which was accepted.
     *
     * @param packet what {@link Reassembly} gave
     */
    public IpVerdict acceptReassembled(Packet packet, IpLocalAddresses local) {
        boolean isIpv4 = (packet.buffer().get(packet.offset()) & 0xf0) >>> 4 == 4;
        Refusal refusal = isIpv4 ? parseIpv4(packet) : parseIpv6(packet);
        if (refusal == Refusal.NONE && !isIpv4 && ipv6.isFragment()) {
            refusal = Refusal.IPV6_FRAGMENT; // a fragment of a fragment: RFC 8200 4.1 knows one fragment header
        }
        if (refusal != Refusal.NONE) {
            IpVerdict dropped = refuseHeader(refusal, isIpv4);
            return isTold(packet, local, isIpv4 ? 4 : 6) ? IpVerdict.PARAMETER_PROBLEM : dropped;
        }
        return judge(packet, local, isIpv4);
    }

    /** Of the packet with the verdict {@link IpVerdict#FRAGMENT}, until the next packet. */
    public Fragment fragment() {
        return fragment;
    }

    /**
     * What is wrong with the packet with the verdict {@link IpVerdict#PARAMETER_PROBLEM}, and of an IPv6 packet with the
     * verdict {@link IpVerdict#UNKNOWN_PROTOCOL}: the code of the error message.
     */
    public int problemCode() {
        return problemCode;
    }

    /** The octet of the packet that is wrong. */
    public int problemPointer() {
        return problemPointer;
    }

    private IpVerdict judge(Packet packet, IpLocalAddresses local, boolean isIpv4) {
        Refusal refusal = isIpv4 ? checkIpv4Addresses(packet, local) : checkIpv6Addresses(packet, local);
        if (refusal != Refusal.NONE) {
            return drop(refusal, IpCounter.inAddrErrors(isIpv4));
        }
        return verdict(packet, local, isIpv4);
    }

    /** A super-segment counts as the packets that it was made of: only equal marks are put together. */
    private void countEcn(Packet packet, boolean isIpv4) {
        int gsoSize = packet.gsoSize();
        int packets = gsoSize == 0 ? 1 : Math.max(1, (packet.transportLength + gsoSize - 1) / gsoSize);
        counters.add(IpCounter.inEcn(isIpv4, packet.trafficClass), packets);
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
            return fragmentVerdict(packet, isIpv4, unicast);
        }
        IpVerdict verdict = transport(packet.protocol, isIpv4);
        if (verdict == IpVerdict.UNKNOWN_PROTOCOL) {
            counters.increment(IpCounter.inUnknownProtos(isIpv4));
            if (!isIpv4) {
                problemCode = UNRECOGNIZED_NEXT_HEADER;
                problemPointer = ipv6.protocolPointer();
            }
            return verdict;
        }
        if (verdict == IpVerdict.TCP && !unicast) {
            return drop(Refusal.TCP_DESTINATION_ADDRESS, IpCounter.inDiscards(isIpv4));
        }
        counters.increment(IpCounter.inDelivers(isIpv4));
        return verdict;
    }

    private IpVerdict fragmentVerdict(Packet packet, boolean isIpv4, boolean unicast) {
        describeFragment(packet, isIpv4);
        Refusal refusal = isIpv4 ? checkFragmentV4(packet) : checkFragmentV6();
        if (refusal == Refusal.NONE) {
            return IpVerdict.FRAGMENT;
        }
        counters.increment(IpCounter.reasmFails(isIpv4));
        refusals.increment(refusal);
        problemCode = INCOMPLETE_HEADER_CHAIN;
        problemPointer = 0;
        return !isIpv4 && unicast ? IpVerdict.PARAMETER_PROBLEM : IpVerdict.DROPPED;
    }

    /** RFC 1858 3 and RFC 3128 3, and not only for TCP's ports and flags: options decide as well. */
    private Refusal checkFragmentV4(Packet packet) {
        boolean tiny = fragment.isFirst() && !ipv4.holdsTransportHeader();
        boolean rewriting = fragment.offsetBytes == 8 && packet.protocol == TcpHeader.PROTOCOL;
        return tiny || rewriting ? Refusal.FRAGMENT_TINY : Refusal.NONE;
    }

    private Refusal checkFragmentV6() {
        return fragment.isFirst() && !ipv6.holdsHeaderChain() ? Refusal.FRAGMENT_HEADER_CHAIN : Refusal.NONE;
    }

    private void describeFragment(Packet packet, boolean isIpv4) {
        Fragment f = fragment;
        f.headerBytes = packet.transportOffset - packet.offset();
        f.identification = isIpv4 ? ipv4.identification() : ipv6.identification();
        f.offsetBytes = isIpv4 ? ipv4.fragmentOffsetBytes() : ipv6.fragmentOffsetBytes();
        f.moreFragments = isIpv4 ? ipv4.moreFragments() : ipv6.moreFragments();
        f.perFragmentBytes = isIpv4 ? f.headerBytes : ipv6.perFragmentBytes();
        f.protocolPointer = isIpv4 ? 0 : ipv6.fragmentProtocolPointer();
    }

    /**
     * Whether the sender of a packet with a header that was refused is told, which RFC 1122 3.2.2.5 and RFC 4443 3.4 ask for
     * some refusals: if the packet was for this host and what it says of itself can be right.
     */
    private boolean isTold(Packet packet, IpLocalAddresses local, int version) {
        if (version == 4) {
            if (ipv4.problemPointer() < 0 || !ipv4.verifyChecksum()) {
                return false;
            }
            packet.head(packet.offset(), ipv4.totalLength());
            fillFrom(ipv4, packet);
            problemCode = 0;
            problemPointer = ipv4.problemPointer();
            return checkIpv4Addresses(packet, local) == Refusal.NONE
                    && isUnicastHere(packet.destinationHigh, packet.destinationLow, local);
        }
        if (version != 6 || ipv6.problemCode() == Ipv6Header.NO_PROBLEM) {
            return false;
        }
        packet.head(packet.offset(), Ipv6Header.HEADER_BYTES + ipv6.payloadLength());
        fillFrom(ipv6, packet);
        problemCode = ipv6.problemCode();
        problemPointer = ipv6.problemPointer();
        return checkIpv6Addresses(packet, local) == Refusal.NONE
                && (isUnicastHere(packet.destinationHigh, packet.destinationLow, local)
                        || ipv6.isProblemOfGroups()
                                && isGroupHere(packet.destinationHigh, packet.destinationLow, local));
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
        fillFrom(ipv4, packet);
        return Refusal.NONE;
    }

    private Refusal parseIpv6(Packet packet) {
        Refusal refusal = ipv6.wrap(packet.buffer(), packet.offset(), packet.headLength());
        if (refusal != Refusal.NONE) {
            return refusal;
        }
        packet.head(packet.offset(), Ipv6Header.HEADER_BYTES + ipv6.payloadLength());
        fillFrom(ipv6, packet);
        return Refusal.NONE;
    }

    private static void fillFrom(Ipv4Header header, Packet packet) {
        packet.sourceHigh = 0;
        packet.sourceLow = IpAddress.mapped(header.source());
        packet.destinationHigh = 0;
        packet.destinationLow = IpAddress.mapped(header.destination());
        packet.protocol = header.protocol();
        packet.transportOffset = header.transportOffset();
        packet.transportLength = header.transportLength();
        packet.trafficClass = header.trafficClass();
        packet.hopLimit = header.ttl(); // whatever it is: RFC 1122 3.2.1.7
    }

    private static void fillFrom(Ipv6Header header, Packet packet) {
        packet.sourceHigh = header.sourceHigh();
        packet.sourceLow = header.sourceLow();
        packet.destinationHigh = header.destinationHigh();
        packet.destinationLow = header.destinationLow();
        packet.protocol = header.protocol();
        packet.transportOffset = header.transportOffset();
        packet.transportLength = header.transportLength();
        packet.trafficClass = header.trafficClass();
        packet.hopLimit = header.hopLimit();
    }

    /** RFC 1122 3.2.1.3; RFC 9293 MUST-63 names the same for SYNs. */
    private Refusal checkIpv4Addresses(Packet packet, IpLocalAddresses local) {
        long source = packet.sourceLow;
        long destination = packet.destinationLow;
        if (isThisNetwork(source)
                || isReserved(source)
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
                || (!loopback
                        && (IpAddress.isLoopback(destinationHigh, destinationLow)
                                || isInterfaceLocalGroup(destinationHigh)))) {
            return Refusal.IPV6_DESTINATION_ADDRESS;
        }
        return Refusal.NONE;
    }

    /** Whether an IPv6 address is of a group that ends at the interface (RFC 4291 2.7): from another host it is a mistake. */
    private static boolean isInterfaceLocalGroup(long high) {
        return high >>> 56 == 0xff && (high >>> 48 & 0xf) <= 1;
    }

    /** Whether an IPv4 address is in {@code 0.0.0.0/8}. */
    private static boolean isThisNetwork(long mappedLow) {
        return (mappedLow & 0xff00_0000L) == 0;
    }

    /** Whether an IPv4 address is in {@code 240.0.0.0/4}, class E (RFC 1122 3.2.1.3); the limited broadcast address is. */
    private static boolean isReserved(long mappedLow) {
        return (mappedLow & 0xf000_0000L) == 0xf000_0000L;
    }

    /** Whether a source claims to be this very host on an interface that does not lead back to it. */
    private boolean isForeignLoopOrOwn(long high, long low, IpLocalAddresses local) {
        return !loopback && (IpAddress.isLoopback(high, low) || local.contains(high, low));
    }

    private boolean isUnicastHere(long high, long low, IpLocalAddresses local) {
        return local.contains(high, low)
                || (loopback && IpAddress.isLoopback(high, low) && !local.isBroadcast(high, low));
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
