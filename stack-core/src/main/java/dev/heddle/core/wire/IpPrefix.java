package dev.heddle.core.wire;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An address with the length of its network part, as {@code 192.0.2.2/24}.
 *
 * @param address any address of the network; its host bits are kept
 * @param length the bits of the network part: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record IpPrefix(IpAddress address, int length) {

    public IpPrefix {
        Objects.requireNonNull(address);
        if (length < 0 || length > bits(address)) {
            throw new IllegalArgumentException("prefix length out of range: " + address + "/" + length);
        }
    }

    /**
     * Reads {@code address/length}; without a length the prefix is the address alone.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            IpAddress address = IpAddress.parse(text);
            return new IpPrefix(address, bits(address));
        }
        String digits = text.substring(slash + 1);
        if (!digits.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("not an IP prefix: " + text);
        }
        return new IpPrefix(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(digits));
    }

    private static int bits(IpAddress address) {
        return address.isIpv4() ? 32 : 128;
    }

    public boolean isIpv4() {
        return address.isIpv4();
    }

    public boolean contains(IpAddress other) {
        return contains(other.high(), other.low());
    }

    /** Whether the address is of the same family and its network part is equal. */
    public boolean contains(long high, long low) {
        // An IPv4 prefix includes the 96 bits of the mapping, so only ::/0 and its like need the look at the family.
        return ((high ^ address.high()) & highMask()) == 0
                && ((low ^ address.low()) & lowMask()) == 0
                && IpAddress.isIpv4(high, low) == isIpv4();
    }

    /** The same prefix with all host bits zero. */
    public IpPrefix network() {
        return new IpPrefix(IpAddress.of(address.high() & highMask(), address.low() & lowMask()), length);
    }

    /**
     * The first address of the prefix that is a host's and not this one: what the other end of a point-to-point link gets.
     *
     * @throws IllegalArgumentException if the prefix has no room for two hosts
     */
    public IpAddress otherHost() {
        IpAddress network = network().address();
        // Both addresses of a prefix of two are for hosts (RFC 3021, RFC 6164).
        int first = bits(address) - length == 1 ? 0 : 1;
        for (int offset = first; offset <= first + 1; offset++) {
            IpAddress candidate = IpAddress.of(network.high(), network.low() + offset);
            if (contains(candidate) && !candidate.equals(address)) {
                return candidate;
            }
        }
        throw new IllegalArgumentException("no room for two hosts in " + this);
    }

    /** The network's directed broadcast address; null for IPv6 and where /31 and /32 leave no room for one (RFC 3021). */
    public @Nullable IpAddress broadcast() {
        if (!isIpv4() || length > 30) {
            return null;
        }
        return IpAddress.ofIpv4(address.ipv4() | (int) ~lowMask());
    }

    private int maskBits() {
        return isIpv4() ? 96 + length : length;
    }

    private long highMask() {
        return mask(Math.min(64, maskBits()));
    }

    private long lowMask() {
        return mask(Math.max(0, maskBits() - 64));
    }

    private static long mask(int ones) {
        return ones == 0 ? 0 : -1L << (64 - ones);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }
}
