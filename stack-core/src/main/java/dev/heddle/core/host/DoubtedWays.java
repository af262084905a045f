package dev.heddle.core.host;

import java.util.ArrayList;
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

    /** Of more the oldest are forgotten. */
    private static final int MOST = 64;

    private record Doubt(long high, long low, int interfaceIndex, long untilNs) {

        boolean concerns(long otherHigh, long otherLow) {
            return high == otherHigh && low == otherLow;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();

    /** Immutable; replaced under lock, read without. The oldest come first. */
    private volatile List<Doubt> doubts = List.of();

    /** Whether there is any doubt about ways to a destination, perhaps outlived. */
    boolean concern(long high, long low) {
        List<Doubt> all = doubts;
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).concerns(high, low)) {
                return true;
            }
        }
        return false;
    }

    boolean contains(long high, long low, int interfaceIndex, long nowNs) {
        return find(doubts, high, low, interfaceIndex, nowNs) != null;
    }

    /** When a way to a destination was last doubted, and so another taken; long ago if none is in doubt. */
    long latestNs(long high, long low) {
        long latest = Long.MIN_VALUE;
        for (Doubt doubt : doubts) {
            if (doubt.concerns(high, low)) {
                latest = Math.max(latest, doubt.untilNs - LIFETIME_NS);
            }
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
            List<Doubt> all = new ArrayList<>(doubts);
            all.removeIf(doubt ->
                    doubt.untilNs <= nowNs || doubt.concerns(high, low) && doubt.interfaceIndex == interfaceIndex);
            if (added != null) {
                all.add(added);
            }
            doubts = List.copyOf(all.subList(Math.max(0, all.size() - MOST), all.size()));
        } finally {
            lock.unlock();
        }
    }

    private static @Nullable Doubt find(List<Doubt> all, long high, long low, int interfaceIndex, long nowNs) {
        for (Doubt doubt : all) {
            if (doubt.concerns(high, low) && doubt.interfaceIndex == interfaceIndex && nowNs < doubt.untilNs) {
                return doubt;
            }
        }
        return null;
    }
}
