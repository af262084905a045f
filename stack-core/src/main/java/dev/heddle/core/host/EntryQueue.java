package dev.heddle.core.host;

import org.jspecify.annotations.Nullable;

/** Records in the order of their arrival; adding and removing anywhere take constant time. Its owner guards it. */
final class EntryQueue {

    private @Nullable QueuedEntry oldest;
    private @Nullable QueuedEntry newest;
    private int size;

    int size() {
        return size;
    }

    @Nullable QueuedEntry oldest() {
        return oldest;
    }

    void add(QueuedEntry entry) {
        QueuedEntry last = newest;
        entry.previous = last;
        entry.next = null;
        if (last == null) {
            oldest = entry;
        } else {
            last.next = entry;
        }
        newest = entry;
        entry.queued = true;
        size++;
    }

    /** Takes an entry out; it must be in this queue. */
    void remove(QueuedEntry entry) {
        QueuedEntry before = entry.previous;
        QueuedEntry after = entry.next;
        if (before == null) {
            oldest = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.previous = before;
        }
        entry.previous = null;
        entry.next = null;
        entry.queued = false;
        size--;
    }
}
