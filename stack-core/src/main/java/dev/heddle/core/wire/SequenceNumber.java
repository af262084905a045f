package dev.heddle.core.wire;

/**
 * Arithmetic of 32-bit sequence numbers modulo 2^32 (RFC 9293 3.4). Two numbers compare rightly while they are less than
 * 2^31 apart; numbers exactly 2^31 apart are each less than the other.
 */
public final class SequenceNumber {

    private SequenceNumber() {}

    public static boolean lessThan(int a, int b) {
        return a - b < 0;
    }

    public static boolean lessOrEqual(int a, int b) {
        return a - b <= 0;
    }

    public static boolean greaterThan(int a, int b) {
        return a - b > 0;
    }

    public static boolean greaterOrEqual(int a, int b) {
        return a - b >= 0;
    }

    /** How far {@code a} is ahead of {@code b}; negative if it is behind. */
    public static int difference(int a, int b) {
        return a - b;
    }

    /**
     * The 64-bit stream offset that a sequence number on the wire stands for.
     *
     * @param near an offset less than 2^31 from the result, such as that of the next expected byte
     * @param base the sequence number of offset 0
     * @return the offset nearest to {@code near} for which {@code base + (int) offset == wire}
     */
    public static long unwrap(long near, int base, int wire) {
        return near + (wire - base - (int) near);
    }
}
