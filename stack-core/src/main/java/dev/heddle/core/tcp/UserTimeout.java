package dev.heddle.core.tcp;

import dev.heddle.core.time.Clock;

/**
 * How long data may stay unacknowledged (USER TIMEOUT of RFC 9293 3.8.3), and what both ends tell each other of it by the
 * User Timeout Option (RFC 5482).
 */
final class UserTimeout {

    private static final long SECOND_NS = 1_000_000_000L;

    /** Fifteen bits. */
    private static final long MAX_FIELD = 32_767;

    private static final int MINUTES = 0x8000;

    private final UserTimeoutOption option;
    private long appointedNs;

    /** REMOTE_UTO; 0 if the peer has sent none. */
    private long remoteNs;

    /** The option goes out with the next segment that has room. */
    private boolean due;

    UserTimeout(UserTimeoutOption option, ConnectionOptions options) {
        this.option = option;
        appointedNs = options.userTimeoutNs();
        due = option.enabled();
    }

    /** The application sets USER_TIMEOUT; 0 leaves it to the retries, or to the peer's option. */
    void appoint(long timeoutNs) {
        due |= option.enabled() && timeoutNs != appointedNs;
        appointedNs = timeoutNs;
    }

    /** A segment carried the option; without effect if it is not enabled. */
    void received(int seconds) {
        if (option.enabled() && seconds > 0) {
            remoteNs = seconds * SECOND_NS;
        }
    }

    /** What the peer's option said, 0 if nothing. */
    long remoteNs() {
        return remoteNs;
    }

    /**
     * USER_TIMEOUT; 0 if the number of retries decides.
     *
     * @param rtoNs the lower limit must be above it
     */
    long timeoutNs(long rtoNs) {
        if (appointedNs > 0 || remoteNs == 0) {
            // RFC 5482 3.1: CHANGEABLE is false when the application has set one.
            return appointedNs;
        }
        long lowest = Math.max(option.leastNs(), rtoNs + SECOND_NS);
        return Math.min(option.mostNs(), Math.max(Math.max(advertisedNs(), remoteNs), lowest));
    }

    /** When what is unanswered since then has been so for too long. */
    long deadlineNs(long sinceNs, long rtoNs) {
        long timeoutNs = timeoutNs(rtoNs);
        return timeoutNs == 0 ? Clock.NEVER : sinceNs + timeoutNs;
    }

    /** ADV_UTO. */
    private long advertisedNs() {
        return appointedNs > 0 ? appointedNs : option.advertisedNs();
    }

    boolean isDue() {
        return due;
    }

    void sent() {
        due = false;
    }

    /** The option's field: granularity and value, rounded up. */
    int field() {
        long seconds = (advertisedNs() + SECOND_NS - 1) / SECOND_NS;
        return (int) (seconds <= MAX_FIELD ? seconds : MINUTES | Math.min(MAX_FIELD, (seconds + 59) / 60));
    }
}
