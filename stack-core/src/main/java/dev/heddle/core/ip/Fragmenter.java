package dev.heddle.core.ip;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Extension;
import dev.heddle.core.wire.Ipv6Header;
import java.nio.ByteBuffer;

/** Cuts a datagram that is longer than the path's MTU into fragments (RFC 791 3.2, RFC 8200 4.5), one at a time. */
public final class Fragmenter {

    /** RFC 8200 5: every link that carries IPv6 takes packets of 1,280 bytes. */
    private static final int LEAST_MTU_V6 = 1280;

    private final Packet payload;
    private final DatagramHeader header;
    private final boolean ipv4;
    private final int headerBytes;
    private final int mostPayloadBytes;
    private int nextOffset;

    /**
     * Begins.
     *
     * @param payload the transport's bytes; it stays the caller's and must not change
     * @param mtu the most bytes of a packet
     */
    public Fragmenter(Packet payload, DatagramHeader header, int mtu) {
        this.payload = payload;
        this.header = header;
        ipv4 = header.isIpv4();
        headerBytes = ipv4 ? Ipv4Header.HEADER_BYTES : Ipv6Header.HEADER_BYTES + Ipv6Extension.FRAGMENT_BYTES;
        // All but the last hold a multiple of eight bytes.
        mostPayloadBytes = (Math.max(mtu, ipv4 ? 0 : LEAST_MTU_V6) - headerBytes) & ~7;
    }

    /** Whether the length field can tell the datagram's length at all. */
    public static boolean isPossible(int payloadBytes, boolean ipv4) {
        return payloadBytes <= Packet.MAX_LENGTH - (ipv4 ? Ipv4Header.HEADER_BYTES : 0);
    }

    public boolean hasNext() {
        return nextOffset < payload.length();
    }

    /** The bytes of the next fragment, its headers included. */
    public int nextLength() {
        return headerBytes + nextPayloadBytes();
    }

    private int nextPayloadBytes() {
        return Math.min(mostPayloadBytes, payload.length() - nextOffset);
    }

    /**
     * Writes the next fragment.
     *
     * @param into an empty packet with room for {@link #nextLength}
     */
    public void write(Packet into) {
        int length = nextPayloadBytes();
        boolean more = nextOffset + length < payload.length();
        int at = Packet.HEADROOM;
        ByteBuffer b = into.buffer();
        into.head(at, headerBytes + length);
        if (ipv4) {
            Ipv4Header.write(
                    b,
                    at,
                    headerBytes + length,
                    header.identification(),
                    false,
                    header.hopLimit(),
                    header.protocol(),
                    header.trafficClass(),
                    (int) header.sourceLow(),
                    (int) header.destinationLow());
            Ipv4Header.becomeFragment(b, at, headerBytes + length, nextOffset, more);
        } else {
            Ipv6Header.write(
                    b,
                    at,
                    Ipv6Extension.FRAGMENT_BYTES + length,
                    Ipv6Extension.FRAGMENT,
                    header.hopLimit(),
                    header.trafficClass(),
                    0,
                    header.sourceHigh(),
                    header.sourceLow(),
                    header.destinationHigh(),
                    header.destinationLow());
            Ipv6Extension.writeFragment(
                    b, at + Ipv6Header.HEADER_BYTES, header.protocol(), nextOffset, more, header.identification());
        }
        payload.copyTo(nextOffset, length, b, at + headerBytes);
        nextOffset += length;
    }
}
