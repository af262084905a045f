package dev.heddle.core.ip;

/**
 * What reassembly of one address family may use.
 *
 * @param highBytes the most that fragments may take, at their true size
 * @param lowBytes what they are brought down to, the oldest first, when they would take more
 * @param sourceBytes the most that one source's fragments may take: who floods loses his own
 * @param fragments the most fragments of one datagram
 * @param timeoutNs how long after its first arrival a datagram is given up
 */
public record ReassemblyLimits(long highBytes, long lowBytes, long sourceBytes, int fragments, long timeoutNs) {

    private static final long SECOND_NS = 1_000_000_000L;

    /** As on Linux; RFC 1122 3.3.2 recommends 60 to 120 seconds. */
    private static final long IPV4_TIMEOUT_NS = 30 * SECOND_NS;

    /** RFC 8200 4.5. */
    private static final long IPV6_TIMEOUT_NS = 60 * SECOND_NS;

    /** The longest datagram over a path of an MTU of 296 bytes. */
    private static final int MOST_FRAGMENTS = 256;

    /** Room for one of the longest datagrams. */
    private static final long LEAST_SHARE_BYTES = 512 * 1024;

    public ReassemblyLimits {
        if (lowBytes < 0 || lowBytes > highBytes || sourceBytes > highBytes || fragments < 2 || timeoutNs <= 0) {
            throw new IllegalArgumentException("limits that contradict each other");
        }
    }

    /** The usual limits for an amount of memory. */
    public static ReassemblyLimits of(boolean ipv4, long highBytes) {
        return new ReassemblyLimits(
                highBytes,
                highBytes / 4 * 3,
                Math.min(highBytes, Math.max(highBytes / 4, LEAST_SHARE_BYTES)),
                MOST_FRAGMENTS,
                ipv4 ? IPV4_TIMEOUT_NS : IPV6_TIMEOUT_NS);
    }
}
