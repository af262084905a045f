package dev.heddle.core.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * By which interfaces nothing comes back from a destination, as far as transports can tell: the advice that finds dead gateways
 * (RFC 1122 3.3.1.4). It holds for that destination only, because one silent peer says nothing of the others, and only for a
 * while. Any thread; the lock is a leaf.
 */
final class DoubtedWays {

    /** As long as other knowledge of paths lasts. */
    static final long LIFETIME_NS = 600_000_000_000L;

    /** Of more the oldest are forgotten: as many as there are narrow paths, since a dead gateway may lead to many. */
    private static final int MOST = 4_096;

    private record Doubt(long high, long low, int interfaceIndex, long untilNs) {

        boolean concerns(long otherHigh, long otherLow) {
            return high == otherHigh && low == otherLow;
        }

        boolean isBefore(long otherHigh, long otherLow) {
            return high < otherHigh || high == otherHigh && low < otherLow;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();

    /** By destination; never changed in place: replaced under lock, read without. */
    private volatile Doubt[] doubts = {};

    /** Whether there is any doubt about ways to a destination, perhaps outlived. */
    boolean concern(long high, long low) {
        Doubt[] all = doubts;
        int first = firstOf(all, high, low);
        return first < all.length && all[first].concerns(high, low);
    }

    boolean contains(long high, long low, int interfaceIndex, long nowNs) {
        Doubt[] all = doubts;
        for (int i = firstOf(all, high, low); i < all.length && all[i].concerns(high, low); i++) {
            if (all[i].interfaceIndex == interfaceIndex && nowNs < all[i].untilNs) {
                return true;
            }
        }
        return false;
    }

    /** When a way to a destination was last doubted, and so another taken; long ago if none is in doubt. */
    long latestNs(long high, long low) {
        long latest = Long.MIN_VALUE;
        Doubt[] all = doubts;
        for (int i = firstOf(all, high, low); i < all.length && all[i].concerns(high, low); i++) {
            latest = Math.max(latest, all[i].untilNs - LIFETIME_NS);
        }
        return latest;
    }

    void add(long high, long low, int interfaceIndex, long nowNs) {
        change(high, low, interfaceIndex, nowNs, new Doubt(high, low, interfaceIndex, nowNs + LIFETIME_NS));
    }

    /** The benefit of the doubt: the way is as good as the others again. */
    void remove(long high, long low, int interfaceIndex, long nowNs) {
        change(high, low, interfaceIndex, nowNs, null);
    }

    private void change(long high, long low, int interfaceIndex, long nowNs, @Nullable Doubt added) {
        lock.lock();
        try {
            List<Doubt> all = new ArrayList<>(Arrays.asList(doubts));
            all.removeIf(doubt ->
                    doubt.untilNs <= nowNs || doubt.concerns(high, low) && doubt.interfaceIndex == interfaceIndex);
            if (added != null) {
                all.add(firstOf(all.toArray(new Doubt[0]), high, low), added);
            }
            if (all.size() > MOST) {
                all.remove(Collections.min(all, Comparator.comparingLong(Doubt::untilNs)));
            }
            doubts = all.toArray(new Doubt[0]);
        } finally {
            lock.unlock();
        }
    }

    /** Where the doubts about a destination begin, or would. */
    private static int firstOf(Doubt[] all, long high, long low) {
        int from = 0;
        int to = all.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (all[middle].isBefore(high, low)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
