package dev.heddle.core.tcp.recovery;

import dev.heddle.core.time.Clock;
import java.util.Arrays;

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

    /** A record's piece of {@link #deliveries}: what had been delivered at its sending, when, and the send phase's start. */
    private static final int DELIVERY = 3;

    private static final int INITIAL_CAPACITY = 8;

    /**
     * The most records that SACKs may make. Honest SACKs end where segments end; a peer that acknowledges every other octet
     * shall not make each of its ACKs cost more and more. SACK is advisory (RFC 2018 8): what is ignored is only sent again.
     */
    static final int MOST_RECORDS = 4_096;

    private long[] starts = new long[INITIAL_CAPACITY];
    private long[] sentNs = new long[INITIAL_CAPACITY];
    private byte[] flags = new byte[INITIAL_CAPACITY];
    private long[] deliveries = new long[DELIVERY * INITIAL_CAPACITY];
    private final DeliveryRateEstimator deliveryRate = new DeliveryRateEstimator();
    private int first;
    private int count;
    private long end;

    private final Deliveries listener;

    /** Below this offset every record is SACKed, or lost and not sent again: no need to look at them for losses. */
    private long settledBelow;
    /** Below this offset no record waits for retransmission. */
    private long nothingToSendBelow;
    /** While losses are looked for: when the last of those that may still arrive will be deemed lost. */
    private long nextLossNs = Clock.NEVER;

    private int sackedRanges;
    private long sackedBytes;
    private long lostBytes;
    private long retransmittedBytes;

    private long earliestDeliveredSentNs = -1;
    /** A retransmitted octet was cumulatively acknowledged: what lay behind that hole waited for it at the peer. */
    private boolean holeFilled;

    /** What the records say of the delivery rate. */
    public DeliveryRateEstimator deliveryRate() {
        return deliveryRate;
    }

    public SendRecords() {
        this(Deliveries.IGNORED);
    }

    /** @param listener hears of what acknowledgements prove delivered */
    public SendRecords(Deliveries listener) {
        this.listener = listener;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public int size() {
        return count;
    }

    /** The first octet covered; the end if nothing is. */
    public long start() {
        return count == 0 ? end : starts[first];
    }

    /** The octet behind the last one sent. */
    public long end() {
        return end;
    }

    public long start(int index) {
        return starts[first + index];
    }

    public long end(int index) {
        return index + 1 == count ? end : starts[first + index + 1];
    }

    public long sentNs(int index) {
        return sentNs[first + index];
    }

    public boolean has(int index, int flag) {
        return (flags[first + index] & flag) != 0;
    }

    public long sackedBytes() {
        return sackedBytes;
    }

    /** How many SACKed ranges there are, each at least one segment. */
    public int sackedRanges() {
        return sackedRanges;
    }

    public long lostBytes() {
        return lostBytes;
    }

    /** Bytes whose retransmission is in flight. */
    public long retransmittedBytes() {
        return retransmittedBytes;
    }

    /** What RFC 6675 calls pipe: bytes sent, not acknowledged, not lost; plus retransmissions. */
    public long inFlightBytes() {
        return end - start() - sackedBytes - lostBytes + retransmittedBytes;
    }

    /** New data was sent: a record from the end, or from {@code from} if nothing is outstanding. */
    public void append(long from, long to, long nowNs) {
        byte newFlags = (byte) (deliveryRate.isApplicationLimited() ? APPLICATION_LIMITED : 0);
        if (count == 0) {
            first = 0;
            deliveryRate.started(nowNs);
        } else if (from != end) {
            throw new IllegalStateException("sent " + from + " after " + end);
        } else {
            int last = first + count - 1;
            if (sentNs[last] == nowNs
                    && flags[last] == newFlags
                    && deliveries[DELIVERY * last] == deliveryRate.deliveredBytes()) {
                end = to;
                return;
            }
        }
        reserveOne();
        int slot = first + count++;
        starts[slot] = from;
        sentNs[slot] = nowNs;
        flags[slot] = newFlags;
        stampDelivery(slot);
        end = to;
    }

    private void stampDelivery(int slot) {
        deliveries[DELIVERY * slot] = deliveryRate.deliveredBytes();
        deliveries[DELIVERY * slot + 1] = deliveryRate.deliveredNs();
        deliveries[DELIVERY * slot + 2] = deliveryRate.firstSentNs();
    }

    /**
     * Everything below {@code una} is acknowledged.
     *
     * @return the bytes that had not been selectively acknowledged before
     */
    public long acknowledge(long una) {
        long delivered = 0;
        while (count > 0 && starts[first] < una) {
            long recordEnd = end(0);
            long upTo = Math.min(una, recordEnd);
            long length = upTo - starts[first];
            int recordFlags = flags[first];
            if ((recordFlags & SACKED) == 0) {
                delivered += length;
                holeFilled |= (recordFlags & AMBIGUOUS) != 0;
                noteDelivered(first, length, false);
            }
            account(recordFlags, -length);
            if (upTo < recordEnd) {
                starts[first] = upTo;
                break;
            }
            if ((recordFlags & SACKED) != 0) {
                sackedRanges--;
            }
            first++;
            count--;
        }
        if (count == 0) {
            first = 0;
            end = Math.max(end, una);
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
        long to = Math.min(right, end);
        if (from >= to) {
            return 0;
        }
        long newly = 0;
        int index = indexOf(from);
        while (index < count && start(index) < to) {
            if (!has(index, SACKED)) {
                boolean splits = start(index) < from || end(index) > to;
                if (splits && count > MOST_RECORDS - 2) {
                    break;
                }
                index = isolate(index, from, to);
                long length = end(index) - start(index);
                int slot = first + index;
                noteDelivered(slot, length, true);
                account(flags[slot], -length);
                flags[slot] = (byte) (SACKED | flags[slot] & AMBIGUOUS);
                sackedBytes += length;
                sackedRanges++;
                newly += length;
                index = joinSacked(index);
            }
            index++;
        }
        return newly;
    }

    /**
     * Marks as lost what RACK says (RFC 8985 6.2, step 5): what was sent before something that was delivered, and long enough
     * ago. What lies behind a record that was sent once and later needs no look: it was sent later still.
     *
     * @return the bytes newly marked, retransmissions that were lost again among them; {@link #nextLossNs} tells when there
     *     will be more
     */
    public long markLostByTime(Rack rack, long nowNs) {
        long newly = 0;
        nextLossNs = Clock.NEVER;
        settledBelow = Math.max(settledBelow, start());
        boolean settled = true;
        for (int index = count == 0 || settledBelow >= end ? count : indexOf(settledBelow); index < count; index++) {
            int slot = first + index;
            if (!isSettled(slot)) {
                if (!rack.isSentBeforeDelivered(sentNs[slot], end(index))) {
                    settled = false;
                    if ((flags[slot] & AMBIGUOUS) == 0) {
                        break;
                    }
                } else if (rack.lostAtNs(sentNs[slot]) <= nowNs) {
                    newly += markLostAgain(slot);
                } else {
                    settled = false;
                    long lostAtNs = rack.lostAtNs(sentNs[slot]);
                    nextLossNs = nextLossNs == Clock.NEVER ? lostAtNs : Math.max(nextLossNs, lostAtNs);
                }
            }
            if (settled) {
                settledBelow = end(index);
            }
        }
        return newly;
    }

    /** When everything that {@link #markLostByTime} has left a chance to arrive will be lost; {@link Clock#NEVER} if nothing. */
    public long nextLossNs() {
        return nextLossNs;
    }

    /** RACK_mark_losses_on_RTO (RFC 8985 6.3): the first record, and all whose time is over. */
    public void markLostByTimeout(Rack rack, long nowNs) {
        nextLossNs = Clock.NEVER;
        for (int slot = first; slot < first + count; slot++) {
            if (!isSettled(slot) && (slot == first || rack.lostAtNs(sentNs[slot]) <= nowNs)) {
                markLostAgain(slot);
            }
        }
    }

    /** SACKed, or lost and not sent again: nothing of it is in flight. */
    private boolean isSettled(int slot) {
        return (flags[slot] & SACKED) != 0 || (flags[slot] & (LOST | RETRANSMITTED)) == LOST;
    }

    /** Deemed lost, for the first time or again. */
    private long markLostAgain(int slot) {
        long length = end(slot - first) - starts[slot];
        account(flags[slot], -length);
        flags[slot] = (byte) (LOST | flags[slot] & (AMBIGUOUS | APPLICATION_LIMITED));
        lostBytes += length;
        nothingToSendBelow = Math.min(nothingToSendBelow, starts[slot]);
        return length;
    }

    /** What was deemed lost is on its way after all: nothing is lost, and what was sent twice counts once. */
    public void unmarkLost() {
        for (int slot = first; slot < first + count; slot++) {
            flags[slot] &= ~(LOST | RETRANSMITTED);
        }
        lostBytes = 0;
        retransmittedBytes = 0;
        settledBelow = 0;
        nextLossNs = Clock.NEVER;
    }

    /** Marks up to {@code bytes} from the start as lost, unless they are SACKed or already lost. */
    public long markFirstLost(long bytes) {
        if (count == 0 || has(0, SACKED) || has(0, LOST)) {
            return 0;
        }
        split(0, start() + bytes);
        return markLost(first, end(0) - start(0));
    }

    /** The retransmission timer expired: nothing unSACKed is in flight any more. */
    public void markAllLost() {
        markLostUpTo(end);
    }

    /** Nothing unSACKed of the first {@code bytes} is in flight any more, retransmissions included. */
    public void markLostFromStart(long bytes) {
        if (count == 0) {
            return;
        }
        long to = Math.min(end, start() + bytes);
        split(indexOf(to - 1), to);
        markLostUpTo(to);
    }

    private void markLostUpTo(long to) {
        for (int slot = first; slot < first + count && starts[slot] < to; slot++) {
            if ((flags[slot] & SACKED) == 0) {
                markLostAgain(slot);
            }
        }
    }

    /** The peer has reneged (RFC 2018 8): what it SACKed may be gone. */
    public void forgetSacks() {
        for (int slot = first; slot < first + count; slot++) {
            flags[slot] &= ~SACKED;
        }
        sackedBytes = 0;
        sackedRanges = 0;
        settledBelow = 0;
    }

    /** The first record that is lost and not retransmitted, or −1. */
    public int firstToRetransmit() {
        if (lostBytes == retransmittedBytes) {
            return -1;
        }
        nothingToSendBelow = Math.max(nothingToSendBelow, start());
        for (int index = nothingToSendBelow >= end ? count : indexOf(nothingToSendBelow); index < count; index++) {
            if ((flags[first + index] & (LOST | RETRANSMITTED)) == LOST) {
                return index;
            }
            nothingToSendBelow = end(index);
        }
        return -1;
    }

    /**
     * The first {@code bytes} of a record were retransmitted.
     */
    public void retransmitted(int index, long bytes, long nowNs) {
        split(index, start(index) + bytes);
        int slot = first + index;
        long length = end(index) - start(index);
        if ((flags[slot] & LOST) == 0) {
            markLost(slot, length);
        }
        if ((flags[slot] & RETRANSMITTED) == 0) {
            retransmittedBytes += length;
        }
        flags[slot] |= (byte) (RETRANSMITTED | AMBIGUOUS);
        if (deliveryRate.isApplicationLimited()) {
            flags[slot] |= APPLICATION_LIMITED;
        } else {
            flags[slot] &= ~APPLICATION_LIMITED;
        }
        sentNs[slot] = nowNs;
        stampDelivery(slot);
        settledBelow = Math.min(settledBelow, starts[slot]);
    }

    /** Cuts the last {@code bytes} off the last record, if it is longer; returns the index of the last record. */
    public int splitLast(long bytes) {
        split(count - 1, end - bytes);
        return count - 1;
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

    private void noteDelivered(int slot, long bytes, boolean selectively) {
        deliveryRate.delivered(
                bytes,
                starts[slot] + bytes,
                sentNs[slot],
                deliveries[DELIVERY * slot],
                deliveries[DELIVERY * slot + 1],
                deliveries[DELIVERY * slot + 2],
                (flags[slot] & APPLICATION_LIMITED) != 0,
                (flags[slot] & RETRANSMITTED) != 0);
        listener.delivered(
                starts[slot], starts[slot] + bytes, sentNs[slot], (flags[slot] & AMBIGUOUS) != 0, selectively);
        if ((flags[slot] & AMBIGUOUS) == 0) {
            earliestDeliveredSentNs =
                    earliestDeliveredSentNs < 0 ? sentNs[slot] : Math.min(earliestDeliveredSentNs, sentNs[slot]);
        }
    }

    private long markLost(int slot, long length) {
        nothingToSendBelow = Math.min(nothingToSendBelow, starts[slot]);
        flags[slot] |= LOST;
        lostBytes += length;
        return length;
    }

    private void account(int recordFlags, long delta) {
        if ((recordFlags & SACKED) != 0) {
            sackedBytes += delta;
        }
        if ((recordFlags & LOST) != 0) {
            lostBytes += delta;
        }
        if ((recordFlags & RETRANSMITTED) != 0) {
            retransmittedBytes += delta;
        }
    }

    /** The index of the record that holds an outstanding octet. */
    private int indexOf(long offset) {
        int found = Arrays.binarySearch(starts, first, first + count, offset);
        return (found >= 0 ? found : -found - 2) - first;
    }

    /** Cuts a record so that the piece returned lies within [from, to). */
    private int isolate(int index, long from, long to) {
        int piece = index;
        if (start(piece) < from) {
            split(piece, from);
            piece++;
        }
        split(piece, to);
        return piece;
    }

    /** Cuts a record in two at an offset inside it; elsewhere there is nothing to cut. */
    private void split(int index, long at) {
        if (at <= start(index) || at >= end(index)) {
            return;
        }
        reserveOne();
        int slot = first + index;
        int behind = count - index - 1;
        System.arraycopy(starts, slot + 1, starts, slot + 2, behind);
        System.arraycopy(sentNs, slot + 1, sentNs, slot + 2, behind);
        System.arraycopy(flags, slot + 1, flags, slot + 2, behind);
        System.arraycopy(deliveries, DELIVERY * slot, deliveries, DELIVERY * (slot + 1), DELIVERY * (behind + 1));
        starts[slot + 1] = at;
        sentNs[slot + 1] = sentNs[slot];
        flags[slot + 1] = flags[slot];
        if ((flags[slot] & SACKED) != 0) {
            sackedRanges++;
        }
        count++;
    }

    /** Joins a SACKed record with SACKed neighbours, so that a peer cannot make records pile up; returns its index. */
    private int joinSacked(int index) {
        if (index + 1 < count && has(index + 1, SACKED)) {
            remove(index + 1);
            sackedRanges--;
        }
        if (index > 0 && has(index - 1, SACKED)) {
            remove(index);
            sackedRanges--;
            return index - 1;
        }
        return index;
    }

    /** The record, SACKed like the one before it, joins that. */
    private void remove(int index) {
        int slot = first + index;
        sentNs[slot - 1] = Math.max(sentNs[slot - 1], sentNs[slot]);
        flags[slot - 1] |= flags[slot];
        int behind = count - index - 1;
        System.arraycopy(starts, slot + 1, starts, slot, behind);
        System.arraycopy(sentNs, slot + 1, sentNs, slot, behind);
        System.arraycopy(flags, slot + 1, flags, slot, behind);
        System.arraycopy(deliveries, DELIVERY * (slot + 1), deliveries, DELIVERY * slot, DELIVERY * behind);
        count--;
    }

    private void reserveOne() {
        if (first + count < starts.length) {
            return;
        }
        if (first > starts.length / 2) {
            System.arraycopy(starts, first, starts, 0, count);
            System.arraycopy(sentNs, first, sentNs, 0, count);
            System.arraycopy(flags, first, flags, 0, count);
            System.arraycopy(deliveries, DELIVERY * first, deliveries, 0, DELIVERY * count);
        } else {
            int capacity = starts.length * 2;
            starts = Arrays.copyOf(Arrays.copyOfRange(starts, first, first + count), capacity);
            sentNs = Arrays.copyOf(Arrays.copyOfRange(sentNs, first, first + count), capacity);
            flags = Arrays.copyOf(Arrays.copyOfRange(flags, first, first + count), capacity);
            deliveries = Arrays.copyOf(
                    Arrays.copyOfRange(deliveries, DELIVERY * first, DELIVERY * (first + count)), DELIVERY * capacity);
        }
        first = 0;
    }
}
