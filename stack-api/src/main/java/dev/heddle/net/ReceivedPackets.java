package dev.heddle.net;

import java.net.DatagramPacket;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how long packets were before datagrams were received into them. {@link DatagramPacket} keeps that for the JDK's
 * own sockets only; for others the length of a datagram becomes the most that the packet takes the next time. So a length
 * that the program has not changed since counts as the former one. Any thread; the lock is a leaf.
 */
final class ReceivedPackets {

    /** What a packet was, and is since a datagram came that is shorter. */
    private record Shortened(byte[] buffer, int offset, int length, int capacity) {

        boolean isStill(DatagramPacket packet) {
            return packet.getLength() == length && packet.getOffset() == offset && packet.getData() == buffer;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();

    /** Packets are equal to themselves only. Guarded by lock. */
    private final Map<DatagramPacket, Shortened> packets = new WeakHashMap<>();

    /** The most bytes that a packet takes. */
    int capacity(DatagramPacket packet) {
        Shortened known = known(packet);
        // Not under the lock: another thread may hold the packet's monitor for as long as it wants.
        return known != null && known.isStill(packet) ? known.capacity : packet.getLength();
    }

    private @Nullable Shortened known(DatagramPacket packet) {
        lock.lock();
        try {
            return packets.get(packet);
        } finally {
            lock.unlock();
        }
    }

    /** Gives a packet the length of a datagram that was received into it. */
    void received(DatagramPacket packet, int length, int capacity) {
        packet.setLength(length);
        Shortened shortened = new Shortened(packet.getData(), packet.getOffset(), length, capacity);
        lock.lock();
        try {
            if (length < capacity) {
                packets.put(packet, shortened);
            } else {
                packets.remove(packet);
            }
        } finally {
            lock.unlock();
        }
    }
}
