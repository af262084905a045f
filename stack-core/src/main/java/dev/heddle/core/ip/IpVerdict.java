package dev.heddle.core.ip;

/** What {@link IpInput} says of a packet. All but {@link #DROPPED} leave the packet's IP fields filled. */
public enum IpVerdict {
    TCP,
    UDP,
    ICMP,
    ICMPV6,
    /** For this host, but of a transport that it does not have. */
    UNKNOWN_PROTOCOL,
    /** A fragment for this host: {@link IpInput#fragment} says of what. */
    FRAGMENT,
    /** Well formed, but for another host. */
    NOT_LOCAL,
    /** Refused and counted; its sender may be told: {@link IpInput#problemCode} and {@link IpInput#problemPointer} say what. */
    PARAMETER_PROBLEM,
    /** Refused and counted. */
    DROPPED
}
