package dev.heddle.core.link;

import dev.heddle.core.wire.Checksum;
import java.nio.ByteBuffer;

/**
 * Cuts a TCP super-segment into the packets that it stands for and completes checksums: what a network card does for
 * segmentation offload. Holds the place in one super-segment; not thread-safe.
 */
final class Segmenter {

    private static final int IPV4_TOTAL_LENGTH = 2;
    private static final int IPV4_IDENTIFICATION = 4;
    private static final int IPV4_CHECKSUM = 10;
    private static final int IPV4_HEADER_BYTES = 20;
    private static final int IPV6_PAYLOAD_LENGTH = 4;
    private static final int IPV6_HEADER_BYTES = 40;

    private static final int TCP_SEQUENCE = 4;
    private static final int TCP_DATA_OFFSET = 12;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_CHECKSUM = 16;
    private static final int TCP_HEADER_BYTES = 20;
    private static final int UDP_CHECKSUM = 6;

    /** RFC 9293 3.1: said about the end of the data. */
    private static final int FIN_PSH = 0x09;
    /** RFC 3168 6.1.2: said once. */
    private static final int CWR = 0x80;

    private Packet source;
    private int transportStart;
    private int headersLength;
    private int payloadDone;
    private int segments;

    Segmenter() {
        source = new Packet(0);
    }

    /**
     * Begins with a super-segment. The packet is only read, and only while parts of it are written.
     *
     * @return false if it is not a well-formed TCP super-segment with an incomplete checksum (which says where the
     *     transport's header is; devices know no other kind)
     */
    boolean start(Packet superSegment) {
        int start = superSegment.checksumStart();
        int headLength = superSegment.headLength();
        if (superSegment.gsoSize() <= 0
                || superSegment.checksumOffset() != TCP_CHECKSUM
                || start < 0
                || start + TCP_HEADER_BYTES > headLength) {
            return false;
        }
        ByteBuffer bytes = superSegment.buffer();
        int offset = superSegment.offset();
        int ipHeaderBytes = isIpv4(bytes, offset) ? (bytes.get(offset) & 0xf) << 2 : IPV6_HEADER_BYTES;
        int tcpHeaderBytes = (bytes.get(offset + start + TCP_DATA_OFFSET) & 0xf0) >>> 2;
        if (start < ipHeaderBytes
                || ipHeaderBytes < IPV4_HEADER_BYTES
                || tcpHeaderBytes < TCP_HEADER_BYTES
                || start + tcpHeaderBytes > headLength) {
            return false;
        }
        source = superSegment;
        transportStart = start;
        headersLength = start + tcpHeaderBytes;
        payloadDone = 0;
        segments = 0;
        return true;
    }

    /** Whether a part is left. A super-segment without payload has one part. */
    boolean hasNext() {
        return segments == 0 || headersLength + payloadDone < source.length();
    }

    /** The length of the super-segment without the payload that was advanced over, in bytes. */
    int lengthLeft() {
        return source.length() - payloadDone;
    }

    /** Whether that super-segment is IPv4's. */
    boolean isIpv4() {
        return isIpv4(source.buffer(), source.offset());
    }

    /** Whether no part was advanced over since {@link #start}. */
    boolean atStart() {
        return segments == 0;
    }

    /** The length of the longest part in bytes. */
    int longestPart() {
        return Math.min(source.length(), headersLength + source.gsoSize());
    }

    /** Goes on with an equal packet: the first one need not stay. */
    void continueWith(Packet equal) {
        source = equal;
    }

    /** Writes the current part, contiguous and with complete checksums. */
    void write(Packet into) {
        int payload = payloadLength();
        int length = headersLength + payload;
        boolean last = headersLength + payloadDone + payload == source.length();
        into.reset();
        into.head(Packet.HEADROOM, length);
        ByteBuffer bytes = into.buffer();
        int at = into.offset();
        source.copyTo(0, headersLength, bytes, at);
        source.copyTo(headersLength + payloadDone, payload, bytes, at + headersLength);
        writeIp(bytes, at, length);
        int tcp = at + transportStart;
        bytes.putInt(tcp + TCP_SEQUENCE, bytes.getInt(tcp + TCP_SEQUENCE) + payloadDone);
        int flags = bytes.get(tcp + TCP_FLAGS);
        if (!last) {
            flags &= ~FIN_PSH;
        }
        if (segments > 0) {
            flags &= ~CWR;
        }
        bytes.put(tcp + TCP_FLAGS, (byte) flags);
        // The field holds the sum of the pseudo-header with the whole's length: put the part's in its place.
        int wholeLength = source.length() - transportStart;
        int partLength = length - transportStart;
        long pseudo = (bytes.getShort(tcp + TCP_CHECKSUM) & 0xffffL) + (~wholeLength & 0xffff) + partLength;
        bytes.putShort(tcp + TCP_CHECKSUM, (short) 0);
        bytes.putShort(tcp + TCP_CHECKSUM, (short) Checksum.finish(Checksum.add(bytes, tcp, partLength, pseudo)));
        into.arrivalNs = source.arrivalNs;
    }

    /** Makes the following part the current one. */
    void advance() {
        payloadDone += payloadLength();
        segments++;
    }

    private int payloadLength() {
        return Math.min(source.gsoSize(), source.length() - headersLength - payloadDone);
    }

    private void writeIp(ByteBuffer bytes, int at, int length) {
        if (isIpv4(bytes, at)) {
            int headerBytes = (bytes.get(at) & 0xf) << 2;
            bytes.putShort(at + IPV4_TOTAL_LENGTH, (short) length);
            // RFC 6864 4: only fragments need distinct identifications, but that is what offloads do.
            int identification = bytes.getShort(at + IPV4_IDENTIFICATION) + segments;
            bytes.putShort(at + IPV4_IDENTIFICATION, (short) identification);
            bytes.putShort(at + IPV4_CHECKSUM, (short) 0);
            bytes.putShort(at + IPV4_CHECKSUM, (short) Checksum.finish(Checksum.add(bytes, at, headerBytes, 0)));
        } else {
            bytes.putShort(at + IPV6_PAYLOAD_LENGTH, (short) (length - IPV6_HEADER_BYTES));
        }
    }

    /**
     * Completes an incomplete transport checksum in the packet's head; slices are only read. A complete one stays.
     *
     * @return false if the checksum's field is not in the head
     */
    static boolean completeChecksum(Packet packet) {
        int start = packet.checksumStart();
        if (start < 0) {
            return true;
        }
        int field = packet.offset() + start + packet.checksumOffset();
        int inHead = packet.headLength() - start;
        if (packet.checksumOffset() < 0 || inHead < packet.checksumOffset() + 2) {
            return false;
        }
        long sum = Checksum.add(packet.buffer(), packet.offset() + start, inHead, 0);
        int position = inHead;
        for (int i = 0; i < packet.sliceCount(); i++) {
            int length = packet.sliceLength(i);
            sum = Checksum.addAt(packet.sliceChunk(i).bytes(), packet.sliceOffset(i), length, sum, position);
            position += length;
        }
        packet.buffer().putShort(field, (short) finished(sum, packet.checksumOffset()));
        packet.checksumCompleted();
        return true;
    }

    /** Completes the checksum of a packet's copy at a position of a buffer; the packet itself stays as it is. */
    static void completeChecksumOfCopy(Packet packet, ByteBuffer copy, int at) {
        int start = packet.checksumStart();
        int length = packet.length();
        if (start < 0 || packet.checksumOffset() < 0 || start + packet.checksumOffset() + 2 > length) {
            return;
        }
        long sum = Checksum.add(copy, at + start, length - start, 0);
        copy.putShort(at + start + packet.checksumOffset(), (short) finished(sum, packet.checksumOffset()));
    }

    private static int finished(long sum, int checksumOffset) {
        int checksum = Checksum.finish(sum);
        // RFC 768: a computed zero is sent as all ones, for zero says that there is none.
        return checksum == 0 && checksumOffset == UDP_CHECKSUM ? 0xffff : checksum;
    }

    private static boolean isIpv4(ByteBuffer bytes, int at) {
        return bytes.get(at) >>> 4 == 4;
    }
}
