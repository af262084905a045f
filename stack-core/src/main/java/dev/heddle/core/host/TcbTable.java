package dev.heddle.core.host;

import dev.heddle.core.tcp.SocketPair;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Every connection of a host by its name, half-open and TIME-WAIT records too. Look-ups take the fields of a packet,
 * allocate nothing and take no lock; changes take one leaf lock, and replacing one entry by another is one step.
 *
 * <p>Open addressing: a slot holds an entry, nothing, or the mark of one that was removed. A slot is filled before it can
 * be reached and never reused for another name while readers may walk over it except in place of a mark, so a look-up sees
 * each entry that is in the table during its whole walk. Growing fills a new array and publishes it.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // the size is written under the lock only
final class TcbTable {

    private static final int SMALLEST = 16;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

    /** Stands where an entry was removed: look-ups walk on. */
    private static final Object REMOVED = new Object();

    private final KeyedHash hashing;
    private final ReentrantLock lock = new ReentrantLock();

    /** A power of two, at most half full of entries and marks; replaced as a whole under the lock. */
    private volatile @Nullable Object[] slots = new @Nullable Object[SMALLEST];

    /** The number of entries; guarded by the lock. */
    private int size;

    /** The number of slots that are not empty; guarded by the lock. */
    private int used;

    TcbTable(KeyedHash hashing) {
        this.hashing = hashing;
    }

    int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    /** The entry of a name, or null; any thread. */
    @Nullable TableEntry find(
            long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort, int scope) {
        int hash = hashing.ofPair(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort, scope);
        @Nullable Object[] array = slots;
        int mask = array.length - 1;
        for (int i = hash & mask; ; i = (i + 1) & mask) {
            Object o = SLOT.getAcquire(array, i);
            if (o == null) {
                return null;
            }
            if (o instanceof TableEntry entry
                    && entry.hash == hash
                    && entry.is(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort, scope)) {
                return entry;
            }
        }
    }

    @Nullable TableEntry find(SocketPair p) {
        return find(
                p.localHigh(), p.localLow(), p.localPort(), p.remoteHigh(), p.remoteLow(), p.remotePort(), p.scope());
    }

    /** Adds an entry unless its name is taken; returns the one that has it, or null if the entry was added. */
    @Nullable TableEntry addIfAbsent(TableEntry entry) {
        lock.lock();
        try {
            entry.hash = hashOf(entry.pair());
            int at = slotOf(entry.pair(), entry.hash);
            if (at >= 0) {
                return (TableEntry) slots[at];
            }
            if (2 * (used + 1) > slots.length) {
                resize();
            }
            put(entry);
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Puts an entry in the place of another of the same name; false if that one is not in the table. */
    boolean replace(TableEntry old, TableEntry replacement) {
        lock.lock();
        try {
            replacement.hash = hashOf(replacement.pair());
            int at = slotOf(old.pair(), old.hash);
            if (at < 0 || slots[at] != old) {
                return false;
            }
            SLOT.setRelease(slots, at, replacement);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Removes an entry; false if it is not in the table. */
    boolean remove(TableEntry entry) {
        lock.lock();
        try {
            int at = slotOf(entry.pair(), entry.hash);
            if (at < 0 || slots[at] != entry) {
                return false;
            }
            SLOT.setRelease(slots, at, REMOVED);
            size--;
            if (slots.length > SMALLEST && 8 * size < slots.length) {
                resize();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** All entries of about this moment, in no meaningful order. */
    List<TableEntry> entries() {
        @Nullable Object[] array = slots;
        List<TableEntry> all = new ArrayList<>();
        for (int i = 0; i < array.length; i++) {
            if (SLOT.getAcquire(array, i) instanceof TableEntry entry) {
                all.add(entry);
            }
        }
        return all;
    }

    private int hashOf(SocketPair p) {
        return hashing.ofPair(
                p.localHigh(), p.localLow(), p.localPort(), p.remoteHigh(), p.remoteLow(), p.remotePort(), p.scope());
    }

    /** Where the entry of a name is, or -1; with the lock. */
    private int slotOf(SocketPair pair, int hash) {
        @Nullable Object[] array = slots;
        int mask = array.length - 1;
        for (int i = hash & mask; ; i = (i + 1) & mask) {
            Object o = array[i];
            if (o == null) {
                return -1;
            }
            if (o instanceof TableEntry entry
                    && entry.hash == hash
                    && entry.pair().equals(pair)) {
                return i;
            }
        }
    }

    /** Adds an entry whose name is not in the table; with the lock. */
    private void put(TableEntry entry) {
        @Nullable Object[] array = slots;
        int mask = array.length - 1;
        int i = entry.hash & mask;
        while (array[i] instanceof TableEntry) {
            i = (i + 1) & mask;
        }
        if (array[i] == null) {
            used++;
        }
        SLOT.setRelease(array, i, entry);
        size++;
    }

    /** Moves everything but the marks to a new array, a quarter full; with the lock. */
    private void resize() {
        int length = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, size)) << 2);
        @Nullable Object[] old = slots;
        @Nullable Object[] larger = new @Nullable Object[length];
        int mask = length - 1;
        for (Object o : Arrays.asList(old)) {
            if (o instanceof TableEntry entry) {
                int i = entry.hash & mask;
                while (larger[i] != null) {
                    i = (i + 1) & mask;
                }
                larger[i] = entry;
            }
        }
        used = size;
        slots = larger;
    }
}
