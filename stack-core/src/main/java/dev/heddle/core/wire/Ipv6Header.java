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

    /** What {@link #problemCode} says when the sender is not told. */
    public static final int NO_PROBLEM = -1;

    /* The codes of a parameter problem (RFC 4443 3.4, RFC 7112 6). */
    private static final int ERRONEOUS_FIELD = 0;
    private static final int UNRECOGNIZED_NEXT_HEADER = 1;
    private static final int UNRECOGNIZED_OPTION = 2;

    private static final int PAYLOAD_LENGTH = 4;
    static final int NEXT_HEADER = 6;
    private static final int HOP_LIMIT = 7;
    private static final int SOURCE = 8;
    private static final int DESTINATION = 24;

    static final int FRAGMENT_OFFSET = 0xfff8;
    static final int MORE_FRAGMENTS = 1;

    private static final int OPTION_PAD1 = 0;
    private static final int OPTION_PADN = 1;
    private static final int OPTION_ROUTER_ALERT = 5;

    /* RFC 8200 4.2: what the two highest bits of a type ask of a node that does not know the option. */
    private static final int SKIP = 0;
    private static final int DISCARD = 1;
    private static final int DISCARD_AND_TELL = 2;

    private ByteBuffer buffer = Views.EMPTY;
    private int offset;
    private int end;
    private int protocol;
    private int transportOffset;
    /** Where the number of the protocol stands, absolute. */
    private int protocolField;
    /** Where the fragment header is, absolute; −1 if there is none or it makes no fragment. */
    private int fragmentHeader = -1;

    /** Of a fragment: where the number of the fragment header stands, absolute. */
    private int fragmentProtocolField;

    private int problemCode = NO_PROBLEM;
    private int problemPointer;
    private boolean problemOfGroups;

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
        return Ipv6Extension.isOne(protocol) ? walk() : Refusal.NONE;
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
        return Ipv6Extension.isOne(protocol) ? walk() : Refusal.NONE;
    }

    private Refusal wrapHeader(ByteBuffer b, int packetOffset, int length) {
        problemCode = NO_PROBLEM;
        problemOfGroups = false;
        if (length < HEADER_BYTES) {
            return Refusal.IPV6_TRUNCATED;
        }
        if (u8(b, packetOffset) >>> 4 != 6) {
            return Refusal.IPV6_VERSION;
        }
        buffer = b;
        offset = packetOffset;
        protocolField = packetOffset + NEXT_HEADER;
        protocol = u8(b, protocolField);
        transportOffset = packetOffset + HEADER_BYTES;
        fragmentHeader = -1;
        return Refusal.NONE;
    }

    /** Moves {@link #transportOffset} and {@link #protocol} behind the extension headers. */
    private Refusal walk() {
        for (int count = 0; Ipv6Extension.isOne(protocol); count++) {
            if (protocol == Ipv6Extension.NO_NEXT_HEADER) {
                return Refusal.IPV6_NO_NEXT_HEADER;
            }
            if (count == Ipv6Extension.MOST) {
                return Refusal.IPV6_EXTENSION_COUNT;
            }
            int at = transportOffset;
            if (at + 8 > end) {
                return Refusal.IPV6_EXTENSION_LENGTH;
            }
            int bytes = Ipv6Extension.bytes(buffer, protocol, at);
            if (at + bytes > end) {
                return Refusal.IPV6_EXTENSION_LENGTH;
            }
            Refusal refusal = takeExtension(at, bytes, count);
            if (refusal != Refusal.NONE || fragmentHeader >= 0) {
                return refusal;
            }
            protocolField = at;
            protocol = u8(buffer, at);
            transportOffset = at + bytes;
        }
        return Refusal.NONE;
    }

    private Refusal takeExtension(int at, int bytes, int count) {
        switch (protocol) {
            case Ipv6Extension.HOP_BY_HOP -> {
                return count > 0
                        ? problem(Refusal.IPV6_EXTENSION_ORDER, UNRECOGNIZED_NEXT_HEADER, protocolField)
                        : walkOptions(at + 2, at + bytes);
            }
            case Ipv6Extension.DESTINATION_OPTIONS -> {
                return walkOptions(at + 2, at + bytes);
            }
            case Ipv6Extension.ROUTING -> {
                // RFC 8200 4.4: an unknown type is ignored when no segments are left; RFC 5095: type 0 is no more
                return u8(buffer, at + 3) != 0
                        ? problem(Refusal.IPV6_ROUTING_HEADER, ERRONEOUS_FIELD, at + 2)
                        : Refusal.NONE;
            }
            case Ipv6Extension.FRAGMENT -> {
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
        int payload = end - at - Ipv6Extension.FRAGMENT_BYTES;
        boolean more = (field & MORE_FRAGMENTS) != 0;
        if (payload <= 0) {
            return Refusal.IPV6_FRAGMENT;
        }
        // RFC 8200 4.5: both errors are told to the sender
        if (more && payload % 8 != 0 && !isCutOff()) {
            return problem(Refusal.IPV6_FRAGMENT, ERRONEOUS_FIELD, offset + PAYLOAD_LENGTH);
        }
        int unfragmentable = at - offset - HEADER_BYTES;
        if (unfragmentable + (field & FRAGMENT_OFFSET) + payload > MAX_PAYLOAD) {
            return problem(Refusal.IPV6_FRAGMENT, ERRONEOUS_FIELD, at + 2);
        }
        fragmentHeader = at;
        fragmentProtocolField = protocolField;
        protocolField = at;
        protocol = u8(buffer, at);
        transportOffset = at + Ipv6Extension.FRAGMENT_BYTES;
        return Refusal.NONE;
    }

    /** Whether this is a quotation that does not reach the packet's end. */
    private boolean isCutOff() {
        return end < offset + HEADER_BYTES + u16(buffer, offset + PAYLOAD_LENGTH);
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
            int action = type == OPTION_PADN || type == OPTION_ROUTER_ALERT ? SKIP : type >>> 6;
            if (action == DISCARD) {
                return Refusal.IPV6_OPTION_UNKNOWN;
            }
            if (action != SKIP) {
                problemOfGroups = action == DISCARD_AND_TELL;
                return problem(Refusal.IPV6_OPTION_UNKNOWN, UNRECOGNIZED_OPTION, i);
            }
            i = next;
        }
        return Refusal.NONE;
    }

    private Refusal problem(Refusal refusal, int code, int at) {
        problemCode = code;
        problemPointer = at - offset;
        return refusal;
    }

    /**
     * After a refusal, the code of the parameter problem that the sender is told of (RFC 4443 3.4); {@link #NO_PROBLEM} if it
     * is not. The fields of the first 40 bytes can be read then.
     */
    public int problemCode() {
        return problemCode;
    }

    /** The octet of the packet that the problem is at. */
    public int problemPointer() {
        return problemPointer;
    }

    /** Whether the sender is told also if the packet was for a group (RFC 4443 2.4 (e.3), the second exception). */
    public boolean isProblemOfGroups() {
        return problemOfGroups;
    }

    /** The octet of the packet that has the number of the protocol. */
    public int protocolPointer() {
        return protocolField - offset;
    }

    /** The bytes behind the first 40, extension headers included, as far as they are there. */
    public int payloadLength() {
        return end - offset - HEADER_BYTES;
    }

    /** The bytes of the whole packet as its header tells them, also of a quoted one that is not all there. */
    public int totalLength() {
        return HEADER_BYTES + u16(buffer, offset + PAYLOAD_LENGTH);
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

    /** The bytes in front of the fragment header: those that the whole packet begins with. */
    public int perFragmentBytes() {
        return fragmentHeader - offset;
    }

    /** The octet of the packet that has the number of the fragment header. */
    public int fragmentProtocolPointer() {
        return fragmentProtocolField - offset;
    }

    /** Of a first fragment: whether it holds all headers, the transport's included (RFC 7112 5). */
    public boolean holdsHeaderChain() {
        int next = protocol;
        int at = transportOffset;
        for (int count = 0; Ipv6Extension.isOne(next); count++) {
            if (next == Ipv6Extension.NO_NEXT_HEADER) {
                return true;
            }
            if (count == Ipv6Extension.MOST || at + 8 > end) {
                return false;
            }
            int bytes = Ipv6Extension.bytes(buffer, next, at);
            next = u8(buffer, at);
            at += bytes;
        }
        return TransportHeader.isWhole(buffer, next, at, end - at);
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

    /**
     * Makes the headers in front of a first fragment's fragment header those of the whole packet.
     *
     * @param payloadLength the bytes behind the first 40
     * @param protocolPointer the octet that has the number of the fragment header
     * @param nextHeader what the fragment header says is behind it
     */
    public static void becomeWhole(
            ByteBuffer b, int offset, int payloadLength, int protocolPointer, int nextHeader, int trafficClass) {
        b.putInt(offset, (b.getInt(offset) & ~(0xff << 20)) | (trafficClass & 0xff) << 20);
        b.putShort(offset + PAYLOAD_LENGTH, (short) payloadLength);
        b.put(offset + protocolPointer, (byte) nextHeader);
    }
}
