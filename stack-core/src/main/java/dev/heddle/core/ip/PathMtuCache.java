package dev.heddle.core.ip;

import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The MTUs of paths that are narrower than their first hop (RFC 1191 6.2, RFC 8201 5.2), by destination. What was not
 * confirmed for a while is forgotten, so that a path which has become wider is found out (RFC 1191 6.3), and so is what was
 * reported first when there is too much. The caller guarantees exclusion.
 */
public final class PathMtuCache {

    /** RFC 1191 6.3, RFC 8201 4: ten minutes; Linux's {@code mtu_expires}. */
    public static final long LIFETIME_NS = 600_000_000_000L;

    /** @param scope the interface's index if the address is link-local, else 0 */
    record Destination(long high, long low, int scope) implements Comparable<Destination> {

        private static final Comparator<Destination> ORDER = Comparator.comparingLong(Destination::high)
                .thenComparingLong(Destination::low)
                .thenComparingInt(Destination::scope);

        /** So that a map of addresses with equal hashes, which one network can have as many of as it wants, becomes a tree. */
        @Override
        public int compareTo(Destination that) {
            return ORDER.compare(this, that);
        }
    }

    private record Report(int mtu, long expiresNs) {}

    private final int limit;

    /** In the order in which they expire. */
    private final Map<Destination, Report> reports = new LinkedHashMap<>();

    /** @param limit how many destinations are remembered */
    public PathMtuCache(int limit) {
        this.limit = limit;
    }

    /**
     * Takes a report that was found credible.
     *
     * @return whether it changes what is known; a larger MTU than is known never does
     */
    public boolean reported(long high, long low, int scope, int mtu, long nowNs) {
        forgetExpired(nowNs);
        Destination destination = new Destination(high, low, scope);
        Report known = reports.get(destination);
        if (known != null && known.mtu() < mtu) {
            return false;
        }
        reports.remove(destination);
        reports.put(destination, new Report(mtu, nowNs + LIFETIME_NS));
        if (reports.size() > limit) {
            Iterator<Destination> first = reports.keySet().iterator();
            first.next();
            first.remove();
        }
        return known == null || known.mtu() != mtu;
    }

    /** The path's MTU; 0 if it is not known to be narrower than its first hop. */
    public int mtu(long high, long low, int scope, long nowNs) {
        Report known = find(high, low, scope, nowNs);
        return known == null ? 0 : known.mtu();
    }

    /** When what {@link #mtu} says is forgotten; {@link Long#MAX_VALUE} if it says nothing. */
    public long expiresNs(long high, long low, int scope, long nowNs) {
        Report known = find(high, low, scope, nowNs);
        return known == null ? Long.MAX_VALUE : known.expiresNs();
    }

    /** How many destinations are remembered, some of them perhaps expired. */
    public int size() {
        return reports.size();
    }

    private @Nullable Report find(long high, long low, int scope, long nowNs) {
        Report known = reports.get(new Destination(high, low, scope));
        return known == null || known.expiresNs() <= nowNs ? null : known;
    }

    private void forgetExpired(long nowNs) {
        Iterator<Report> oldest = reports.values().iterator();
        while (oldest.hasNext() && oldest.next().expiresNs() <= nowNs) {
            oldest.remove();
        }
    }
}
