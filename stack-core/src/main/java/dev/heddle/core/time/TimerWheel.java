package dev.heddle.core.time;

import org.jspecify.annotations.Nullable;

/**
 * Timers in nested wheels: scheduling and cancelling take constant time for any number of timers and any distance, and
 * nothing is allocated. Slots are coarse, deadlines are not: no timer expires early, and {@link #nextDeadline()} is a
 * timer's deadline to the nanosecond.
 *
 * <p>A timer sits on the level of the highest group of bits in which its tick differs from the current one. So all timers
 * of a lower level are due before all of a higher one, and the earliest timer is in the first occupied slot of the lowest
 * occupied level. When time reaches a slot of a higher level, its timers move down.
 *
 * <p>Not thread-safe: belongs to one pump.
 */
public final class TimerWheel {

    /** A timer: extend it, or hold one. In at most one wheel at a time. */
    public abstract static class Node {

        private long deadlineNs;
        private int slot = -1;

        /** Neighbours in the slot's ring; null when not scheduled. */
        private @Nullable Node previous;

        private @Nullable Node next;

        protected Node() {}

        /** When it is or was last due, in nanoseconds of the wheel's clock. */
        public final long deadlineNs() {
            return deadlineNs;
        }

        /** Whether it is in a wheel. */
        public final boolean isScheduled() {
            return slot >= 0;
        }
    }

    /** One tick is 65.5 µs: what is due in the same tick is found by looking at each timer. */
    private static final int TICK_SHIFT = 16;

    private static final int GROUP_BITS = 6;
    private static final int SLOTS = 1 << GROUP_BITS;
    /** Enough for every positive deadline. */
    private static final int LEVELS = (63 - TICK_SHIFT + GROUP_BITS - 1) / GROUP_BITS;

    /** The first node of each slot, level by level. */
    private final @Nullable Node[] first = new @Nullable Node[LEVELS * SLOTS];

    /** Which slots of each level are occupied. */
    private final long[] occupied = new long[LEVELS];

    /** The tick reached: nothing is in a slot before it. */
    private long currentTick;

    private int size;

    private long nextDeadlineNs = Clock.NEVER;
    private boolean nextDeadlineKnown = true;

    /**
     * Sets a timer, or moves it if it is set. A deadline that has passed already is due at the next {@link #poll}.
     *
     * @param deadlineNs not negative
     */
    public void schedule(Node node, long deadlineNs) {
        if (deadlineNs < 0) {
            throw new IllegalArgumentException("negative deadline: " + deadlineNs);
        }
        cancel(node);
        node.deadlineNs = deadlineNs;
        insert(node);
        size++;
        if (nextDeadlineKnown && deadlineNs < nextDeadlineNs) {
            nextDeadlineNs = deadlineNs;
        }
    }

    /** Unsets a timer; nothing happens if it is not set. */
    public void cancel(Node node) {
        if (node.slot < 0) {
            return;
        }
        unlink(node);
        size--;
        if (node.deadlineNs == nextDeadlineNs) {
            nextDeadlineKnown = false;
        }
    }

    /** The number of timers set. */
    public int size() {
        return size;
    }

    /**
     * The earliest deadline, exactly; {@link Clock#NEVER} if there is none. Looks through one slot if the earliest timer
     * has gone since the last call, and at nothing otherwise.
     */
    public long nextDeadline() {
        if (!nextDeadlineKnown) {
            long earliest = Clock.NEVER;
            int slot = firstOccupiedSlot();
            if (slot >= 0) {
                Node start = head(slot);
                Node node = start;
                do {
                    earliest = Math.min(earliest, node.deadlineNs);
                    node = after(node);
                } while (node != start);
            }
            nextDeadlineNs = earliest;
            nextDeadlineKnown = true;
        }
        return nextDeadlineNs;
    }

    /**
     * Unsets and returns a timer whose deadline is not after the given time; null if there is none. Timers of different
     * ticks come in their order.
     */
    public @Nullable Node poll(long nowNs) {
        if (nextDeadlineKnown && nextDeadlineNs > nowNs) {
            return null;
        }
        long nowTick = nowNs >> TICK_SHIFT;
        while (true) {
            int slot = firstOccupiedSlot();
            long slotTick = slot < 0 ? Long.MAX_VALUE : firstTick(slot);
            if (slotTick > nowTick) {
                currentTick = Math.max(currentTick, nowTick);
                return null;
            }
            currentTick = Math.max(currentTick, slotTick);
            if (slot >= SLOTS) {
                moveDown(slot);
                continue;
            }
            Node start = head(slot);
            Node node = start;
            do {
                if (node.deadlineNs <= nowNs) {
                    cancel(node);
                    return node;
                }
                node = after(node);
            } while (node != start);
            return null;
        }
    }

    private void insert(Node node) {
        long tick = Math.max(node.deadlineNs >> TICK_SHIFT, currentTick);
        int differingBits = Long.SIZE - Long.numberOfLeadingZeros(tick ^ currentTick);
        int level = Math.max(0, differingBits - 1) / GROUP_BITS;
        int index = (int) (tick >> (level * GROUP_BITS)) & (SLOTS - 1);
        link(node, level * SLOTS + index);
    }

    private int firstOccupiedSlot() {
        for (int level = 0; level < LEVELS; level++) {
            if (occupied[level] != 0) {
                return level * SLOTS + Long.numberOfTrailingZeros(occupied[level]);
            }
        }
        return -1;
    }

    /** The first tick that a slot covers: the current tick's higher groups, its own, then zeros. */
    private long firstTick(int slot) {
        int shift = slot / SLOTS * GROUP_BITS;
        return (currentTick >> (shift + GROUP_BITS) << (shift + GROUP_BITS)) | ((long) (slot % SLOTS) << shift);
    }

    private void moveDown(int slot) {
        for (Node node = first[slot]; node != null; node = first[slot]) {
            unlink(node);
            insert(node);
        }
    }

    private void link(Node node, int slot) {
        Node start = first[slot];
        if (start == null) {
            first[slot] = node;
            node.next = node;
            node.previous = node;
            occupied[slot / SLOTS] |= 1L << (slot % SLOTS);
        } else {
            Node last = before(start);
            last.next = node;
            node.previous = last;
            node.next = start;
            start.previous = node;
        }
        node.slot = slot;
    }

    private void unlink(Node node) {
        int slot = node.slot;
        Node next = after(node);
        if (next == node) {
            first[slot] = null;
            occupied[slot / SLOTS] &= ~(1L << (slot % SLOTS));
        } else {
            Node previous = before(node);
            previous.next = next;
            next.previous = previous;
            if (first[slot] == node) {
                first[slot] = next;
            }
        }
        node.next = null;
        node.previous = null;
        node.slot = -1;
    }

    private Node head(int slot) {
        Node node = first[slot];
        if (node == null) {
            throw new AssertionError("an occupied slot is empty");
        }
        return node;
    }

    private static Node after(Node node) {
        Node next = node.next;
        if (next == null) {
            throw new AssertionError("not linked");
        }
        return next;
    }

    private static Node before(Node node) {
        Node previous = node.previous;
        if (previous == null) {
            throw new AssertionError("not linked");
        }
        return previous;
    }
}
