package dev.heddle.tun;

import dev.heddle.core.link.Packet;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** Off-heap room for the {@code iovec} array of one {@code writev}. Used by one call at a time. */
final class GatherArea {

    /** What the kernel takes in one call ({@code UIO_MAXIOV}). */
    static final int MAX_PIECES = 1024;

    private static final int INITIAL_PIECES = 16;
    private static final int IOVEC_BYTES = 16;

    private NativeMemory memory = new NativeMemory(INITIAL_PIECES * IOVEC_BYTES);

    /**
     * Writes a packet and its slices with one system call.
     *
     * @param start where the first byte to write is in the packet's buffer: the packet's first or a link header's in front
     * @return what {@code writev} returns
     */
    long write(int fd, Packet packet, int start) {
        int slices = packet.sliceCount();
        if (slices >= MAX_PIECES) {
            throw new IllegalArgumentException("too many slices: " + slices);
        }
        NativeMemory iovecs = withRoomFor(slices + 1);
        ByteBuffer b = iovecs.bytes();
        b.putLong(0, NativeMemory.addressOf(packet) + start);
        b.putLong(8, packet.offset() + packet.headLength() - start);
        int at = IOVEC_BYTES;
        for (int i = 0; i < slices; i++) {
            b.putLong(at, NativeMemory.addressOf(packet.sliceChunk(i)) + packet.sliceOffset(i));
            b.putLong(at + 8, packet.sliceLength(i));
            at += IOVEC_BYTES;
        }
        try {
            return LibC.writev(fd, iovecs.address(), slices + 1);
        } finally {
            Reference.reachabilityFence(iovecs);
        }
    }

    private NativeMemory withRoomFor(int pieces) {
        if (memory.bytes().capacity() < pieces * IOVEC_BYTES) {
            memory = new NativeMemory(Math.min(MAX_PIECES, 2 * pieces) * IOVEC_BYTES);
        }
        return memory;
    }
}
