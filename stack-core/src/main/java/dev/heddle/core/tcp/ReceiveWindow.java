package dev.heddle.core.tcp;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.buffer.StreamBuffer;

/**
 * The window that is announced to the peer: as much as there is room for in the buffer and memory for in the host, moved in
 * worthwhile steps and never back.
 *
 * <p>Methods that take {@code segmentBytes} mean the size of the segments that arrive.
 */
final class ReceiveWindow {

    private final BufferPool pool;
    private final TcpEvents events;
    private final ReceiveSequence sequence;
    private final StreamBuffer buffer;
    private final StreamReader reader;
    private final BufferLimit limit;
    private final NegotiatedOptions negotiated;

    /** There is room, made by reading or from the beginning, that the window does not tell, because memory is short. */
    private boolean heldBack;

    /** What was announced last is a window of zero. */
    private boolean closed;

    ReceiveWindow(
            TcpContext context,
            ReceiveSequence sequence,
            StreamBuffer buffer,
            StreamReader reader,
            BufferLimit limit,
            NegotiatedOptions negotiated) {
        pool = context.pool();
        events = context.events();
        this.sequence = sequence;
        this.buffer = buffer;
        this.reader = reader;
        this.limit = limit;
        this.negotiated = negotiated;
    }

    /** Our SYN has announced a window, which for want of memory may be zero. */
    void begin(int announcedBytes) {
        sequence.edge = 1L + announcedBytes;
        noteAnnounced(announcedBytes == 0);
    }

    private void noteAnnounced(boolean zero) {
        if (zero == closed) {
            return;
        }
        closed = zero;
        if (events.isWanted()) {
            events.happened(
                    zero
                            ? new TcpEvent.WindowClosed(TcpEvent.Side.OURS)
                            : new TcpEvent.WindowOpened(TcpEvent.Side.OURS, sequence.window()));
        }
    }

    /** The octet up to which there is room now. */
    private long roomEdge() {
        return Math.max(sequence.nxt, bufferEnd());
    }

    /** Where the buffer ends; before RCV.NXT if it is more than full. */
    private long bufferEnd() {
        return (reader.isDiscarding() ? sequence.nxt : buffer.head()) + limit.bytes();
    }

    /** Whether the peer waits for room that there is, but no memory for it. */
    boolean isHeldBack() {
        return heldBack;
    }

    private boolean isMemoryMissing(int segmentBytes) {
        return sequence.window() < segmentBytes
                && isWorthMoving(roomEdge(), limit.bytes(), segmentBytes)
                && movedEdge(segmentBytes) == sequence.edge;
    }

    /** The application has read: whether the peer should hear of the room that it has made. */
    boolean roomMade(int segmentBytes) {
        heldBack = isMemoryMissing(segmentBytes);
        return isUpdateDue(segmentBytes);
    }

    /** There is memory again, perhaps: whether the peer should hear of it. */
    boolean memoryAvailable(int segmentBytes) {
        return heldBack && roomMade(segmentBytes);
    }

    /** RFC 9293 3.8.6.2.2: the right edge stays until it can move by a worthwhile amount. */
    private boolean isWorthMoving(long newEdge, int ofBytes, int segmentBytes) {
        return newEdge - sequence.edge >= Math.min(ofBytes / 2, segmentBytes);
    }

    /**
     * Where the right edge may be now. It promises no more than this connection's share of the memory that is left, but the one
     * chunk that every connection is guaranteed: enough to go on slowly, whatever others hold.
     */
    private long movedEdge(int segmentBytes) {
        long edge = roomEdge();
        if (!isWorthMoving(edge, limit.bytes(), segmentBytes)) {
            return sequence.edge;
        }
        long share = pool.ordinaryFreeBytes();
        if (reader.isDiscarding() || share >= limit.bytes()) {
            return edge;
        }
        long shareEnd = buffer.head() + share;
        if (buffer.heldBytes() > 0 || pool.mayGuarantee()) {
            shareEnd = Math.max(shareEnd, buffer.firstChunkEnd());
        }
        edge = Math.min(edge, shareEnd);
        return isWorthMoving(edge, pool.chunkBytes(), segmentBytes) ? edge : sequence.edge;
    }

    /** Whether the peer should hear of room that reading has made. */
    boolean isUpdateDue(int segmentBytes) {
        long remaining = sequence.window();
        if (2 * remaining > limit.bytes()) {
            return false;
        }
        long newEdge = movedEdge(segmentBytes);
        return newEdge > sequence.edge && newEdge - sequence.nxt >= 2 * remaining;
    }

    /** The window field of a segment that goes out now; moves the announced edge. */
    int announce(int segmentBytes) {
        sequence.edge = movedEdge(segmentBytes);
        heldBack |= isMemoryMissing(segmentBytes);
        int shift = negotiated.receiveShift();
        long window = Math.min(sequence.window(), 65_535L << shift);
        long scaled = window >> shift;
        long unit = 1L << shift;
        if ((scaled << shift) < window && scaled < 65_535) {
            // Rounding down would take back what was announced; rounding up moves the edge by less than a unit. A
            // peer that makes it creep by tiny segments gets the smaller number, until the window is closed.
            long raised = sequence.nxt + (scaled + 1 << shift);
            if (raised <= bufferEnd() + limit.bytes() / 4 + unit) {
                scaled++;
                sequence.edge = raised;
            }
        }
        noteAnnounced(scaled == 0);
        return (int) scaled;
    }
}
