package dev.heddle.core.tcp.recovery;

import java.util.Arrays;

/**
 * Contiguous ranges of the stream, each with what was noted at its last transmission, in parallel arrays. Ranges come at the end
 * and go at the start; in between they are cut and joined, which moves whatever side is shorter. How much there is of each
 * kind is counted along.
 */
final class RecordTable {

    /** A record's piece of {@link #deliveries}: what had been delivered at its sending, when, and the send phase's start. */
    private static final int DELIVERY = 3;

    private static final int INITIAL_CAPACITY = 8;

    private long[] starts = new long[INITIAL_CAPACITY];
    private long[] sentNs = new long[INITIAL_CAPACITY];
    private byte[] flags = new byte[INITIAL_CAPACITY];
    private long[] deliveries = new long[DELIVERY * INITIAL_CAPACITY];
    private int first;
    private int count;
    private long end;

    private int sackedRanges;
    private long sackedBytes;
    private long lostBytes;
    private long retransmittedBytes;

    int count() {
        return count;
    }

    /** The first octet covered; the end if nothing is. */
    long start() {
        return count == 0 ? end : starts[first];
    }

    /** The octet behind the last one. */
    long end() {
        return end;
    }

    void end(long newEnd) {
        end = newEnd;
    }

    long start(int index) {
        return starts[first + index];
    }

    long end(int index) {
        return index + 1 == count ? end : starts[first + index + 1];
    }

    long length(int index) {
        return end(index) - start(index);
    }

    long sentNs(int index) {
        return sentNs[first + index];
    }

    int flags(int index) {
        return flags[first + index];
    }

    boolean has(int index, int flag) {
        return (flags[first + index] & flag) != 0;
    }

    void flags(int index, int newFlags) {
        long length = length(index);
        account(flags(index), -length, -1);
        account(newFlags, length, 1);
        flags[first + index] = (byte) newFlags;
    }

    /** The records that are SACKed. */
    int sackedRanges() {
        return sackedRanges;
    }

    long sackedBytes() {
        return sackedBytes;
    }

    long lostBytes() {
        return lostBytes;
    }

    long retransmittedBytes() {
        return retransmittedBytes;
    }

    private void account(int ofFlags, long bytes, int records) {
        if ((ofFlags & SendRecords.SACKED) != 0) {
            sackedBytes += bytes;
            sackedRanges += records;
        }
        if ((ofFlags & SendRecords.LOST) != 0) {
            lostBytes += bytes;
        }
        if ((ofFlags & SendRecords.RETRANSMITTED) != 0) {
            retransmittedBytes += bytes;
        }
    }

    long deliveredBytes(int index) {
        return deliveries[DELIVERY * (first + index)];
    }

    long deliveredNs(int index) {
        return deliveries[DELIVERY * (first + index) + 1];
    }

    long firstSentNs(int index) {
        return deliveries[DELIVERY * (first + index) + 2];
    }

    /** A record was transmitted, for the first time or again. */
    void sent(int index, long nowNs, DeliveryRateEstimator rate) {
        int slot = first + index;
        sentNs[slot] = nowNs;
        deliveries[DELIVERY * slot] = rate.deliveredBytes();
        deliveries[DELIVERY * slot + 1] = rate.deliveredNs();
        deliveries[DELIVERY * slot + 2] = rate.firstSentNs();
    }

    /** A record from {@code from} to {@code to} comes at the end; returns its index. */
    int append(long from, long to, int newFlags) {
        if (first + count == starts.length) {
            makeRoom();
        }
        int slot = first + count++;
        starts[slot] = from;
        flags[slot] = (byte) newFlags;
        end = to;
        return count - 1;
    }

    /** The first record goes. */
    void removeFirst() {
        account(flags(0), -length(0), -1);
        first++;
        count--;
        if (count == 0) {
            first = 0;
        }
    }

    /** The first record begins at {@code start} now. */
    void trimFirst(long start) {
        account(flags(0), starts[first] - start, 0);
        starts[first] = start;
    }

    /** The index of the record that holds an octet that is covered. */
    int indexOf(long offset) {
        int found = Arrays.binarySearch(starts, first, first + count, offset);
        return (found >= 0 ? found : -found - 2) - first;
    }

    /** Cuts a record in two at an offset inside it; elsewhere there is nothing to cut. */
    void split(int index, long at) {
        if (at <= start(index) || at >= end(index)) {
            return;
        }
        account(flags(index), 0, 1);
        if (first > 0 && index < count / 2) {
            move(first, first - 1, index + 1);
            first--;
        } else {
            if (first + count == starts.length) {
                makeRoom();
            }
            move(first + index, first + index + 1, count - index);
        }
        count++;
        starts[first + index + 1] = at;
    }

    /** The record joins the one before it, of which the same is known: sent last when the later of them was. */
    void joinPrevious(int index) {
        int slot = first + index;
        account(flags(index), 0, -1);
        sentNs[slot - 1] = Math.max(sentNs[slot - 1], sentNs[slot]);
        flags[slot - 1] |= flags[slot];
        if (index < count / 2) {
            // The records before it move up.
            move(first, first + 1, index);
            first++;
        } else {
            move(slot + 1, slot, count - index - 1);
        }
        count--;
    }

    /** Joins all neighbours that do not differ. */
    void joinAlike() {
        int kept = 0;
        for (int index = 1; index < count; index++) {
            if (isAlike(first + kept, first + index)) {
                account(flags(index), 0, -1);
            } else {
                kept++;
                move(first + index, first + kept, 1);
            }
        }
        count = Math.min(count, kept + 1);
    }

    private boolean isAlike(int slot, int other) {
        return sentNs[slot] == sentNs[other]
                && flags[slot] == flags[other]
                && Arrays.equals(
                        deliveries,
                        DELIVERY * slot,
                        DELIVERY * (slot + 1),
                        deliveries,
                        DELIVERY * other,
                        DELIVERY * (other + 1));
    }

    private void move(int from, int to, int records) {
        System.arraycopy(starts, from, starts, to, records);
        System.arraycopy(sentNs, from, sentNs, to, records);
        System.arraycopy(flags, from, flags, to, records);
        System.arraycopy(deliveries, DELIVERY * from, deliveries, DELIVERY * to, DELIVERY * records);
    }

    private void makeRoom() {
        if (first > starts.length / 2) {
            move(first, 0, count);
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
