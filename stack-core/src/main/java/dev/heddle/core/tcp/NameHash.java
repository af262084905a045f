package dev.heddle.core.tcp;

import java.util.random.RandomGenerator;

/**
 * A hash of a connection's name and a few octets more under a secret key, without allocation: SipHash-2-4 (Aumasson and
 * Bernstein, 2012). Immutable.
 */
final class NameHash {

    private static final int NAME_BYTES = 5 * Long.BYTES;

    private final long key0;
    private final long key1;

    /** @param secret in production a cryptographic source, in simulation a seeded one */
    NameHash(RandomGenerator secret) {
        key0 = secret.nextLong();
        key1 = secret.nextLong();
    }

    /**
     * The hash of the name followed by a tail.
     *
     * @param tail the octets behind the name, the first one lowest
     * @param tailBytes how many, at most 7
     */
    long of(SocketPair pair, long tail, int tailBytes) {
        long v0 = 0x736f6d6570736575L ^ key0;
        long v1 = 0x646f72616e646f6dL ^ key1;
        long v2 = 0x6c7967656e657261L ^ key0;
        long v3 = 0x7465646279746573L ^ key1;
        // Six words of message, then two rounds of nothing: two rounds a word, four to finish.
        for (int i = 0; i < 8; i++) {
            long word = switch (i) {
                case 0 -> pair.localHigh();
                case 1 -> pair.localLow();
                case 2 -> pair.remoteHigh();
                case 3 -> pair.remoteLow();
                case 4 -> (long) pair.localPort() << 48 | (long) pair.remotePort() << 32 | pair.scope() & 0xffff_ffffL;
                case 5 -> (long) (NAME_BYTES + tailBytes) << 56 | tail;
                default -> 0;
            };
            if (i == 6) {
                v2 ^= 0xff;
            }
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
