package dev.heddle.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class OutOfOrderRangesTest {

    private final OutOfOrderRanges ranges = new OutOfOrderRanges();

    @Test
    void number_of_ranges_is_bounded_and_a_touching_one_is_still_joined() {
        for (int i = 0; i < OutOfOrderRanges.MAX_RANGES; i++) {
            assertThat(ranges.add(10L * i + 5, 10L * i + 7)).isTrue();
        }
        assertThat(ranges.isFull()).isTrue();
        assertThat(ranges.add(100_000, 100_001)).isFalse();
        assertThat(ranges.add(7, 8)).isTrue();
        assertThat(ranges.count()).isEqualTo(OutOfOrderRanges.MAX_RANGES);
        assertThat(ranges.add(8, 15)).isTrue();
        assertThat(ranges.count()).isEqualTo(OutOfOrderRanges.MAX_RANGES - 1);
    }

    @Test
    void connection_drops_and_does_not_report_what_is_one_range_too_many() {
        TcpScript script = new TcpScript().established();
        for (int i = 1; i <= OutOfOrderRanges.MAX_RANGES; i++) {
            script.inject(Seg.data(100L * i, 100L * i + 10));
        }
        script.ignoreSent().inject(Seg.data(60_000, 60_010));
        script.expect(Seg.ack(1)
                .sack(25_600, 25_610)
                .sack(25_500, 25_510)
                .sack(25_400, 25_410)
                .sack(25_300, 25_310));
        script.expectCount(TcpCounter.TcpExtTCPOFODrop, 1);
    }

    @Property(tries = 300)
    void absorbing_equals_a_set_of_octets(@ForAll long seed) {
        Random random = new Random(seed);
        OutOfOrderRanges tested = new OutOfOrderRanges();
        BitSet octets = new BitSet();
        int nxt = 0;
        for (int step = 0; step < 50; step++) {
            int left = nxt + 1 + random.nextInt(200);
            int right = left + 1 + random.nextInt(20);
            tested.add(left, right);
            octets.set(left, right);
            if (random.nextInt(4) == 0) {
                nxt += 1 + random.nextInt(40);
                octets.set(0, nxt);
                long reached = tested.absorb(nxt);
                nxt = octets.nextClearBit(0);
                assertThat(reached).isEqualTo(nxt);
            }
            int expected = 0;
            for (int i = octets.nextSetBit(octets.nextClearBit(0));
                    i >= 0;
                    i = octets.nextSetBit(octets.nextClearBit(i))) {
                expected++;
            }
            assertThat(tested.count()).isEqualTo(nxt == 0 && octets.get(0) ? expected - 1 : expected);
        }
    }
}
