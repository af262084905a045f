package dev.heddle.core.icmp;

/** An average rate with bursts (RFC 4443 2.4 (f)). Full at the beginning. Not thread-safe. */
final class TokenBucket {

    private static final long TOKEN = 1_000_000_000L;

    private final long perSecond;
    private final long most;
    private long filled;
    private long atNs;
    private boolean begun;

    TokenBucket(int perSecond, int burst) {
        this.perSecond = perSecond;
        most = burst * TOKEN;
        filled = most;
    }

    /** Whether there is a token. */
    boolean hasToken(long nowNs) {
        if (!begun) {
            // A clock may begin anywhere, before 0 too.
            begun = true;
            atNs = nowNs;
        }
        long elapsedNs = Math.max(0, nowNs - atNs);
        atNs = Math.max(atNs, nowNs);
        // What would overflow is more than any bucket holds.
        filled = elapsedNs > most / perSecond ? most : Math.min(most, filled + elapsedNs * perSecond);
        return filled >= TOKEN;
    }

    /** Takes tokens, also one more than there are: it is then owed. */
    void take(int tokens) {
        filled -= tokens * TOKEN;
    }
}
