package dev.heddle.core.tcp;

import dev.heddle.core.wire.SequenceNumber;

/**
 * The receive sequence variables (RFC 9293 3.3.1). Positions are 64-bit offsets from the IRS: the peer's SYN is octet 0, its
 * first data octet is 1.
 */
final class ReceiveSequence {

    /** The initial receive sequence number. */
    final int irs;
    /** RCV.NXT: the next octet expected in order. */
    long nxt;
    /** RCV.NXT + RCV.WND as last announced; never moves back (RFC 9293 SHLD-14). */
    long edge;
    /** RCV.NXT when the last ACK was sent. */
    long lastAcknowledged;

    ReceiveSequence(int irs) {
        this.irs = irs;
        nxt = 1;
        edge = 1;
        lastAcknowledged = 0;
    }

    int wire(long offset) {
        return irs + (int) offset;
    }

    /** The offset nearest to RCV.NXT that a wire sequence number stands for. */
    long offset(int wire) {
        return SequenceNumber.unwrap(nxt, irs, wire);
    }

    /** RCV.WND in bytes: what the peer may still send of what was announced. */
    long window() {
        return edge - nxt;
    }
}
