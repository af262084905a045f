package dev.heddle.core.icmp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;

/** Writes echo requests (RFC 792, RFC 4443 4.1). */
public final class EchoOutput {

    private static final int LONGEST_BYTES = 0xffff - IcmpMessage.HEADER_BYTES;
    private static final int IPV4_HEADER_BYTES = 20;

    private EchoOutput() {}

    /** The most bytes of data that a request brings; over IPv4 the IP header counts as well (RFC 791 3.1). */
    public static int longestDataBytes(boolean ipv4) {
        return ipv4 ? LONGEST_BYTES - IPV4_HEADER_BYTES : LONGEST_BYTES;
    }

    /**
     * Writes a request with its checksum.
     *
     * @param into empty, with room for the data and {@link IcmpMessage#HEADER_BYTES}
     * @param identifier what the reply will be known by, with the sequence number; 16 bits each
     */
    public static void write(
            Packet into,
            IpAddress source,
            IpAddress destination,
            int identifier,
            int sequence,
            byte[] data,
            int offset,
            int dataBytes) {
        boolean ipv4 = destination.isIpv4();
        int at = Packet.HEADROOM;
        int length = IcmpMessage.HEADER_BYTES + dataBytes;
        into.head(at, length);
        IcmpMessage.write(
                into.buffer(),
                at,
                ipv4 ? IcmpTypes.V4_ECHO_REQUEST : IcmpTypes.V6_ECHO_REQUEST,
                0,
                identifier << 16 | sequence & 0xffff);
        into.buffer().put(at + IcmpMessage.HEADER_BYTES, data, offset, dataBytes);
        long pseudoSum = ipv4
                ? 0
                : Checksum.pseudoHeader(
                        source.high(),
                        source.low(),
                        destination.high(),
                        destination.low(),
                        IcmpMessage.PROTOCOL_V6,
                        length);
        IcmpMessage.checksum(into.buffer(), at, Checksum.finish(Checksum.add(into.buffer(), at, length, pseudoSum)));
    }
}
