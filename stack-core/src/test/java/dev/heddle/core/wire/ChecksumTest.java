package dev.heddle.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ChecksumTest {

    /** RFC 1071 1, word by word, as slowly as it says. */
    private static int reference(byte[] bytes, int offset, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int value = bytes[offset + i] & 0xff;
            sum += i % 2 == 0 ? value << 8 : value;
            if (sum > 0xffff) {
                sum -= 0xffff;
            }
        }
        return sum;
    }

    /** 0 and 0xffff are the same number of this arithmetic. */
    private static int canonical(int folded) {
        return folded == 0xffff ? 0 : folded;
    }

    private static void assertSame(int folded, int expected) {
        assertThat(canonical(folded)).isEqualTo(canonical(expected));
    }

    @Test
    @Requirement("RFC1071:3")
    void example_of_the_rfc() {
        ByteBuffer b =
                ByteBuffer.wrap(new byte[] {0, 1, (byte) 0xf2, 3, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7});
        assertThat(Checksum.fold(Checksum.add(b, 0, 8, 0))).isEqualTo(0xddf2);
        assertThat(Checksum.finish(Checksum.add(b, 0, 8, 0))).isEqualTo(0x220d);
    }

    @Test
    void agrees_with_the_reference_at_every_alignment_and_length() {
        byte[] bytes = new byte[9 + 200];
        new SplittableRandom(1).nextBytes(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
        ByteBuffer heap = ByteBuffer.wrap(bytes);
        for (int offset = 0; offset <= 9; offset++) {
            for (int length = 0; length <= 200; length++) {
                int expected = reference(bytes, offset, length);
                assertSame(Checksum.fold(Checksum.add(heap, offset, length, 0)), expected);
                assertSame(Checksum.fold(Checksum.add(direct, offset, length, 0)), expected);
            }
        }
    }

    @Test
    void carries_are_not_lost_in_the_longest_packet_of_ones() {
        byte[] bytes = new byte[65_535];
        Arrays.fill(bytes, (byte) 0xff);
        ByteBuffer b = ByteBuffer.wrap(bytes);
        assertSame(Checksum.fold(Checksum.add(b, 0, 65_535, 0)), reference(bytes, 0, 65_535));
        assertSame(Checksum.fold(Checksum.add(b, 0, 65_534, Long.MAX_VALUE)), (int) (Long.MAX_VALUE % 0xffff));
    }

    @Property(tries = 500)
    void sums_of_parts_add_up(@ForAll @Size(max = 100) byte[] bytes, @ForAll @IntRange(max = 100) int cut) {
        int split = Math.min(cut, bytes.length);
        ByteBuffer b = ByteBuffer.wrap(bytes);
        long first = Checksum.add(b, 0, split, 0);
        int whole = reference(bytes, 0, bytes.length);
        assertSame(Checksum.fold(Checksum.addAt(b, split, bytes.length - split, first, split)), whole);
        if (split % 2 == 0) {
            assertSame(Checksum.fold(Checksum.add(b, split, bytes.length - split, first)), whole);
            assertSame(Checksum.fold(first + Checksum.add(b, split, bytes.length - split, 0)), whole);
        }
    }

    @Property(tries = 500)
    void fold_is_the_remainder_of_two_to_the_sixteenth_minus_one(@ForAll long sum) {
        int folded = Checksum.fold(sum);
        assertThat(folded).isBetween(0, 0xffff);
        assertSame(folded, (int) Long.remainderUnsigned(sum, 0xffff));
        // RFC 1071 1: only a sum of zeros is zero, so that a computed UDP checksum tells itself from none
        assertThat(folded == 0).isEqualTo(sum == 0);
        assertThat(Checksum.finish(sum)).isEqualTo(~folded & 0xffff);
    }

    @Property(tries = 500)
    @Requirement({"RFC9293:MUST-2", "RFC9293:MUST-3"})
    void completed_checksums_verify(@ForAll @Size(min = 18, max = 90) byte[] bytes, @ForAll long pseudo) {
        ByteBuffer b = ByteBuffer.wrap(bytes);
        long pseudoSum = pseudo >>> 24;
        b.putShort(16, (short) 0);
        b.putShort(16, (short) Checksum.finish(Checksum.add(b, 0, bytes.length, pseudoSum)));
        assertThat(Checksum.finish(Checksum.add(b, 0, bytes.length, pseudoSum))).isZero();
    }

    @Property(tries = 300)
    void pseudo_header_of_ipv4_is_twelve_bytes(
            @ForAll int source,
            @ForAll int destination,
            @ForAll @IntRange(max = 255) int protocol,
            @ForAll @IntRange(max = 65_535) int length) {
        byte[] header = ByteBuffer.allocate(12)
                .putInt(source)
                .putInt(destination)
                .put((byte) 0)
                .put((byte) protocol)
                .putShort((short) length)
                .array();
        long sum =
                Checksum.pseudoHeader(0, IpAddress.mapped(source), 0, IpAddress.mapped(destination), protocol, length);
        assertSame(Checksum.fold(sum), reference(header, 0, 12));
    }

    @Property(tries = 300)
    @Requirement("RFC8200:8.1")
    void pseudo_header_of_ipv6_is_forty_bytes(
            @ForAll long sh,
            @ForAll long sl,
            @ForAll long dh,
            @ForAll long dl,
            @ForAll @IntRange(max = 255) int protocol,
            @ForAll @IntRange(max = 65_535) int length) {
        byte[] header = ByteBuffer.allocate(40)
                .putLong(sh)
                .putLong(sl)
                .putLong(dh)
                .putLong(dl)
                .putInt(length)
                .putInt(protocol)
                .array();
        assertSame(Checksum.fold(Checksum.pseudoHeader(sh, sl, dh, dl, protocol, length)), reference(header, 0, 40));
    }
}
