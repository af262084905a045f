package dev.heddle.core.wire;

import static dev.heddle.core.wire.Views.u16;
import static dev.heddle.core.wire.Views.u8;

import java.nio.ByteBuffer;

/**
 * A view of an IPv4 packet (RFC 791 3.1). {@link #wrap} points it at bytes and validates all lengths, so that no getter
 * reads outside. Buffers are big-endian; their position and limit do not matter.
 */
public final class Ipv4Header {

    /** The bytes of a header without options. */
    public static final int HEADER_BYTES = 20;

    private static final int MAX_DATAGRAM = 65_535;

    private static final int TOS = 1;
    private static final int TOTAL_LENGTH = 2;
    private static final int IDENTIFICATION = 4;
    private static final int FRAGMENT = 6;
    private static final int TTL = 8;
    private static final int PROTOCOL = 9;
    private static final int CHECKSUM = 10;
    private static final int SOURCE = 12;
    private static final int DESTINATION = 16;

    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int FRAGMENT_OFFSET = 0x1fff;

    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;
    private static final int OPTION_LOOSE_SOURCE_ROUTE = 131;
    private static final int OPTION_STRICT_SOURCE_ROUTE = 137;

    private ByteBuffer buffer = Views.EMPTY;
    private int offset;
    private int headerBytes;
    private int totalLength;
    private int problemPointer = -1;

    /**
     * Looks at the packet in [offset, offset + length) of the buffer, which must hold it; bytes beyond the total length
     * are padding of the link. The header checksum is not verified. After a refusal the getters mean nothing.
     */
    public Refusal wrap(ByteBuffer b, int packetOffset, int length) {
        Refusal refusal = wrapHeader(b, packetOffset, length);
        if (refusal != Refusal.NONE) {
            return refusal;
        }
        if (totalLength > length) {
            return Refusal.IPV4_TOTAL_LENGTH;
        }
        if (isFragment() && !isPlausibleFragment()) {
            return Refusal.IPV4_FRAGMENT;
        }
        return headerBytes == HEADER_BYTES ? Refusal.NONE : walkOptions();
    }

    /**
     * Looks at the start of a packet, as ICMP errors quote it: the total length may be beyond what is there.
     * {@link #transportLength()} then tells the length of what was sent, not of what is quoted.
     */
    public Refusal wrapQuoted(ByteBuffer b, int packetOffset, int length) {
        return wrapHeader(b, packetOffset, length);
    }

    private Refusal wrapHeader(ByteBuffer b, int packetOffset, int length) {
        problemPointer = -1;
        if (length < HEADER_BYTES) {
            return Refusal.IPV4_TRUNCATED;
        }
        int first = u8(b, packetOffset);
        if (first >>> 4 != 4) {
            return Refusal.IPV4_VERSION;
        }
        int header = (first & 0xf) << 2;
        if (header < HEADER_BYTES || header > length) {
            return Refusal.IPV4_HEADER_LENGTH;
        }
        int total = u16(b, packetOffset + TOTAL_LENGTH);
        if (total < header) {
            return Refusal.IPV4_TOTAL_LENGTH;
        }
        buffer = b;
        offset = packetOffset;
        headerBytes = header;
        totalLength = total;
        return Refusal.NONE;
    }

    private boolean isPlausibleFragment() {
        int payload = totalLength - headerBytes;
        return payload > 0
                && (payload % 8 == 0 || !moreFragments())
                && fragmentOffsetBytes() + totalLength <= MAX_DATAGRAM;
    }

    private Refusal walkOptions() {
        int end = offset + headerBytes;
        int i = offset + HEADER_BYTES;
        while (i < end) {
            int type = u8(buffer, i);
            if (type == OPTION_NOP) {
                i++;
                continue;
            }
            if (type == OPTION_END) {
                return Refusal.NONE;
            }
            int optionLength = i + 1 < end ? u8(buffer, i + 1) : 0;
            if (optionLength < 2 || i + optionLength > end) {
                problemPointer = i - offset;
                return Refusal.IPV4_OPTION_LENGTH;
            }
            if (type == OPTION_LOOSE_SOURCE_ROUTE || type == OPTION_STRICT_SOURCE_ROUTE) {
                return Refusal.IPV4_SOURCE_ROUTE;
            }
            // RFC 1122 3.2.1.8, RFC 9293 MUST-50: all other options may be ignored by a host
            i += optionLength;
        }
        return Refusal.NONE;
    }

    /**
     * After a refusal, which octet of the packet a parameter problem would point at (RFC 792); −1 if the sender is not told.
     * The header's fixed fields can be read then.
     */
    public int problemPointer() {
        return problemPointer;
    }

    /** Of a first fragment: whether it holds the transport's whole header (RFC 1858 3). */
    public boolean holdsTransportHeader() {
        return TransportHeader.isWhole(buffer, protocol(), transportOffset(), transportLength());
    }

    /** Whether the header's checksum is right (RFC 1122 3.2.1.2). */
    public boolean verifyChecksum() {
        return Checksum.finish(Checksum.add(buffer, offset, headerBytes, 0)) == 0;
    }

    /** The bytes of the header with its options. */
    public int headerBytes() {
        return headerBytes;
    }

    /** The bytes of the whole packet. */
    public int totalLength() {
        return totalLength;
    }

    /** The TOS byte: DSCP and ECN. */
    public int trafficClass() {
        return u8(buffer, offset + TOS);
    }

    public int identification() {
        return u16(buffer, offset + IDENTIFICATION);
    }

    public boolean dontFragment() {
        return (u16(buffer, offset + FRAGMENT) & DONT_FRAGMENT) != 0;
    }

    public boolean moreFragments() {
        return (u16(buffer, offset + FRAGMENT) & MORE_FRAGMENTS) != 0;
    }

    /** Where the payload belongs in the datagram, in bytes. */
    public int fragmentOffsetBytes() {
        return (u16(buffer, offset + FRAGMENT) & FRAGMENT_OFFSET) << 3;
    }

    /** The same of the header at an offset, which must be a right one. */
    public static int fragmentOffsetBytes(ByteBuffer b, int offset) {
        return (u16(b, offset + FRAGMENT) & FRAGMENT_OFFSET) << 3;
    }

    /** Whether the packet is not a whole datagram. */
    public boolean isFragment() {
        return (u16(buffer, offset + FRAGMENT) & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) != 0;
    }

    public int ttl() {
        return u8(buffer, offset + TTL);
    }

    public int protocol() {
        return u8(buffer, offset + PROTOCOL);
    }

    /** The source as 32 bits. */
    public int source() {
        return buffer.getInt(offset + SOURCE);
    }

    /** The destination as 32 bits. */
    public int destination() {
        return buffer.getInt(offset + DESTINATION);
    }

    /** Where the payload starts, absolute in the buffer. */
    public int transportOffset() {
        return offset + headerBytes;
    }

    public int transportLength() {
        return totalLength - headerBytes;
    }

    /**
     * Writes a header without options, with its checksum.
     *
     * @param totalLength the bytes of the whole packet, up to 65,535
     * @param tos DSCP and ECN
     * @param source as 32 bits
     */
    public static void write(
            ByteBuffer b,
            int offset,
            int totalLength,
            int identification,
            boolean dontFragment,
            int ttl,
            int protocol,
            int tos,
            int source,
            int destination) {
        b.putInt(offset, 0x45 << 24 | (tos & 0xff) << 16 | (totalLength & 0xffff));
        b.putInt(offset + IDENTIFICATION, identification << 16 | (dontFragment ? DONT_FRAGMENT : 0));
        b.putInt(offset + TTL, (ttl & 0xff) << 24 | (protocol & 0xff) << 16);
        b.putInt(offset + SOURCE, source);
        b.putInt(offset + DESTINATION, destination);
        b.putShort(offset + CHECKSUM, (short) Checksum.finish(Checksum.add(b, offset, HEADER_BYTES, 0)));
    }

    /**
     * Makes the header of a first fragment that of the whole datagram.
     *
     * @param headerBytes with options
     * @param totalLength the bytes of the whole packet, up to 65,535
     */
    public static void becomeWhole(ByteBuffer b, int offset, int headerBytes, int totalLength, int tos) {
        b.put(offset + TOS, (byte) tos);
        b.putShort(offset + TOTAL_LENGTH, (short) totalLength);
        b.putShort(offset + FRAGMENT, (short) 0);
        complete(b, offset, headerBytes);
    }

    /**
     * Makes the header of a whole datagram that of one of its fragments.
     *
     * @param fragmentOffsetBytes a multiple of 8
     * @param moreFragments whether it is not the last one
     */
    public static void becomeFragment(
            ByteBuffer b, int offset, int totalLength, int fragmentOffsetBytes, boolean moreFragments) {
        b.putShort(offset + TOTAL_LENGTH, (short) totalLength);
        b.putShort(offset + FRAGMENT, (short) (fragmentOffsetBytes >>> 3 | (moreFragments ? MORE_FRAGMENTS : 0)));
        complete(b, offset, HEADER_BYTES);
    }

    private static void complete(ByteBuffer b, int offset, int headerBytes) {
        b.putShort(offset + CHECKSUM, (short) 0);
        b.putShort(offset + CHECKSUM, (short) Checksum.finish(Checksum.add(b, offset, headerBytes, 0)));
    }
}
