package dev.heddle.core.link;

import org.jspecify.annotations.Nullable;

/** Packets first in, first out, linked through {@link Packet#next}. Not thread-safe. */
final class PacketQueue {

    private @Nullable Packet first;
    private @Nullable Packet last;

    void add(Packet packet) {
        packet.next = null;
        Packet before = last;
        if (before == null) {
            first = packet;
        } else {
            before.next = packet;
        }
        last = packet;
    }

    @Nullable Packet poll() {
        Packet packet = first;
        if (packet != null) {
            first = packet.next;
            packet.next = null;
            if (first == null) {
                last = null;
            }
        }
        return packet;
    }

    boolean isEmpty() {
        return first == null;
    }
}
