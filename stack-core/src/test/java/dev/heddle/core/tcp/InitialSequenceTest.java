package dev.heddle.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class InitialSequenceTest {

    private static final long KEY_0 = 0x0706050403020100L;
    private static final long KEY_1 = 0x0f0e0d0c0b0a0908L;

    private final InitialSequence sequence = new InitialSequence(keys(KEY_0, KEY_1));

    private static RandomGenerator keys(long first, long second) {
        return new RandomGenerator() {
            private long next = first;

            @Override
            public long nextLong() {
                long result = next;
                next = second;
                return result;
            }
        };
    }

    private static SocketPair pair(int remotePort) {
        return SocketPair.of(IpAddress.parse("2001:db8::1"), 443, IpAddress.parse("2001:db8::2"), remotePort, 7);
    }

    @Test
    @Requirement({"RFC9293:MUST-8", "RFC6528:3"})
    void clock_ticks_every_four_microseconds() {
        int at = sequence.next(pair(5), 1_000_000);
        assertThat(sequence.next(pair(5), 1_000_000 + 3_999)).isEqualTo(at);
        assertThat(sequence.next(pair(5), 1_000_000 + 4_000)).isEqualTo(at + 1);
        assertThat(sequence.next(pair(5), 1_000_000 + 1_000_000_000L)).isEqualTo(at + 250_000);
    }

    @Test
    @Requirement({"RFC9293:SHLD-1", "RFC6528:3"})
    void every_pair_has_its_own_sequence_space_and_timestamp_offset() {
        Set<Integer> seen = new HashSet<>();
        for (int port = 1; port <= 1000; port++) {
            seen.add(sequence.next(pair(port), 0));
            seen.add(sequence.timestampOffset(pair(port)));
        }
        assertThat(seen).hasSizeGreaterThan(1995);
    }

    @Test
    @Requirement({"RFC6528:3", "RFC9293:MUST-9"})
    void hash_is_siphash_2_4() {
        // The reference's vector for the octets 00 to 0e under the key 00 to 0f.
        byte[] message = new byte[15];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) i;
        }
        assertThat(sipHash(message)).isEqualTo(0xa129ca6149be45e5L);

        SocketPair pair = pair(5);
        ByteBuffer name = ByteBuffer.allocate(41).order(ByteOrder.LITTLE_ENDIAN);
        name.putLong(pair.localHigh()).putLong(pair.localLow());
        name.putLong(pair.remoteHigh()).putLong(pair.remoteLow());
        name.putInt(7).putShort((short) 5).putShort((short) 443);
        assertThat(sequence.next(pair, 0))
                .isEqualTo((int) sipHash(name.put((byte) 0).array()));
        assertThat(sequence.timestampOffset(pair))
                .isEqualTo((int) sipHash(name.put(40, (byte) 1).array()));
    }

    @Test
    @Requirement("RFC9293:MUST-9")
    void hash_depends_on_a_secret_of_the_host_in_every_bit() {
        int known = sequence.next(pair(5), 0);
        for (int bit = 0; bit < 128; bit++) {
            long key0 = bit < 64 ? KEY_0 ^ 1L << bit : KEY_0;
            long key1 = bit < 64 ? KEY_1 : KEY_1 ^ 1L << bit;
            InitialSequence other = new InitialSequence(keys(key0, key1));
            assertThat(other.next(pair(5), 0)).isNotEqualTo(known);
            // What one pair shows does not carry over to another.
            assertThat(other.next(pair(6), 0) - other.next(pair(5), 0)).isNotEqualTo(sequence.next(pair(6), 0) - known);
        }
    }

    /** Octet by octet, as the paper describes it. */
    private static long sipHash(byte[] message) {
        long[] v = {
            KEY_0 ^ 0x736f6d6570736575L,
            KEY_1 ^ 0x646f72616e646f6dL,
            KEY_0 ^ 0x6c7967656e657261L,
            KEY_1 ^ 0x7465646279746573L
        };
        byte[] padded = new byte[(message.length / 8 + 1) * 8];
        System.arraycopy(message, 0, padded, 0, message.length);
        padded[padded.length - 1] = (byte) message.length;
        for (int at = 0; at < padded.length; at += 8) {
            long word = ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
            v[3] ^= word;
            rounds(v, 2);
            v[0] ^= word;
        }
        v[2] ^= 0xff;
        rounds(v, 4);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void rounds(long[] v, int count) {
        for (int i = 0; i < count; i++) {
            half(v, 0, 1, 13);
            half(v, 2, 3, 16);
            v[0] = Long.rotateLeft(v[0], 32);
            half(v, 2, 1, 17);
            half(v, 0, 3, 21);
            v[2] = Long.rotateLeft(v[2], 32);
        }
    }

    private static void half(long[] v, int a, int b, int bits) {
        v[a] += v[b];
        v[b] = Long.rotateLeft(v[b], bits) ^ v[a];
    }
}
