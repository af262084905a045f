package dev.heddle.tun;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.heddle.core.buffer.Chunk;
import dev.heddle.core.link.Packet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Off-heap bytes in the machine's order, and the addresses of direct buffers. */
final class NativeMemory {

    private final ByteBuffer bytes;
    private final long address;

    /** Zeroed memory, freed when this object is collected. */
    NativeMemory(int size) {
        bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
        address = addressOf(bytes);
    }

    ByteBuffer bytes() {
        return bytes;
    }

    long address() {
        return address;
    }

    /** The address of a packet's buffer, looked up once in the packet's life. */
    static long addressOf(Packet packet) {
        long address = packet.nativeAddress();
        if (address == 0) {
            address = addressOf(packet.buffer());
            packet.nativeAddress(address);
        }
        return address;
    }

    /** The address of a chunk, looked up once in the chunk's life. */
    static long addressOf(Chunk chunk) {
        long address = chunk.nativeAddress();
        if (address == 0) {
            address = addressOf(chunk.bytes());
            chunk.nativeAddress(address);
        }
        return address;
    }

    private static long addressOf(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }
}
