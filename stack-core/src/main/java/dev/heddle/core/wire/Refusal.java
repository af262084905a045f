package dev.heddle.core.wire;

/** Why a packet was refused; each reason but {@link #NONE} is also the name of a drop counter. */
public enum Refusal {
    /** Well formed. */
    NONE,

    /** Shorter than an IPv4 header. */
    IPV4_TRUNCATED,
    /** The version field is not 4. */
    IPV4_VERSION,
    /** The header length is below 20 bytes or beyond the packet (RFC 791 3.1). */
    IPV4_HEADER_LENGTH,
    /** The total length is below the header length or beyond the packet. */
    IPV4_TOTAL_LENGTH,
    /** The header checksum is wrong (RFC 1122 3.2.1.2). */
    IPV4_CHECKSUM,
    /** An option's length is wrong. */
    IPV4_OPTION_LENGTH,
    /** A source route, which hosts refuse (RFC 7126 4.3 and 4.4). */
    IPV4_SOURCE_ROUTE,
    /** A fragment's length is no multiple of 8, it is empty, or it ends beyond the largest datagram. */
    IPV4_FRAGMENT,
    /** The source cannot be one host's address: multicast, broadcast, or not for the wire (RFC 1122 3.2.1.3). */
    IPV4_SOURCE_ADDRESS,
    /** The destination is not for the wire: this host on this network, loopback. */
    IPV4_DESTINATION_ADDRESS,

    /** Shorter than an IPv6 header. */
    IPV6_TRUNCATED,
    /** The version field is not 6. */
    IPV6_VERSION,
    /** The payload length is beyond the packet. */
    IPV6_PAYLOAD_LENGTH,
    /** An extension header is beyond the payload. */
    IPV6_EXTENSION_LENGTH,
    /** A hop-by-hop header that does not come first (RFC 8200 4.1). */
    IPV6_EXTENSION_ORDER,
    /** More extension headers than any honest packet has (RFC 8504 5.3). */
    IPV6_EXTENSION_COUNT,
    /** An option is beyond its header. */
    IPV6_OPTION_LENGTH,
    /** An unknown option whose type says that the packet must be discarded (RFC 8200 4.2). */
    IPV6_OPTION_UNKNOWN,
    /** A routing header with segments left (RFC 5095, RFC 8200 4.4). */
    IPV6_ROUTING_HEADER,
    /** A fragment's length is no multiple of 8, it is empty, or it ends beyond the largest datagram (RFC 8200 4.5). */
    IPV6_FRAGMENT,
    /** There is nothing behind the headers, and they say so (RFC 8200 4.7). */
    IPV6_NO_NEXT_HEADER,
    /** The source is a multicast address, or the loopback address on a wire (RFC 4291 2.5.3 and 2.7). */
    IPV6_SOURCE_ADDRESS,
    /** The destination is the unspecified or the loopback address. */
    IPV6_DESTINATION_ADDRESS,
    /** A v4-mapped address in an IPv6 header, which could pass for an IPv4 host. */
    IPV6_MAPPED_ADDRESS,

    /** A first fragment without the whole header of its transport, or a fragment that would rewrite it (RFC 1858, 3128). */
    FRAGMENT_TINY,
    /** A first fragment without all headers (RFC 7112 5). */
    FRAGMENT_HEADER_CHAIN,
    /** A fragment overlaps another, or contradicts it about the datagram's length (RFC 5722 4, RFC 8200 4.5). */
    FRAGMENT_OVERLAP,
    /** A datagram in more fragments than any honest path makes. */
    FRAGMENT_COUNT,
    /** The datagram would be longer than a packet can be ("ping of death"). */
    FRAGMENT_TOO_LONG,
    /** Congestion was experienced by a datagram that is not capable of ECN in other fragments (RFC 3168 5.3). */
    FRAGMENT_ECN,
    /** There is no memory for a fragment: within its source's share, in reassembly, or at all. */
    FRAGMENT_MEMORY,

    /** Neither IPv4 nor IPv6, or empty. */
    IP_VERSION,

    /** Shorter than a TCP header. */
    TCP_TRUNCATED,
    /** The data offset is below 20 bytes or beyond the segment. */
    TCP_DATA_OFFSET,
    /** An option's length is 0 or 1, or the option is beyond the header (RFC 9293 MUST-7). */
    TCP_OPTION_LENGTH,
    /** A known option has a length that it cannot have. */
    TCP_OPTION_MALFORMED,
    /** The checksum is wrong (RFC 9293 MUST-3). */
    TCP_CHECKSUM,
    /** The destination is a broadcast or multicast address (RFC 9293 MUST-57). */
    TCP_DESTINATION_ADDRESS,

    /** Shorter than a UDP header. */
    UDP_TRUNCATED,
    /** The length field is below 8 or beyond the datagram. */
    UDP_LENGTH,
    /** The checksum is wrong, or missing over IPv6 (RFC 8200 8.1). */
    UDP_CHECKSUM,

    /** Shorter than an ICMP header. */
    ICMP_TRUNCATED,
    /** The checksum is wrong. */
    ICMP_CHECKSUM,
    /** An error message quotes too little, or not a packet. */
    ICMP_QUOTE
}
