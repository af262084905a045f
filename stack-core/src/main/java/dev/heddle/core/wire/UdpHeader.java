package dev.heddle.core.wire;

import static dev.heddle.core.wire.Views.u16;

import java.nio.ByteBuffer;

/**
 * A view of a UDP datagram (RFC 768). Buffers are big-endian; their position and limit do not matter.
 */
public final class UdpHeader {

    public static final int HEADER_BYTES = 8;

    /** Where the checksum field is, from the header's start. */
    public static final int CHECKSUM_OFFSET = 6;

    /** The protocol number of UDP. */
    public static final int PROTOCOL = 17;

    private static final int DESTINATION_PORT = 2;
    private static final int LENGTH = 4;

    private ByteBuffer buffer = Views.EMPTY;
    private int offset;
    private int length;

    /**
     * Looks at the datagram in [offset, offset + length) of the buffer, which must hold it. What is beyond the length
     * field is not part of it. The checksum is not verified. After a refusal the getters mean nothing.
     */
    public Refusal wrap(ByteBuffer b, int datagramOffset, int datagramLength) {
        if (datagramLength < HEADER_BYTES) {
            return Refusal.UDP_TRUNCATED;
        }
        int field = u16(b, datagramOffset + LENGTH);
        if (field < HEADER_BYTES || field > datagramLength) {
            return Refusal.UDP_LENGTH;
        }
        buffer = b;
        offset = datagramOffset;
        length = field;
        return Refusal.NONE;
    }

    /** Whether the sender computed a checksum; over IPv6 it must (RFC 8200 8.1). */
    public boolean hasChecksum() {
        return u16(buffer, offset + CHECKSUM_OFFSET) != 0;
    }

    /**
     * Whether the checksum is right; ask only if there is one.
     *
     * @param pseudoSum of {@link Checksum#pseudoHeader} with {@link #length()}
     */
    public boolean verifyChecksum(long pseudoSum) {
        return Checksum.finish(Checksum.add(buffer, offset, length, pseudoSum)) == 0;
    }

    public int sourcePort() {
        return u16(buffer, offset);
    }

    public int destinationPort() {
        return u16(buffer, offset + DESTINATION_PORT);
    }

    /** The bytes of header and payload, as the header says. */
    public int length() {
        return length;
    }

    /** Where the payload starts, absolute in {@link #buffer()}. */
    public int payloadOffset() {
        return offset + HEADER_BYTES;
    }

    public int payloadLength() {
        return length - HEADER_BYTES;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    /**
     * Writes a header; the checksum field is 0.
     *
     * @param length the bytes of header and payload
     */
    public static void write(ByteBuffer b, int offset, int sourcePort, int destinationPort, int length) {
        b.putInt(offset, sourcePort << 16 | (destinationPort & 0xffff));
        b.putInt(offset + LENGTH, length << 16);
    }

    /** Writes the checksum field; a computed 0 goes out as 0xffff, because 0 says that there is none (RFC 768). */
    public static void checksum(ByteBuffer b, int offset, int value) {
        b.putShort(offset + CHECKSUM_OFFSET, (short) (value == 0 ? 0xffff : value));
    }
}
