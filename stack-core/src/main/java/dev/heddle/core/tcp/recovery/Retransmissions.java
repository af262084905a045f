package dev.heddle.core.tcp.recovery;

import java.util.Arrays;

/**
 * Ranges that were sent again, in the order of time, which is not that of the stream. Entries may be out of date: the record tells
 * when it was sent last.
 */
final class Retransmissions {

    private static final int INITIAL_CAPACITY = 8;

    private long[] starts = new long[INITIAL_CAPACITY];
    private long[] ends = new long[INITIAL_CAPACITY];
    private long[] sentNs = new long[INITIAL_CAPACITY];
    private int first;
    private int count;

    int count() {
        return count;
    }

    boolean isFull() {
        return first + count == starts.length;
    }

    long start(int index) {
        return starts[first + index];
    }

    long end(int index) {
        return ends[first + index];
    }

    long sentNs(int index) {
        return sentNs[first + index];
    }

    /** [start, end) was sent again, now or later than everything before. */
    void add(long start, long end, long nowNs) {
        int last = first + count - 1;
        if (count > 0 && sentNs[last] == nowNs && ends[last] == start) {
            ends[last] = end;
            return;
        }
        if (isFull()) {
            makeRoom();
        }
        int slot = first + count++;
        starts[slot] = start;
        ends[slot] = end;
        sentNs[slot] = nowNs;
    }

    /** Entry {@code to} becomes what is left of entry {@code from}, from {@code start} on. */
    void keep(int from, int to, long start) {
        long end = end(from);
        long ns = sentNs(from);
        starts[first + to] = start;
        ends[first + to] = end;
        sentNs[first + to] = ns;
    }

    /** Entries [from, to) go. */
    void remove(int from, int to) {
        if (from == to) {
            return;
        }
        if (from < count - to) {
            move(first, first + to - from, from);
            first += to - from;
        } else {
            move(first + to, first + from, count - to);
        }
        count -= to - from;
        if (count == 0) {
            first = 0;
        }
    }

    void clear() {
        first = 0;
        count = 0;
    }

    private void move(int from, int to, int entries) {
        System.arraycopy(starts, from, starts, to, entries);
        System.arraycopy(ends, from, ends, to, entries);
        System.arraycopy(sentNs, from, sentNs, to, entries);
    }

    private void makeRoom() {
        if (count > starts.length / 2) {
            int capacity = starts.length * 2;
            starts = Arrays.copyOf(Arrays.copyOfRange(starts, first, first + count), capacity);
            ends = Arrays.copyOf(Arrays.copyOfRange(ends, first, first + count), capacity);
            sentNs = Arrays.copyOf(Arrays.copyOfRange(sentNs, first, first + count), capacity);
        } else {
            move(first, 0, count);
        }
        first = 0;
    }
}
