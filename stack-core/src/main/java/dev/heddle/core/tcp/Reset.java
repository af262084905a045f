package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.TcpHeader;

/** The reset that answers a segment which belongs to no connection (RFC 9293 3.5.2, 3.10.7.1). */
public final class Reset {

    private static final int HOP_LIMIT = 64;

    private Reset() {}

    /**
     * Answers a segment, unless it is a reset itself.
     *
     * @param pair as seen from this side: local is the segment's destination
     */
    public static void answer(TcpContext context, Packet arrived, SocketPair pair) {
        TcpHeader header = arrived.tcp();
        if (header.isRst()) {
            return;
        }
        int sequence = 0;
        int acknowledgment = 0;
        int flags = TcpHeader.RST;
        if (header.isAck()) {
            sequence = header.acknowledgment();
        } else {
            flags |= TcpHeader.ACK;
            acknowledgment =
                    header.sequence() + header.payloadLength() + (header.isSyn() ? 1 : 0) + (header.isFin() ? 1 : 0);
        }
        Packet packet = context.output().acquire();
        SegmentWriter.header(packet, pair, sequence, acknowledgment, flags, 0, SegmentWriter.OPTIONS_OFFSET);
        SegmentWriter.pseudoChecksum(packet, pair);
        context.counters().increment(TcpCounter.TcpOutRsts);
        context.counters().increment(TcpCounter.TcpOutSegs);
        context.output().send(packet, pair, 0, HOP_LIMIT);
    }
}
