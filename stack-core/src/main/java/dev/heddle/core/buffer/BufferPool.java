package dev.heddle.core.buffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of a host's buffer memory: off-heap chunks of one size, and an account for buffer memory that is not in
 * chunks, under one limit that is never passed. Chunks are cut from larger slabs, which are allocated on demand and kept
 * for reuse; what counts against the limit is what is in use.
 *
 * <p>Any thread may call at any time. The lock is a leaf: nothing is called under it.
 */
public final class BufferPool {

    /** The usual size of a chunk in bytes. */
    public static final int DEFAULT_CHUNK_BYTES = 16 * 1024;

    private static final int SLAB_BYTES = 1024 * 1024;

    /** Ordinary requests leave 1/8 of the limit to guaranteed ones and to packets on their way. */
    private static final int RESERVE_SHIFT = 3;

    /** Memory is short when less than this part of the limit is free for ordinary requests. */
    private static final int SHORT_SHIFT = 3;

    private final long limitBytes;
    private final long ordinaryLimitBytes;
    private final int chunkBytes;

    private final ReentrantLock lock = new ReentrantLock();

    /** Written under the lock, read by anybody. */
    private volatile long usedBytes;

    /* All below: guarded by lock. */
    private @Nullable Chunk free;
    private long slabBytes;
    private long peakBytes;
    private boolean offHeapExhausted;

    /**
     * @param limitBytes the most bytes ever in use, at least one chunk
     * @param chunkBytes the size of each chunk: a power of two, at least 16
     */
    public BufferPool(long limitBytes, int chunkBytes) {
        if (chunkBytes < 16 || Integer.bitCount(chunkBytes) != 1) {
            throw new IllegalArgumentException("chunk size must be a power of two, at least 16: " + chunkBytes);
        }
        if (limitBytes < chunkBytes) {
            throw new IllegalArgumentException("limit " + limitBytes + " is less than one chunk of " + chunkBytes);
        }
        this.limitBytes = limitBytes;
        this.ordinaryLimitBytes = limitBytes - (limitBytes >>> RESERVE_SHIFT);
        this.chunkBytes = chunkBytes;
    }

    /**
     * Hands out a chunk of undefined content. Nobody who holds some gets more than is left to others: a holder of much is
     * refused before a holder of little, and however many there are, they come to equal shares. Who holds nothing may use the
     * last eighth of the limit, which is kept for that: it is an endpoint's first chunk in a direction.
     *
     * @param heldBytes what the one who asks holds already
     * @return null if there is none for such a request, or the JVM grants no more off-heap memory
     */
    public @Nullable Chunk acquire(long heldBytes) {
        lock.lock();
        try {
            if (usedBytes + chunkBytes > (heldBytes == 0 ? limitBytes : ordinaryLimitBytes)
                    || heldBytes > 0 && heldBytes >= ordinaryLimitBytes - usedBytes) {
                return null;
            }
            Chunk chunk = free;
            if (chunk == null) {
                addSlab();
                chunk = free;
                if (chunk == null) {
                    return null;
                }
            }
            free = chunk.nextFree;
            chunk.nextFree = chunk; // marks it as handed out
            use(chunkBytes);
            return chunk;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a chunk back.
     *
     * @throws IllegalStateException if the chunk was not handed out
     */
    public void release(Chunk chunk) {
        lock.lock();
        try {
            if (chunk.nextFree != chunk) {
                throw new IllegalStateException("chunk released twice");
            }
            chunk.nextFree = free;
            free = chunk;
            use(-chunkBytes);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Accounts for buffer memory that is not in chunks. It may use the whole limit: packets on their way are what frees
     * memory again.
     *
     * @return false if the limit would be passed; nothing is charged then
     */
    public boolean charge(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative: " + bytes);
        }
        lock.lock();
        try {
            if (bytes > limitBytes - usedBytes) {
                return false;
            }
            use(bytes);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * As {@link #charge}, for memory that is asked for as chunks are: nobody who holds some gets more than is left to others, and
     * none of it is what is kept for those who hold nothing.
     *
     * @param heldBytes what the one who asks has charged already
     */
    public boolean chargeOrdinary(long bytes, long heldBytes) {
        lock.lock();
        try {
            long left = ordinaryLimitBytes - usedBytes;
            if (bytes > left || heldBytes >= left) {
                return false;
            }
            use(bytes);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a successful {@link #charge} or {@link #chargeOrdinary}. */
    public void discharge(long bytes) {
        lock.lock();
        try {
            if (bytes < 0 || bytes > usedBytes) {
                throw new IllegalArgumentException("discharge of " + bytes + " bytes with " + usedBytes + " in use");
            }
            use(-bytes);
        } finally {
            lock.unlock();
        }
    }

    /** The size of each chunk in bytes. */
    public int chunkBytes() {
        return chunkBytes;
    }

    /** The most bytes that can ever be in use. */
    public long limitBytes() {
        return limitBytes;
    }

    /** The bytes handed out in chunks and charged. */
    public long usedBytes() {
        return usedBytes;
    }

    /** What is left to those who hold some, and so the most that one of them may hold. */
    public long ordinaryFreeBytes() {
        return Math.max(0, ordinaryLimitBytes - usedBytes);
    }

    /** What an endpoint may hold in one direction as things are: a chunk at least, unless there is none. */
    public long shareBytes() {
        return Math.max(mayGuarantee() ? chunkBytes : 0, ordinaryFreeBytes());
    }

    /** Whether so little is left that what can be done without should not be kept. */
    public boolean isShort() {
        return ordinaryLimitBytes - usedBytes < limitBytes >>> SHORT_SHIFT;
    }

    /** Whether guaranteed requests have used up half of what is kept for them. */
    public boolean isNearlyExhausted() {
        return usedBytes() > limitBytes - (limitBytes >>> RESERVE_SHIFT + 1);
    }

    /** Whether there is a chunk for a guaranteed request. */
    public boolean mayGuarantee() {
        return usedBytes() + chunkBytes <= limitBytes;
    }

    /** The most bytes that were ever in use at one time. */
    public long peakBytes() {
        lock.lock();
        try {
            return peakBytes;
        } finally {
            lock.unlock();
        }
    }

    private void use(long bytes) {
        // Only the holder of the lock writes; others just read.
        long used = usedBytes + bytes;
        usedBytes = used;
        peakBytes = Math.max(peakBytes, used);
    }

    private void addSlab() {
        int count = (int) Math.min(Math.max(1, SLAB_BYTES / chunkBytes), (limitBytes - slabBytes) / chunkBytes);
        if (count == 0 || offHeapExhausted) {
            return;
        }
        ByteBuffer slab;
        try {
            slab = ByteBuffer.allocateDirect(count * chunkBytes);
        } catch (OutOfMemoryError e) {
            // The JVM's own limit (-XX:MaxDirectMemorySize) is lower than ours. It was searched for long before it
            // gave up: never again.
            offHeapExhausted = true;
            return;
        }
        for (int i = count - 1; i >= 0; i--) {
            Chunk chunk = new Chunk(slab.slice(i * chunkBytes, chunkBytes).order(ByteOrder.BIG_ENDIAN));
            chunk.nextFree = free;
            free = chunk;
        }
        slabBytes += (long) count * chunkBytes;
    }
}
