package dev.heddle.core.buffer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One piece of off-heap memory of the pool's chunk size. Whoever holds it owns it; the pool takes it back. */
public final class Chunk {

    private final ByteBuffer bytes;
    private long nativeAddress;

    /** The next chunk of the pool's free list; only the pool touches it. */
    @Nullable Chunk nextFree;

    Chunk(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** The memory, big-endian; used with absolute positions only. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** The memory's address if a native link has looked it up, or 0. */
    public long nativeAddress() {
        return nativeAddress;
    }

    /** Remembers the memory's address; a benign race, every writer stores the same value. */
    public void nativeAddress(long address) {
        nativeAddress = address;
    }
}
