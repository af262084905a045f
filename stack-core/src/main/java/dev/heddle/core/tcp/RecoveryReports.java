package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.CongestionControl;

/** Counts a connection's recoveries that have failed, and tells of all of them, if anybody listens. */
final class RecoveryReports {

    private final TcpContext context;
    private final TcpEvents events;
    private final boolean sack;

    RecoveryReports(TcpContext context, boolean sack) {
        this.context = context;
        this.sack = sack;
        events = context.events();
    }

    void entered(TcpEvent.Loss loss, long inFlightBytes, CongestionControl congestion) {
        if (events.isWanted()) {
            events.happened(new TcpEvent.RecoveryEntered(
                    loss, inFlightBytes, congestion.congestionWindowBytes(), congestion.slowStartThresholdBytes()));
        }
    }

    void left(TcpEvent.Outcome outcome, CongestionControl congestion) {
        if (events.isWanted()) {
            events.happened(new TcpEvent.RecoveryLeft(outcome, congestion.congestionWindowBytes()));
        }
    }

    /**
     * The retransmission timer has expired.
     *
     * @param phase until now
     * @param again whether for the same octet as before
     * @param sacked whether the peer has reported something ahead of the gap
     * @param duplicates whether it has sent duplicate acknowledgments
     */
    void failed(LossRecovery.Phase phase, boolean again, boolean sacked, boolean duplicates) {
        switch (phase) {
            case RECOVERY -> count(sack ? TcpCounter.TcpExtTCPSackRecoveryFail : TcpCounter.TcpExtTCPRenoRecoveryFail);
            case LOSS -> {
                if (!again) {
                    count(TcpCounter.TcpExtTCPLossFailures);
                }
            }
            case OPEN -> {
                if (sacked) {
                    count(TcpCounter.TcpExtTCPSackFailures);
                } else if (duplicates) {
                    count(TcpCounter.TcpExtTCPRenoFailures);
                }
            }
        }
    }

    private void count(TcpCounter failure) {
        context.counters().increment(failure);
    }
}
