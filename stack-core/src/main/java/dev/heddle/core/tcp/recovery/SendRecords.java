package dev.heddle.core.tcp.recovery;

import dev.heddle.core.time.Clock;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What was sent and is not yet cumulatively acknowledged: contiguous byte ranges of the stream, each with the time of its
 * last transmission and what is known of its fate. A record is a range, not a segment: it is split wherever a SACK, a loss
 * or an acknowledgement ends inside it, and neighbours that no longer differ are joined. Offsets are unwrapped 64-bit
 * stream offsets.
 */
public final class SendRecords {

    /** Selectively acknowledged. */
    public static final int SACKED = 1;
    /** Deemed lost; not in flight unless {@link #RETRANSMITTED} too. */
    public static final int LOST = 2;
    /** A retransmission is in flight. */
    public static final int RETRANSMITTED = 4;
    /** Sent more than once: no round-trip time can be told (Karn's rule). */
    public static final int AMBIGUOUS = 8;
    /** Sent while the application, not the window, held the sender back. */
    static final int APPLICATION_LIMITED = 16;

    /**
     * The most SACKed ranges for which records are cut, whatever is in flight. Each makes two records at most; a peer that
     * acknowledges every other octet shall not make each of its ACKs cost more and more. SACK is advisory (RFC 2018 8): what
     * is ignored is only sent again.
     */
    static final int MOST_RANGES = 2_048;

    /** So many for however little. */
    private static final int FEW_RANGES = 32;

    /**
     * Honest SACKs end where segments end, and between two of them something is missing. So records that SACKs make take a
     * small part of the memory that the flight is charged with, and need not be charged themselves.
     */
    private static final int LEAST_RANGE_BYTES = 536;

    private final RecordTable table = new RecordTable();
    private final DeliveryRateEstimator deliveryRate = new DeliveryRateEstimator();
    private final Deliveries listener;

    // Originals are in the order of time as they stand in the stream; what was sent again is in another order.
    private final Retransmissions retransmissions = new Retransmissions();
    /** Below this offset every record that was sent only once is SACKed or lost: no need to look at them for losses. */
    private long settledBelow;

    private final WaitingLosses waiting = new WaitingLosses();
    /** While losses are looked for: when the last of those that may still arrive will be deemed lost. */
    private long nextLossNs = Clock.NEVER;

    private long earliestDeliveredSentNs = -1;
    /** A retransmitted octet was cumulatively acknowledged: what lay behind that hole waited for it at the peer. */
    private boolean holeFilled;

    /** How many records were looked at, ever: what ACKs cost. */
    private long visits;

    public SendRecords() {
        this(Deliveries.IGNORED);
    }

    /** @param listener hears of what acknowledgements prove delivered */
    public SendRecords(Deliveries listener) {
        this.listener = listener;
    }

    /** What the records say of the delivery rate. */
    public DeliveryRateEstimator deliveryRate() {
        return deliveryRate;
    }

    public boolean isEmpty() {
        return table.count() == 0;
    }

    public int size() {
        return table.count();
    }

    /** The first octet covered; the end if nothing is. */
    public long start() {
        return table.start();
    }

    /** The octet behind the last one sent. */
    public long end() {
        return table.end();
    }

    public long start(int index) {
        return table.start(index);
    }

    public long end(int index) {
        return table.end(index);
    }

    public long sentNs(int index) {
        return table.sentNs(index);
    }

    public boolean has(int index, int flag) {
        return table.has(index, flag);
    }

    public long sackedBytes() {
        return table.sackedBytes();
    }

    /** How many SACKed ranges there are, each at least one segment. */
    public int sackedRanges() {
        return table.sackedRanges();
    }

    public long lostBytes() {
        return table.lostBytes();
    }

    /** Bytes whose retransmission is in flight. */
    public long retransmittedBytes() {
        return table.retransmittedBytes();
    }

    /** Whether SACKs may make no more records: those that would are ignored. */
    public boolean isFull() {
        return sackedRanges() >= Math.min(MOST_RANGES, FEW_RANGES + (end() - start()) / LEAST_RANGE_BYTES);
    }

    /** What RFC 6675 calls pipe: bytes sent, not acknowledged, not lost; plus retransmissions. */
    public long inFlightBytes() {
        return end() - start() - sackedBytes() - lostBytes() + retransmittedBytes();
    }

    long visits() {
        return visits;
    }

    /** New data was sent: a record from the end, or from {@code from} if nothing is outstanding. */
    public void append(long from, long to, long nowNs) {
        int newFlags = deliveryRate.isApplicationLimited() ? APPLICATION_LIMITED : 0;
        if (isEmpty()) {
            deliveryRate.started(nowNs);
        } else if (from != end()) {
            throw new IllegalStateException("sent " + from + " after " + end());
        } else {
            int last = size() - 1;
            if (sentNs(last) == nowNs
                    && table.flags(last) == newFlags
                    && table.deliveredBytes(last) == deliveryRate.deliveredBytes()) {
                table.end(to);
                return;
            }
        }
        table.sent(table.append(from, to, newFlags), nowNs, deliveryRate);
    }

    /**
     * Everything below {@code una} is acknowledged.
     *
     * @return the bytes that had not been selectively acknowledged before
     */
    public long acknowledge(long una) {
        long delivered = 0;
        while (!isEmpty() && start() < una) {
            long recordEnd = end(0);
            long upTo = Math.min(una, recordEnd);
            long length = upTo - start();
            int flags = table.flags(0);
            if ((flags & SACKED) == 0) {
                delivered += length;
                holeFilled |= (flags & AMBIGUOUS) != 0;
                noteDelivered(0, length, false);
            }
            if (upTo < recordEnd) {
                table.trimFirst(upTo);
                break;
            }
            table.removeFirst();
        }
        if (isEmpty()) {
            table.end(Math.max(end(), una));
            retransmissions.clear();
        }
        return delivered;
    }

    /**
     * Marks [left, right) as selectively acknowledged, as far as it is outstanding.
     *
     * @return the bytes that were not marked before
     */
    public long sack(long left, long right) {
        long from = Math.max(left, start());
        long to = Math.min(right, end());
        if (from >= to) {
            return 0;
        }
        long newly = 0;
        int index = table.indexOf(from);
        while (index < size() && start(index) < to) {
            visits++;
            if (!has(index, SACKED)) {
                boolean splits = start(index) < from || end(index) > to;
                if (splits && isFull()) {
                    break;
                }
                index = isolate(index, from, to);
                long length = table.length(index);
                noteDelivered(index, length, true);
                table.flags(index, SACKED | table.flags(index) & (AMBIGUOUS | APPLICATION_LIMITED));
                newly += length;
                index = joinSacked(index);
            }
            index++;
        }
        return newly;
    }

    /**
     * Marks as lost what RACK says (RFC 8985 6.2, step 5): what was sent before something that was delivered, and long enough
     * ago. Both walks go in the order of time and end at what was sent later; what is settled is not looked at again.
     *
     * @return the bytes newly marked, retransmissions that were lost again among them; {@link #nextLossNs} tells when there
     *     will be more
     */
    public long markLostByTime(Rack rack, long nowNs) {
        nextLossNs = Clock.NEVER;
        return markOriginalsLost(rack, nowNs) + markRetransmissionsLost(rack, nowNs);
    }

    private long markOriginalsLost(Rack rack, long nowNs) {
        long newly = 0;
        boolean settled = true;
        settledBelow = Math.max(settledBelow, start());
        for (int index = settledBelow >= end() ? size() : table.indexOf(settledBelow); index < size(); index++) {
            visits++;
            if (!has(index, AMBIGUOUS) && !isSettled(index)) {
                if (!rack.isSentBeforeDelivered(sentNs(index), end(index))) {
                    break;
                }
                long lost = markIfLost(index, rack, nowNs);
                newly += lost;
                settled &= lost > 0;
            }
            if (settled) {
                settledBelow = end(index);
            }
        }
        return newly;
    }

    private long markRetransmissionsLost(Rack rack, long nowNs) {
        long newly = 0;
        int kept = 0;
        int entry = 0;
        for (; entry < retransmissions.count() && !rack.isSentAfterDelivered(retransmissions.sentNs(entry)); entry++) {
            long sentNs = retransmissions.sentNs(entry);
            long inFlightFrom = Clock.NEVER;
            for (int index = firstOf(entry); index < size() && start(index) < retransmissions.end(entry); index++) {
                visits++;
                if (isSettled(index) || sentNs(index) != sentNs) {
                    continue;
                }
                long lost = rack.isSentBeforeDelivered(sentNs, end(index)) ? markIfLost(index, rack, nowNs) : 0;
                newly += lost;
                if (lost == 0) {
                    inFlightFrom = Math.min(inFlightFrom, start(index));
                }
            }
            if (inFlightFrom != Clock.NEVER) {
                retransmissions.keep(entry, kept++, inFlightFrom);
            }
        }
        retransmissions.remove(kept, entry);
        return newly;
    }

    /** The first record that an entry of {@link #retransmissions} can be about; past the last if there is none. */
    private int firstOf(int entry) {
        long from = Math.max(retransmissions.start(entry), start());
        return from >= end() ? size() : table.indexOf(from);
    }

    private long markIfLost(int index, Rack rack, long nowNs) {
        long lostAtNs = rack.lostAtNs(sentNs(index));
        if (lostAtNs <= nowNs) {
            return markLostAgain(index);
        }
        nextLossNs = nextLossNs == Clock.NEVER ? lostAtNs : Math.max(nextLossNs, lostAtNs);
        return 0;
    }

    /** When everything that {@link #markLostByTime} has left a chance to arrive will be lost; {@link Clock#NEVER} if nothing. */
    public long nextLossNs() {
        return nextLossNs;
    }

    /** RACK_mark_losses_on_RTO (RFC 8985 6.3): the first record, and all whose time is over. */
    public void markLostByTimeout(Rack rack, long nowNs) {
        nextLossNs = Clock.NEVER;
        for (int index = 0; index < size(); index++) {
            if (!isSettled(index) && (index == 0 || rack.lostAtNs(sentNs(index)) <= nowNs)) {
                markLostAgain(index);
            }
        }
    }

    /** SACKed, or lost and not sent again: nothing of it is in flight. */
    private boolean isSettled(int index) {
        return has(index, SACKED) || (table.flags(index) & (LOST | RETRANSMITTED)) == LOST;
    }

    /** Deemed lost, for the first time or again. */
    private long markLostAgain(int index) {
        long length = table.length(index);
        table.flags(index, LOST | table.flags(index) & (AMBIGUOUS | APPLICATION_LIMITED));
        waiting.add(start(index), end(index));
        return length;
    }

    /** What was deemed lost is on its way after all: nothing is lost, and what was sent twice counts once. */
    public void unmarkLost() {
        for (int index = 0; index < size(); index++) {
            table.flags(index, table.flags(index) & ~(LOST | RETRANSMITTED));
        }
        nextLossNs = Clock.NEVER;
        unsettle();
    }

    /** Marks up to {@code bytes} from the start as lost, unless they are SACKed or already lost. */
    public long markFirstLost(long bytes) {
        if (isEmpty() || has(0, SACKED) || has(0, LOST)) {
            return 0;
        }
        table.split(0, start() + bytes);
        return markLostAgain(0);
    }

    /** The retransmission timer expired: nothing unSACKed is in flight any more. */
    public void markAllLost() {
        markLostUpTo(end());
    }

    /** Nothing unSACKed of the first {@code bytes} is in flight any more, retransmissions included. */
    public void markLostFromStart(long bytes) {
        if (isEmpty()) {
            return;
        }
        long to = Math.min(end(), start() + bytes);
        table.split(table.indexOf(to - 1), to);
        markLostUpTo(to);
    }

    private void markLostUpTo(long to) {
        for (int index = 0; index < size() && start(index) < to; index++) {
            if (!has(index, SACKED)) {
                markLostAgain(index);
            }
        }
    }

    /** The peer has reneged (RFC 2018 8): what it SACKed may be gone. */
    public void forgetSacks() {
        for (int index = 0; index < size(); index++) {
            table.flags(index, table.flags(index) & ~SACKED);
        }
        // Else a peer that reneges again and again could have them cut ever smaller.
        table.joinAlike();
        unsettle();
    }

    /** Anything may be in flight again: puts what was sent more than once into the order of time. */
    private void unsettle() {
        settledBelow = 0;
        retransmissions.clear();
        IntStream.range(0, size())
                .filter(index -> has(index, AMBIGUOUS) && !isSettled(index))
                .boxed()
                .sorted(Comparator.comparingLong(this::sentNs))
                .forEach(index -> retransmissions.add(start(index), end(index), sentNs(index)));
    }

    /** The first record that is lost and not retransmitted, or −1. */
    public int firstToRetransmit() {
        if (lostBytes() == retransmittedBytes()) {
            return -1;
        }
        waiting.noneBelow(start());
        for (long from = waiting.next(); from < end(); from = waiting.next()) {
            visits++;
            int index = table.indexOf(from);
            if ((table.flags(index) & (LOST | RETRANSMITTED)) == LOST) {
                return index;
            }
            waiting.noneBelow(end(index));
        }
        return -1;
    }

    /** The first {@code bytes} of a record were retransmitted. */
    public void retransmitted(int index, long bytes, long nowNs) {
        table.split(index, start(index) + bytes);
        int limited = deliveryRate.isApplicationLimited() ? APPLICATION_LIMITED : 0;
        table.flags(index, table.flags(index) & SACKED | LOST | RETRANSMITTED | AMBIGUOUS | limited);
        table.sent(index, nowNs, deliveryRate);
        if (retransmissions.isFull()) {
            forgetOldRetransmissions();
        }
        retransmissions.add(start(index), end(index), nowNs);
    }

    /** Where RACK does not look at them, as without SACK, nobody else does. */
    private void forgetOldRetransmissions() {
        int kept = 0;
        for (int entry = 0; entry < retransmissions.count(); entry++) {
            for (int index = firstOf(entry); index < size() && start(index) < retransmissions.end(entry); index++) {
                if (!isSettled(index) && sentNs(index) == retransmissions.sentNs(entry)) {
                    retransmissions.keep(entry, kept++, start(index));
                    break;
                }
            }
        }
        retransmissions.remove(kept, retransmissions.count());
    }

    /** Cuts the last {@code bytes} off the last record, if it is longer; returns the index of the last record. */
    public int splitLast(long bytes) {
        table.split(size() - 1, end() - bytes);
        return size() - 1;
    }

    /**
     * The time of the earliest transmission that acknowledgements since the last call have proved delivered and that is
     * unambiguous (sent once, RFC 6298 3), or −1. An acknowledgement that fills a retransmitted hole tells nothing: what is behind the
     * hole arrived long before. Asking clears it.
     */
    public long takeEarliestDeliveredSentNs() {
        long result = holeFilled ? -1 : earliestDeliveredSentNs;
        earliestDeliveredSentNs = -1;
        holeFilled = false;
        return result;
    }

    private void noteDelivered(int index, long bytes, boolean selectively) {
        long upTo = start(index) + bytes;
        deliveryRate.delivered(
                bytes,
                upTo,
                sentNs(index),
                table.deliveredBytes(index),
                table.deliveredNs(index),
                table.firstSentNs(index),
                has(index, APPLICATION_LIMITED),
                has(index, RETRANSMITTED));
        listener.delivered(start(index), upTo, sentNs(index), has(index, AMBIGUOUS), selectively);
        if (!has(index, AMBIGUOUS)) {
            earliestDeliveredSentNs =
                    earliestDeliveredSentNs < 0 ? sentNs(index) : Math.min(earliestDeliveredSentNs, sentNs(index));
        }
    }

    /** Cuts a record so that the piece returned lies within [from, to). */
    private int isolate(int index, long from, long to) {
        int piece = index;
        if (start(piece) < from) {
            table.split(piece, from);
            piece++;
        }
        table.split(piece, to);
        return piece;
    }

    /** Joins a SACKed record with SACKed neighbours, so that a peer cannot make records pile up; returns its index. */
    private int joinSacked(int index) {
        if (index + 1 < size() && has(index + 1, SACKED)) {
            table.joinPrevious(index + 1);
        }
        if (index > 0 && has(index - 1, SACKED)) {
            table.joinPrevious(index);
            return index - 1;
        }
        return index;
    }
}
