package dev.heddle.core.tcp;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * The host-wide limit of challenge ACKs (RFC 5961 7). The budget of each second is drawn at random from half to one and a
 * half of the limit, so that nobody can find out by counting whether a connection exists (CVE-2016-5696). Any thread.
 */
public final class ChallengeAckLimit {

    private static final long SECOND_NS = 1_000_000_000L;

    private final int perSecond;
    private final RandomGenerator random;

    /** The current second in the high half, what is left of its budget in the low half. */
    private final AtomicLong window = new AtomicLong(-1L << 32);

    public ChallengeAckLimit(int perSecond, RandomGenerator random) {
        this.perSecond = perSecond;
        this.random = random;
    }

    /** Takes one from the budget; false if it is spent. */
    boolean tryAcquire(long nowNs) {
        long second = nowNs / SECOND_NS & 0x7fff_ffffL;
        while (true) {
            long seen = window.get();
            long left = seen >> 32 == second ? seen & 0xffff_ffffL : perSecond / 2 + random.nextInt(perSecond + 1);
            if (left == 0) {
                return false;
            }
            if (window.compareAndSet(seen, second << 32 | left - 1)) {
                return true;
            }
        }
    }
}
