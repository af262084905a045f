package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.Cubic;

/**
 * The socket options of one connection; immutable, so that connections with the same options share them. Changed through
 * {@link #with()}.
 *
 * @param noDelay no Nagle (RFC 9293 MUST-17)
 * @param cork hold back partial segments until uncorked, or for 200 ms
 * @param quickAck acknowledge at once instead of delaying
 * @param keepAlive probe an idle peer (RFC 9293 3.8.4, MUST-24, MUST-25)
 * @param keepIdleNs idle time before the first probe (RFC 9293 MUST-27, MUST-28)
 * @param keepIntervalNs time between probes
 * @param keepCount unanswered probes before the connection is dropped
 * @param lingerSeconds −1: close in the background; 0: close resets; otherwise how long close waits
 * @param finWait2Ns how long the connection waits in FIN-WAIT-2 for the peer's FIN when it is closed; 0: as the host is
 *     configured; negative: not at all, the peer is reset
 * @param userTimeoutNs how long data, a SYN or keepalive probes may stay unanswered, whatever the number of retries; 0: the
 *     number decides, or the peer's User Timeout Option where it is enabled
 * @param synRetries retransmissions of a SYN before the connection attempt times out; one more than Linux's six, which
 *     would end it before the three minutes of RFC 9293 MUST-23
 * @param mssClamp the largest MSS to send and to announce; 0: what the path gives
 * @param trafficClass the TOS or traffic-class byte, ECN bits zero (RFC 9293 MUST-48)
 * @param hopLimit the TTL (RFC 9293 MUST-49)
 * @param sendBufferBytes the most unacknowledged and unsent bytes kept, at first
 * @param maxSendBufferBytes how far that grows by itself with the congestion window; the same: not at all
 * @param receiveBufferBytes the most bytes that may wait for the application, and so the largest window, at first
 * @param maxReceiveBufferBytes how far that grows by itself with what the application reads in a round trip; the same: not
 *     at all
 * @param oobInline urgent data stays in the stream
 * @param congestionControl the name of the congestion control, such as {@code cubic}
 * @param pacing spread transmissions over the round trip also where the congestion control does not ask for it
 * @param maxPacingRateBytesPerSecond the fastest that data is sent; {@link Long#MAX_VALUE}: no limit
 */
public record ConnectionOptions(
        boolean noDelay,
        boolean cork,
        boolean quickAck,
        boolean keepAlive,
        long keepIdleNs,
        long keepIntervalNs,
        int keepCount,
        int lingerSeconds,
        long finWait2Ns,
        long userTimeoutNs,
        int synRetries,
        int mssClamp,
        int trafficClass,
        int hopLimit,
        int sendBufferBytes,
        int maxSendBufferBytes,
        int receiveBufferBytes,
        int maxReceiveBufferBytes,
        boolean oobInline,
        String congestionControl,
        boolean pacing,
        long maxPacingRateBytesPerSecond) {

    private static final long SECOND = 1_000_000_000L;

    /** A time that is longer than this is for ever; with the time of day it must not overflow. */
    private static final long FOR_EVER_NS = Integer.MAX_VALUE * SECOND;

    /** Slower than a byte a millisecond no segment would go in reasonable time. */
    private static final long MIN_PACING_RATE = 1_000;

    /** What a current Linux host uses. */
    public static final ConnectionOptions DEFAULTS = new ConnectionOptions(
            false,
            false,
            false,
            false,
            7200 * SECOND,
            75 * SECOND,
            9,
            -1,
            0,
            0,
            7,
            0,
            0,
            64,
            64 << 10,
            4 << 20,
            128 << 10,
            6 << 20,
            false,
            Cubic.NAME,
            false,
            Long.MAX_VALUE);

    public ConnectionOptions {
        keepIdleNs = Math.min(keepIdleNs, FOR_EVER_NS);
        keepIntervalNs = Math.min(keepIntervalNs, FOR_EVER_NS);
        finWait2Ns = Math.min(finWait2Ns, FOR_EVER_NS);
        userTimeoutNs = Math.min(userTimeoutNs, FOR_EVER_NS);
        require(keepIdleNs > 0 && keepIntervalNs > 0 && keepCount > 0, "keepalive values must be positive");
        require(lingerSeconds >= -1 && lingerSeconds <= 65_535, "linger must be -1 to 65535 seconds");
        require(userTimeoutNs >= 0, "user timeout must not be negative");
        require(synRetries >= 0 && synRetries <= 127, "SYN retries must be 0 to 127");
        require(mssClamp == 0 || mssClamp >= 48 && mssClamp <= 65_495, "MSS must be 48 to 65495");
        require(trafficClass >= 0 && trafficClass <= 255, "traffic class must be 0 to 255");
        require(hopLimit >= 1 && hopLimit <= 255, "hop limit must be 1 to 255");
        require(
                maxPacingRateBytesPerSecond >= MIN_PACING_RATE,
                "pacing rate must be at least " + MIN_PACING_RATE + " bytes a second");
        require(sendBufferBytes > 0 && receiveBufferBytes > 0, "buffer sizes must be positive");
        require(
                maxSendBufferBytes >= sendBufferBytes && maxReceiveBufferBytes >= receiveBufferBytes,
                "buffers cannot grow to less than they are");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** A builder that starts from these options. */
    public Builder with() {
        return new Builder(this);
    }

    /** Collects changes to options. */
    public static final class Builder {
        private boolean noDelay;
        private boolean cork;
        private boolean quickAck;
        private boolean keepAlive;
        private long keepIdleNs;
        private long keepIntervalNs;
        private int keepCount;
        private int lingerSeconds;
        private long finWait2Ns;
        private long userTimeoutNs;
        private int synRetries;
        private int mssClamp;
        private int trafficClass;
        private int hopLimit;
        private int sendBufferBytes;
        private int maxSendBufferBytes;
        private int receiveBufferBytes;
        private int maxReceiveBufferBytes;
        private boolean oobInline;
        private String congestionControl;
        private boolean pacing;
        private long maxPacingRateBytesPerSecond;

        private Builder(ConnectionOptions from) {
            noDelay = from.noDelay;
            cork = from.cork;
            quickAck = from.quickAck;
            keepAlive = from.keepAlive;
            keepIdleNs = from.keepIdleNs;
            keepIntervalNs = from.keepIntervalNs;
            keepCount = from.keepCount;
            lingerSeconds = from.lingerSeconds;
            finWait2Ns = from.finWait2Ns;
            userTimeoutNs = from.userTimeoutNs;
            synRetries = from.synRetries;
            mssClamp = from.mssClamp;
            trafficClass = from.trafficClass;
            hopLimit = from.hopLimit;
            sendBufferBytes = from.sendBufferBytes;
            maxSendBufferBytes = from.maxSendBufferBytes;
            receiveBufferBytes = from.receiveBufferBytes;
            maxReceiveBufferBytes = from.maxReceiveBufferBytes;
            oobInline = from.oobInline;
            congestionControl = from.congestionControl;
            pacing = from.pacing;
            maxPacingRateBytesPerSecond = from.maxPacingRateBytesPerSecond;
        }

        public Builder noDelay(boolean value) {
            noDelay = value;
            return this;
        }

        public Builder cork(boolean value) {
            cork = value;
            return this;
        }

        public Builder quickAck(boolean value) {
            quickAck = value;
            return this;
        }

        public Builder keepAlive(boolean value) {
            keepAlive = value;
            return this;
        }

        public Builder keepIdleNs(long value) {
            keepIdleNs = value;
            return this;
        }

        public Builder keepIntervalNs(long value) {
            keepIntervalNs = value;
            return this;
        }

        public Builder keepCount(int value) {
            keepCount = value;
            return this;
        }

        public Builder lingerSeconds(int value) {
            lingerSeconds = value;
            return this;
        }

        public Builder finWait2Ns(long value) {
            finWait2Ns = value;
            return this;
        }

        public Builder userTimeoutNs(long value) {
            userTimeoutNs = value;
            return this;
        }

        public Builder synRetries(int value) {
            synRetries = value;
            return this;
        }

        public Builder mssClamp(int value) {
            mssClamp = value;
            return this;
        }

        public Builder trafficClass(int value) {
            trafficClass = value;
            return this;
        }

        public Builder hopLimit(int value) {
            hopLimit = value;
            return this;
        }

        /** Fixes the size: the send buffer does not grow by itself any more. */
        public Builder sendBufferBytes(int value) {
            return sendBufferBytes(value, value);
        }

        /** Lets the send buffer grow by itself from one size to another. */
        public Builder sendBufferBytes(int initial, int most) {
            sendBufferBytes = initial;
            maxSendBufferBytes = most;
            return this;
        }

        /** Fixes the size: the receive buffer does not grow by itself any more. */
        public Builder receiveBufferBytes(int value) {
            return receiveBufferBytes(value, value);
        }

        /** Lets the receive buffer grow by itself from one size to another. */
        public Builder receiveBufferBytes(int initial, int most) {
            receiveBufferBytes = initial;
            maxReceiveBufferBytes = most;
            return this;
        }

        public Builder oobInline(boolean value) {
            oobInline = value;
            return this;
        }

        public Builder pacing(boolean value) {
            pacing = value;
            return this;
        }

        public Builder maxPacingRateBytesPerSecond(long value) {
            maxPacingRateBytesPerSecond = value;
            return this;
        }

        public Builder congestionControl(String value) {
            congestionControl = value;
            return this;
        }

        public ConnectionOptions build() {
            return new ConnectionOptions(
                    noDelay,
                    cork,
                    quickAck,
                    keepAlive,
                    keepIdleNs,
                    keepIntervalNs,
                    keepCount,
                    lingerSeconds,
                    finWait2Ns,
                    userTimeoutNs,
                    synRetries,
                    mssClamp,
                    trafficClass,
                    hopLimit,
                    sendBufferBytes,
                    maxSendBufferBytes,
                    receiveBufferBytes,
                    maxReceiveBufferBytes,
                    oobInline,
                    congestionControl,
                    pacing,
                    maxPacingRateBytesPerSecond);
        }
    }
}
