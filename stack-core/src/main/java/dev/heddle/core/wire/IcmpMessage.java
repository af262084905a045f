package dev.heddle.core.wire;

import static dev.heddle.core.wire.Views.u16;
import static dev.heddle.core.wire.Views.u8;

import java.nio.ByteBuffer;

/**
 * A view of an ICMPv4 (RFC 792) or ICMPv6 (RFC 4443) message; both have the same eight bytes of header. Buffers are
 * big-endian; their position and limit do not matter.
 */
public final class IcmpMessage {

    public static final int HEADER_BYTES = 8;

    /** Where the checksum field is, from the message's start. */
    public static final int CHECKSUM_OFFSET = 2;

    /** The protocol numbers. */
    public static final int PROTOCOL_V4 = 1;

    public static final int PROTOCOL_V6 = 58;

    private static final int CODE = 1;
    private static final int REST = 4;
    private static final int SEQUENCE = 6;

    private ByteBuffer buffer = Views.EMPTY;
    private int offset;
    private int length;

    /**
     * Looks at the message in [offset, offset + length) of the buffer, which must hold it. The checksum is not verified.
     * After a refusal the getters mean nothing.
     */
    public Refusal wrap(ByteBuffer b, int messageOffset, int messageLength) {
        if (messageLength < HEADER_BYTES) {
            return Refusal.ICMP_TRUNCATED;
        }
        buffer = b;
        offset = messageOffset;
        length = messageLength;
        return Refusal.NONE;
    }

    /**
     * Whether the checksum is right.
     *
     * @param pseudoSum 0 for ICMPv4, of {@link Checksum#pseudoHeader} with the message's length for ICMPv6 (RFC 4443 2.3)
     */
    public boolean verifyChecksum(long pseudoSum) {
        return Checksum.finish(Checksum.add(buffer, offset, length, pseudoSum)) == 0;
    }

    public int type() {
        return u8(buffer, offset);
    }

    public int code() {
        return u8(buffer, offset + CODE);
    }

    public int checksum() {
        return u16(buffer, offset + CHECKSUM_OFFSET);
    }

    /** Of an echo message. */
    public int identifier() {
        return u16(buffer, offset + REST);
    }

    /** Of an echo message. */
    public int sequence() {
        return u16(buffer, offset + SEQUENCE);
    }

    /** The next hop's MTU in an ICMPv4 "fragmentation needed" (RFC 1191 4); 0 from routers that do not say. */
    public int mtuV4() {
        return u16(buffer, offset + SEQUENCE);
    }

    /** The next hop's MTU in an ICMPv6 "packet too big" (RFC 4443 3.2); unsigned 32 bits. */
    public long mtuV6() {
        return buffer.getInt(offset + REST) & 0xffff_ffffL;
    }

    /** Where the echo's data or the error's quoted packet starts, absolute in {@link #buffer()}. */
    public int bodyOffset() {
        return offset + HEADER_BYTES;
    }

    /** The bytes behind the header. */
    public int bodyLength() {
        return length - HEADER_BYTES;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    /**
     * Writes a header; the checksum field is 0.
     *
     * @param rest the last four bytes: identifier and sequence number, MTU, or unused
     */
    public static void write(ByteBuffer b, int offset, int type, int code, int rest) {
        b.putInt(offset, type << 24 | (code & 0xff) << 16);
        b.putInt(offset + REST, rest);
    }

    /** Writes the checksum field of the message at {@code offset}. */
    public static void checksum(ByteBuffer b, int offset, int value) {
        b.putShort(offset + CHECKSUM_OFFSET, (short) value);
    }
}
