package dev.heddle.core.tcp;

import dev.heddle.core.tcp.congestion.Acknowledgement;

/**
 * What duplicate ACKs tell where there is no SACK: each that one segment has left the network. That is RFC 6582's inflation of the
 * window and limited transmit (RFC 3042 2), told as a smaller flight.
 */
final class DuplicateAcks {

    private int count;
    private long presumedDeliveredBytes;

    /** In a row. */
    int count() {
        return count;
    }

    /** What has left the network by their account. */
    long presumedDeliveredBytes() {
        return presumedDeliveredBytes;
    }

    void reset() {
        count = 0;
        presumedDeliveredBytes = 0;
    }

    /** SND.UNA has advanced: what is acknowledged now must not be told of again. */
    void ended(Acknowledgement ack, boolean inRecovery, int mssBytes) {
        count = 0;
        // In recovery the first segment of what is acknowledged is the hole that was filled.
        long presumed = inRecovery ? ack.acknowledgedBytes - mssBytes : ack.acknowledgedBytes;
        presumed = Math.min(presumedDeliveredBytes, Math.max(0, presumed));
        presumedDeliveredBytes -= presumed;
        ack.deliveredBytes -= presumed;
    }

    /** One more; all of them together tell of no more than is outstanding, but for the hole. */
    void another(Acknowledgement ack, long outstandingBytes, int mssBytes) {
        count++;
        long before = presumedDeliveredBytes;
        presumedDeliveredBytes =
                Math.max(before, Math.min(before + mssBytes, Math.max(0, outstandingBytes - mssBytes)));
        ack.deliveredBytes += presumedDeliveredBytes - before;
    }
}
