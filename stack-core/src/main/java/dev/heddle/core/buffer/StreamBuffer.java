package dev.heddle.core.buffer;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A window of a byte stream, addressed by 64-bit stream offsets and kept in chunks of a pool. Bytes may be written in any
 * order at or ahead of {@link #head()}, also leaving holes; only bytes that were written may be read; the head moves by
 * {@link #release}. Which ranges were written is the caller's to know.
 *
 * <p>Memory: a chunk is taken when the first byte falls into it and goes back when the head passes it, or when nothing
 * written remains. An empty buffer holds no chunk, and no array but a small one if it needed one before, so that a stream
 * that is read as it comes allocates nothing; one of a single chunk needs none.
 *
 * <p>Not thread-safe: belongs to whoever holds the endpoint's exclusion.
 */
public final class StreamBuffer {

    private static final int FIRST_RING_LENGTH = 4;

    /** The longest ring that an empty buffer keeps. */
    private static final int KEPT_RING_LENGTH = 8;

    private final BufferPool pool;
    private final int chunkBytes;
    private final int chunkShift;

    private long head;
    /** Behind the highest byte written, never before the head. */
    private long tail;

    /** Where chunk number 0 starts; moves to the head whenever the first chunk is taken, so that it is used in full. */
    private long origin;

    private int chunkCount;

    /** The only chunk and its number, while {@link #ring} is null. */
    private @Nullable Chunk sole;

    private long soleNumber;

    /** Chunk n is at n modulo the length, a power of two. Null until a second chunk is needed. */
    private @Nullable Chunk @Nullable [] ring;

    public StreamBuffer(BufferPool pool) {
        this.pool = pool;
        this.chunkBytes = pool.chunkBytes();
        this.chunkShift = Integer.numberOfTrailingZeros(chunkBytes);
    }

    /** Empties the buffer and places it at a stream offset. */
    public void start(long offset) {
        releaseAll();
        head = offset;
        tail = offset;
    }

    /** The first offset that is still kept. */
    public long head() {
        return head;
    }

    /** The offset behind the highest byte written; the head if nothing is. There may be holes before it. */
    public long tail() {
        return tail;
    }

    /**
     * Stores a prefix of the bytes, as long as the pool has memory for; all of them if it has. The first chunk of an empty
     * buffer is asked for as guaranteed, but not for bytes ahead of the head: nobody can read those, and whoever sends them
     * may never send the others. Writing again what is there already is allowed.
     *
     * @param offset where the first byte belongs in the stream, at or after {@link #head()}
     * @param sourceIndex the absolute position of the first byte in the source
     * @return the number of bytes stored
     */
    public int write(long offset, ByteBuffer source, int sourceIndex, int length) {
        Objects.checkFromIndexSize(sourceIndex, length, source.limit());
        checkWrite(offset, length);
        int stored = 0;
        while (stored < length) {
            Chunk chunk = chunkFor(offset + stored);
            if (chunk == null) {
                break;
            }
            int at = within(offset + stored);
            int n = Math.min(length - stored, chunkBytes - at);
            chunk.bytes().put(at, source, sourceIndex + stored, n);
            stored += n;
        }
        written(offset, stored);
        return stored;
    }

    /** As {@link #write(long, ByteBuffer, int, int)}, from an array. */
    public int write(long offset, byte[] source, int sourceIndex, int length) {
        Objects.checkFromIndexSize(sourceIndex, length, source.length);
        checkWrite(offset, length);
        int stored = 0;
        while (stored < length) {
            Chunk chunk = chunkFor(offset + stored);
            if (chunk == null) {
                break;
            }
            int at = within(offset + stored);
            int n = Math.min(length - stored, chunkBytes - at);
            chunk.bytes().put(at, source, sourceIndex + stored, n);
            stored += n;
        }
        written(offset, stored);
        return stored;
    }

    /**
     * Copies bytes out; they stay.
     *
     * @throws IndexOutOfBoundsException if the range is not between head and tail, or in a part never written
     */
    public void read(long offset, byte[] target, int targetIndex, int length) {
        checkRead(offset, length);
        for (int done = 0; done < length; ) {
            int at = within(offset + done);
            int n = Math.min(length - done, chunkBytes - at);
            presentAt(offset + done).bytes().get(at, target, targetIndex + done, n);
            done += n;
        }
    }

    /** As {@link #read(long, byte[], int, int)}, to an absolute position of a buffer. */
    public void read(long offset, ByteBuffer target, int targetIndex, int length) {
        checkRead(offset, length);
        for (int done = 0; done < length; ) {
            int at = within(offset + done);
            int n = Math.min(length - done, chunkBytes - at);
            target.put(targetIndex + done, presentAt(offset + done).bytes(), at, n);
            done += n;
        }
    }

    /** Hands out the range as references, one for each chunk, in order; valid until the next change of this buffer. */
    public void slices(long offset, int length, SliceSink sink) {
        checkRead(offset, length);
        for (int done = 0; done < length; ) {
            int at = within(offset + done);
            int n = Math.min(length - done, chunkBytes - at);
            sink.slice(presentAt(offset + done), at, n);
            done += n;
        }
    }

    /** One byte. */
    public byte at(long offset) {
        checkRead(offset, 1);
        return presentAt(offset).bytes().get(within(offset));
    }

    /** Forgets everything before an offset, which becomes the head; nothing happens if it is before the head. */
    public void release(long upTo) {
        if (upTo <= head) {
            return;
        }
        releaseRange(number(head), upTo >= tail ? number(tail - 1) + 1 : number(upTo));
        head = upTo;
        if (chunkCount == 0) {
            tail = upTo;
        }
    }

    /** Forgets everything at and after an offset; nothing happens if it is after the tail. */
    public void truncate(long from) {
        if (from >= tail) {
            return;
        }
        if (from <= head) {
            releaseAll();
        } else {
            releaseRange(number(from - 1) + 1, number(tail - 1) + 1);
        }
        tail = chunkCount == 0 ? head : from;
    }

    /** Forgets everything; the head stays where it is. */
    public void clear() {
        releaseAll();
        tail = head;
    }

    /** The offset behind what the head's chunk takes: up to here no second chunk is needed. */
    public long firstChunkEnd() {
        return chunkCount == 0 ? head + chunkBytes : origin + (number(head) + 1 << chunkShift);
    }

    /** The memory of the chunks held, in bytes. */
    public int heldBytes() {
        return chunkCount * chunkBytes;
    }

    private void checkWrite(long offset, int length) {
        if (offset < head || length < 0) {
            throw new IndexOutOfBoundsException("write of " + length + " at " + offset + ", head " + head);
        }
    }

    private void checkRead(long offset, int length) {
        if (offset < head || length < 0 || offset + length > tail) {
            throw new IndexOutOfBoundsException(
                    "read of " + length + " at " + offset + ", head " + head + ", tail " + tail);
        }
    }

    private void written(long offset, int stored) {
        if (stored > 0) {
            tail = Math.max(tail, offset + stored);
        }
    }

    private long number(long offset) {
        return (offset - origin) >> chunkShift;
    }

    private int within(long offset) {
        return (int) (offset - origin) & (chunkBytes - 1);
    }

    private Chunk presentAt(long offset) {
        Chunk chunk = get(number(offset));
        if (chunk == null) {
            throw new IndexOutOfBoundsException("nothing was written at " + offset);
        }
        return chunk;
    }

    /** The chunk for a byte to be written, taken from the pool if need be; null if the pool refuses. */
    private @Nullable Chunk chunkFor(long offset) {
        if (chunkCount == 0) {
            Chunk chunk = pool.acquire(offset == head ? 0 : 1);
            if (chunk != null) {
                origin = head;
                if (ring == null) {
                    sole = chunk;
                    soleNumber = number(offset);
                    chunkCount = 1;
                } else {
                    put(number(offset), chunk);
                }
            }
            return chunk;
        }
        long number = number(offset);
        Chunk chunk = get(number);
        if (chunk == null) {
            chunk = pool.acquire(heldBytes());
            if (chunk != null) {
                put(number, chunk);
            }
        }
        return chunk;
    }

    private @Nullable Chunk get(long number) {
        @Nullable Chunk[] chunks = ring;
        if (chunks == null) {
            return number == soleNumber ? sole : null;
        }
        // The ring covers its length from the head's chunk on; a number beyond would alias one of those.
        return number - number(head) < chunks.length ? chunks[index(chunks, number)] : null;
    }

    private void put(long number, Chunk chunk) {
        @Nullable Chunk[] chunks = ring;
        long first = number(head);
        long span = Math.max(number, number(tail - 1)) - first + 1;
        if (chunks == null) {
            chunks = ring = new @Nullable Chunk[ringLength(span)];
            chunks[index(chunks, soleNumber)] = sole;
            sole = null;
        } else if (span > chunks.length) {
            @Nullable Chunk[] larger = new @Nullable Chunk[ringLength(span)];
            for (long n = first; n < first + chunks.length; n++) {
                larger[index(larger, n)] = chunks[index(chunks, n)];
            }
            chunks = ring = larger;
        }
        chunks[index(chunks, number)] = chunk;
        chunkCount++;
    }

    private static int ringLength(long span) {
        long length = Math.max(FIRST_RING_LENGTH, Long.highestOneBit(span - 1) << 1);
        if (length > 1 << 30) {
            throw new IndexOutOfBoundsException("a window of " + span + " chunks");
        }
        return (int) length;
    }

    private static int index(@Nullable Chunk[] chunks, long number) {
        return (int) number & (chunks.length - 1);
    }

    /** Gives back the chunks of numbers [from, to). */
    private void releaseRange(long from, long to) {
        @Nullable Chunk[] chunks = ring;
        if (chunks == null) {
            if (sole != null && soleNumber >= from && soleNumber < to) {
                releaseAll();
            }
            return;
        }
        for (long n = from; n < to; n++) {
            int i = index(chunks, n);
            Chunk chunk = chunks[i];
            if (chunk != null) {
                chunks[i] = null;
                chunkCount--;
                pool.release(chunk);
            }
        }
        if (chunkCount == 0 && chunks.length > KEPT_RING_LENGTH) {
            ring = null;
        }
    }

    private void releaseAll() {
        Chunk only = sole;
        if (only != null) {
            pool.release(only);
        }
        @Nullable Chunk[] chunks = ring;
        if (chunks != null) {
            for (Chunk chunk : chunks) {
                if (chunk != null) {
                    pool.release(chunk);
                }
            }
        }
        sole = null;
        ring = null;
        chunkCount = 0;
    }
}
