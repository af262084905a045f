package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.CongestionControl;

/** Tells of a connection's recoveries from loss, if anybody listens. */
final class RecoveryReports {

    private final TcpEvents events;

    RecoveryReports(TcpEvents events) {
        this.events = events;
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
}
