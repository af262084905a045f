package dev.heddle.core.link;

import dev.heddle.core.buffer.Chunk;
import dev.heddle.core.buffer.SliceSink;
import dev.heddle.core.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A reusable packet: a <em>head</em> of contiguous bytes in a direct buffer, optionally followed by <em>slices</em> of
 * chunks that are only referred to, and what offloads need to know. Owned by one thread or queue at a time.
 *
 * <p>Received packets are contiguous. Outgoing segments have their headers in the head and their payload in slices.
 */
public final class Packet implements SliceSink {

    /** Where a packet's first byte is put on {@link #reset}: room for the headers of lower layers in front. */
    public static final int HEADROOM = 128;

    /** The largest IP packet. */
    public static final int MAX_LENGTH = 65_535;

    private static final int INITIAL_SLICES = 8;

    private final ByteBuffer buffer;
    private long nativeAddress;
    private int offset = HEADROOM;
    private int headLength;

    private Chunk @Nullable [] sliceChunks;
    private int[] sliceRanges = {};
    private int sliceCount;
    private int slicedLength;

    private int gsoSize;
    private int checksumStart = -1;
    private int checksumOffset;
    private boolean checksumTrusted;
    private boolean mayBeFragmented;

    private final TcpHeader tcp = new TcpHeader();

    /** When the packet was read from its link, in nanoseconds of the host's clock. */
    public long arrivalNs;

    /** What IP input found; valid between its acceptance and the end of the delivery. Addresses as 128 bits. */
    public long sourceHigh;

    public long sourceLow;
    public long destinationHigh;
    public long destinationLow;
    /** The transport's protocol number, after all extension headers. */
    public int protocol;
    /** Where the transport's bytes start, absolute in {@link #buffer()}, and how many they are. */
    public int transportOffset;

    public int transportLength;
    /** The traffic class or TOS byte (its two low bits are ECN), and the TTL or hop limit. */
    public int trafficClass;

    public int hopLimit;

    /** Links packets in whatever queue holds this one; belongs to that queue. */
    public @Nullable Packet next;

    /** Makes a packet of its own memory with room for {@code capacity} bytes behind the headroom. */
    public Packet(int capacity) {
        buffer = ByteBuffer.allocateDirect(HEADROOM + capacity).order(ByteOrder.BIG_ENDIAN);
    }

    /** Forgets everything: an empty head at {@link #HEADROOM}. */
    public void reset() {
        offset = HEADROOM;
        headLength = 0;
        clearSlices();
        gsoSize = 0;
        checksumStart = -1;
        checksumOffset = 0;
        checksumTrusted = false;
        mayBeFragmented = false;
        protocol = 0;
        transportOffset = 0;
        transportLength = 0;
        next = null;
    }

    /** The memory of the head; used with absolute positions only. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** The address of {@link #buffer()} if a native link has looked it up, or 0. */
    public long nativeAddress() {
        return nativeAddress;
    }

    /** Remembers the address of {@link #buffer()}. */
    public void nativeAddress(long address) {
        nativeAddress = address;
    }

    /** How many bytes fit behind the headroom. */
    public int capacity() {
        return buffer.capacity() - HEADROOM;
    }

    /** Where the packet's first byte is, absolute in {@link #buffer()}. */
    public int offset() {
        return offset;
    }

    /** The number of contiguous bytes from {@link #offset()}. */
    public int headLength() {
        return headLength;
    }

    /** The number of bytes of the whole packet. */
    public int length() {
        return headLength + slicedLength;
    }

    /** Says where the head is. */
    public void head(int newOffset, int newLength) {
        if (newOffset < 0 || newLength < 0 || newOffset + newLength > buffer.capacity()) {
            throw new IndexOutOfBoundsException("offset " + newOffset + ", length " + newLength);
        }
        offset = newOffset;
        headLength = newLength;
    }

    /** Grows the head to the front by a lower layer's header and returns the new {@link #offset()}. */
    public int prepend(int bytes) {
        head(offset - bytes, headLength + bytes);
        if (checksumStart >= 0) {
            checksumStart += bytes;
        }
        return offset;
    }

    /** Whether routers may fragment this segment: its path is narrower than TCP makes segments for. */
    public boolean mayBeFragmented() {
        return mayBeFragmented;
    }

    public void mayBeFragmented(boolean value) {
        mayBeFragmented = value;
    }

    /** Appends a reference to bytes of a chunk. */
    @Override
    public void slice(Chunk chunk, int chunkOffset, int length) {
        Chunk[] chunks = sliceChunks;
        if (chunks == null) {
            chunks = sliceChunks = new Chunk[INITIAL_SLICES];
            sliceRanges = new int[2 * INITIAL_SLICES];
        } else if (sliceCount == chunks.length) {
            chunks = sliceChunks = Arrays.copyOf(chunks, 2 * sliceCount);
            sliceRanges = Arrays.copyOf(sliceRanges, 4 * sliceCount);
        }
        chunks[sliceCount] = chunk;
        sliceRanges[2 * sliceCount] = chunkOffset;
        sliceRanges[2 * sliceCount + 1] = length;
        sliceCount++;
        slicedLength += length;
    }

    public int sliceCount() {
        return sliceCount;
    }

    public Chunk sliceChunk(int index) {
        Chunk[] chunks = sliceChunks;
        if (chunks == null || index >= sliceCount) {
            throw new IndexOutOfBoundsException(index);
        }
        return chunks[index];
    }

    public int sliceOffset(int index) {
        return sliceRanges[2 * index];
    }

    public int sliceLength(int index) {
        return sliceRanges[2 * index + 1];
    }

    private void clearSlices() {
        if (sliceCount > 0) {
            Arrays.fill(sliceChunks, 0, sliceCount, null);
        }
        sliceCount = 0;
        slicedLength = 0;
    }

    /** Copies the range [from, from + length) of the whole packet, slices included, to an absolute position. */
    public void copyTo(int from, int length, ByteBuffer target, int targetOffset) {
        int skip = from;
        int left = length;
        int at = targetOffset;
        if (skip < headLength) {
            int n = Math.min(left, headLength - skip);
            target.put(at, buffer, offset + skip, n);
            at += n;
            left -= n;
            skip = 0;
        } else {
            skip -= headLength;
        }
        for (int i = 0; i < sliceCount && left > 0; i++) {
            int sliceLength = sliceLength(i);
            if (skip >= sliceLength) {
                skip -= sliceLength;
                continue;
            }
            int n = Math.min(left, sliceLength - skip);
            target.put(at, sliceChunk(i).bytes(), sliceOffset(i) + skip, n);
            at += n;
            left -= n;
            skip = 0;
        }
        if (left > 0) {
            throw new IndexOutOfBoundsException("from " + from + ", length " + length + " of " + length());
        }
    }

    /** Makes this a contiguous copy of another packet with its metadata; {@link #capacity()} must suffice. */
    public void copyOf(Packet source) {
        reset();
        int length = source.length();
        source.copyTo(0, length, buffer, HEADROOM);
        headLength = length;
        gsoSize = source.gsoSize;
        checksumStart = source.checksumStart;
        checksumOffset = source.checksumOffset;
        checksumTrusted = source.checksumTrusted;
        arrivalNs = source.arrivalNs;
    }

    /** The payload bytes of each segment of a super-segment but the last; 0 if the packet is not one. */
    public int gsoSize() {
        return gsoSize;
    }

    public void gsoSize(int payloadBytes) {
        gsoSize = payloadBytes;
    }

    /**
     * Where the bytes start that an incomplete transport checksum covers, relative to the packet's first byte; -1 if the
     * checksum is complete. An incomplete one holds the folded sum of the pseudo-header, not complemented.
     */
    public int checksumStart() {
        return checksumStart;
    }

    /** Where the checksum field is, relative to {@link #checksumStart()}. */
    public int checksumOffset() {
        return checksumOffset;
    }

    /** Marks the transport checksum as incomplete. */
    public void incompleteChecksum(int start, int fieldOffset) {
        checksumStart = start;
        checksumOffset = fieldOffset;
    }

    /** Marks the transport checksum as complete. */
    public void checksumCompleted() {
        checksumStart = -1;
        checksumOffset = 0;
    }

    /** Whether the link vouches for a received transport checksum, which then must not be verified. */
    public boolean checksumTrusted() {
        return checksumTrusted || checksumStart >= 0;
    }

    public void checksumTrusted(boolean trusted) {
        checksumTrusted = trusted;
    }

    /** The view of the TCP header, valid from its wrapping until the packet is given away. */
    public TcpHeader tcp() {
        return tcp;
    }
}
