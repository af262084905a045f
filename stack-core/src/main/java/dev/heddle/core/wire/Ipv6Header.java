package dev.heddle.core.wire;

import static dev.heddle.core.wire.Views.u16;
import static dev.heddle.core.wire.Views.u8;

import java.nio.ByteBuffer;

/**
 * A view of an IPv6 packet (RFC 8200). {@link #wrap} points it at bytes, validates all lengths and walks the extension
 * headers up to the transport or to a fragment header. Buffers are big-endian; their position and limit do not matter.
 */
public final class Ipv6Header {

    /** The bytes of the header without extensions. */
    public static final int HEADER_BYTES = 40;

    /** The largest payload of a fragmented packet. */
    private static final int MAX_PAYLOAD = 65_535;

    /** RFC 8504 5.3 lets a host limit the chain; the recommended order of RFC 8200 4.1 has seven headers. */
    private static final int MAX_EXTENSIONS = 8;

    private static final int PAYLOAD_LENGTH = 4;
    private static final int NEXT_HEADER = 6;
    private static final int HOP_LIMIT = 7;
    private static final int SOURCE = 8;
    private static final int DESTINATION = 24;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int AUTHENTICATION = 51;
    private static final int NO_NEXT_HEADER = 59;
    private static final int DESTINATION_OPTIONS = 60;

    private static final int FRAGMENT_HEADER_BYTES = 8;
    private static final int FRAGMENT_OFFSET = 0xfff8;
    private static final int MORE_FRAGMENTS = 1;

    private static final int OPTION_PAD1 = 0;
    private static final int OPTION_PADN = 1;
    private static final int OPTION_ROUTER_ALERT = 5;

    private ByteBuffer buffer = Views.EMPTY;
    private int offset;
    private int end;
    private int protocol;
    private int transportOffset;
    /** Where the fragment header is, absolute; −1 if there is none or it makes no fragment. */
    private int fragmentHeader = -1;

    /**
     * Looks at the packet in [offset, offset + length) of the buffer, which must hold it; bytes beyond the payload length
     * are padding of the link. After a refusal the getters mean nothing.
     */
    public Refusal wrap(ByteBuffer b, int packetOffset, int length) {
        Refusal refusal = wrapHeader(b, packetOffset, length);
        if (refusal != Refusal.NONE) {
            return refusal;
        }
        int payloadEnd = packetOffset + HEADER_BYTES + u16(b, packetOffset + PAYLOAD_LENGTH);
        if (payloadEnd > packetOffset + length) {
            return Refusal.IPV6_PAYLOAD_LENGTH;
        }
        end = payloadEnd;
        return isExtension(protocol) ? walk() : Refusal.NONE;
    }

    /**
     * Looks at the start of a packet, as ICMP errors quote it: the payload length may be beyond what is there, and
     * {@link #transportLength()} tells only what is quoted. Extension headers that are cut off are a refusal.
     */
    public Refusal wrapQuoted(ByteBuffer b, int packetOffset, int length) {
        Refusal refusal = wrapHeader(b, packetOffset, length);
        if (refusal != Refusal.NONE) {
            return refusal;
        }
        end = packetOffset + Math.min(length, HEADER_BYTES + u16(b, packetOffset + PAYLOAD_LENGTH));
        return isExtension(protocol) ? walk() : Refusal.NONE;
    }

    private Refusal wrapHeader(ByteBuffer b, int packetOffset, int length) {
        if (length < HEADER_BYTES) {
            return Refusal.IPV6_TRUNCATED;
        }
        if (u8(b, packetOffset) >>> 4 != 6) {
            return Refusal.IPV6_VERSION;
        }
        buffer = b;
        offset = packetOffset;
        protocol = u8(b, packetOffset + NEXT_HEADER);
        transportOffset = packetOffset + HEADER_BYTES;
        fragmentHeader = -1;
        return Refusal.NONE;
    }

    private static boolean isExtension(int nextHeader) {
        return switch (nextHeader) {
            case HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, NO_NEXT_HEADER, DESTINATION_OPTIONS -> true;
            default -> false;
        };
    }

    /** Moves {@link #transportOffset} and {@link #protocol} behind the extension headers. */
    private Refusal walk() {
        for (int count = 0; isExtension(protocol); count++) {
            if (protocol == NO_NEXT_HEADER) {
                return Refusal.IPV6_NO_NEXT_HEADER;
            }
            if (count == MAX_EXTENSIONS) {
                return Refusal.IPV6_EXTENSION_COUNT;
            }
            int at = transportOffset;
            if (at + 8 > end) {
                return Refusal.IPV6_EXTENSION_LENGTH;
            }
            int bytes = extensionBytes(at);
            if (at + bytes > end) {
                return Refusal.IPV6_EXTENSION_LENGTH;
            }
            Refusal refusal = takeExtension(at, bytes, count);
            if (refusal != Refusal.NONE || fragmentHeader >= 0) {
                return refusal;
            }
            protocol = u8(buffer, at);
            transportOffset = at + bytes;
        }
        return Refusal.NONE;
    }

    private int extensionBytes(int at) {
        int lengthField = u8(buffer, at + 1);
        return switch (protocol) {
            case FRAGMENT -> FRAGMENT_HEADER_BYTES; // its second byte is reserved
            case AUTHENTICATION -> (lengthField + 2) << 2; // RFC 4302 2.2: in words of four bytes
            default -> (lengthField + 1) << 3;
        };
    }

    private Refusal takeExtension(int at, int bytes, int count) {
        switch (protocol) {
            case HOP_BY_HOP -> {
                return count > 0 ? Refusal.IPV6_EXTENSION_ORDER : walkOptions(at + 2, at + bytes);
            }
            case DESTINATION_OPTIONS -> {
                return walkOptions(at + 2, at + bytes);
            }
            case ROUTING -> {
                // RFC 8200 4.4: an unknown type is ignored when no segments are left; RFC 5095: type 0 is no more
                return u8(buffer, at + 3) != 0 ? Refusal.IPV6_ROUTING_HEADER : Refusal.NONE;
            }
            case FRAGMENT -> {
                return takeFragment(at);
            }
            default -> {
                return Refusal.NONE;
            }
        }
    }

    private Refusal takeFragment(int at) {
        int field = u16(buffer, at + 2);
        if ((field & (FRAGMENT_OFFSET | MORE_FRAGMENTS)) == 0) {
            return Refusal.NONE; // RFC 6946: an atomic fragment is a whole packet
        }
        int payload = end - at - FRAGMENT_HEADER_BYTES;
        boolean more = (field & MORE_FRAGMENTS) != 0;
        int unfragmentable = at - offset - HEADER_BYTES;
        if (payload <= 0
                || (more && payload % 8 != 0)
                || unfragmentable + (field & FRAGMENT_OFFSET) + payload > MAX_PAYLOAD) {
            return Refusal.IPV6_FRAGMENT;
        }
        fragmentHeader = at;
        protocol = u8(buffer, at);
        transportOffset = at + FRAGMENT_HEADER_BYTES;
        return Refusal.NONE;
    }

    private Refusal walkOptions(int from, int to) {
        int i = from;
        while (i < to) {
            int type = u8(buffer, i);
            if (type == OPTION_PAD1) {
                i++;
                continue;
            }
            if (i + 1 == to) {
                return Refusal.IPV6_OPTION_LENGTH;
            }
            int next = i + 2 + u8(buffer, i + 1);
            if (next > to) {
                return Refusal.IPV6_OPTION_LENGTH;
            }
            // RFC 8200 4.2: the two highest bits of a type say what to do with an option that is not known
            if (type != OPTION_PADN && type != OPTION_ROUTER_ALERT && type >>> 6 != 0) {
                return Refusal.IPV6_OPTION_UNKNOWN;
            }
            i = next;
        }
        return Refusal.NONE;
    }

    /** The bytes behind the first 40, extension headers included, as far as they are there. */
    public int payloadLength() {
        return end - offset - HEADER_BYTES;
    }

    /** DSCP and ECN. */
    public int trafficClass() {
        return buffer.getInt(offset) >>> 20 & 0xff;
    }

    /** 20 bits. */
    public int flowLabel() {
        return buffer.getInt(offset) & 0xf_ffff;
    }

    public int hopLimit() {
        return u8(buffer, offset + HOP_LIMIT);
    }

    public long sourceHigh() {
        return buffer.getLong(offset + SOURCE);
    }

    public long sourceLow() {
        return buffer.getLong(offset + SOURCE + 8);
    }

    public long destinationHigh() {
        return buffer.getLong(offset + DESTINATION);
    }

    public long destinationLow() {
        return buffer.getLong(offset + DESTINATION + 8);
    }

    /** The protocol behind the extension headers; of a fragment the protocol behind its fragment header. */
    public int protocol() {
        return protocol;
    }

    /** Where the bytes behind the extension headers start, absolute in the buffer. */
    public int transportOffset() {
        return transportOffset;
    }

    /** The bytes behind the extension headers. */
    public int transportLength() {
        return end - transportOffset;
    }

    /** Whether the packet is not a whole one; {@link #fragmentOffsetBytes} and its like mean something only then. */
    public boolean isFragment() {
        return fragmentHeader >= 0;
    }

    public boolean moreFragments() {
        return (u16(buffer, fragmentHeader + 2) & MORE_FRAGMENTS) != 0;
    }

    /** Where the fragment belongs in the fragmentable part, in bytes. */
    public int fragmentOffsetBytes() {
        return u16(buffer, fragmentHeader + 2) & FRAGMENT_OFFSET;
    }

    /** 32 bits. */
    public int identification() {
        return buffer.getInt(fragmentHeader + 4);
    }

    /**
     * Writes a header.
     *
     * @param payloadLength the bytes behind it, up to 65,535
     * @param trafficClass DSCP and ECN
     * @param flowLabel 20 bits
     */
    public static void write(
            ByteBuffer b,
            int offset,
            int payloadLength,
            int nextHeader,
            int hopLimit,
            int trafficClass,
            int flowLabel,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow) {
        b.putInt(offset, 6 << 28 | (trafficClass & 0xff) << 20 | (flowLabel & 0xf_ffff));
        b.putInt(offset + PAYLOAD_LENGTH, payloadLength << 16 | (nextHeader & 0xff) << 8 | (hopLimit & 0xff));
        b.putLong(offset + SOURCE, sourceHigh);
        b.putLong(offset + SOURCE + 8, sourceLow);
        b.putLong(offset + DESTINATION, destinationHigh);
        b.putLong(offset + DESTINATION + 8, destinationLow);
    }
}
