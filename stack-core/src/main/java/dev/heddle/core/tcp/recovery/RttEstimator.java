package dev.heddle.core.tcp.recovery;

/**
 * The round-trip time and the retransmission timeout made of it (RFC 6298, RFC 9293 MUST-18). Nanoseconds.
 *
 * <p>The lower bound stands, as in Linux, in the place of the variance term: RTO = SRTT + max(min, 4·RTTVAR), where RFC
 * 6298 2.4 rounds the whole RTO up to one second.
 */
public final class RttEstimator {

    /** How long the smallest measurement is believed in, as in Linux: a path may change to a longer one. */
    private static final long MIN_RTT_WINDOW_NS = 300_000_000_000L;

    private final long minRtoNs;
    private final long maxRtoNs;
    private long srttNs;
    private long rttvarNs;
    private final WindowedMinimum minRtt = new WindowedMinimum(MIN_RTT_WINDOW_NS);
    private long latestNs;
    private long baseRtoNs;
    private int backOffs;

    public RttEstimator(long initialRtoNs, long minRtoNs, long maxRtoNs) {
        this.minRtoNs = minRtoNs;
        this.maxRtoNs = maxRtoNs;
        baseRtoNs = initialRtoNs;
    }

    /**
     * Takes a measurement.
     *
     * @param rttNs the round trip of a segment that was sent once, or one that a timestamp makes unambiguous (RFC 7323 4)
     * @param samplesPerRtt how many measurements a round trip gives, at least 1; more weigh less each (RFC 7323 G.1)
     */
    public void sample(long rttNs, int samplesPerRtt, long nowNs) {
        long rtt = Math.max(1, rttNs);
        latestNs = rtt;
        minRtt.add(rtt, nowNs);
        if (srttNs == 0) {
            // RFC 6298 2.2
            srttNs = rtt;
            rttvarNs = rtt / 2;
        } else {
            // RFC 6298 2.3: RTTVAR first, with the old SRTT
            long weight = Math.max(1, samplesPerRtt);
            rttvarNs += (Math.abs(srttNs - rtt) - rttvarNs) / (4 * weight);
            srttNs += (rtt - srttNs) / (8 * weight);
        }
        baseRtoNs = Math.min(maxRtoNs, srttNs + Math.max(minRtoNs, 4 * rttvarNs));
        backOffs = 0;
    }

    /** A round trip that is good for the minimum only: that of the newest segment of several that one ACK tells of. */
    public void sampleMinimum(long rttNs, long nowNs) {
        minRtt.add(Math.max(1, rttNs), nowNs);
    }

    /**
     * The first measurement of new data after a timeout that was for nothing (RFC 4015 3, step 11): the path may have become
     * slower for good.
     */
    public void sampleAfterSpuriousTimeout(long rttNs, long nowNs) {
        long rtt = Math.max(1, rttNs);
        latestNs = rtt;
        minRtt.add(rtt, nowNs);
        srttNs = Math.max(srttNs, rtt);
        rttvarNs = Math.max(rttvarNs, rtt / 2);
        baseRtoNs = Math.min(maxRtoNs, srttNs + Math.max(minRtoNs, 4 * rttvarNs));
        backOffs = 0;
    }

    /** The timer expired (RFC 6298 5.5). */
    public void backOff() {
        backOffs++;
    }

    /** New data was acknowledged, which proves the path although nothing could be measured. */
    public void resetBackOff() {
        backOffs = 0;
    }

    /** How many times in a row the timer expired. */
    public int backOffs() {
        return backOffs;
    }

    /** RFC 6298 5.7: the SYN's timer expired, so data starts with three seconds until something is measured. */
    public void handshakeTimedOut() {
        backOffs = 0;
        if (srttNs == 0) {
            baseRtoNs = Math.min(maxRtoNs, Math.max(baseRtoNs, 3_000_000_000L));
        }
    }

    /** The RTO now, backed off. */
    public long rtoNs() {
        long rto = baseRtoNs;
        for (int i = 0; i < backOffs && rto < maxRtoNs; i++) {
            rto <<= 1;
        }
        return Math.min(rto, maxRtoNs);
    }

    /** The smoothed round-trip time, 0 before the first measurement. */
    public long srttNs() {
        return srttNs;
    }

    public long rttvarNs() {
        return rttvarNs;
    }

    /** The smallest measurement, or {@link Long#MAX_VALUE} before the first. */
    public long minRttNs() {
        return minRtt.value();
    }

    public long latestRttNs() {
        return latestNs;
    }
}
