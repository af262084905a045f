package dev.heddle.core.icmp;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.wire.IpAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The limit of the error messages that a host sends (RFC 1812 4.3.2.8, RFC 4443 2.4 (f)): a bucket for each destination and
 * one for all. A message takes none, one or two tokens of the common bucket, at random, one on average: a bucket that can be
 * counted from outside tells which ports are open (CVE-2020-25705). Not thread-safe: the caller guarantees exclusion.
 */
public final class ErrorRateLimit implements ErrorLimit {

    /** Of how many destinations it is remembered what they were sent; the one asked for longest ago goes first. */
    private static final int MOST_DESTINATIONS = 1024;

    private static final int DESTINATION_BURST = 6;
    private static final int MOST_TOKENS_OF_A_MESSAGE = 2;

    private final int perSecondAndDestination;
    private final TokenBucket all;
    private final RandomGenerator random;
    private final CounterSet<IcmpCounter> counters;

    /** By IPv4 address or IPv6 network of 64 bits, in the order of their last use. */
    private final Map<Long, TokenBucket> destinations = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param perSecond the average rate of all messages
     * @param burst how many may be sent at once
     * @param perSecondAndDestination the average rate to one destination, which may get six at once
     */
    public ErrorRateLimit(
            int perSecond,
            int burst,
            int perSecondAndDestination,
            RandomGenerator random,
            CounterSet<IcmpCounter> counters) {
        this.perSecondAndDestination = perSecondAndDestination;
        this.random = random;
        this.counters = counters;
        all = new TokenBucket(perSecond, burst);
    }

    @Override
    public boolean admit(long destinationHigh, long destinationLow, long nowNs) {
        if (IpAddress.isLoopback(destinationHigh, destinationLow)) {
            return true;
        }
        boolean ipv4 = IpAddress.isIpv4(destinationHigh, destinationLow);
        boolean byAddress = ipv4 || IpAddress.isLinkLocal(destinationHigh, destinationLow);
        TokenBucket destination = bucketOf(byAddress ? destinationLow : destinationHigh);
        // What one destination is refused must not be seen in the common bucket.
        if (!destination.hasToken(nowNs)) {
            counters.increment(ipv4 ? IcmpCounter.IcmpOutRateLimitHost : IcmpCounter.Icmp6OutRateLimitHost);
            return false;
        }
        if (!all.hasToken(nowNs)) {
            counters.increment(ipv4 ? IcmpCounter.IcmpOutRateLimitGlobal : IcmpCounter.Icmp6OutRateLimitGlobal);
            return false;
        }
        destination.take(1);
        all.take(random.nextInt(MOST_TOKENS_OF_A_MESSAGE + 1));
        return true;
    }

    private TokenBucket bucketOf(long destination) {
        @Nullable TokenBucket bucket = destinations.get(destination);
        if (bucket == null) {
            bucket = new TokenBucket(perSecondAndDestination, DESTINATION_BURST);
            destinations.put(destination, bucket);
            if (destinations.size() > MOST_DESTINATIONS) {
                Iterator<Long> eldest = destinations.keySet().iterator();
                eldest.next();
                eldest.remove();
            }
        }
        return bucket;
    }
}
