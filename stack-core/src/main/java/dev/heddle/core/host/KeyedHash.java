package dev.heddle.core.host;

import java.util.random.RandomGenerator;

/**
 * A hash of a connection's name under a secret key of the host, so that nobody outside can choose names with equal hashes:
 * SipHash-1-3 (Aumasson and Bernstein, 2012) over five words, without allocation.
 */
final class KeyedHash {

    private final long key0;
    private final long key1;

    KeyedHash(RandomGenerator random) {
        key0 = random.nextLong();
        key1 = random.nextLong();
    }

    /** The hash of five words. */
    long hash(long a, long b, long c, long d, long e) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        // Five words of message, one of length (40 bytes), three times the end mark: nine rounds.
        for (int i = 0; i < 9; i++) {
            long word = switch (i) {
                case 0 -> a;
                case 1 -> b;
                case 2 -> c;
                case 3 -> d;
                case 4 -> e;
                case 5 -> 40L << 56;
                default -> 0;
            };
            if (i == 6) {
                v2 ^= 0xff;
            }
            v3 ^= word;
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
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /** The hash of a connection's name. */
    int ofPair(
            long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort, int scope) {
        long ports = (long) localPort << 48 | (long) remotePort << 32 | scope & 0xffff_ffffL;
        long hash = hash(localHigh, localLow, remoteHigh, remoteLow, ports);
        return (int) (hash ^ hash >>> 32);
    }
}
