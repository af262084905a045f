package dev.heddle.core.tcp;

import dev.heddle.core.time.Clock;

/** Holds back the last partial segment while the application has more to come, but not for long. */
final class Cork {

    /** As Linux: a program that forgets to uncork loses no data by it. */
    private static final long LONGEST_NS = 200_000_000L;

    /** The last write said that more would follow. */
    private boolean more;

    /** What is before this octet was held for too long. */
    private long releasedTail;

    /** Where the text starts that is held now, and since when; meaningful while {@link #holding}. */
    private long heldFrom;

    private long heldSinceNs;
    private boolean holding;

    void written(boolean moreFollows) {
        more = moreFollows;
    }

    /** A flush begins. */
    void begin() {
        holding = false;
    }

    /** Whether a partial segment from {@code from} to {@code tail} must wait. */
    boolean holds(boolean corked, long from, long tail, long nowNs) {
        if (!corked && !more || isReleased(tail)) {
            return false;
        }
        if (heldFrom != from) {
            heldFrom = from;
            heldSinceNs = nowNs;
        }
        holding = true;
        return true;
    }

    /** Whether all text up to the tail was held for too long. */
    boolean isReleased(long tail) {
        return tail <= releasedTail;
    }

    /** When what is held must go; never if nothing is. */
    long deadlineNs() {
        return holding ? heldSinceNs + LONGEST_NS : Clock.NEVER;
    }

    /** The time is over. */
    void release(long tail) {
        releasedTail = tail;
    }
}
