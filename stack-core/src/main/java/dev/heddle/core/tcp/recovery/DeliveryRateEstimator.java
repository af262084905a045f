package dev.heddle.core.tcp.recovery;

/**
 * Counts what is delivered and turns it into delivery-rate samples (draft-cheng-iccrg-delivery-rate-estimation-02).
 *
 * <p>Each transmission remembers how much had been delivered, and when, at its sending. The newest transmission that an
 * acknowledgement covers then spans an interval over which the delivered bytes are known; the longer of its send and its ACK
 * phase is taken, so that neither a burst sent nor ACKs that were compressed on their way make a rate that the path does not
 * have.
 */
public final class DeliveryRateEstimator {

    private static final long NS_PER_SECOND = 1_000_000_000;

    private long deliveredBytes;
    /** When delivered bytes were counted last. */
    private long deliveredNs;
    /** When the newest transmission known to be delivered was sent: the start of the send phase of those to come. */
    private long firstSentNs;
    /** Samples of transmissions made before so much was delivered are application-limited; 0 if none are. */
    private long applicationLimitedUntil;

    /* The newest transmission that the ACK being processed delivers; sent at -1 while there is none. */
    private long newestSentNs = -1;
    private long newestEnd;
    private long newestFirstSentNs;
    private long newestPriorDelivered;
    private long newestPriorNs;
    private boolean newestApplicationLimited;
    private boolean newestRetransmission;

    /* The sample. */
    private long sampleBytes = -1;
    private long sampleIntervalNs = -1;
    private long samplePriorDelivered;
    private boolean sampleApplicationLimited;
    private boolean sampleRetransmission;

    /* The latest rate that says something about the path. */
    private long rateBytes;
    private long rateIntervalNs;
    private boolean rateApplicationLimited;

    /**
     * Goes on after a pause: counts and rate are the connection's, whenever this was made.
     *
     * @param bytes delivered before
     * @param bytesPerSecond the latest rate of before
     * @param isRateLimited whether the application may have set that rate
     */
    public void goOnFrom(long bytes, long bytesPerSecond, boolean isRateLimited) {
        deliveredBytes = bytes;
        applicationLimited(0);
        if (bytesPerSecond > 0) {
            rateBytes = bytesPerSecond;
            rateIntervalNs = NS_PER_SECOND;
            rateApplicationLimited = isRateLimited;
        }
    }

    /** Sending starts with nothing in flight: the intervals do too. */
    void started(long nowNs) {
        firstSentNs = nowNs;
        deliveredNs = nowNs;
    }

    long deliveredNs() {
        return deliveredNs;
    }

    long firstSentNs() {
        return firstSentNs;
    }

    /** Bytes delivered so far. */
    public long deliveredBytes() {
        return deliveredBytes;
    }

    /** Whether what is sent now will make application-limited samples. */
    public boolean isApplicationLimited() {
        return applicationLimitedUntil != 0;
    }

    /** The application has nothing more to send although the window has room. */
    public void applicationLimited(long inFlightBytes) {
        applicationLimitedUntil = Math.max(1, deliveredBytes + inFlightBytes);
    }

    /**
     * Bytes of a transmission were delivered.
     *
     * @param end the octet behind the transmission's last, which orders those of one moment
     */
    void delivered(
            long bytes,
            long end,
            long sentNs,
            long priorDelivered,
            long priorNs,
            long firstSentNsThen,
            boolean applicationLimited,
            boolean retransmission) {
        deliveredBytes += bytes;
        if (sentNs > newestSentNs || sentNs == newestSentNs && end > newestEnd) {
            newestSentNs = sentNs;
            newestEnd = end;
            newestFirstSentNs = firstSentNsThen;
            newestPriorDelivered = priorDelivered;
            newestPriorNs = priorNs;
            newestApplicationLimited = applicationLimited;
            newestRetransmission = retransmission;
        }
    }

    /**
     * Everything that an ACK says was told: makes the sample.
     *
     * @param minRttNs the smallest round trip known; a shorter interval says nothing
     */
    public void sample(long nowNs, long minRttNs) {
        sampleBytes = -1;
        sampleIntervalNs = -1;
        if (newestSentNs < 0) {
            return;
        }
        deliveredNs = nowNs;
        firstSentNs = newestSentNs;
        if (applicationLimitedUntil != 0 && deliveredBytes > applicationLimitedUntil) {
            applicationLimitedUntil = 0;
        }
        sampleBytes = deliveredBytes - newestPriorDelivered;
        samplePriorDelivered = newestPriorDelivered;
        sampleApplicationLimited = newestApplicationLimited;
        sampleRetransmission = newestRetransmission;
        long intervalNs = Math.max(newestSentNs - newestFirstSentNs, nowNs - newestPriorNs);
        newestSentNs = -1;
        if (intervalNs <= 0 || minRttNs != Long.MAX_VALUE && intervalNs < minRttNs) {
            return;
        }
        sampleIntervalNs = intervalNs;
        // As Linux's tcp_info: a rate that the application set counts only if it is the best one yet.
        if (!sampleApplicationLimited
                || rateIntervalNs == 0
                || (double) sampleBytes * rateIntervalNs >= (double) rateBytes * intervalNs) {
            rateBytes = sampleBytes;
            rateIntervalNs = intervalNs;
            rateApplicationLimited = sampleApplicationLimited;
        }
    }

    /** Bytes delivered over the sample's interval; −1 if there is no sample. */
    public long sampleBytes() {
        return sampleBytes;
    }

    /** The sample's interval; −1 if it is no measure of a rate. */
    public long sampleIntervalNs() {
        return sampleIntervalNs;
    }

    /** What had been delivered when the sample's transmission was sent. */
    public long samplePriorDelivered() {
        return samplePriorDelivered;
    }

    public boolean isSampleApplicationLimited() {
        return sampleApplicationLimited;
    }

    public boolean isSampleRetransmission() {
        return sampleRetransmission;
    }

    /** The latest delivery rate in bytes per second, 0 before the first. */
    public long bytesPerSecond() {
        return rateIntervalNs == 0 ? 0 : Math.round(rateBytes * 1e9 / rateIntervalNs);
    }

    /** Whether the application may have set {@link #bytesPerSecond()}. */
    public boolean isRateApplicationLimited() {
        return rateApplicationLimited;
    }
}
