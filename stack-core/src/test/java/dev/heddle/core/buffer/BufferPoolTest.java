package dev.heddle.core.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BufferPoolTest {

    private static final int CHUNK = 64;

    private final BufferPool pool = new BufferPool(16 * CHUNK, CHUNK);

    private Chunk acquire(long heldBytes) {
        Chunk chunk = pool.acquire(heldBytes);
        assertThat(chunk).isNotNull();
        return chunk;
    }

    @Test
    void chunks_are_direct_big_endian_and_of_the_pools_size() {
        Chunk chunk = acquire(1);
        assertThat(chunk.bytes().isDirect()).isTrue();
        assertThat(chunk.bytes().order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(chunk.bytes().capacity()).isEqualTo(CHUNK);
    }

    @Test
    void chunks_do_not_overlap() {
        List<Chunk> chunks = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Chunk chunk = acquire(0);
            for (int at = 0; at < CHUNK; at++) {
                chunk.bytes().put(at, (byte) i);
            }
            chunks.add(chunk);
        }
        for (int i = 0; i < 16; i++) {
            for (int at = 0; at < CHUNK; at++) {
                assertThat(chunks.get(i).bytes().get(at)).isEqualTo((byte) i);
            }
        }
    }

    @Test
    void ordinary_requests_leave_an_eighth_to_guaranteed_ones() {
        for (int i = 0; i < 14; i++) {
            acquire(1);
        }
        assertThat(pool.acquire(1)).isNull();
        acquire(0);
        acquire(0);
        assertThat(pool.acquire(0)).isNull();
        assertThat(pool.usedBytes()).isEqualTo(pool.limitBytes());
    }

    @Test
    void a_released_chunk_is_handed_out_again() {
        Chunk chunk = acquire(1);
        pool.release(chunk);
        assertThat(pool.usedBytes()).isZero();
        assertThat(pool.peakBytes()).isEqualTo(CHUNK);
        assertThat(pool.acquire(1)).isSameAs(chunk);
    }

    @Test
    void releasing_twice_is_refused() {
        Chunk chunk = acquire(1);
        acquire(1);
        pool.release(chunk);
        assertThatThrownBy(() -> pool.release(chunk)).isInstanceOf(IllegalStateException.class);
        assertThat(pool.usedBytes()).isEqualTo(CHUNK);
    }

    @Test
    void charges_count_against_the_limit_of_chunks_and_the_other_way_round() {
        assertThat(pool.charge(15 * CHUNK + 1)).isTrue();
        assertThat(pool.acquire(0)).isNull();
        assertThat(pool.charge(CHUNK)).isFalse();
        assertThat(pool.usedBytes()).isEqualTo(15 * CHUNK + 1);
        pool.discharge(15 * CHUNK + 1);
        Chunk chunk = acquire(1);
        assertThat(pool.charge(15 * CHUNK)).isTrue();
        assertThat(pool.charge(1)).isFalse();
        pool.release(chunk);
        pool.discharge(15 * CHUNK);
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void ordinary_charges_leave_what_is_kept_for_guaranteed_requests_and_grant_nobody_more_than_others_have() {
        assertThat(pool.chargeOrdinary(14 * CHUNK + 1, 0)).isFalse();
        assertThat(pool.chargeOrdinary(5 * CHUNK, 0)).isTrue();
        assertThat(pool.chargeOrdinary(1, 9 * CHUNK)).isFalse();
        assertThat(pool.chargeOrdinary(1, 9 * CHUNK - 1)).isTrue();
        assertThat(pool.chargeOrdinary(9 * CHUNK - 1, 0)).isTrue();
        assertThat(pool.chargeOrdinary(1, 0)).isFalse();
        assertThat(pool.acquire(0)).isNotNull();
        pool.discharge(14 * CHUNK);
        assertThat(pool.usedBytes()).isEqualTo(CHUNK);
    }

    @Test
    void a_charge_that_would_overflow_is_refused() {
        assertThat(pool.charge(10)).isTrue();
        assertThat(pool.charge(Long.MAX_VALUE)).isFalse();
        assertThat(pool.usedBytes()).isEqualTo(10);
    }

    @Test
    void more_cannot_be_discharged_than_is_in_use() {
        assertThat(pool.charge(10)).isTrue();
        assertThatThrownBy(() -> pool.discharge(11)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void impossible_sizes_are_refused() {
        assertThatThrownBy(() -> new BufferPool(1 << 20, 1000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BufferPool(1 << 20, 8)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BufferPool(100, 128)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_limit_over_several_slabs_can_be_used_in_full_and_not_beyond() {
        BufferPool large = new BufferPool(5 << 20, 16 * 1024);
        int count = 0;
        while (large.acquire(0) != null) {
            count++;
        }
        assertThat(count).isEqualTo((5 << 20) / (16 * 1024));
    }

    @Test
    void threads_never_share_a_chunk_and_everything_comes_back() throws Exception {
        BufferPool shared = new BufferPool(64 * CHUNK, CHUNK);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> results = Stream.of(1, 2, 3, 4)
                    .map(id -> executor.submit(() -> churn(shared, id)))
                    .toList();
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        }
        assertThat(shared.usedBytes()).isZero();
        assertThat(shared.peakBytes()).isLessThanOrEqualTo(shared.limitBytes());
    }

    /** Whether every chunk still held what this thread wrote into it. */
    private static boolean churn(BufferPool shared, int id) {
        Random random = new Random(id);
        Deque<Chunk> held = new ArrayDeque<>();
        boolean intact = true;
        for (int i = 0; i < 20_000; i++) {
            @Nullable Chunk chunk = random.nextBoolean() ? shared.acquire(random.nextInt(2)) : null;
            if (chunk != null) {
                chunk.bytes().putInt(0, id);
                held.add(chunk);
            } else if (!held.isEmpty()) {
                Chunk oldest = held.remove();
                intact &= oldest.bytes().getInt(0) == id;
                shared.release(oldest);
            }
        }
        held.forEach(shared::release);
        return intact;
    }
}
