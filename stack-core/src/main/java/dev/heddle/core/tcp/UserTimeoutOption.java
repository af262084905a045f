package dev.heddle.core.tcp;

/**
 * Whether hosts tell each other how long data may stay unacknowledged, and within which limits one follows the other (RFC 5482
 * 3.1). Connections whose application has set a user timeout keep to that.
 *
 * @param enabled whether the option is sent, and the peer's followed
 * @param leastNs the least user timeout that a peer can bring about (L_LIMIT); it will be above the RTO anyway
 * @param mostNs the longest that a peer can bring about (U_LIMIT)
 * @param advertisedNs what is sent if the application has not set one (ADV_UTO), at least a second
 */
public record UserTimeoutOption(boolean enabled, long leastNs, long mostNs, long advertisedNs) {

    private static final long SECOND = 1_000_000_000L;

    /** Not used; otherwise as {@link #ON}. */
    public static final UserTimeoutOption OFF =
            new UserTimeoutOption(false, 100 * SECOND, 3_600 * SECOND, 900 * SECOND);

    /** From 100 seconds to an hour; advertised is about what the default number of retransmissions comes to. */
    public static final UserTimeoutOption ON = new UserTimeoutOption(true, OFF.leastNs, OFF.mostNs, OFF.advertisedNs);

    public UserTimeoutOption {
        if (leastNs <= 0 || mostNs < leastNs) {
            throw new IllegalArgumentException("needed: 0 < least user timeout <= most");
        }
        if (advertisedNs < SECOND) {
            throw new IllegalArgumentException("advertised user timeout must be at least a second");
        }
    }

    /** The same with other limits. */
    public UserTimeoutOption within(long newLeastNs, long newMostNs) {
        return new UserTimeoutOption(enabled, newLeastNs, newMostNs, advertisedNs);
    }

    /** The same with another value to send. */
    public UserTimeoutOption advertising(long valueNs) {
        return new UserTimeoutOption(enabled, leastNs, mostNs, valueNs);
    }
}
