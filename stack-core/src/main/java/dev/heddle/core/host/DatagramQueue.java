package dev.heddle.core.host;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.buffer.StreamBuffer;
import dev.heddle.core.link.Packet;
import dev.heddle.core.udp.Delivery;
import dev.heddle.core.wire.UdpHeader;
import java.nio.ByteBuffer;

/**
 * The datagrams that wait for an application, one behind the other in the host's buffer memory, each with a record of where it
 * came from. The caller guarantees exclusion.
 */
final class DatagramQueue {

    /** Both addresses, the source's port, the length. */
    private static final int RECORD_BYTES = 40;

    private final BufferPool pool;
    private final StreamBuffer bytes;
    private final ByteBuffer entry = ByteBuffer.allocate(RECORD_BYTES);

    DatagramQueue(BufferPool pool) {
        this.pool = pool;
        bytes = new StreamBuffer(pool);
    }

    /**
     * Adds a copy of a datagram.
     *
     * @param limitBytes what may wait; the first datagram always may
     */
    Delivery add(Packet packet, UdpHeader header, long limitBytes) {
        int length = header.payloadLength();
        long at = bytes.tail();
        if (!isEmpty() && at - bytes.head() + RECORD_BYTES + length > limitBytes) {
            return Delivery.BUFFER_FULL;
        }
        // Whoever sends datagrams must be ready to lose them: connections, which are not, come first. One datagram for
        // each
        // endpoint may use a part of what is kept for those that hold nothing, half of which is left to connections.
        if (isEmpty() ? pool.isNearlyExhausted() : pool.isShort()) {
            return Delivery.NO_MEMORY;
        }
        entry.putLong(0, packet.sourceHigh)
                .putLong(8, packet.sourceLow)
                .putLong(16, packet.destinationHigh)
                .putLong(24, packet.destinationLow)
                .putInt(32, header.sourcePort())
                .putInt(36, length);
        int stored = bytes.write(at, entry, 0, RECORD_BYTES);
        if (stored == RECORD_BYTES) {
            stored += bytes.write(at + RECORD_BYTES, header.buffer(), header.payloadOffset(), length);
        }
        if (stored < RECORD_BYTES + length) {
            bytes.truncate(at);
            return Delivery.NO_MEMORY;
        }
        return Delivery.DELIVERED;
    }

    /**
     * Takes the datagram that has waited longest; what of it is too long for the target is lost.
     *
     * @return how many bytes were copied, or −1 if none waits
     */
    int poll(byte[] target, int offset, int length, DatagramSource source) {
        if (isEmpty()) {
            return -1;
        }
        long at = bytes.head();
        bytes.read(at, entry, 0, RECORD_BYTES);
        source.sourceHigh = entry.getLong(0);
        source.sourceLow = entry.getLong(8);
        source.destinationHigh = entry.getLong(16);
        source.destinationLow = entry.getLong(24);
        source.sourcePort = entry.getInt(32);
        source.datagramBytes = entry.getInt(36);
        int copied = Math.min(length, source.datagramBytes);
        bytes.read(at + RECORD_BYTES, target, offset, copied);
        bytes.release(at + RECORD_BYTES + source.datagramBytes);
        return copied;
    }

    boolean isEmpty() {
        return bytes.head() == bytes.tail();
    }

    /** What waits, with the records. */
    int waitingBytes() {
        return (int) (bytes.tail() - bytes.head());
    }

    /** Forgets what waits. */
    void clear() {
        bytes.clear();
    }
}
