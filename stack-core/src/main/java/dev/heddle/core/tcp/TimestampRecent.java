package dev.heddle.core.tcp;

/** TS.Recent (RFC 7323 4.3): the peer's timestamp to echo, and what PAWS compares with. */
final class TimestampRecent {

    /** RFC 7323 5.5: after this long without a segment it says nothing any more. */
    private static final long LIFETIME_NS = 24L * 24 * 3600 * 1_000_000_000L;

    private int value;
    private long recordedNs;

    int value() {
        return value;
    }

    void record(int newValue, long nowNs) {
        value = newValue;
        recordedNs = nowNs;
    }

    /** Whether a segment with this timestamp is an old duplicate (RFC 7323 5.3 R1). */
    boolean isOutdated(int timestamp, long nowNs) {
        return timestamp - value < 0 && nowNs - recordedNs <= LIFETIME_NS;
    }
}
