package dev.heddle.core.tcp;

import dev.heddle.core.time.Clock;
import java.util.Arrays;

/** The deadlines of one connection, by kind. */
final class ConnectionTimers {

    enum Kind {
        /** RFC 6298; for a SYN too. */
        RETRANSMIT,
        /** RACK's reordering timer (RFC 8985 6.2); the retransmission timer stands still meanwhile. */
        REORDERING,
        /** TLP's PTO (RFC 8985 7.2), never later than the retransmission timer. */
        LOSS_PROBE,
        /** The peer's window is closed, or too small to be worth a segment (RFC 9293 3.8.6.1, 3.8.6.2.1). */
        PERSIST,
        DELAYED_ACK,
        /** The pacer lets the next segment go. */
        PACING,
        /** A partial segment is held back for more to come. */
        CORK,
        KEEPALIVE,
        /** Nothing was sent for a while: what only a sending connection needs may go. */
        REST,
        /** An orphan in FIN-WAIT-2, or TIME-WAIT. */
        LINGER
    }

    private static final Kind[] KINDS = Kind.values();

    private final long[] deadlines = new long[KINDS.length];

    ConnectionTimers() {
        clear();
    }

    void arm(Kind kind, long deadlineNs) {
        deadlines[kind.ordinal()] = deadlineNs;
    }

    void cancel(Kind kind) {
        deadlines[kind.ordinal()] = Clock.NEVER;
    }

    void clear() {
        Arrays.fill(deadlines, Clock.NEVER);
    }

    boolean isArmed(Kind kind) {
        return deadlines[kind.ordinal()] != Clock.NEVER;
    }

    boolean takeIfDue(Kind kind, long nowNs) {
        if (deadlines[kind.ordinal()] > nowNs) {
            return false;
        }
        cancel(kind);
        return true;
    }

    long deadline(Kind kind) {
        return deadlines[kind.ordinal()];
    }

    long next() {
        long next = Clock.NEVER;
        for (long deadline : deadlines) {
            next = Math.min(next, deadline);
        }
        return next;
    }
}
