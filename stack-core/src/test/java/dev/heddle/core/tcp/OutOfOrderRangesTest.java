package dev.heddle.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.buffer.BufferPool;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class OutOfOrderRangesTest {

    private static final int CHUNK_BYTES = 1_024;

    private final BufferPool pool = new BufferPool(1 << 20, CHUNK_BYTES);
    private final OutOfOrderRanges ranges = new OutOfOrderRanges(pool);

    @Test
    void number_of_ranges_is_bounded_and_a_touching_one_is_still_joined() {
        for (int i = 0; i < OutOfOrderRanges.MAX_RANGES; i++) {
            assertThat(ranges.add(10L * i + 5, 10L * i + 7)).isTrue();
        }
        assertThat(ranges.mayAdd(100_000, 100_001)).isFalse();
        assertThat(ranges.add(100_000, 100_001)).isFalse();
        assertThat(ranges.mayAdd(7, 8)).isTrue();
        assertThat(ranges.add(7, 8)).isTrue();
        assertThat(ranges.count()).isEqualTo(OutOfOrderRanges.MAX_RANGES);
        assertThat(ranges.add(8, 15)).isTrue();
        assertThat(ranges.count()).isEqualTo(OutOfOrderRanges.MAX_RANGES - 1);
    }

    @Test
    void few_ranges_cost_nothing_and_many_are_charged_until_the_last_gap_is_filled() {
        for (int i = 0; i < OutOfOrderRanges.KEPT_LENGTH; i++) {
            ranges.add(10L * i + 5, 10L * i + 7);
        }
        assertThat(pool.usedBytes()).isZero();
        for (int i = OutOfOrderRanges.KEPT_LENGTH; i < 1_000; i++) {
            ranges.add(10L * i + 5, 10L * i + 7);
        }
        // Two numbers of eight bytes each, and no more than twice as many places as ranges.
        assertThat(pool.usedBytes()).isBetween(992L * 16, 2_000L * 16);
        assertThat(ranges.absorb(9_995)).isEqualTo(9_997);
        assertThat(pool.usedBytes()).isZero();
        ranges.add(20_000, 20_001);
        assertThat(ranges.absorb(20_000)).isEqualTo(20_001);
    }

    @Test
    @Requirement("RFC2018:8")
    void without_memory_for_more_ranges_those_that_there_are_still_grow() {
        pool.charge(pool.ordinaryFreeBytes() - 1_000);
        long before = pool.usedBytes();
        int added = 0;
        while (ranges.mayAdd(10L * added + 5, 10L * added + 7) && ranges.add(10L * added + 5, 10L * added + 7)) {
            added++;
        }
        assertThat(added).isBetween(OutOfOrderRanges.KEPT_LENGTH, 64);
        assertThat(pool.usedBytes() - before).isBetween(1L, 1_000L);
        // What was taken away at the start makes room.
        assertThat(ranges.absorb(6)).isEqualTo(7);
        assertThat(ranges.add(10L * added + 5, 10L * added + 7)).isTrue();
        assertThat(ranges.add(10L * added + 7, 10L * added + 9)).isTrue();
        assertThat(ranges.add(10L * added + 15, 10L * added + 17)).isFalse();
        ranges.clear();
        assertThat(pool.usedBytes()).isEqualTo(before);
    }

    @Test
    void connection_drops_and_does_not_report_what_is_one_range_too_many() {
        TcpScript script = new TcpScript().established();
        long most = OutOfOrderRanges.MAX_RANGES;
        for (long i = 1; i <= most; i++) {
            script.inject(Seg.data(10 * i, 10 * i + 5));
        }
        script.ignoreSent().inject(Seg.data(60_000, 60_010));
        script.expect(Seg.ack(1)
                .sack(10 * most, 10 * most + 5)
                .sack(10 * most - 10, 10 * most - 5)
                .sack(10 * most - 20, 10 * most - 15)
                .sack(10 * most - 30, 10 * most - 25));
        script.expectCount(TcpCounter.TcpExtTCPOFODrop, 1);
        // What joins one of them needs no place.
        script.inject(Seg.data(10 * most + 5, 10 * most + 9));
        script.expect(Seg.ack(1)
                .sack(10 * most, 10 * most + 9)
                .sack(10 * most - 10, 10 * most - 5)
                .sack(10 * most - 20, 10 * most - 15)
                .sack(10 * most - 30, 10 * most - 25));
    }

    @Test
    @Requirement("RFC2018:4")
    void blocks_are_filled_up_with_others_when_those_that_grew_last_are_no_more() {
        for (int i = 0; i < 20; i++) {
            ranges.add(100 - 5L * i, 101 - 5L * i);
        }
        // The last eight of these are joined into one, of those before only twelve are left.
        ranges.add(5, 41);
        assertThat(ranges.count()).isEqualTo(13);
        assertThat(blocks(4))
                .containsExactly(List.of(5L, 41L), List.of(100L, 101L), List.of(95L, 96L), List.of(90L, 91L));
        assertThat(blocks(40)).hasSize(13).doesNotHaveDuplicates();
    }

    private List<List<Long>> blocks(int most) {
        ByteBuffer written = ByteBuffer.allocate(400);
        int end = ranges.writeBlocks(written, 0, most, new ReceiveSequence(0));
        List<List<Long>> blocks = new ArrayList<>();
        while (written.position() < end) {
            blocks.add(List.of((long) written.getInt(), (long) written.getInt()));
        }
        return blocks;
    }

    @Property(tries = 300)
    void equals_a_set_of_octets(@ForAll long seed) {
        Random random = new Random(seed);
        BufferPool memory = new BufferPool(1 << 20, CHUNK_BYTES);
        OutOfOrderRanges tested = new OutOfOrderRanges(memory);
        BitSet octets = new BitSet();
        int nxt = 0;
        int width = 50 + random.nextInt(2_000);
        for (int step = 0; step < 300; step++) {
            int left = nxt + 1 + random.nextInt(width);
            int right = left + 1 + random.nextInt(20);
            int overlapFrom = nxt + 1 + random.nextInt(width);
            int overlapTo = overlapFrom + 1 + random.nextInt(20);
            assertThat(tested.add(left, right)).isTrue();
            octets.set(left, right);
            if (random.nextInt(20) == 0) {
                nxt += 1 + random.nextInt(width / 4);
                octets.set(0, nxt);
                long reached = tested.absorb(nxt);
                nxt = octets.nextClearBit(0);
                assertThat(reached).isEqualTo(nxt);
            }
            int index = 0;
            int expectedOverlap = -1;
            for (int i = octets.nextSetBit(nxt); i >= 0; i = octets.nextSetBit(octets.nextClearBit(i))) {
                int end = octets.nextClearBit(i);
                assertThat(tested.left(index)).isEqualTo(i);
                assertThat(tested.right(index)).isEqualTo(end);
                if (expectedOverlap < 0 && i < overlapTo && end > overlapFrom) {
                    expectedOverlap = index;
                }
                index++;
            }
            assertThat(tested.count()).isEqualTo(index);
            assertThat(tested.firstOverlap(overlapFrom, overlapTo)).isEqualTo(expectedOverlap);
        }
        tested.clear();
        assertThat(memory.usedBytes()).isZero();
    }
}
