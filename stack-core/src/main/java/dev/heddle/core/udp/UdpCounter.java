package dev.heddle.core.udp;

/** The events that UDP counts, under the names that {@code nstat} gives them (RFC 4113). */
public enum UdpCounter {
    /** Datagrams that an endpoint has taken. */
    UdpInDatagrams,
    UdpNoPorts,
    /** Datagrams that were not right, or that nobody had room for. */
    UdpInErrors,
    UdpOutDatagrams,
    /** As much waited for the application as may, also counted in {@link #UdpInErrors}. */
    UdpRcvbufErrors,
    /** No memory to send. */
    UdpSndbufErrors,
    /** Checksum errors, also counted in {@link #UdpInErrors}. */
    UdpInCsumErrors,
    /** No memory to receive, also counted in {@link #UdpInErrors}. */
    UdpMemErrors,

    Udp6InDatagrams,
    Udp6NoPorts,
    /** Datagrams that were not right, or that nobody had room for. */
    Udp6InErrors,
    Udp6OutDatagrams,
    /** As much waited for the application as may, also counted in {@link #Udp6InErrors}. */
    Udp6RcvbufErrors,
    /** No memory to send. */
    Udp6SndbufErrors,
    /** Checksum errors, also counted in {@link #Udp6InErrors}. */
    Udp6InCsumErrors,
    /** No memory to receive, also counted in {@link #Udp6InErrors}. */
    Udp6MemErrors;

    static UdpCounter inDatagrams(boolean ipv4) {
        return ipv4 ? UdpInDatagrams : Udp6InDatagrams;
    }

    public static UdpCounter noPorts(boolean ipv4) {
        return ipv4 ? UdpNoPorts : Udp6NoPorts;
    }

    static UdpCounter inErrors(boolean ipv4) {
        return ipv4 ? UdpInErrors : Udp6InErrors;
    }

    public static UdpCounter rcvbufErrors(boolean ipv4) {
        return ipv4 ? UdpRcvbufErrors : Udp6RcvbufErrors;
    }

    public static UdpCounter memErrors(boolean ipv4) {
        return ipv4 ? UdpMemErrors : Udp6MemErrors;
    }

    static UdpCounter inCsumErrors(boolean ipv4) {
        return ipv4 ? UdpInCsumErrors : Udp6InCsumErrors;
    }

    public static UdpCounter outDatagrams(boolean ipv4) {
        return ipv4 ? UdpOutDatagrams : Udp6OutDatagrams;
    }

    public static UdpCounter sndbufErrors(boolean ipv4) {
        return ipv4 ? UdpSndbufErrors : Udp6SndbufErrors;
    }
}
