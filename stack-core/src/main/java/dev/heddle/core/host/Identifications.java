package dev.heddle.core.host;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.random.RandomGenerator;

/**
 * The identifications of datagrams that may be fragmented. Each pair of hosts has its own sequence from a secret start, so
 * that nobody else can foresee them (RFC 6864 4.3, RFC 7739 5.3). Pairs share the counters: one who knows which he shares, which a
 * key decides, could count what is sent to the others. Any thread.
 */
final class Identifications {

    private static final int COUNTERS = 1024;

    private final KeyedHash starts;
    private final KeyedHash places;
    private final AtomicIntegerArray counters = new AtomicIntegerArray(COUNTERS);

    Identifications(RandomGenerator random) {
        starts = new KeyedHash(random);
        places = new KeyedHash(random);
    }

    /** The next one, of 32 bits; IPv4 uses the lower 16. */
    int next(long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int protocol) {
        long start = starts.hash(sourceHigh, sourceLow, destinationHigh, destinationLow, protocol);
        long place = places.hash(sourceHigh, sourceLow, destinationHigh, destinationLow, protocol);
        return (int) start + counters.getAndIncrement((int) place & (COUNTERS - 1));
    }
}
