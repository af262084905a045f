package dev.heddle.core.tcp;

import dev.heddle.core.buffer.StreamBuffer;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The receiving half of a connection: the stream's reassembly, the window that is announced, and when to acknowledge. */
final class Receiver {

    /** No FIN has arrived. */
    private static final long NO_FIN = Long.MAX_VALUE;

    /** How many segments are acknowledged at once when a connection starts, as Linux does. */
    private static final int QUICK_ACKS = 16;

    private static final int MIN_SEGMENT_ESTIMATE = 536;

    private final TcpContext context;
    private final ReceiveSequence sequence;
    private final StreamBuffer buffer;
    private final StreamReader reader;
    private final NegotiatedOptions negotiated;
    private final BufferLimit limit;
    private final ReceiveWindow window;

    /** Made when data first arrives; never if the buffer's size is fixed. */
    private @Nullable ReceiveTuning tuning;

    private @Nullable OutOfOrderRanges outOfOrder;
    private @Nullable DuplicateReports duplicates;
    private long finOffset = NO_FIN;
    private long lastDataNs;
    private int outOfOrderSegments;

    /** Whether the buffer belongs to an {@link UnreadData} now. */
    private boolean detached;

    /** The application has not heard yet how far the urgent data reaches. */
    private boolean urgentNews;

    private boolean ackDue;
    private int quickAcks = QUICK_ACKS;
    private boolean interactive;
    private int segmentEstimateBytes = MIN_SEGMENT_ESTIMATE;

    Receiver(
            TcpContext context,
            ReceiveSequence sequence,
            NegotiatedOptions negotiated,
            ConnectionOptions options,
            int announcedWindow) {
        this.context = context;
        this.sequence = sequence;
        this.negotiated = negotiated;
        limit = new BufferLimit(options.receiveBufferBytes(), options.maxReceiveBufferBytes());
        buffer = new StreamBuffer(context.pool());
        buffer.start(1);
        reader = new StreamReader(buffer, options.oobInline());
        window = new ReceiveWindow(context, sequence, buffer, reader, limit, negotiated);
        window.begin(announcedWindow);
    }

    /** The text that has arrived in order. */
    long receivedBytes() {
        return textEnd() - 1;
    }

    ReceiveSequence sequence() {
        return sequence;
    }

    /** The most that a SYN announces; its window is never scaled (RFC 7323 2.2). */
    static int synWindow(ConnectionOptions options) {
        return Math.min(65_535, options.receiveBufferBytes());
    }

    /** The window that a SYN announces as memory is now. */
    static int synWindow(TcpContext context, ConnectionOptions options) {
        return (int) Math.min(synWindow(options), context.pool().shareBytes());
    }

    // --- arrival

    /**
     * The sixth step of RFC 9293 3.10.7.4.
     *
     * @param pointer the offset of the octet behind the urgent data
     */
    void urgent(long pointer) {
        urgentNews |= reader.urgent(pointer, sequence.nxt);
    }

    /**
     * Takes the text and FIN of an acceptable segment (RFC 9293 3.10.7.4, seventh and eighth).
     *
     * @param seq the offset of the segment's first octet
     * @param at where the payload starts in the packet's buffer
     */
    void accept(long seq, Packet packet, int at, int length, boolean fin, boolean quickAck) {
        long from = Math.max(seq, sequence.nxt);
        long end = seq + length;
        long to = Math.min(Math.min(end, sequence.edge), finOffset);
        boolean finInWindow = fin && to == end && (end < sequence.edge || end == sequence.nxt);
        noteSegmentSize(packet, length);
        noteDuplicate(seq, end);
        noteRoundTrip(packet, length);
        if (to <= from && !(finInWindow && end >= sequence.nxt)) {
            // Nothing new: a duplicate, or beyond a closed window. Tell the peer where we are.
            if (length > 0 || fin) {
                ackDue = true;
                if (to < end && sequence.nxt >= sequence.edge) {
                    dropped(TcpCounter.TcpExtTCPZeroWindowDrop, end - to);
                }
            }
            return;
        }
        if (finInWindow) {
            finOffset = end;
        }
        int newBytes = (int) Math.max(0, to - from);
        int index = at + (int) (from - seq);
        if (from == sequence.nxt) {
            acceptInOrder(packet.buffer(), index, newBytes, quickAck);
        } else {
            acceptAhead(from, packet.buffer(), index, newBytes, finInWindow);
        }
    }

    /**
     * Text that has arrived before: [from, to) as far as it is known already, below RCV.NXT or ahead of it. Only the first
     * contiguous piece is reported (RFC 2883 4.2).
     */
    void noteDuplicate(long from, long to) {
        // RFC 2883: only a peer that knows SACK.
        if (!negotiated.sack() || from >= to) {
            return;
        }
        long left = from;
        long right = Math.min(to, sequence.nxt);
        if (from >= sequence.nxt) {
            OutOfOrderRanges ranges = outOfOrder;
            int index = ranges == null ? -1 : ranges.firstOverlap(from, to);
            if (ranges == null || index < 0) {
                return;
            }
            left = Math.max(from, ranges.left(index));
            right = Math.min(to, ranges.right(index));
        }
        DuplicateReports reports = duplicates;
        if (reports == null) {
            reports = duplicates = new DuplicateReports();
        }
        reports.add(left, right);
        ackDue = true;
    }

    private void noteRoundTrip(Packet packet, int length) {
        if (length > 0) {
            lastDataNs = packet.arrivalNs;
        }
        if (!limit.mayGrow() || length == 0) {
            return;
        }
        ReceiveTuning current = tuning;
        if (current == null) {
            current = tuning = new ReceiveTuning(buffer.head(), segmentEstimateBytes, packet.arrivalNs);
        }
        current.arrived(sequence.nxt, sequence.edge, packet.arrivalNs);
        TcpOptions options = packet.tcp().options();
        if (length >= segmentEstimateBytes && negotiated.timestamps() && options.hasTimestamps()) {
            int ticks = negotiated.timestamp(packet.arrivalNs) - options.timestampEcho();
            if (ticks >= 0) {
                current.echoed(options.timestampEcho(), Math.max(1, ticks) * NegotiatedOptions.TIMESTAMP_TICK_NS);
            }
        }
    }

    /** Lets the buffer grow with what the application takes; called whenever something may be sent. */
    void tune(long nowNs) {
        ReceiveTuning current = tuning;
        if (current == null || !limit.mayGrow() || reader.isDiscarding()) {
            return;
        }
        long wanted = current.wantedBytes(buffer.head(), segmentEstimateBytes, nowNs);
        // DESIGN: when memory is short, windows get less.
        if (wanted > limit.bytes() && !context.pool().isShort()) {
            limit.raise(wanted);
            ackDue |= window.isUpdateDue(segmentEstimateBytes);
        }
    }

    private void acceptInOrder(ByteBuffer source, int index, int length, boolean quickAck) {
        int stored = reader.isDiscarding() ? length : buffer.write(sequence.nxt, source, index, length);
        if (stored < length && hasOutOfOrder()) {
            prune(sequence.nxt + stored);
            stored += buffer.write(sequence.nxt + stored, source, index + stored, length - stored);
        }
        sequence.nxt += stored;
        if (stored < length) {
            // DESIGN: memory is short; the peer will send it again.
            context.counters().increment(TcpCounter.TcpExtRcvPruned);
            dropped(TcpCounter.TcpExtTCPRcvQDrop, length - stored);
            ackDue = true;
            return;
        }
        OutOfOrderRanges ranges = outOfOrder;
        if (ranges != null && !ranges.isEmpty()) {
            // RFC 5681 4.2: an ACK at once when a gap is filled, wholly or in part.
            sequence.nxt = ranges.absorb(sequence.nxt);
            ackDue = true;
        }
        if (sequence.nxt == finOffset) {
            sequence.nxt++;
        }
        // A FIN is taken with a closed window too.
        sequence.edge = Math.max(sequence.edge, sequence.nxt);
        if (finConsumed() || quickAck) {
            ackDue = true;
        } else if (quickAcks > 0 && !interactive) {
            quickAcks--;
            ackDue = true;
        } else if (sequence.nxt - sequence.lastAcknowledged > segmentEstimateBytes) {
            // RFC 9293 SHLD-19: an ACK for at least every second full-sized segment.
            ackDue = true;
        }
        if (reader.isDiscarding()) {
            buffer.start(sequence.nxt);
        }
    }

    /** Memory is short: what arrived out of order must not keep what is in order from being taken (RFC 2018 8). */
    private void prune(long from) {
        dropped(TcpCounter.TcpExtOfoPruned, textAhead(from));
        buffer.truncate(from);
        forgetRanges();
    }

    /** How much has arrived behind an octet, the gaps not included; a FIN is no text. */
    private long textAhead(long from) {
        OutOfOrderRanges ranges = outOfOrder;
        long text = 0;
        for (int i = 0; ranges != null && i < ranges.count(); i++) {
            text += Math.max(0, Math.min(ranges.right(i), finOffset) - Math.max(ranges.left(i), from));
        }
        return text;
    }

    private void forgetRanges() {
        OutOfOrderRanges ranges = outOfOrder;
        if (ranges != null) {
            ranges.clear();
            outOfOrder = null;
        }
    }

    /** Whether something arrived ahead takes memory: its text, or of text that is thrown away the ranges. */
    boolean holdsDataAhead() {
        OutOfOrderRanges ranges = outOfOrder;
        return ranges != null && !ranges.isEmpty() && (!reader.isDiscarding() || ranges.chargedBytes() > 0);
    }

    void letGoOfDataAhead() {
        if (holdsDataAhead()) {
            prune(sequence.nxt);
        }
    }

    /** Keeps what is beyond a gap, and says so (RFC 9293 SHLD-31, MAY-13). */
    private void acceptAhead(long from, ByteBuffer source, int index, int length, boolean withFin) {
        ackDue = true;
        OutOfOrderRanges ranges = outOfOrder;
        if (ranges == null) {
            ranges = outOfOrder = new OutOfOrderRanges(context.pool());
        }
        if (context.pool().isShort() && !reader.isDiscarding() || !ranges.mayAdd(from, from + length)) {
            // DESIGN: what cannot be read yet is the first to do without memory.
            dropped(TcpCounter.TcpExtTCPOFODrop, length);
            return;
        }
        int stored = reader.isDiscarding() ? length : buffer.write(from, source, index, length);
        boolean whole = stored == length;
        if (!whole) {
            dropped(TcpCounter.TcpExtTCPOFODrop, length - stored);
        }
        if ((stored > 0 || whole && withFin) && ranges.add(from, from + stored + (whole && withFin ? 1 : 0))) {
            context.counters().increment(TcpCounter.TcpExtTCPOFOQueue);
            outOfOrderSegments++;
        }
    }

    private void dropped(TcpCounter why, long bytes) {
        context.counters().increment(why);
        if (context.events().isWanted()) {
            context.events().happened(new TcpEvent.Dropped(why, bytes));
        }
    }

    private void noteSegmentSize(Packet packet, int length) {
        int size = packet.gsoSize() > 0 ? packet.gsoSize() : length;
        segmentEstimateBytes = Math.max(segmentEstimateBytes, Math.min(size, 65_535));
    }

    /** Whether the peer's FIN and everything before it has arrived. */
    boolean finConsumed() {
        return sequence.nxt > finOffset;
    }

    // --- the application

    /** The octet behind the text that has arrived in order. */
    private long textEnd() {
        return Math.min(sequence.nxt, finOffset);
    }

    int available() {
        return reader.available(textEnd());
    }

    /** What an application that closes now has not read, an out-of-band octet included. */
    long unreadBytes() {
        return reader.unreadBytes(textEnd());
    }

    boolean endOfStream() {
        return finConsumed() && available() == 0;
    }

    int read(byte[] target, int offset, int length) {
        int n = reader.read(target, offset, length, textEnd());
        consumed(n);
        return n;
    }

    int read(ByteBuffer target) {
        int n = reader.read(target, textEnd());
        consumed(n);
        return n;
    }

    int peek(byte[] target, int offset, int length) {
        return reader.peek(target, offset, length, textEnd());
    }

    private void consumed(int length) {
        if (length > 0 && !finConsumed()) {
            ackDue |= window.roomMade(segmentEstimateBytes);
        }
    }

    /** How much is to be read until the urgent data ends; 0 if there is none. */
    long urgentBytes() {
        return reader.urgentBytes();
    }

    /** The out-of-band octet, or −1. */
    int takeOutOfBand() {
        return reader.takeOutOfBand(textEnd());
    }

    /** Whether urgent data was announced, or more of it, since the last call. */
    boolean takeUrgentNews() {
        boolean news = urgentNews;
        urgentNews = false;
        return news;
    }

    /** The application reads no more: what arrives is acknowledged and thrown away. */
    void discard() {
        reader.discard();
        buffer.start(sequence.nxt);
    }

    boolean isDiscarding() {
        return reader.isDiscarding();
    }

    void options(ConnectionOptions options) {
        limit.appoint(options.receiveBufferBytes(), options.maxReceiveBufferBytes());
        reader.inline(options.oobInline());
    }

    /** How much may wait for the application at present. */
    int limitBytes() {
        return limit.bytes();
    }

    /** Null before data has arrived, or if the buffer's size is fixed. */
    @Nullable ReceiveTuning tuning() {
        return tuning;
    }

    /** Gives the memory back, unless it was {@linkplain #detach detached}. */
    void release() {
        if (!detached) {
            buffer.clear();
        }
        forgetRanges();
    }

    /** The buffer's unread part, for the time after the connection; from now on its new owner gives the memory back. */
    UnreadData detach() {
        // What arrived behind a gap will never be read.
        long end = reader.isDiscarding() ? buffer.head() : textEnd();
        buffer.truncate(end);
        forgetRanges();
        detached = true;
        return new UnreadData(buffer, reader, end, finConsumed());
    }

    // --- the window

    /** Whether the peer waits for room that there is, but no memory for it. */
    boolean isWindowHeldBack() {
        return window.isHeldBack();
    }

    /** There is memory again, perhaps. */
    void memoryAvailable() {
        ackDue |= window.memoryAvailable(segmentEstimateBytes);
    }

    /** The window field of a segment that goes out now; moves the announced edge. */
    int announceWindow() {
        return window.announce(segmentEstimateBytes);
    }

    // --- acknowledging

    void requireAck() {
        ackDue = true;
    }

    boolean ackDue() {
        return ackDue;
    }

    /** In-order data that no ACK has covered: a delayed ACK must come. */
    boolean ackOwed() {
        return sequence.nxt > sequence.lastAcknowledged;
    }

    boolean hasOutOfOrder() {
        return outOfOrder != null && !outOfOrder.isEmpty();
    }

    @Nullable OutOfOrderRanges outOfOrder() {
        return outOfOrder;
    }

    boolean hasDuplicates() {
        return duplicates != null && !duplicates.isEmpty();
    }

    /** What has arrived twice and must be reported; null if nothing ever has. */
    @Nullable DuplicateReports duplicates() {
        return duplicates;
    }

    /** A segment with RCV.NXT has gone out. */
    void acknowledged(boolean withData) {
        if (withData && ackOwed()) {
            interactive = true;
        }
        sequence.lastAcknowledged = sequence.nxt;
        ackDue = false;
    }

    /** When text last arrived; 0 if never. */
    long lastDataNs() {
        return lastDataNs;
    }

    /** How many were kept that arrived ahead of a gap. */
    int outOfOrderSegments() {
        return outOfOrderSegments;
    }

    int segmentEstimateBytes() {
        return segmentEstimateBytes;
    }
}
