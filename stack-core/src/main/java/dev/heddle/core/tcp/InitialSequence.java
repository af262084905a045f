package dev.heddle.core.tcp;

import dev.heddle.core.wire.SequenceNumber;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Initial sequence numbers (RFC 9293 3.4.1, MUST-8, SHLD-1; RFC 6528): a clock of 4 µs plus a keyed hash of the connection's
 * name. The key is drawn once per host and never told (MUST-9). Any thread.
 */
public final class InitialSequence {

    private static final long TICK_NS = 4_000;

    private final NameHash hash;
    private final SynCookies cookies;

    /** @param secret in production a cryptographic source, in simulation a seeded one */
    public InitialSequence(RandomGenerator secret) {
        hash = new NameHash(secret);
        cookies = new SynCookies(secret);
    }

    /** The ISS of a connection that is opened now: M + F(pair, key). */
    public int next(SocketPair pair, long nowNs) {
        return (int) (nowNs / TICK_NS) + (int) hash.of(pair, 0, 1);
    }

    /** The same for a name that another connection had before: at least a number that none of its segments had. */
    public int next(SocketPair pair, long nowNs, @Nullable Integer bound) {
        int iss = next(pair, nowNs);
        return bound != null && SequenceNumber.lessThan(iss, bound) ? bound : iss;
    }

    /** The offset of a connection's timestamps, so that they tell nothing of the host's uptime (RFC 7323 7.1). */
    int timestampOffset(SocketPair pair) {
        return (int) hash.of(pair, 1, 1);
    }

    /** The initial sequence numbers of handshakes that nothing is kept of. */
    SynCookies cookies() {
        return cookies;
    }
}
