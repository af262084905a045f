package dev.heddle.core.tcp;

import dev.heddle.core.tcp.recovery.ProportionalRateReduction;
import dev.heddle.core.tcp.recovery.SendRecords;

/**
 * What is in flight, and how much may be while a loss is repaired (RFC 9937). The ACKs of one batch are answered together: nothing
 * is sent between them.
 */
final class Flight {

    private final SendRecords records;
    private final DuplicateAcks duplicates;
    private final ProportionalRateReduction reduction = new ProportionalRateReduction();

    /** SND.UNA when everything that could be sent was. */
    private long start;
    /** What ACKs since then have delivered. */
    private long unansweredBytes;
    /** In recovery: what PRR lets be in flight. F-RTO uses it for its two new segments. */
    private long allowedBytes;

    Flight(SendRecords records, DuplicateAcks duplicates) {
        this.records = records;
        this.duplicates = duplicates;
    }

    /** Bytes in flight (pipe of RFC 6675). */
    long bytes() {
        return Math.max(0, records.inFlightBytes() - duplicates.presumedDeliveredBytes());
    }

    /** FlightSize (RFC 5681 2) as the ACKs of one batch have found it: SND.UNA alone would make it too small. */
    long size(long nxt) {
        return nxt - start;
    }

    /** What the ACKs of this batch have delivered. */
    long unansweredBytes() {
        return unansweredBytes;
    }

    /** How many bytes may be in flight while a loss is repaired. */
    long allowedBytes() {
        return allowedBytes;
    }

    /** Data went out, new or again. */
    void sent(long bytes) {
        reduction.sent(bytes);
    }

    /** What may be sent has been sent. */
    void flushed(long una) {
        start = una;
        unansweredBytes = 0;
        reduction.answered();
    }

    /** An ACK has delivered something, or nothing. */
    void delivered(long bytes) {
        unansweredBytes += bytes;
    }

    /**
     * Recovery begins.
     *
     * @param justDeliveredBytes what the ACKs that begin it have delivered: it was in flight before them
     */
    void recoveryBegins(long slowStartThresholdBytes, long una, long nxt, long justDeliveredBytes) {
        // RFC 9937 6.1
        long notSacked = nxt - una - records.sackedBytes() - duplicates.presumedDeliveredBytes();
        reduction.begin(slowStartThresholdBytes, notSacked + justDeliveredBytes);
    }

    /**
     * An ACK of a recovery has arrived, or its timer has expired.
     *
     * @param safe SafeACK (RFC 9937 6.2): SND.UNA has advanced and no further loss is known
     */
    void reduce(long deliveredBytes, boolean safe, int mssBytes) {
        long inFlightBytes = bytes();
        allowedBytes = inFlightBytes + reduction.acknowledged(deliveredBytes, inFlightBytes, safe, mssBytes);
    }

    /** So much may go, however much is in flight. */
    void allowMore(long bytes) {
        allowedBytes = bytes() + bytes;
    }
}
