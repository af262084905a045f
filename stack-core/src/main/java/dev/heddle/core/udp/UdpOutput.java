package dev.heddle.core.udp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.UdpHeader;

/** The output side of UDP: the header in front of an application's bytes, and the checksum over both. */
public final class UdpOutput {

    /** What a length field can tell (RFC 768); over IPv4 the IP header is part of what that one can tell. */
    private static final int LONGEST_PAYLOAD_BYTES = 0xffff - UdpHeader.HEADER_BYTES;

    private static final int IPV4_HEADER_BYTES = 20;

    private UdpOutput() {}

    /** The most bytes of a datagram's payload. */
    public static int longestPayloadBytes(boolean ipv4) {
        return ipv4 ? LONGEST_PAYLOAD_BYTES - IPV4_HEADER_BYTES : LONGEST_PAYLOAD_BYTES;
    }

    /**
     * Writes a datagram whose checksum is still to be completed.
     *
     * @param into empty, with room for the payload and {@link UdpHeader#HEADER_BYTES}
     */
    public static void write(
            Packet into, int sourcePort, int destinationPort, byte[] payload, int offset, int payloadBytes) {
        int at = Packet.HEADROOM;
        int length = UdpHeader.HEADER_BYTES + payloadBytes;
        into.head(at, length);
        UdpHeader.write(into.buffer(), at, sourcePort, destinationPort, length);
        into.buffer().put(at + UdpHeader.HEADER_BYTES, payload, offset, payloadBytes);
    }

    /**
     * Checksums are always sent (RFC 1122 4.1.3.4, RFC 8200 8.1).
     *
     * @param left whether it is left to the link, or to who stands in for it, to add the datagram's bytes; one that is to be
     *     cut into fragments needs it now
     */
    public static void checksum(
            Packet datagram, long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, boolean left) {
        int length = datagram.headLength();
        long pseudoSum = Checksum.pseudoHeader(
                sourceHigh, sourceLow, destinationHigh, destinationLow, UdpHeader.PROTOCOL, length);
        if (left) {
            UdpHeader.checksum(datagram.buffer(), datagram.offset(), Checksum.fold(pseudoSum));
            datagram.incompleteChecksum(0, UdpHeader.CHECKSUM_OFFSET);
        } else {
            long sum = Checksum.add(datagram.buffer(), datagram.offset(), length, pseudoSum);
            UdpHeader.checksum(datagram.buffer(), datagram.offset(), Checksum.finish(sum));
        }
    }
}
