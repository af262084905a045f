package dev.heddle.core.tcp;

/** What a sender thinks of the path; Linux's {@code tcpi_ca_state}. */
public enum CongestionState {
    /** All is well. */
    OPEN,
    /** Something has arrived ahead of a gap; it may be lost or late. */
    DISORDER,
    /** The window was reduced because the peer reported congestion (ECN). */
    CWR,
    /** Fast retransmit. */
    RECOVERY,
    /** After a timeout. */
    LOSS;

    static CongestionState of(LossRecovery recovery, boolean reducing) {
        return switch (recovery.phase()) {
            case RECOVERY -> RECOVERY;
            case LOSS -> LOSS;
            case OPEN -> {
                if (reducing) {
                    yield CWR;
                }
                yield recovery.isDisordered() ? DISORDER : OPEN;
            }
        };
    }
}
