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
    IpReasmReqds,
    IpReasmFails,
    /** Header checksum errors, also counted in {@link #IpInHdrErrors}. */
    IpExtInCsumErrors,
    /** Packets shorter than their header says, also counted in {@link #IpInHdrErrors}. */
    IpExtInTruncatedPkts,

    Ip6InReceives,
    Ip6InHdrErrors,
    Ip6InAddrErrors,
    Ip6InUnknownProtos,
    Ip6InDiscards,
    Ip6InDelivers,
    Ip6OutRequests,
    Ip6OutDiscards,
    Ip6OutNoRoutes,
    Ip6ReasmReqds,
    Ip6ReasmFails,
    /** Packets shorter than their header says, also counted in {@link #Ip6InHdrErrors}. */
    Ip6InTruncatedPkts;

    /** A packet was handed to IP for sending. */
    public static IpCounter outRequests(boolean ipv4) {
        return ipv4 ? IpOutRequests : Ip6OutRequests;
    }

    /** A packet to send was dropped although it was right. */
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

    static IpCounter inAddrErrors(boolean ipv4) {
        return ipv4 ? IpInAddrErrors : Ip6InAddrErrors;
    }

    static IpCounter inUnknownProtos(boolean ipv4) {
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
}
