package dev.heddle.core.tcp;

/**
 * A connection's figures, with the meanings of Linux's {@code tcp_info}. Times are nanoseconds, sizes bytes.
 *
 * @param recoveryPhase OPEN, RECOVERY (fast retransmit) or LOSS (after a timeout)
 * @param retransmits consecutive timeouts that nothing has answered
 * @param rtoNs the retransmission timeout, backed off
 * @param rttNs SRTT, 0 before the first measurement
 * @param minRttNs the smallest measurement, {@link Long#MAX_VALUE} before the first
 * @param sendMssBytes the payload of a full-sized segment that is sent
 * @param receiveMssBytes the largest segment that has arrived
 * @param ssthreshBytes {@link Long#MAX_VALUE} before the first loss
 * @param unacknowledgedBytes SND.NXT − SND.UNA
 * @param unsentBytes written by the application, not sent yet
 * @param unreadBytes arrived in order, not read by the application yet
 * @param retransmittedBytes over the whole connection
 */
public record TcpInfo(
        TcpState state,
        String recoveryPhase,
        int retransmits,
        long rtoNs,
        long rttNs,
        long rttVarNs,
        long minRttNs,
        int sendMssBytes,
        int receiveMssBytes,
        long congestionWindowBytes,
        long ssthreshBytes,
        String congestionControl,
        long sendWindowBytes,
        long receiveWindowBytes,
        long unacknowledgedBytes,
        long sackedBytes,
        long lostBytes,
        long unsentBytes,
        int unreadBytes,
        long acknowledgedBytes,
        long receivedBytes,
        long retransmittedBytes,
        boolean timestamps,
        boolean sack,
        boolean windowScaling,
        int pathMtu) {}
