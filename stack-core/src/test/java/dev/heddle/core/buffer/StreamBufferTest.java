package dev.heddle.core.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamBufferTest {

    private static final int CHUNK = 16;

    private final BufferPool pool = new BufferPool(64 * CHUNK, CHUNK);
    private final StreamBuffer buffer = new StreamBuffer(pool);

    private static byte[] bytes(int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }

    private byte[] read(long offset, int length) {
        byte[] target = new byte[length];
        buffer.read(offset, target, 0, length);
        return target;
    }

    @Test
    void an_empty_buffer_holds_nothing() {
        buffer.start(1L << 40);
        assertThat(buffer.heldBytes()).isZero();
        assertThat(buffer.head()).isEqualTo(1L << 40);
        assertThat(buffer.tail()).isEqualTo(1L << 40);
        buffer.write(1L << 40, bytes(0, 40), 0, 40);
        buffer.release((1L << 40) + 40);
        assertThat(buffer.heldBytes()).isZero();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void the_first_chunk_starts_at_the_head_so_that_a_short_exchange_needs_only_one() {
        for (int i = 0; i < 100; i++) {
            long offset = 5 + 13L * i;
            buffer.release(offset);
            assertThat(buffer.write(offset, bytes(i, 13), 0, 13)).isEqualTo(13);
            assertThat(buffer.heldBytes()).isEqualTo(CHUNK);
            assertThat(read(offset, 13)).isEqualTo(bytes(i, 13));
            buffer.release(offset + 13);
        }
    }

    @Test
    void a_hole_is_filled_later() {
        assertThat(buffer.write(50, bytes(50, 10), 0, 10)).isEqualTo(10);
        assertThat(buffer.heldBytes()).isEqualTo(CHUNK);
        assertThat(buffer.tail()).isEqualTo(60);
        assertThat(buffer.write(0, bytes(0, 50), 0, 50)).isEqualTo(50);
        assertThat(read(0, 60)).isEqualTo(bytes(0, 60));
    }

    @Test
    void a_segment_far_ahead_does_not_show_up_near_the_head() {
        buffer.write(0, bytes(1, 3), 0, 3);
        buffer.write(1000, bytes(7, 3), 0, 3);
        assertThatThrownBy(() -> buffer.at(500)).isInstanceOf(IndexOutOfBoundsException.class);
        buffer.write(600, bytes(9, 3), 0, 3);
        assertThat(read(0, 3)).isEqualTo(bytes(1, 3));
        assertThat(read(1000, 3)).isEqualTo(bytes(7, 3));
        assertThat(read(600, 3)).isEqualTo(bytes(9, 3));
    }

    @Test
    void what_was_not_written_cannot_be_read() {
        buffer.write(10, bytes(0, 4), 0, 4);
        assertThatThrownBy(() -> buffer.at(14)).isInstanceOf(IndexOutOfBoundsException.class);
        buffer.release(12);
        assertThatThrownBy(() -> buffer.at(11)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> read(12, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(read(12, 2)).isEqualTo(bytes(2, 2));
    }

    @Test
    void nothing_is_written_before_the_head() {
        buffer.start(100);
        assertThatThrownBy(() -> buffer.write(99, bytes(0, 2), 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void a_source_that_is_too_short_takes_no_memory() {
        assertThatThrownBy(() -> buffer.write(0, bytes(0, 2), 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.write(0, ByteBuffer.allocate(2), 1, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void chunks_go_back_as_the_head_passes_them() {
        buffer.write(0, bytes(0, 5 * CHUNK), 0, 5 * CHUNK);
        buffer.release(CHUNK - 1);
        assertThat(buffer.heldBytes()).isEqualTo(5 * CHUNK);
        buffer.release(CHUNK);
        assertThat(buffer.heldBytes()).isEqualTo(4 * CHUNK);
        buffer.release(4 * CHUNK + 3);
        assertThat(buffer.heldBytes()).isEqualTo(CHUNK);
        assertThat(read(4 * CHUNK + 3, CHUNK - 3)).isEqualTo(bytes(4 * CHUNK + 3, CHUNK - 3));
        buffer.release(5 * CHUNK);
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void releasing_what_is_released_already_changes_nothing() {
        buffer.write(0, bytes(0, 20), 0, 20);
        buffer.release(18);
        buffer.release(3);
        assertThat(buffer.head()).isEqualTo(18);
        assertThat(read(18, 2)).isEqualTo(bytes(18, 2));
    }

    @Test
    void truncating_drops_what_is_out_of_order_and_keeps_the_rest() {
        buffer.write(0, bytes(0, 10), 0, 10);
        buffer.write(100, bytes(100, 50), 0, 50);
        buffer.truncate(10);
        assertThat(buffer.heldBytes()).isEqualTo(CHUNK);
        assertThat(buffer.tail()).isEqualTo(10);
        assertThat(read(0, 10)).isEqualTo(bytes(0, 10));
        buffer.truncate(0);
        assertThat(pool.usedBytes()).isZero();
        assertThat(buffer.head()).isZero();
    }

    @Test
    void truncating_in_a_hole_leaves_nothing() {
        buffer.write(100, bytes(100, 50), 0, 50);
        buffer.truncate(60);
        assertThat(buffer.tail()).isZero();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void under_memory_pressure_a_prefix_is_stored() {
        BufferPool small = new BufferPool(8 * CHUNK, CHUNK);
        StreamBuffer starved = new StreamBuffer(small);
        starved.start(3);
        // Of the seven that are not kept for first chunks, until it holds as much as is left.
        assertThat(starved.write(3, bytes(3, 300), 0, 300)).isEqualTo(4 * CHUNK);
        assertThat(starved.tail()).isEqualTo(3 + 4 * CHUNK);
        assertThat(starved.heldBytes()).isEqualTo(4 * CHUNK);
    }

    @Test
    void a_buffer_that_takes_what_it_can_get_leaves_as_much_to_others() {
        // 56 of the 64 chunks are not kept for first ones.
        int[] got = new int[4];
        for (int i = 0; i < got.length; i++) {
            got[i] = new StreamBuffer(pool).write(0, bytes(0, 64 * CHUNK), 0, 64 * CHUNK) / CHUNK;
        }
        assertThat(got).containsExactly(28, 14, 7, 4);
    }

    @Test
    void buffers_that_take_what_they_can_get_in_turns_come_to_equal_shares() {
        List<StreamBuffer> greedy = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            greedy.add(new StreamBuffer(pool));
        }
        for (int round = 0; round < 64; round++) {
            for (StreamBuffer each : greedy) {
                each.write(each.tail(), bytes(0, CHUNK), 0, CHUNK);
            }
        }
        // A seventh part each, and as much for who comes later.
        assertThat(greedy).allMatch(each -> each.heldBytes() == 8 * CHUNK);
        assertThat(buffer.write(0, bytes(0, 300), 0, 300)).isGreaterThanOrEqualTo(4 * CHUNK);
    }

    @Test
    void the_first_chunk_is_guaranteed_and_the_second_is_not() {
        for (int i = 0; i < 56; i++) {
            assertThat(pool.acquire(1)).isNotNull();
        }
        assertThat(pool.acquire(1)).isNull();
        assertThat(buffer.write(0, bytes(0, 40), 0, 40)).isEqualTo(CHUNK);
        assertThat(buffer.write(CHUNK, bytes(0, 40), 0, 40)).isZero();
        assertThat(read(0, CHUNK)).isEqualTo(bytes(0, CHUNK));
    }

    @Test
    void a_refused_first_write_leaves_the_buffer_empty() {
        while (pool.acquire(0) != null) {}
        assertThat(buffer.write(7, bytes(0, 4), 0, 4)).isZero();
        assertThat(buffer.heldBytes()).isZero();
        assertThat(buffer.tail()).isZero();
    }

    @Test
    void slices_point_at_the_bytes_in_order() {
        buffer.start(1000);
        buffer.write(1000, bytes(0, 50), 0, 50);
        List<Byte> seen = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        buffer.slices(1010, 30, (chunk, offset, length) -> {
            lengths.add(length);
            for (int i = 0; i < length; i++) {
                seen.add(chunk.bytes().get(offset + i));
            }
        });
        assertThat(lengths).containsExactly(6, 16, 8);
        for (int i = 0; i < 30; i++) {
            assertThat(seen.get(i)).isEqualTo((byte) (10 + i));
        }
    }

    @Test
    void starting_and_clearing_give_everything_back() {
        buffer.write(0, bytes(0, 100), 0, 100);
        buffer.clear();
        assertThat(pool.usedBytes()).isZero();
        assertThat(buffer.head()).isZero();
        buffer.write(5, bytes(0, 100), 0, 100);
        buffer.start(77);
        assertThat(pool.usedBytes()).isZero();
        assertThat(buffer.head()).isEqualTo(77);
        assertThat(buffer.tail()).isEqualTo(77);
    }
}
