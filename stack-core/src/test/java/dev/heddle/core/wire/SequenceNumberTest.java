package dev.heddle.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SequenceNumberTest {

    @Test
    void compares_across_the_wrap() {
        assertThat(SequenceNumber.lessThan(0xffff_fff0, 0x10)).isTrue();
        assertThat(SequenceNumber.greaterThan(0x10, 0xffff_fff0)).isTrue();
        assertThat(SequenceNumber.difference(0x10, 0xffff_fff0)).isEqualTo(0x20);
        assertThat(SequenceNumber.difference(0xffff_fff0, 0x10)).isEqualTo(-0x20);
    }

    @Property(tries = 500)
    void order_is_that_of_the_distance(@ForAll int a, @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int ahead) {
        int b = a + ahead;
        assertThat(SequenceNumber.lessThan(a, b)).isTrue();
        assertThat(SequenceNumber.lessOrEqual(a, b)).isTrue();
        assertThat(SequenceNumber.greaterThan(b, a)).isTrue();
        assertThat(SequenceNumber.greaterOrEqual(b, a)).isTrue();
        assertThat(SequenceNumber.lessThan(b, a)).isFalse();
        assertThat(SequenceNumber.greaterOrEqual(a, b)).isFalse();
        assertThat(SequenceNumber.lessThan(a, a)).isFalse();
        assertThat(SequenceNumber.lessOrEqual(a, a)).isTrue();
        assertThat(SequenceNumber.greaterThan(a, a)).isFalse();
        assertThat(SequenceNumber.greaterOrEqual(a, a)).isTrue();
    }

    @Property(tries = 1000)
    void unwrapping_finds_the_offset_that_was_sent(
            @ForAll @LongRange(min = 0, max = 1L << 50) long offset,
            @ForAll int base,
            @ForAll @IntRange(min = -Integer.MAX_VALUE) int error) {
        int wire = base + (int) offset;
        assertThat(SequenceNumber.unwrap(offset + error, base, wire)).isEqualTo(offset);
    }
}
