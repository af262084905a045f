package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.Acknowledgement;

/** How much of what a timeout has declared lost an acknowledgment repairs, by which slow start grows (RFC 3465 2.3). */
final class TimeoutRepair {

    private final boolean sack;

    /** What has been delivered since SND.UNA advanced. */
    private long deliveredBytes;

    TimeoutRepair(boolean sack) {
        this.sack = sack;
    }

    /** The retransmission timer expired. */
    void begin() {
        deliveredBytes = 0;
    }

    /** What an acknowledgment is credited with; without SACK nobody knows, and a segment is what the retransmission was. */
    long credit(Acknowledgement ack, int mssBytes) {
        deliveredBytes += ack.deliveredBytes;
        long repairedBytes = Math.min(ack.acknowledgedBytes, sack ? deliveredBytes : mssBytes);
        if (ack.acknowledgedBytes > 0) {
            deliveredBytes = 0;
        }
        return repairedBytes;
    }
}
