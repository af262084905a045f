package dev.heddle.core.ip;

/** The events that IP counts, under the names that {@code nstat} gives them (RFC 4293). */
public enum IpCounter {
    IpInReceives,
    IpInHdrErrors,
    IpInAddrErrors,
    IpInUnknownProtos,
    IpInDiscards,
    IpInDelivers,
    IpOutRequests,
    IpOutDiscards,
    IpOutNoRoutes,
    IpReasmTimeout,
    IpReasmReqds,
    IpReasmOKs,
    IpReasmFails,
    /** Datagrams sent in fragments, that could not be, and the fragments. */
    IpFragOKs,
    IpFragFails,
    IpFragCreates,
    /** Header checksum errors, also counted in {@link #IpInHdrErrors}. */
    IpExtInCsumErrors,
    /** Packets shorter than their header says, also counted in {@link #IpInHdrErrors}. */
    IpExtInTruncatedPkts,
    /** Datagrams whose fragments overlap, also counted in {@link #IpReasmFails}. */
    IpExtReasmOverlaps,
    IpExtInNoECTPkts,
    IpExtInECT1Pkts,
    IpExtInECT0Pkts,
    IpExtInCEPkts,

    Ip6InReceives,
    Ip6InHdrErrors,
    Ip6InAddrErrors,
    Ip6InUnknownProtos,
    Ip6InDiscards,
    Ip6InDelivers,
    Ip6OutRequests,
    Ip6OutDiscards,
    Ip6OutNoRoutes,
    Ip6ReasmTimeout,
    Ip6ReasmReqds,
    Ip6ReasmOKs,
    Ip6ReasmFails,
    Ip6FragOKs,
    Ip6FragFails,
    Ip6FragCreates,
    /** Packets shorter than their header says, also counted in {@link #Ip6InHdrErrors}. */
    Ip6InTruncatedPkts,
    /** Packets whose fragments overlap, also counted in {@link #Ip6ReasmFails}. */
    Ip6ReasmOverlaps,
    Ip6InNoECTPkts,
    Ip6InECT1Pkts,
    Ip6InECT0Pkts,
    Ip6InCEPkts;

    private static final IpCounter[] IPV4_ECN = {IpExtInNoECTPkts, IpExtInECT1Pkts, IpExtInECT0Pkts, IpExtInCEPkts};
    private static final IpCounter[] IPV6_ECN = {Ip6InNoECTPkts, Ip6InECT1Pkts, Ip6InECT0Pkts, Ip6InCEPkts};

    /** A packet arrived with this codepoint in the low bits of its traffic class (RFC 3168 5). */
    static IpCounter inEcn(boolean ipv4, int trafficClass) {
        return (ipv4 ? IPV4_ECN : IPV6_ECN)[trafficClass & 3];
    }

    /** A packet was handed to IP for sending, and there is a way; whether it is dropped then or not. */
    public static IpCounter outRequests(boolean ipv4) {
        return ipv4 ? IpOutRequests : Ip6OutRequests;
    }

    /** A packet to send was dropped although it was right; not if it had to be fragmented. */
    public static IpCounter outDiscards(boolean ipv4) {
        return ipv4 ? IpOutDiscards : Ip6OutDiscards;
    }

    /** A packet to send had no route. */
    public static IpCounter outNoRoutes(boolean ipv4) {
        return ipv4 ? IpOutNoRoutes : Ip6OutNoRoutes;
    }

    /** A received packet was dropped although it was right. */
    public static IpCounter inDiscards(boolean ipv4) {
        return ipv4 ? IpInDiscards : Ip6InDiscards;
    }

    static IpCounter inReceives(boolean ipv4) {
        return ipv4 ? IpInReceives : Ip6InReceives;
    }

    static IpCounter inHdrErrors(boolean ipv4) {
        return ipv4 ? IpInHdrErrors : Ip6InHdrErrors;
    }

    public static IpCounter inAddrErrors(boolean ipv4) {
        return ipv4 ? IpInAddrErrors : Ip6InAddrErrors;
    }

    public static IpCounter inUnknownProtos(boolean ipv4) {
        return ipv4 ? IpInUnknownProtos : Ip6InUnknownProtos;
    }

    static IpCounter inDelivers(boolean ipv4) {
        return ipv4 ? IpInDelivers : Ip6InDelivers;
    }

    static IpCounter reasmReqds(boolean ipv4) {
        return ipv4 ? IpReasmReqds : Ip6ReasmReqds;
    }

    static IpCounter reasmFails(boolean ipv4) {
        return ipv4 ? IpReasmFails : Ip6ReasmFails;
    }

    static IpCounter inTruncatedPkts(boolean ipv4) {
        return ipv4 ? IpExtInTruncatedPkts : Ip6InTruncatedPkts;
    }

    static IpCounter reasmOks(boolean ipv4) {
        return ipv4 ? IpReasmOKs : Ip6ReasmOKs;
    }

    static IpCounter reasmTimeout(boolean ipv4) {
        return ipv4 ? IpReasmTimeout : Ip6ReasmTimeout;
    }

    static IpCounter reasmOverlaps(boolean ipv4) {
        return ipv4 ? IpExtReasmOverlaps : Ip6ReasmOverlaps;
    }

    /** A datagram was sent in fragments. */
    public static IpCounter fragOks(boolean ipv4) {
        return ipv4 ? IpFragOKs : Ip6FragOKs;
    }

    /** A datagram had to be fragmented and was not sent, or not as a whole. */
    public static IpCounter fragFails(boolean ipv4) {
        return ipv4 ? IpFragFails : Ip6FragFails;
    }

    /** A fragment was made. */
    public static IpCounter fragCreates(boolean ipv4) {
        return ipv4 ? IpFragCreates : Ip6FragCreates;
    }
}
