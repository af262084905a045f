package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.TcpHeader;

/** The segment that answers a SYN on the listening side. */
final class SynAck {

    private SynAck() {}

    /**
     * Sends it.
     *
     * @param timestamp ours, if timestamps were negotiated
     * @param timestampEcho the SYN's
     * @param window what is announced
     * @param ecn whether the SYN asked for ECN and gets it (RFC 3168 6.1.1)
     */
    static void send(
            TcpContext context,
            SocketPair pair,
            ConnectionOptions options,
            PathProperties path,
            NegotiatedOptions negotiated,
            int iss,
            int irs,
            int timestamp,
            int timestampEcho,
            int window,
            boolean ecn) {
        Packet packet = context.output().acquire();
        int mss = path.firstHopMtu() - path.ipHeaderBytes() - TcpHeader.HEADER_BYTES;
        int announced = options.mssClamp() > 0 ? Math.min(options.mssClamp(), mss) : mss;
        int optionsEnd = SegmentWriter.synOptions(packet.buffer(), announced, negotiated, timestamp, timestampEcho);
        int flags = TcpHeader.SYN | TcpHeader.ACK | (ecn ? TcpHeader.ECE : 0);
        SegmentWriter.header(packet, pair, iss, irs + 1, flags, window, optionsEnd);
        SegmentWriter.pseudoChecksum(packet, pair);
        context.counters().increment(TcpCounter.TcpOutSegs);
        context.output().send(packet, pair, options.trafficClass() & ~Ecn.MASK, options.hopLimit());
    }
}
