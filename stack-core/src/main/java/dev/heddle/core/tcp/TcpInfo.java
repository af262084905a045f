package dev.heddle.core.tcp;

/**
 * A connection's figures at one moment, with the meanings of Linux's {@code tcp_info}, whose names are given in brackets. Sizes
 * are bytes where Linux counts segments, durations are nanoseconds, points in time are those of the host's clock, 0 if the thing
 * has not happened. What a handshake or a connection in TIME-WAIT no longer or not yet knows is 0.
 *
 * <p>The figures that are asked for most can be had directly, the others by their group.
 *
 * @param state [state]
 * @param limit what keeps the connection from sending more at this moment
 */
public record TcpInfo(
        TcpState state,
        SendLimit limit,
        Negotiated negotiated,
        Timing timing,
        Sending sending,
        Receiving receiving,
        Congestion congestion,
        Loss loss,
        Trouble trouble,
        Traffic traffic,
        Path path) {

    /**
     * What both ends agreed on.
     *
     * @param timestamps [options]
     * @param sack [options]
     * @param windowScaling [options]
     * @param sendShift applied to windows that arrive [snd_wscale]
     * @param receiveShift applied to windows that are sent [rcv_wscale]
     * @param ecn [options]
     */
    public record Negotiated(
            boolean timestamps, boolean sack, boolean windowScaling, int sendShift, int receiveShift, boolean ecn) {}

    /**
     * Durations, and when things happened.
     *
     * @param rtoNs the retransmission timeout, backed off [rto]
     * @param rttNs SRTT, 0 before the first measurement [rtt]
     * @param rttVarNs RTTVAR [rttvar]
     * @param minRttNs the smallest measurement, {@link Long#MAX_VALUE} before the first [min_rtt]
     * @param receiveRttNs the round trip as the receiver measures it to size its buffer [rcv_rtt]
     * @param delayedAckNs how long an ACK may be delayed [ato]
     * @param lastDataSentAtNs [last_data_sent, which is how long ago]
     * @param lastDataReceivedAtNs [last_data_recv]
     * @param lastArrivalAtNs of any segment; each has an ACK [last_ack_recv]
     * @param busyNs with something unsent or unacknowledged [busy_time]
     * @param receiveWindowLimitedNs of these, held up by the peer's window [rwnd_limited]
     * @param sendBufferLimitedNs of these, held up by the size of the send buffer [sndbuf_limited]
     */
    public record Timing(
            long rtoNs,
            long rttNs,
            long rttVarNs,
            long minRttNs,
            long receiveRttNs,
            long delayedAckNs,
            long lastDataSentAtNs,
            long lastDataReceivedAtNs,
            long lastArrivalAtNs,
            long busyNs,
            long receiveWindowLimitedNs,
            long sendBufferLimitedNs) {

        static final Timing NONE = new Timing(0, 0, 0, Long.MAX_VALUE, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /**
     * What is to be sent and may be.
     *
     * @param mssBytes the payload of a full-sized segment that is sent [snd_mss]
     * @param windowBytes what the peer's last window allows from SND.UNA on [snd_wnd]
     * @param unacknowledgedBytes SND.NXT − SND.UNA [unacked]
     * @param unsentBytes written by the application, not sent yet [notsent_bytes]
     * @param bufferBytes how large the send buffer may become now
     */
    public record Sending(int mssBytes, long windowBytes, long unacknowledgedBytes, long unsentBytes, int bufferBytes) {

        static final Sending NONE = new Sending(0, 0, 0, 0, 0);
    }

    /**
     * What arrives and may.
     *
     * @param mssBytes the largest segment that has arrived [rcv_mss]
     * @param advertisedMssBytes what was announced to the peer [advmss]
     * @param windowBytes what the peer may still send of what was announced [rcv_wnd]
     * @param unreadBytes arrived in order, not read by the application yet
     * @param urgentBytes to be read until the urgent data ends
     * @param bufferBytes how large the receive buffer may become now [rcv_ssthresh]
     * @param takenBytes the most that the application has taken in a round trip [rcv_space]
     * @param outOfOrderSegments segments that arrived ahead of a gap and were kept [rcv_ooopack]
     */
    public record Receiving(
            int mssBytes,
            int advertisedMssBytes,
            long windowBytes,
            int unreadBytes,
            long urgentBytes,
            int bufferBytes,
            long takenBytes,
            long outOfOrderSegments) {

        static final Receiving NONE = new Receiving(0, 0, 0, 0, 0, 0, 0, 0);
    }

    /**
     * Congestion control and the rates.
     *
     * @param state [ca_state]
     * @param algorithm its name
     * @param diagnostics its inner state in a few words, for people
     * @param windowBytes [snd_cwnd]
     * @param thresholdBytes {@link Long#MAX_VALUE} before the first loss [snd_ssthresh]
     * @param pacingRateBytesPerSecond what transmissions are spread to, {@link Long#MAX_VALUE} if they are not [pacing_rate]
     * @param maxPacingRateBytesPerSecond {@link Long#MAX_VALUE} if there is no limit [max_pacing_rate]
     * @param deliveryRateBytesPerSecond the latest measured, 0 before the first [delivery_rate]
     * @param deliveryRateApplicationLimited whether the application may have set that rate [delivery_rate_app_limited]
     */
    public record Congestion(
            CongestionState state,
            String algorithm,
            String diagnostics,
            long windowBytes,
            long thresholdBytes,
            long pacingRateBytesPerSecond,
            long maxPacingRateBytesPerSecond,
            long deliveryRateBytesPerSecond,
            boolean deliveryRateApplicationLimited) {

        static final Congestion NONE = new Congestion(
                CongestionState.OPEN, "", "", 0, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 0, false);
    }

    /**
     * Losses, of what is in flight and over the whole connection.
     *
     * @param sackedBytes of what is in flight, SACKed [sacked]
     * @param lostBytes of what is in flight, taken for lost [lost]
     * @param retransmittedInFlightBytes of what is in flight, sent again [retrans]
     * @param retransmittedSegments [total_retrans]
     * @param reorderingSeen whether the path is known to reorder [reordering, a distance there]
     * @param reorderings how often it was seen to [reord_seen]
     * @param duplicateReports D-SACKs that came [dsack_dups]
     * @param timeouts retransmission timeouts [total_rto]
     * @param timeoutRecoveries recoveries from timeouts that have ended [total_rto_recoveries]
     * @param timeoutRecoveryNs the time spent in them [total_rto_time]
     */
    public record Loss(
            long sackedBytes,
            long lostBytes,
            long retransmittedInFlightBytes,
            long retransmittedSegments,
            boolean reorderingSeen,
            long reorderings,
            long duplicateReports,
            long timeouts,
            long timeoutRecoveries,
            long timeoutRecoveryNs) {

        static final Loss NONE = new Loss(0, 0, 0, 0, false, 0, 0, 0, 0, 0);
    }

    /**
     * What goes wrong at the moment.
     *
     * @param retransmits consecutive timeouts and window probes that nothing has answered [retransmits, probes]
     * @param backOffs how often the timeout was doubled [backoff]
     * @param keepAliveProbes unanswered [probes]
     * @param userTimeoutNs how long data may stay unanswered, 0 if the number of retries decides
     * @param peerUserTimeoutNs what the peer's User Timeout Option said, 0 if nothing
     * @param softFailure what troubles the connection without ending it: an ICMP error, or TIMED_OUT if nobody answers
     */
    public record Trouble(
            int retransmits,
            int backOffs,
            int keepAliveProbes,
            long userTimeoutNs,
            long peerUserTimeoutNs,
            Failure softFailure) {

        static final Trouble NONE = new Trouble(0, 0, 0, 0, 0, Failure.NONE);
    }

    /**
     * What has gone over the connection. A super-segment counts as the segments that it stands for. Counts of segments wrap
     * at 2^32 as Linux's do.
     *
     * @param acknowledgedBytes [bytes_acked]
     * @param sentBytes text, with retransmissions [bytes_sent]
     * @param retransmittedBytes [bytes_retrans]
     * @param receivedBytes in order [bytes_received]
     * @param deliveredBytes what is known to have arrived, in order or not [delivered]
     * @param markedSegments delivered with a mark of congestion [delivered_ce]
     * @param segmentsSent [segs_out]
     * @param dataSegmentsSent [data_segs_out]
     * @param segmentsReceived [segs_in]
     * @param dataSegmentsReceived [data_segs_in]
     */
    public record Traffic(
            long acknowledgedBytes,
            long sentBytes,
            long retransmittedBytes,
            long receivedBytes,
            long deliveredBytes,
            long markedSegments,
            long segmentsSent,
            long dataSegmentsSent,
            long segmentsReceived,
            long dataSegmentsReceived) {

        static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /**
     * The way to the peer.
     *
     * @param mtu [pmtu]
     */
    public record Path(int mtu) {}

    // --- the figures that are asked for most

    /** The phase of loss recovery: OPEN, RECOVERY (fast retransmit) or LOSS (after a timeout). */
    public String recoveryPhase() {
        return switch (congestion.state) {
            case RECOVERY, LOSS -> congestion.state.name();
            case OPEN, DISORDER, CWR -> CongestionState.OPEN.name();
        };
    }

    public int retransmits() {
        return trouble.retransmits;
    }

    public long rtoNs() {
        return timing.rtoNs;
    }

    public long rttNs() {
        return timing.rttNs;
    }

    public long rttVarNs() {
        return timing.rttVarNs;
    }

    public long minRttNs() {
        return timing.minRttNs;
    }

    public int sendMssBytes() {
        return sending.mssBytes;
    }

    public int receiveMssBytes() {
        return receiving.mssBytes;
    }

    public long congestionWindowBytes() {
        return congestion.windowBytes;
    }

    public long ssthreshBytes() {
        return congestion.thresholdBytes;
    }

    public String congestionControl() {
        return congestion.algorithm;
    }

    public String congestionDiagnostics() {
        return congestion.diagnostics;
    }

    public long deliveryRateBytesPerSecond() {
        return congestion.deliveryRateBytesPerSecond;
    }

    public boolean deliveryRateApplicationLimited() {
        return congestion.deliveryRateApplicationLimited;
    }

    public long pacingRateBytesPerSecond() {
        return congestion.pacingRateBytesPerSecond;
    }

    public long deliveredBytes() {
        return traffic.deliveredBytes;
    }

    public long sendWindowBytes() {
        return sending.windowBytes;
    }

    public long receiveWindowBytes() {
        return receiving.windowBytes;
    }

    public long unacknowledgedBytes() {
        return sending.unacknowledgedBytes;
    }

    public long sackedBytes() {
        return loss.sackedBytes;
    }

    public long lostBytes() {
        return loss.lostBytes;
    }

    public long unsentBytes() {
        return sending.unsentBytes;
    }

    public int unreadBytes() {
        return receiving.unreadBytes;
    }

    public long urgentBytes() {
        return receiving.urgentBytes;
    }

    public long userTimeoutNs() {
        return trouble.userTimeoutNs;
    }

    public long peerUserTimeoutNs() {
        return trouble.peerUserTimeoutNs;
    }

    public Failure softFailure() {
        return trouble.softFailure;
    }

    public long acknowledgedBytes() {
        return traffic.acknowledgedBytes;
    }

    public long receivedBytes() {
        return traffic.receivedBytes;
    }

    public long retransmittedBytes() {
        return traffic.retransmittedBytes;
    }

    public boolean timestamps() {
        return negotiated.timestamps;
    }

    public boolean sack() {
        return negotiated.sack;
    }

    public boolean windowScaling() {
        return negotiated.windowScaling;
    }

    public int pathMtu() {
        return path.mtu;
    }
}
