package dev.heddle.core.tcp;

import java.util.Objects;

/**
 * The TCP parameters of one host; immutable. The defaults are those of a current Linux host. Durations are nanoseconds.
 */
public final class TcpConfig {

    private static final long MILLISECOND = 1_000_000L;
    private static final long SECOND = 1_000 * MILLISECOND;

    public static final TcpConfig DEFAULTS = builder().build();

    private final boolean timestamps;
    private final boolean sack;
    private final boolean windowScaling;
    private final boolean tailLossProbe;
    private final EcnMode ecn;
    private final int initialWindowSegments;
    private final long initialRtoNs;
    private final long minRtoNs;
    private final long maxRtoNs;
    private final long delayedAckNs;
    private final int synAckRetries;
    private final int dataRetries;
    private final int orphanRetries;
    private final int problemRetries;
    private final boolean softErrorsEndAttempts;
    private final UserTimeoutOption userTimeoutOption;
    private final int maxOrphans;
    private final long finWait2Ns;
    private final long timeWaitNs;
    private final int maxTimeWait;
    private final TimeWaitReuse timeWaitReuse;
    private final boolean timeWaitIgnoresResets;
    private final int maxSynBacklog;
    private final boolean mtuProbing;
    private final CookieUse synCookies;
    private final boolean abortOnOverflow;
    private final int challengeAcksPerSecond;
    private final int firstEphemeralPort;
    private final int lastEphemeralPort;
    private final ConnectionOptions connection;

    private TcpConfig(Builder b) {
        timestamps = b.timestamps;
        sack = b.sack;
        windowScaling = b.windowScaling;
        tailLossProbe = b.tailLossProbe;
        ecn = b.ecn;
        initialWindowSegments = b.initialWindowSegments;
        initialRtoNs = b.initialRtoNs;
        minRtoNs = b.minRtoNs;
        maxRtoNs = b.maxRtoNs;
        delayedAckNs = b.delayedAckNs;
        synAckRetries = b.synAckRetries;
        dataRetries = b.dataRetries;
        orphanRetries = b.orphanRetries;
        problemRetries = b.problemRetries;
        softErrorsEndAttempts = b.softErrorsEndAttempts;
        userTimeoutOption = b.userTimeoutOption;
        maxOrphans = b.maxOrphans;
        finWait2Ns = b.finWait2Ns;
        timeWaitNs = b.timeWaitNs;
        maxTimeWait = b.maxTimeWait;
        timeWaitReuse = b.timeWaitReuse;
        timeWaitIgnoresResets = b.timeWaitIgnoresResets;
        maxSynBacklog = b.maxSynBacklog;
        mtuProbing = b.mtuProbing;
        synCookies = b.synCookies;
        abortOnOverflow = b.abortOnOverflow;
        challengeAcksPerSecond = b.challengeAcksPerSecond;
        firstEphemeralPort = b.firstEphemeralPort;
        lastEphemeralPort = b.lastEphemeralPort;
        connection = b.connection;
        if (minRtoNs <= 0 || initialRtoNs < minRtoNs || maxRtoNs < initialRtoNs) {
            throw new IllegalArgumentException("needed: 0 < minimum RTO <= initial RTO <= maximum RTO");
        }
        // RFC 9293 MUST-40 and RFC 5681 4.2 allow at most 0.5 s.
        if (delayedAckNs < 0 || delayedAckNs >= 500 * MILLISECOND) {
            throw new IllegalArgumentException("delayed ACK time must be below 500 ms");
        }
        if (initialWindowSegments < 1 || synAckRetries < 0 || dataRetries < 0 || orphanRetries < 0) {
            throw new IllegalArgumentException("initial window must be positive, retries must not be negative");
        }
        if (problemRetries < 1 || maxOrphans < 0) {
            throw new IllegalArgumentException("R1 must be positive, the number of orphans must not be negative");
        }
        // RFC 5482 3.1: the limits must be above the RTO.
        if (userTimeoutOption.mostNs() <= maxRtoNs) {
            throw new IllegalArgumentException("the longest user timeout must be above the maximum RTO");
        }
        if (finWait2Ns < 0 || timeWaitNs < 0 || maxTimeWait < 0 || maxSynBacklog < 1 || challengeAcksPerSecond < 1) {
            throw new IllegalArgumentException("times and limits must not be negative");
        }
        if (firstEphemeralPort < 1 || lastEphemeralPort > 65_535 || firstEphemeralPort > lastEphemeralPort) {
            throw new IllegalArgumentException("ephemeral ports must be a range within 1 to 65535");
        }
    }

    /** Offer and accept timestamps (RFC 7323 3). */
    public boolean timestamps() {
        return timestamps;
    }

    /** Offer and accept selective acknowledgements (RFC 2018). */
    public boolean sack() {
        return sack;
    }

    /** Offer and accept window scaling (RFC 7323 2). */
    public boolean windowScaling() {
        return windowScaling;
    }

    /** Send a loss probe when ACKs do not come (RFC 8985 7), where SACK was negotiated. */
    public boolean tailLossProbe() {
        return tailLossProbe;
    }

    /** Explicit Congestion Notification (RFC 3168); by default as Linux: accepted, not asked for. */
    public EcnMode ecn() {
        return ecn;
    }

    /** The initial congestion window in segments (RFC 6928). */
    public int initialWindowSegments() {
        return initialWindowSegments;
    }

    /** The RTO before the first measurement (RFC 6298 2.1). */
    public long initialRtoNs() {
        return initialRtoNs;
    }

    /** The lower bound of the RTO's variance term; Linux's 200 ms, where RFC 6298 2.4 says one second. */
    public long minRtoNs() {
        return minRtoNs;
    }

    public long maxRtoNs() {
        return maxRtoNs;
    }

    /** How long an ACK may be delayed (RFC 9293 3.8.6.3). */
    public long delayedAckNs() {
        return delayedAckNs;
    }

    public int synAckRetries() {
        return synAckRetries;
    }

    /** Retransmissions of data before the connection is given up (R2 of RFC 9293 3.8.3). */
    public int dataRetries() {
        return dataRetries;
    }

    /** The same for a connection that the application has closed. */
    public int orphanRetries() {
        return orphanRetries;
    }

    /** Retransmissions after which the application can hear of a problem (R1 of RFC 9293 3.8.3). */
    public int problemRetries() {
        return problemRetries;
    }

    /**
     * Whether any ICMP error, "host unreachable" for example, ends a connection attempt at once, as on Linux. RFC 9293 MUST-56
     * wants the attempt to go on, and so it does by default.
     */
    public boolean softErrorsEndAttempts() {
        return softErrorsEndAttempts;
    }

    /** What is said and heard of user timeouts (RFC 5482). */
    public UserTimeoutOption userTimeoutOption() {
        return userTimeoutOption;
    }

    /** How many connections may live on after their applications have closed them; more are reset. */
    public int maxOrphans() {
        return maxOrphans;
    }

    /** How long a closed connection waits in FIN-WAIT-2 for the peer's FIN. */
    public long finWait2Ns() {
        return finWait2Ns;
    }

    /** 2 MSL. */
    public long timeWaitNs() {
        return timeWaitNs;
    }

    /** How many TIME-WAIT records a host keeps; the oldest go first. */
    public int maxTimeWait() {
        return maxTimeWait;
    }

    /** Where an active open may take the name of a connection in TIME-WAIT, by the timestamps' leave (RFC 6191). */
    public TimeWaitReuse timeWaitReuse() {
        return timeWaitReuse;
    }

    /** Let no reset end TIME-WAIT (RFC 1337, fix F1). */
    public boolean timeWaitIgnoresResets() {
        return timeWaitIgnoresResets;
    }

    /** The most half-open handshakes a listener keeps, if its backlog is not smaller. */
    public int maxSynBacklog() {
        return maxSynBacklog;
    }

    /** Try smaller segments when large ones disappear and no ICMP says why (RFC 4821 7.7). */
    public boolean mtuProbing() {
        return mtuProbing;
    }

    /** When handshakes are kept by the peer and not here (RFC 4987 3.6). */
    public CookieUse synCookies() {
        return synCookies;
    }

    /** Reset a connection that nobody accepts in time, instead of letting the peer try again. */
    public boolean abortOnOverflow() {
        return abortOnOverflow;
    }

    /** The host's limit of challenge ACKs (RFC 5961 7). */
    public int challengeAcksPerSecond() {
        return challengeAcksPerSecond;
    }

    public int firstEphemeralPort() {
        return firstEphemeralPort;
    }

    public int lastEphemeralPort() {
        return lastEphemeralPort;
    }

    /** The options that a new connection starts with. */
    public ConnectionOptions connection() {
        return connection;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Where TIME-WAIT gives its port to a new connection before its time. */
    public enum TimeWaitReuse {
        NEVER,
        /** To this host itself. */
        LOOPBACK,
        ALWAYS
    }

    /** When a SYN is answered by a SYN cookie. */
    public enum CookieUse {
        NEVER,
        /** When a listener keeps as many handshakes as it may. */
        UNDER_PRESSURE,
        ALWAYS
    }

    /** Collects parameters; {@link #build} refuses what is out of range. */
    public static final class Builder {
        private boolean timestamps = true;
        private boolean sack = true;
        private boolean windowScaling = true;
        private boolean tailLossProbe = true;
        private EcnMode ecn = EcnMode.PASSIVE;
        private int initialWindowSegments = 10;
        private long initialRtoNs = SECOND;
        private long minRtoNs = 200 * MILLISECOND;
        private long maxRtoNs = 120 * SECOND;
        private long delayedAckNs = 40 * MILLISECOND;
        private int synAckRetries = 5;
        private int dataRetries = 15;
        private int orphanRetries = 8;
        private int problemRetries = 3;
        private boolean softErrorsEndAttempts = false;
        private UserTimeoutOption userTimeoutOption = UserTimeoutOption.OFF;
        private int maxOrphans = 65_536;
        private long finWait2Ns = 60 * SECOND;
        private long timeWaitNs = 60 * SECOND;
        private int maxTimeWait = 65_536;
        private TimeWaitReuse timeWaitReuse = TimeWaitReuse.LOOPBACK;
        private boolean timeWaitIgnoresResets;
        private int maxSynBacklog = 4_096;
        private boolean mtuProbing;
        private CookieUse synCookies = CookieUse.UNDER_PRESSURE;
        private boolean abortOnOverflow;
        private int challengeAcksPerSecond = 1_000;
        private int firstEphemeralPort = 32_768;
        private int lastEphemeralPort = 60_999;
        private ConnectionOptions connection = ConnectionOptions.DEFAULTS;

        private Builder() {}

        public Builder timestamps(boolean value) {
            timestamps = value;
            return this;
        }

        public Builder sack(boolean value) {
            sack = value;
            return this;
        }

        public Builder windowScaling(boolean value) {
            windowScaling = value;
            return this;
        }

        public Builder tailLossProbe(boolean value) {
            tailLossProbe = value;
            return this;
        }

        public Builder ecn(EcnMode value) {
            ecn = Objects.requireNonNull(value);
            return this;
        }

        public Builder initialWindowSegments(int value) {
            initialWindowSegments = value;
            return this;
        }

        public Builder initialRtoNs(long value) {
            initialRtoNs = value;
            return this;
        }

        public Builder minRtoNs(long value) {
            minRtoNs = value;
            return this;
        }

        public Builder maxRtoNs(long value) {
            maxRtoNs = value;
            return this;
        }

        public Builder delayedAckNs(long value) {
            delayedAckNs = value;
            return this;
        }

        public Builder synAckRetries(int value) {
            synAckRetries = value;
            return this;
        }

        public Builder dataRetries(int value) {
            dataRetries = value;
            return this;
        }

        public Builder orphanRetries(int value) {
            orphanRetries = value;
            return this;
        }

        public Builder problemRetries(int value) {
            problemRetries = value;
            return this;
        }

        public Builder softErrorsEndAttempts(boolean value) {
            softErrorsEndAttempts = value;
            return this;
        }

        public Builder userTimeoutOption(UserTimeoutOption value) {
            userTimeoutOption = Objects.requireNonNull(value);
            return this;
        }

        public Builder maxOrphans(int value) {
            maxOrphans = value;
            return this;
        }

        public Builder finWait2Ns(long value) {
            finWait2Ns = value;
            return this;
        }

        public Builder timeWaitNs(long value) {
            timeWaitNs = value;
            return this;
        }

        public Builder maxTimeWait(int value) {
            maxTimeWait = value;
            return this;
        }

        public Builder timeWaitReuse(TimeWaitReuse value) {
            timeWaitReuse = Objects.requireNonNull(value);
            return this;
        }

        public Builder timeWaitIgnoresResets(boolean value) {
            timeWaitIgnoresResets = value;
            return this;
        }

        public Builder maxSynBacklog(int value) {
            maxSynBacklog = value;
            return this;
        }

        public Builder mtuProbing(boolean value) {
            mtuProbing = value;
            return this;
        }

        public Builder synCookies(CookieUse value) {
            synCookies = Objects.requireNonNull(value);
            return this;
        }

        public Builder abortOnOverflow(boolean value) {
            abortOnOverflow = value;
            return this;
        }

        public Builder challengeAcksPerSecond(int value) {
            challengeAcksPerSecond = value;
            return this;
        }

        public Builder ephemeralPorts(int first, int last) {
            firstEphemeralPort = first;
            lastEphemeralPort = last;
            return this;
        }

        public Builder connection(ConnectionOptions value) {
            connection = Objects.requireNonNull(value);
            return this;
        }

        public TcpConfig build() {
            return new TcpConfig(this);
        }
    }
}
