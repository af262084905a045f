package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;

/**
 * Writes segments into packets: options first, then the header in front of them, then the payload, then the checksum's
 * pseudo-header sum. The link or {@code SoftwareOffload} completes the checksum.
 */
final class SegmentWriter {

    /** Where options start. */
    static final int OPTIONS_OFFSET = SegmentOutput.TCP_OFFSET + TcpHeader.HEADER_BYTES;

    private static final int PROTOCOL = 6;

    private SegmentWriter() {}

    /**
     * The options of a SYN, the only segment with an MSS (RFC 9293 MUST-14, MUST-65, MAY-3; RFC 7323, RFC 2018); returns the
     * offset behind them, aligned by no-operations in front so that nothing follows (MUST-68, MUST-69).
     */
    static int synOptions(ByteBuffer b, int mss, NegotiatedOptions offered, int timestamp, int timestampEcho) {
        int at = TcpOptions.writeMss(b, OPTIONS_OFFSET, mss);
        if (offered.sack()) {
            if (!offered.timestamps()) {
                at = TcpOptions.writeNop(b, TcpOptions.writeNop(b, at));
            }
            at = TcpOptions.writeSackPermitted(b, at);
        }
        if (offered.timestamps()) {
            if (!offered.sack()) {
                at = TcpOptions.writeNop(b, TcpOptions.writeNop(b, at));
            }
            at = TcpOptions.writeTimestamps(b, at, timestamp, timestampEcho);
        }
        if (offered.windowScaling()) {
            at = TcpOptions.writeNop(b, at);
            at = TcpOptions.writeWindowScale(b, at, offered.receiveShift());
        }
        return at;
    }

    /** The aligned timestamps option (RFC 7323 appendix A); returns the offset behind it. */
    static int timestamps(ByteBuffer b, int at, int value, int echo) {
        return TcpOptions.writeTimestamps(b, TcpOptions.writeNop(b, TcpOptions.writeNop(b, at)), value, echo);
    }

    /** The header in front of options that end at {@code optionsEnd}, which is a multiple of four bytes from their start. */
    static void header(
            Packet packet, SocketPair pair, int sequence, int acknowledgment, int flags, int window, int optionsEnd) {
        TcpHeader.write(
                packet.buffer(),
                SegmentOutput.TCP_OFFSET,
                pair.localPort(),
                pair.remotePort(),
                sequence,
                acknowledgment,
                optionsEnd - SegmentOutput.TCP_OFFSET,
                flags,
                window,
                0);
        packet.head(SegmentOutput.TCP_OFFSET, optionsEnd - SegmentOutput.TCP_OFFSET);
    }

    /** Makes the segment whose header was written point to urgent data; a pointer of 0 changes nothing. */
    static void urgent(Packet packet, int urgentPointer) {
        if (urgentPointer > 0) {
            TcpHeader.urgent(packet.buffer(), SegmentOutput.TCP_OFFSET, urgentPointer);
        }
    }

    /** The pseudo-header's sum over the whole segment; the packet's payload is complete. */
    static void pseudoChecksum(Packet packet, SocketPair pair) {
        long sum = Checksum.pseudoHeader(
                pair.localHigh(), pair.localLow(), pair.remoteHigh(), pair.remoteLow(), PROTOCOL, packet.length());
        TcpHeader.checksum(packet.buffer(), SegmentOutput.TCP_OFFSET, Checksum.fold(sum));
        packet.incompleteChecksum(0, TcpHeader.CHECKSUM_OFFSET);
    }
}
