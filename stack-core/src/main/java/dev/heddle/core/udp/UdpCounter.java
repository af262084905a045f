package dev.heddle.core.udp;

/** The events that UDP counts, under the names that {@code nstat} gives them (RFC 4113). */
public enum UdpCounter {
    UdpInDatagrams,
    UdpNoPorts,
    UdpInErrors,
    /** Checksum errors, also counted in {@link #UdpInErrors}. */
    UdpInCsumErrors,

    Udp6InDatagrams,
    Udp6NoPorts,
    Udp6InErrors,
    /** Checksum errors, also counted in {@link #Udp6InErrors}. */
    Udp6InCsumErrors;

    static UdpCounter inDatagrams(boolean ipv4) {
        return ipv4 ? UdpInDatagrams : Udp6InDatagrams;
    }

    static UdpCounter noPorts(boolean ipv4) {
        return ipv4 ? UdpNoPorts : Udp6NoPorts;
    }

    static UdpCounter inErrors(boolean ipv4) {
        return ipv4 ? UdpInErrors : Udp6InErrors;
    }

    static UdpCounter inCsumErrors(boolean ipv4) {
        return ipv4 ? UdpInCsumErrors : Udp6InCsumErrors;
    }
}
