package dev.heddle.core.host;

import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/** Copies of received packets that keep what IP input found in them. */
final class PacketCopies {

    private PacketCopies() {}

    /** A copy in a packet of the pool, its TCP header wrapped if it is a segment; null if memory is short. */
    static @Nullable Packet copy(PacketPool packets, Packet source) {
        Packet copy = packets.forLength(source.length());
        if (copy == null) {
            return null;
        }
        copy.copyOf(source);
        copy.sourceHigh = source.sourceHigh;
        copy.sourceLow = source.sourceLow;
        copy.destinationHigh = source.destinationHigh;
        copy.destinationLow = source.destinationLow;
        copy.protocol = source.protocol;
        copy.transportOffset = source.transportOffset - source.offset() + copy.offset();
        copy.transportLength = source.transportLength;
        copy.trafficClass = source.trafficClass;
        copy.hopLimit = source.hopLimit;
        if (copy.protocol == TcpHeader.PROTOCOL && copy.transportLength >= TcpHeader.HEADER_BYTES) {
            // It was accepted once already, so it cannot be refused now.
            copy.tcp().wrap(copy.buffer(), copy.transportOffset, copy.transportLength);
        }
        return copy;
    }
}
