package dev.heddle.core.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IP address as 128 bits; an IPv4 address is kept v4-mapped ({@code ::ffff:a.b.c.d}). Immutable. Code that runs for
 * every packet uses the static methods on the two halves instead of making instances.
 */
public final class IpAddress implements Comparable<IpAddress> {

    /** The low half's upper 32 bits of every v4-mapped address; the high half is 0. */
    private static final long MAPPED = 0xffff_0000_0000L;

    /** {@code 0.0.0.0}. */
    public static final IpAddress ANY_V4 = ofIpv4(0);

    /** {@code ::}. */
    public static final IpAddress ANY_V6 = of(0, 0);

    /** {@code 127.0.0.1}. */
    public static final IpAddress LOOPBACK_V4 = ofIpv4(0x7f000001);

    /** {@code ::1}. */
    public static final IpAddress LOOPBACK_V6 = of(0, 1);

    private final long high;
    private final long low;

    private IpAddress(long high, long low) {
        this.high = high;
        this.low = low;
    }

    public static IpAddress of(long high, long low) {
        return new IpAddress(high, low);
    }

    /** The IPv4 address with these 32 bits, {@code 0x7f000001} being {@code 127.0.0.1}. */
    public static IpAddress ofIpv4(int bits) {
        return new IpAddress(0, mapped(bits));
    }

    /** A scope is not taken over. */
    public static IpAddress of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.capacity() == 4 ? ofIpv4(bytes.getInt(0)) : of(bytes.getLong(0), bytes.getLong(8));
    }

    /**
     * Reads a numeric address: IPv4 as four decimal numbers, IPv6 in any form of RFC 4291 2.2. Never asks a name service.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static IpAddress parse(String text) {
        return AddressText.parse(text);
    }

    /** The low half of the v4-mapped address with these 32 bits; the high half is 0. */
    public static long mapped(int bits) {
        return MAPPED | (bits & 0xffff_ffffL);
    }

    public long high() {
        return high;
    }

    public long low() {
        return low;
    }

    public boolean isIpv4() {
        return isIpv4(high, low);
    }

    public static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == MAPPED >>> 32;
    }

    /**
     * The 32 bits of an IPv4 address.
     *
     * @throws IllegalStateException for an IPv6 address
     */
    public int ipv4() {
        if (!isIpv4()) {
            throw new IllegalStateException("not an IPv4 address: " + this);
        }
        return (int) low;
    }

    public boolean isAny() {
        return isAny(high, low);
    }

    /** Whether it is {@code 0.0.0.0} or {@code ::}. */
    public static boolean isAny(long high, long low) {
        return high == 0 && (low == 0 || low == MAPPED);
    }

    public boolean isLoopback() {
        return isLoopback(high, low);
    }

    /** Whether it is in {@code 127.0.0.0/8} or {@code ::1}. */
    public static boolean isLoopback(long high, long low) {
        return high == 0 && (low == 1 || low >>> 24 == (MAPPED >>> 24 | 127));
    }

    public boolean isMulticast() {
        return isMulticast(high, low);
    }

    /** Whether it is in {@code 224.0.0.0/4} or {@code ff00::/8}. */
    public static boolean isMulticast(long high, long low) {
        return high >>> 56 == 0xff || (high == 0 && low >>> 28 == (MAPPED >>> 28 | 0xe));
    }

    public boolean isLinkLocal() {
        return isLinkLocal(high, low);
    }

    /** Whether it is in {@code 169.254.0.0/16} or {@code fe80::/10}. */
    public static boolean isLinkLocal(long high, long low) {
        return high >>> 54 == 0xfe80 >>> 6 || (high == 0 && low >>> 16 == (MAPPED >>> 16 | 0xa9fe));
    }

    public boolean isBroadcast() {
        return isBroadcast(high, low);
    }

    /** Whether it is {@code 255.255.255.255}; a subnet's broadcast address is {@link IpPrefix#broadcast()}. */
    public static boolean isBroadcast(long high, long low) {
        return high == 0 && low == (MAPPED | 0xffff_ffffL);
    }

    public InetAddress toInetAddress() {
        byte[] bytes = isIpv4()
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are always an address", e);
        }
    }

    @Override
    public int compareTo(IpAddress other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress that && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low);
    }

    /** The recommended form: RFC 5952 for IPv6, dotted decimal for IPv4. */
    @Override
    public String toString() {
        return AddressText.format(this);
    }
}
