package dev.heddle.core.tcp;

/** The time in which a peer takes nothing, or next to nothing, of what there is to send, though it may answer every probe. */
final class Stall {

    /** What a peer must take to end it. */
    private static final int PROGRESS_BYTES = 512;

    /** How long a connection may hold memory meanwhile if there is none left for others: SHLD-11's least R2. */
    private static final long WITHOUT_MEMORY_NS = 100_000_000_000L;

    /** How long a connection is kept that its application has closed; about as long as Linux probes for it. */
    private static final long ORPHAN_NS = 240_000_000_000L;

    private final long sinceNs;
    private final long unacknowledged;

    /** Whether a FIN waits, too: an orphan whose text was all taken is not done before. */
    private final boolean finQueued;

    /** How often a timer has expired: as with a silent peer, an orphan is not given up before as many retries as configured. */
    private int expiries;

    /** @param una SND.UNA now, when a timer expired */
    Stall(long una, boolean finQueued, long nowNs) {
        sinceNs = nowNs;
        unacknowledged = una;
        this.finQueued = finQueued;
    }

    void expired() {
        expiries++;
    }

    /** Whether SND.UNA has advanced far enough; {@code tail} is the octet behind all text. */
    boolean isOver(long una, long tail) {
        return una >= (finQueued ? tail + 1 : tail) || una - unacknowledged >= PROGRESS_BYTES;
    }

    /** Whether it has lasted too long for what it costs others (RFC 6429 4). */
    boolean isUnbearable(Tcb tcb, long nowNs) {
        long lastedNs = nowNs - sinceNs;
        return lastedNs >= ORPHAN_NS
                        && tcb.closing().isOrphan()
                        && expiries >= tcb.context().config().orphanRetries()
                || lastedNs >= WITHOUT_MEMORY_NS
                        && tcb.sender().buffer().text().heldBytes() > 0
                        && tcb.context().pool().isNearlyExhausted();
    }
}
