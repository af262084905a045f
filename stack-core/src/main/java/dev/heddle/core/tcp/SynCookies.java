package dev.heddle.core.tcp;

import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * SYN cookies (RFC 4987 3.6, appendix A): initial sequence numbers that say, to who made them, of which handshake they are,
 * how old they are, and which MSS the peer has announced. Any thread.
 *
 * <p>A cookie is F(pair) + IRS + (period mod 256) · 2<sup>24</sup> + (G(pair, IRS, period) + MSS index) mod 2<sup>24</sup>.
 * F hides the period. The key of G is drawn anew for each period and forgotten after the next one. Of 2<sup>32</sup>
 * numbers 16 are a valid cookie for a given pair and IRS at a time.
 */
final class SynCookies {

    /** How long a key is used. */
    static final long PERIOD_NS = 64_000_000_000L;

    /** The longest time that a cookie can be valid: the rest of its period, and the next. */
    static final long LIFETIME_NS = 2 * PERIOD_NS;

    private static final int COUNT_SHIFT = 24;
    private static final int COUNT_MASK = 0xff;
    private static final int MAC_MASK = 0xff_ffff;

    /** G's tail: four octets of IRS, three of the period. */
    private static final int TAIL_BYTES = 7;

    /**
     * The values that MSS options are rounded down to: the least there is, the defaults of both families, and what
     * Ethernet, tunnels over it and jumbo frames make of it.
     */
    private static final int[] MSS = {
        NegotiatedOptions.MIN_MSS,
        NegotiatedOptions.DEFAULT_MSS_IPV4,
        NegotiatedOptions.DEFAULT_MSS_IPV6,
        1380,
        1420,
        1440,
        1460,
        8940
    };

    private final RandomGenerator random;
    private final NameHash hiding;
    private final AtomicReference<@Nullable Keys> keys = new AtomicReference<>();

    /** The keys of a period and of the one before, if cookies were in use then. */
    private record Keys(
            long period, NameHash current, @Nullable NameHash previous) {}

    SynCookies(RandomGenerator random) {
        this.random = random;
        hiding = new NameHash(random);
    }

    /**
     * The ISS that answers a SYN.
     *
     * @param mssBytes what the peer takes; the cookie remembers the largest value of a table that is not larger
     */
    int mint(SocketPair pair, int irs, int mssBytes, long nowNs) {
        int index = MSS.length - 1;
        while (index > 0 && MSS[index] > mssBytes) {
            index--;
        }
        Keys now = keysAt(nowNs);
        int body = code(now.current(), pair, irs, now.period()) + index & MAC_MASK;
        return hidden(pair, irs) + ((int) now.period() << COUNT_SHIFT) + body;
    }

    /**
     * The MSS that a cookie stands for.
     *
     * @param cookie the ISS that the peer acknowledges
     * @return 0 if this host has made no such cookie in this period or the one before
     */
    int check(SocketPair pair, int irs, int cookie, long nowNs) {
        Keys now = keysAt(nowNs);
        int bare = cookie - hidden(pair, irs);
        int age = (int) now.period() - (bare >>> COUNT_SHIFT) & COUNT_MASK;
        NameHash key = age == 0 ? now.current() : age == 1 ? now.previous() : null;
        if (key == null) {
            return 0;
        }
        int index = bare - code(key, pair, irs, now.period() - age) & MAC_MASK;
        return index < MSS.length ? MSS[index] : 0;
    }

    private int hidden(SocketPair pair, int irs) {
        return (int) hiding.of(pair, 0, 1) + irs;
    }

    private static int code(NameHash key, SocketPair pair, int irs, long period) {
        return (int) key.of(pair, (period & MAC_MASK) << 32 | irs & 0xffff_ffffL, TAIL_BYTES) & MAC_MASK;
    }

    private Keys keysAt(long nowNs) {
        long period = nowNs / PERIOD_NS;
        while (true) {
            Keys seen = keys.get();
            // Another thread's packet may have arrived a moment later, and in the next period.
            if (seen != null && seen.period() >= period) {
                return seen;
            }
            NameHash previous = seen != null && seen.period() == period - 1 ? seen.current() : null;
            Keys next = new Keys(period, new NameHash(random), previous);
            if (keys.compareAndSet(seen, next)) {
                return next;
            }
        }
    }
}
