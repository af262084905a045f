package dev.heddle.core.icmp;

/** The events that ICMP counts, under the names that {@code nstat} gives them (RFC 4293). */
public enum IcmpCounter {
    IcmpInMsgs,
    IcmpInErrors,
    IcmpInCsumErrors,
    IcmpInDestUnreachs,
    IcmpInTimeExcds,
    IcmpInParmProbs,
    IcmpInSrcQuenchs,
    IcmpInRedirects,
    IcmpInEchos,
    IcmpInEchoReps,
    IcmpOutMsgs,
    IcmpOutEchoReps,
    IcmpOutDestUnreachs,
    IcmpOutTimeExcds,
    IcmpOutParmProbs,
    /** Errors that were not sent: too many to all, or to one destination. */
    IcmpOutRateLimitGlobal,
    IcmpOutRateLimitHost,

    Icmp6InMsgs,
    Icmp6InErrors,
    Icmp6InCsumErrors,
    Icmp6InDestUnreachs,
    Icmp6InPktTooBigs,
    Icmp6InTimeExcds,
    Icmp6InParmProblems,
    Icmp6InEchos,
    Icmp6InEchoReplies,
    Icmp6InGroupMembQueries,
    Icmp6InGroupMembResponses,
    Icmp6InMLDv2Reports,
    Icmp6InRouterSolicits,
    Icmp6InRouterAdvertisements,
    Icmp6InNeighborSolicits,
    Icmp6InNeighborAdvertisements,
    Icmp6InRedirects,
    Icmp6OutMsgs,
    Icmp6OutEchoReplies,
    Icmp6OutDestUnreachs,
    Icmp6OutTimeExcds,
    Icmp6OutParmProblems,
    /** Errors that were not sent: too many to all, or to one destination. */
    Icmp6OutRateLimitGlobal,
    Icmp6OutRateLimitHost
}
