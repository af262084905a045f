package dev.heddle.core.wire;

import static dev.heddle.core.wire.Views.u16;
import static dev.heddle.core.wire.Views.u8;

import java.nio.ByteBuffer;

/**
 * A view of a TCP segment (RFC 9293 3.1). {@link #wrap} points it at bytes and validates all lengths, so that no getter
 * reads outside; it can be wrapped again and again. Buffers are big-endian; their position and limit do not matter.
 */
public final class TcpHeader {

    /** The flags, as in {@link #flags()}. */
    public static final int FIN = 1;

    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int PSH = 8;
    public static final int ACK = 16;
    public static final int URG = 32;
    public static final int ECE = 64;
    public static final int CWR = 128;

    /** The bytes of a header without options, and of the longest one. */
    public static final int HEADER_BYTES = 20;

    public static final int MAX_HEADER_BYTES = HEADER_BYTES + TcpOptions.MAX_BYTES;

    /** Where the checksum field is, from the header's start. */
    public static final int CHECKSUM_OFFSET = 16;

    /** The protocol number of TCP. */
    public static final int PROTOCOL = 6;

    private static final int DESTINATION_PORT = 2;
    private static final int SEQUENCE = 4;
    private static final int ACKNOWLEDGMENT = 8;
    private static final int DATA_OFFSET = 12;
    private static final int FLAGS = 13;
    private static final int WINDOW = 14;
    private static final int URGENT_POINTER = 18;

    private final TcpOptions options = new TcpOptions();
    private ByteBuffer buffer = Views.EMPTY;
    private int offset;
    private int length;
    private int headerBytes;
    private int flags;

    /** The length of the header that begins at an offset, options included; what is there is not checked. */
    public static int lengthAt(ByteBuffer b, int offset) {
        return (b.get(offset + DATA_OFFSET) & 0xf0) >>> 2;
    }

    /**
     * Looks at the segment in [offset, offset + length) of the buffer, which must hold it, and parses its options. The
     * checksum is not verified. After a refusal the getters mean nothing.
     */
    public Refusal wrap(ByteBuffer b, int segmentOffset, int segmentLength) {
        if (segmentLength < HEADER_BYTES) {
            return Refusal.TCP_TRUNCATED;
        }
        int dataOffset = lengthAt(b, segmentOffset);
        if (dataOffset < HEADER_BYTES || dataOffset > segmentLength) {
            return Refusal.TCP_DATA_OFFSET;
        }
        buffer = b;
        offset = segmentOffset;
        length = segmentLength;
        headerBytes = dataOffset;
        flags = u8(b, segmentOffset + FLAGS);
        return options.parse(b, segmentOffset + HEADER_BYTES, segmentOffset + dataOffset);
    }

    /**
     * Whether the checksum is right (RFC 9293 MUST-3).
     *
     * @param pseudoSum of {@link Checksum#pseudoHeader} with the segment's whole length
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

    public int sequence() {
        return buffer.getInt(offset + SEQUENCE);
    }

    public int acknowledgment() {
        return buffer.getInt(offset + ACKNOWLEDGMENT);
    }

    /** The eight flags from CWR to FIN. */
    public int flags() {
        return flags;
    }

    /** The window field as it was sent, not scaled, from 0 to 65535 (RFC 9293 MUST-1). */
    public int window() {
        return u16(buffer, offset + WINDOW);
    }

    public int urgentPointer() {
        return u16(buffer, offset + URGENT_POINTER);
    }

    /** The bytes of the header with its options. */
    public int headerBytes() {
        return headerBytes;
    }

    /** Where the payload starts, absolute in {@link #buffer()}. */
    public int payloadOffset() {
        return offset + headerBytes;
    }

    public int payloadLength() {
        return length - headerBytes;
    }

    public boolean isFin() {
        return (flags & FIN) != 0;
    }

    public boolean isSyn() {
        return (flags & SYN) != 0;
    }

    public boolean isRst() {
        return (flags & RST) != 0;
    }

    public boolean isPsh() {
        return (flags & PSH) != 0;
    }

    public boolean isAck() {
        return (flags & ACK) != 0;
    }

    public boolean isUrg() {
        return (flags & URG) != 0;
    }

    public boolean isEce() {
        return (flags & ECE) != 0;
    }

    public boolean isCwr() {
        return (flags & CWR) != 0;
    }

    public TcpOptions options() {
        return options;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    /**
     * Writes a header without its options; the checksum field is 0.
     *
     * @param headerBytes the bytes of the header with the options that the caller writes: a multiple of 4, 20 to 60
     */
    public static void write(
            ByteBuffer b,
            int offset,
            int sourcePort,
            int destinationPort,
            int sequence,
            int acknowledgment,
            int headerBytes,
            int flags,
            int window,
            int urgentPointer) {
        b.putInt(offset, sourcePort << 16 | (destinationPort & 0xffff));
        b.putInt(offset + SEQUENCE, sequence);
        b.putInt(offset + ACKNOWLEDGMENT, acknowledgment);
        b.putInt(offset + DATA_OFFSET, headerBytes << 26 | (flags & 0xff) << 16 | (window & 0xffff));
        b.putInt(offset + CHECKSUM_OFFSET, urgentPointer & 0xffff);
    }

    /** Sets the URG flag and the urgent pointer of the header at {@code offset}. */
    public static void urgent(ByteBuffer b, int offset, int urgentPointer) {
        b.put(offset + FLAGS, (byte) (b.get(offset + FLAGS) | URG));
        b.putShort(offset + URGENT_POINTER, (short) urgentPointer);
    }

    /** Writes the checksum field of the header at {@code offset}. */
    public static void checksum(ByteBuffer b, int offset, int value) {
        b.putShort(offset + CHECKSUM_OFFSET, (short) value);
    }
}
