package dev.heddle.core.ip;

/** What {@link IpInput} says of a packet. All but {@link #DROPPED} leave the packet's IP fields filled. */
public enum IpVerdict {
    TCP,
    UDP,
    ICMP,
    ICMPV6,
    /** For this host, but of a transport that it does not have. */
    UNKNOWN_PROTOCOL,
    /** A fragment for this host. Not reassembled: counted, to be dropped. */
    FRAGMENT,
    /** Well formed, but for another host. */
    NOT_LOCAL,
    /** Refused and counted. */
    DROPPED
}
