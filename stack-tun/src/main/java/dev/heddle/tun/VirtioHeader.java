package dev.heddle.tun;

import dev.heddle.core.link.Packet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The {@code virtio_net_hdr} in front of every packet of a TUN device opened with {@code IFF_VNET_HDR}, in the machine's
 * byte order: it says which checksum is still to be completed and how a super-segment is to be cut.
 *
 * <pre>
 *   0 flags (1)   1 gso_type (1)   2 hdr_len (2)   4 gso_size (2)   6 csum_start (2)   8 csum_offset (2)
 * </pre>
 */
final class VirtioHeader {

    /** The size without the field for merged buffers; the kernel's default. */
    static final int BYTES = 10;

    static final int NEEDS_CSUM = 1;
    static final int DATA_VALID = 2;

    static final int GSO_NONE = 0;
    static final int GSO_TCPV4 = 1;
    static final int GSO_TCPV6 = 4;
    static final int GSO_ECN = 0x80;

    private static final int GSO_TYPE = 1;
    private static final int HDR_LEN = 2;
    private static final int GSO_SIZE = 4;
    private static final int CSUM_START = 6;
    private static final int CSUM_OFFSET = 8;

    private static final int TCP_DATA_OFFSET = 12;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_MIN_BYTES = 20;
    private static final int CWR = 0x80;

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private VirtioHeader() {}

    /**
     * Writes the header into the headroom right in front of the packet.
     *
     * @return where it starts in the packet's buffer
     * @throws IllegalArgumentException if the headroom is too small, or for a super-segment whose checksum is complete or
     *     whose TCP header is not in the packet's head
     */
    static int writeInFrontOf(Packet packet) {
        int at = packet.offset() - BYTES;
        if (at < 0) {
            throw new IllegalArgumentException("a packet needs " + BYTES + " bytes of headroom: " + packet.offset());
        }
        ByteBuffer b = packet.buffer();
        int checksumStart = packet.checksumStart();
        int gsoSize = packet.gsoSize();
        int gsoType = GSO_NONE;
        int headerBytes = 0;
        if (gsoSize > 0) {
            int tcp = packet.offset() + checksumStart;
            if (checksumStart < 0 || checksumStart + TCP_MIN_BYTES > packet.headLength()) {
                throw new IllegalArgumentException(
                        "a super-segment needs its headers in the head and an incomplete checksum");
            }
            headerBytes = checksumStart + ((b.get(tcp + TCP_DATA_OFFSET) & 0xf0) >>> 2);
            gsoType = (b.get(packet.offset()) & 0xf0) == 0x40 ? GSO_TCPV4 : GSO_TCPV6;
            if ((b.get(tcp + TCP_FLAGS) & CWR) != 0) {
                gsoType |= GSO_ECN; // RFC 3168 6.1.2: CWR stays on the first segment only
            }
        }
        b.put(at, (byte) (checksumStart >= 0 ? NEEDS_CSUM : 0));
        b.put(at + GSO_TYPE, (byte) gsoType);
        put(b, at + HDR_LEN, headerBytes);
        put(b, at + GSO_SIZE, gsoSize);
        put(b, at + CSUM_START, Math.max(checksumStart, 0));
        put(b, at + CSUM_OFFSET, checksumStart >= 0 ? packet.checksumOffset() : 0);
        return at;
    }

    /**
     * Reads the header right in front of a received packet into the packet's offload metadata.
     *
     * @return false if the header contradicts the packet, which must then be dropped
     */
    static boolean readInFrontOf(Packet packet) {
        ByteBuffer b = packet.buffer();
        int at = packet.offset() - BYTES;
        int flags = b.get(at);
        int gsoType = b.get(at + GSO_TYPE) & 0xff & ~GSO_ECN;
        if ((flags & NEEDS_CSUM) != 0) {
            int start = get(b, at + CSUM_START);
            int offset = get(b, at + CSUM_OFFSET);
            if (start + offset + 2 > packet.length()) {
                return false;
            }
            packet.incompleteChecksum(start, offset);
        } else if ((flags & DATA_VALID) != 0) {
            packet.checksumTrusted(true);
        }
        if (gsoType != GSO_NONE) {
            int gsoSize = get(b, at + GSO_SIZE);
            if (gsoSize == 0 || (gsoType != GSO_TCPV4 && gsoType != GSO_TCPV6)) {
                return false;
            }
            packet.gsoSize(gsoSize);
        }
        return true;
    }

    private static void put(ByteBuffer bigEndian, int at, int value) {
        bigEndian.putShort(at, LITTLE_ENDIAN ? Short.reverseBytes((short) value) : (short) value);
    }

    private static int get(ByteBuffer bigEndian, int at) {
        short value = bigEndian.getShort(at);
        return (LITTLE_ENDIAN ? Short.reverseBytes(value) : value) & 0xffff;
    }
}
