package dev.heddle.core.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071). Partial sums are {@code long}s that {@link #add} and {@link #pseudoHeader} return and
 * that may simply be added to each other; at the end one is folded to 16 bits.
 */
public final class Checksum {

    private static final long LOW_32 = 0xffff_ffffL;

    /** Any alignment; the buffer's own byte order does not matter to it. */
    private static final VarHandle NATIVE_LONG =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Checksum() {}

    /**
     * Adds a range of bytes to a partial sum. An odd last byte counts as if a zero byte followed.
     *
     * @param b a big-endian buffer
     * @param offset absolute; any alignment
     * @param sum a partial sum, 0 to begin with
     * @return a partial sum below 2^33
     */
    public static long add(ByteBuffer b, int offset, int length, long sum) {
        int at = offset;
        int end = offset + length;
        // 2^16 - 1 divides 2^32 - 1: 32-bit words add up to the same sum, and 64 bits hold the carries of 2^31 of
        // them. A loop as plain as this is one that the JIT compiler turns into vector instructions; unrolled by
        // hand it is not.
        long nativeSum = 0;
        for (int last = end - 7; at < last; at += 8) {
            long word = (long) NATIVE_LONG.get(b, at);
            nativeSum += (word >>> 32) + (word & LOW_32);
        }
        long tail = 0;
        if (at < end - 3) {
            tail += b.getInt(at) & LOW_32;
            at += 4;
        }
        if (at < end - 1) {
            tail += b.getShort(at) & 0xffff;
            at += 2;
        }
        if (at < end) {
            tail += (b.get(at) & 0xff) << 8;
        }
        return carry(carry(sum) + toBigEndian(nativeSum) + tail);
    }

    /**
     * Adds a range of bytes that stands at any position of the whole: after an odd number of bytes each byte's weight is
     * the other one (RFC 1071 2, "byte order independence").
     *
     * @param position how many bytes of the whole come before the range
     */
    public static long addAt(ByteBuffer b, int offset, int length, long sum, int position) {
        if ((position & 1) == 0) {
            return add(b, offset, length, sum);
        }
        int swapped = Short.reverseBytes((short) fold(add(b, offset, length, 0))) & 0xffff;
        return carry(sum) + swapped;
    }

    /**
     * The partial sum of the pseudo-header of TCP and UDP over IPv4 (RFC 9293 3.1) and IPv6 (RFC 8200 8.1), and of ICMPv6.
     *
     * @param length bytes of the transport header and payload
     */
    public static long pseudoHeader(
            long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int protocol, int length) {
        // The prefix of a v4-mapped address adds 0xffff, a zero of this arithmetic: one formula serves both families.
        return (sourceHigh >>> 32)
                + (sourceHigh & LOW_32)
                + (sourceLow >>> 32)
                + (sourceLow & LOW_32)
                + (destinationHigh >>> 32)
                + (destinationHigh & LOW_32)
                + (destinationLow >>> 32)
                + (destinationLow & LOW_32)
                + protocol
                + length;
    }

    /** Folds a partial sum to 16 bits; not complemented. This is what the field of an incomplete checksum holds. */
    public static int fold(long sum) {
        long in32 = carry(carry(sum));
        long in17 = (in32 >>> 16) + (in32 & 0xffff);
        return (int) ((in17 >>> 16) + (in17 & 0xffff));
    }

    /** The value of a checksum field: the complement of the folded sum. 0 when verified data is right. */
    public static int finish(long sum) {
        return ~fold(sum) & 0xffff;
    }

    /** RFC 1071 2 (B): the sum of swapped words is the swapped sum. */
    private static long toBigEndian(long nativeSum) {
        int in32 = (int) carry(carry(nativeSum));
        return (LITTLE_ENDIAN ? Integer.reverseBytes(in32) : in32) & LOW_32;
    }

    private static long carry(long sum) {
        return (sum >>> 32) + (sum & LOW_32);
    }
}
