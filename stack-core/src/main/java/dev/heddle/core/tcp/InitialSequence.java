package dev.heddle.core.tcp;

import java.util.random.RandomGenerator;

/**
 * Initial sequence numbers (RFC 9293 3.4.1, RFC 6528): a clock of 4 µs plus a keyed hash of the connection's name. The key
 * is drawn once per host. Immutable.
 */
public final class InitialSequence {

    private static final long TICK_NS = 4_000;

    private final long key0;
    private final long key1;

    /** @param secret in production a cryptographic source, in simulation a seeded one */
    public InitialSequence(RandomGenerator secret) {
        key0 = secret.nextLong();
        key1 = secret.nextLong();
    }

    /** The ISS of a connection that is opened now: M + F(pair, key). */
    public int next(SocketPair pair, long nowNs) {
        return (int) (nowNs / TICK_NS) + (int) hash(pair, 0);
    }

    /** The offset of a connection's timestamps, so that they tell nothing of the host's uptime (RFC 7323 7.1). */
    int timestampOffset(SocketPair pair) {
        return (int) hash(pair, 1);
    }

    /** SipHash-2-4 of the pair and a domain. */
    private long hash(SocketPair pair, int domain) {
        long[] words = {
            pair.localHigh(),
            pair.localLow(),
            pair.remoteHigh(),
            pair.remoteLow(),
            (long) pair.localPort() << 48 | (long) pair.remotePort() << 32 | pair.scope() & 0xffff_ffffL,
            (5L * Long.BYTES + 1 << 56) | domain
        };
        long v0 = 0x736f6d6570736575L ^ key0;
        long v1 = 0x646f72616e646f6dL ^ key1;
        long v2 = 0x6c7967656e657261L ^ key0;
        long v3 = 0x7465646279746573L ^ key1;
        for (int i = 0; i <= words.length + 1; i++) {
            // Two rounds a word, four to finish.
            boolean finish = i >= words.length;
            if (i == words.length) {
                v2 ^= 0xff;
            }
            long word = finish ? 0 : words[i];
            v3 ^= word;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
