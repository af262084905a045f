package dev.heddle.core.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random operations on a buffer and on the simplest model of it: an array and who wrote what. */
class StreamBufferPropertyTest {

    private static final int CHUNK = 16;
    private static final int SPAN = 4000;

    @Property(tries = 400)
    void behaves_as_an_array_with_holes(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int poolChunks) {
        Run run = new Run(seed, poolChunks);
        for (int i = 0; i < 200; i++) {
            run.step();
            run.check();
        }
        run.buffer.clear();
        assertThat(run.pool.usedBytes()).isZero();
    }

    private static final class Run {

        private final Random random;
        private final BufferPool pool;
        private final StreamBuffer buffer;
        private final long base;

        /* The model: for each offset from the base what was written, and whether it is kept. */
        private final byte[] content = new byte[SPAN];
        private final boolean[] present = new boolean[SPAN];
        private int head;

        Run(long seed, int poolChunks) {
            random = new Random(seed);
            pool = new BufferPool((long) poolChunks * CHUNK, CHUNK);
            buffer = new StreamBuffer(pool);
            base = random.nextLong(1L << 50);
            buffer.start(base);
        }

        private void step() {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3, 4 -> write(head + random.nextInt(random.nextBoolean() ? 40 : 400));
                case 5 -> write(tail());
                case 6, 7 -> release(head + random.nextInt(60));
                case 8 -> release(inOrderEnd());
                default -> {
                    if (random.nextInt(4) == 0) {
                        truncate(head + random.nextInt(300));
                    } else {
                        truncate(inOrderEnd());
                    }
                }
            }
        }

        private void write(int at) {
            int length = Math.min(random.nextInt(70), SPAN - at);
            if (length < 0) {
                return;
            }
            byte[] source = new byte[length + 3];
            random.nextBytes(source);
            for (int i = 0; i < length; i++) {
                if (present[at + i]) {
                    source[i + 3] = content[at + i]; // a retransmission brings the same bytes
                }
            }
            boolean empty = buffer.heldBytes() == 0;
            int stored = random.nextBoolean()
                    ? buffer.write(base + at, source, 3, length)
                    : buffer.write(base + at, ByteBuffer.wrap(source), 3, length);
            assertThat(stored).isBetween(0, length);
            if (stored < length) {
                long left = pool.limitBytes() - pool.limitBytes() / 8 - pool.usedBytes();
                assertThat(left).as("refused without need").isLessThan(Math.max(CHUNK, buffer.heldBytes() + 1));
            }
            if (empty && length > 0 && at == head) {
                assertThat(stored).as("the first chunk is guaranteed").isPositive();
            }
            System.arraycopy(source, 3, content, at, stored);
            Arrays.fill(present, at, at + stored, true);
        }

        private void release(int upTo) {
            int to = Math.min(upTo, SPAN);
            buffer.release(base + to);
            if (to > head) {
                Arrays.fill(present, head, to, false);
                head = to;
            }
        }

        private void truncate(int from) {
            buffer.truncate(base + from);
            if (from < SPAN) {
                Arrays.fill(present, Math.max(from, head), SPAN, false);
            }
        }

        private void check() {
            assertThat(buffer.head()).isEqualTo(base + head);
            assertThat(pool.usedBytes()).isEqualTo(buffer.heldBytes());
            int tail = tail();
            assertThat(buffer.tail()).isGreaterThanOrEqualTo(base + tail);
            if (tail == head && buffer.tail() == base + head) {
                assertThat(buffer.heldBytes())
                        .as("an empty buffer holds nothing")
                        .isZero();
            }
            int needed = (int) (buffer.tail() - base - head + 2 * CHUNK - 2) / CHUNK;
            assertThat(buffer.heldBytes() / CHUNK).isLessThanOrEqualTo(needed);
            for (int at = head; at < tail; at++) {
                if (present[at]) {
                    checkRun(at);
                    while (at < tail && present[at]) {
                        at++;
                    }
                }
            }
        }

        private void checkRun(int from) {
            int to = from;
            while (to < SPAN && present[to]) {
                to++;
            }
            int length = to - from;
            byte[] expected = Arrays.copyOfRange(content, from, to);
            byte[] read = new byte[length + 1];
            buffer.read(base + from, read, 1, length);
            assertThat(Arrays.copyOfRange(read, 1, length + 1)).isEqualTo(expected);
            ByteBuffer target = ByteBuffer.allocateDirect(length + 1);
            buffer.read(base + from, target, 1, length);
            assertThat(target.slice(1, length)).isEqualTo(ByteBuffer.wrap(expected));
            ByteBuffer gathered = ByteBuffer.allocate(length);
            buffer.slices(base + from, length, (chunk, offset, n) -> {
                assertThat(n).isPositive();
                gathered.put(chunk.bytes().slice(offset, n));
            });
            assertThat(gathered.array()).isEqualTo(expected);
            assertThat(buffer.at(base + from)).isEqualTo(expected[0]);
        }

        /** The model's highest written byte, or the head. */
        private int tail() {
            for (int at = SPAN; at > head; at--) {
                if (present[at - 1]) {
                    return at;
                }
            }
            return head;
        }

        private int inOrderEnd() {
            int at = head;
            while (at < SPAN && present[at]) {
                at++;
            }
            return at;
        }
    }
}
