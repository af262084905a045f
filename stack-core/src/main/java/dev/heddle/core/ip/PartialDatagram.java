package dev.heddle.core.ip;

import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A datagram of which not all fragments have come. Their bytes are kept in small packets, so that a fragment of a few bytes
 * never pins a large one.
 */
final class PartialDatagram {

    /** What a record of this class takes beside its packets, roughly. */
    static final int OVERHEAD_BYTES = 512;

    private static final int PIECE_OVERHEAD_BYTES = 64;
    private static final int PIECE_BYTES = PacketPool.SMALL_CAPACITY;

    private static final int ECN = 3;
    private static final int CONGESTION_EXPERIENCED = 3;
    private static final int UNKNOWN = -1;

    /** Bytes of the datagram's payload, in a packet from an offset on. */
    private record Piece(Packet packet, int at, int position, int length) {}

    final DatagramKey key;
    final SourceShare source;
    final long deadlineNs;

    private final boolean ipv4;
    private final List<Piece> pieces = new ArrayList<>();

    /** Begin and end of each fragment's payload, in the order of the datagram. */
    private int[] ranges = new int[8];

    private int fragments;

    private int receivedBytes;

    /** The packets that have come, headers included; also when they are gone. */
    private int arrivedBytes;

    private int totalBytes = UNKNOWN;

    /** Which ECN codepoints have come, a bit each. */
    private int codepoints;

    /** The start of the first fragment, with its headers, once it has come. */
    private @Nullable Packet first;

    private int firstPerFragmentBytes;
    private int firstProtocolPointer;

    /** Whether it must never be completed; then it holds nothing. */
    private boolean poisoned;

    PartialDatagram(DatagramKey key, SourceShare source, boolean ipv4, long deadlineNs) {
        this.key = key;
        this.source = source;
        this.ipv4 = ipv4;
        this.deadlineNs = deadlineNs;
    }

    /** What it takes, at its true size. */
    long heldBytes() {
        return OVERHEAD_BYTES + (long) pieces.size() * chargeOfPiece();
    }

    static long chargeOfPiece() {
        return (long) PIECE_BYTES + Packet.HEADROOM + PIECE_OVERHEAD_BYTES;
    }

    /** What keeping a fragment of a packet takes at most. */
    static long chargeFor(int packetBytes) {
        return (packetBytes / PIECE_BYTES + 2) * chargeOfPiece();
    }

    boolean isPoisoned() {
        return poisoned;
    }

    /** Forgets what has come, and takes nothing any more: RFC 5722 4 discards also the fragments that are still to come. */
    void poison(PacketPool packets) {
        release(packets);
        poisoned = true;
    }

    /** Whether all of it has come. */
    boolean isComplete() {
        return totalBytes != UNKNOWN && receivedBytes == totalBytes && first != null;
    }

    /** Whether a fragment neither overlaps another nor contradicts it about the length: otherwise all must be discarded. */
    boolean fits(Fragment fragment, int length) {
        int from = fragment.offsetBytes;
        int to = from + length;
        int place = placeOf(from);
        boolean contradicts = fragment.moreFragments
                ? totalBytes != UNKNOWN && to >= totalBytes
                : totalBytes != UNKNOWN && to != totalBytes || fragments > 0 && ranges[2 * fragments - 1] > to;
        boolean overlaps = place > 0 && ranges[2 * place - 1] > from || place < fragments && ranges[2 * place] < to;
        return !contradicts && !overlaps;
    }

    /** Whether exactly these bytes have come before: the network may duplicate packets (RFC 8200 4.5). */
    boolean isDuplicate(Fragment fragment, int length) {
        int place = placeOf(fragment.offsetBytes);
        int to = fragment.offsetBytes + length;
        return place < fragments
                && ranges[2 * place] == fragment.offsetBytes
                && ranges[2 * place + 1] == to
                && fragment.moreFragments == (to != totalBytes);
    }

    int fragments() {
        return fragments;
    }

    /** Keeps a fragment that was checked; false if there is no memory, and then it must be given up. */
    boolean add(Packet packet, Fragment fragment, PacketPool packets) {
        int length = packet.length() - fragment.headerBytes;
        int taken = 0;
        if (fragment.isFirst()) {
            Packet start = packets.small();
            if (start == null) {
                return false;
            }
            int copied = Math.min(packet.length(), PIECE_BYTES);
            copyFields(packet, start);
            start.buffer().put(Packet.HEADROOM, packet.buffer(), packet.offset(), copied);
            start.head(Packet.HEADROOM, copied);
            first = start;
            firstPerFragmentBytes = fragment.perFragmentBytes;
            firstProtocolPointer = fragment.protocolPointer;
            taken = copied - fragment.headerBytes;
            pieces.add(new Piece(start, Packet.HEADROOM + fragment.headerBytes, 0, taken));
        }
        while (taken < length) {
            Packet piece = packets.small();
            if (piece == null) {
                return false;
            }
            int n = Math.min(length - taken, PIECE_BYTES);
            piece.buffer().put(Packet.HEADROOM, packet.buffer(), packet.offset() + fragment.headerBytes + taken, n);
            pieces.add(new Piece(piece, Packet.HEADROOM, fragment.offsetBytes + taken, n));
            taken += n;
        }
        addRange(fragment.offsetBytes, fragment.offsetBytes + length);
        receivedBytes += length;
        arrivedBytes += packet.length();
        codepoints |= 1 << (packet.trafficClass & ECN);
        if (!fragment.moreFragments) {
            totalBytes = fragment.offsetBytes + length;
        }
        return true;
    }

    private static void copyFields(Packet from, Packet to) {
        to.sourceHigh = from.sourceHigh;
        to.sourceLow = from.sourceLow;
        to.destinationHigh = from.destinationHigh;
        to.destinationLow = from.destinationLow;
        to.protocol = from.protocol;
        to.trafficClass = from.trafficClass;
        to.hopLimit = from.hopLimit;
        to.transportOffset = from.transportOffset - from.offset() + Packet.HEADROOM;
        to.transportLength = from.transportLength;
        to.arrivalNs = from.arrivalNs;
    }

    /** Whether congestion was experienced by what is not capable of ECN, or capability itself is in doubt (RFC 3168 5.3). */
    boolean isEcnSpoilt() {
        return (codepoints & 1) != 0 && codepoints != 1;
    }

    /** The packets that have come, headers included; also when they are gone. */
    int arrivedBytes() {
        return arrivedBytes;
    }

    /** The length of the whole packet. */
    int packetBytes() {
        return firstPerFragmentBytes + totalBytes;
    }

    /** Writes the whole packet, once all is there, into one that has room for it. */
    void assemble(Packet whole) {
        Packet start = first;
        if (start == null) {
            throw new IllegalStateException("not complete");
        }
        int at = Packet.HEADROOM;
        int length = packetBytes();
        ByteBuffer b = whole.buffer();
        b.put(at, start.buffer(), Packet.HEADROOM, firstPerFragmentBytes);
        for (Piece piece : pieces) {
            b.put(at + firstPerFragmentBytes + piece.position, piece.packet.buffer(), piece.at, piece.length);
        }
        whole.head(at, length);
        int trafficClass = start.trafficClass;
        if ((codepoints & 1 << CONGESTION_EXPERIENCED) != 0) {
            trafficClass |= CONGESTION_EXPERIENCED;
        }
        if (ipv4) {
            Ipv4Header.becomeWhole(b, at, firstPerFragmentBytes, length, trafficClass);
        } else {
            Ipv6Header.becomeWhole(
                    b, at, length - Ipv6Header.HEADER_BYTES, firstProtocolPointer, start.protocol, trafficClass);
        }
    }

    /** Gives all packets back. */
    void release(PacketPool packets) {
        for (Piece piece : pieces) {
            packets.release(piece.packet);
        }
        forget();
    }

    /** Gives all packets back but the start of the first fragment, which is then the caller's; null if it has not come. */
    @Nullable Packet releaseAllButFirst(PacketPool packets) {
        Packet kept = first;
        for (Piece piece : pieces) {
            if (piece.packet != kept) {
                packets.release(piece.packet);
            }
        }
        forget();
        return kept;
    }

    private void forget() {
        pieces.clear();
        first = null;
        fragments = 0;
        receivedBytes = 0;
        totalBytes = UNKNOWN;
    }

    /** The first fragment that does not begin before a position. */
    private int placeOf(int from) {
        int low = 0;
        int high = fragments;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ranges[2 * middle] < from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void addRange(int from, int to) {
        if (2 * fragments == ranges.length) {
            ranges = Arrays.copyOf(ranges, 2 * ranges.length);
        }
        int place = placeOf(from);
        System.arraycopy(ranges, 2 * place, ranges, 2 * place + 2, 2 * (fragments - place));
        ranges[2 * place] = from;
        ranges[2 * place + 1] = to;
        fragments++;
    }
}
