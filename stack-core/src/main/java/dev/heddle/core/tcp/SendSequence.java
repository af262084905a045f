package dev.heddle.core.tcp;

import dev.heddle.core.wire.SequenceNumber;

/**
 * The send sequence variables (RFC 9293 3.3.1). Positions are 64-bit offsets from the ISS: the SYN is octet 0, the first
 * data octet is 1.
 */
final class SendSequence {

    private static final int MAX_POINTER = 65_535;

    /** The initial send sequence number. */
    final int iss;
    /** SND.UNA: the oldest unacknowledged octet. */
    long una;
    /** SND.NXT: the next octet to send. */
    long nxt;
    /** SND.UP: the octet behind the urgent data; 0 if there never was any. */
    long up;
    /** SND.UP as the peer has last been told. */
    long announcedUp;
    /** SND.WND in bytes, scaled (RFC 9293 REC-1). */
    long wnd;
    /** The largest window the peer has ever offered (Max(SND.WND) of RFC 9293 3.8.6.2.1 and MAX.SND.WND of RFC 5961 5). */
    long maxWnd;
    /** SND.WL1: the peer's sequence offset of the last window update. */
    long wl1;
    /** SND.WL2: the acknowledgment offset of the last window update. */
    long wl2;

    SendSequence(int iss) {
        this.iss = iss;
    }

    /** The sequence number on the wire of an offset. */
    int wire(long offset) {
        return iss + (int) offset;
    }

    /** Takes the window of an acceptable segment, scaled, unless the segment is an old one (RFC 9293 3.10.7.4). */
    void updateWindow(long window, long seq, long ack) {
        // An old segment must not set the window. One that acknowledges something new is not old, though it may carry
        // old text: without its window, SND.UNA + SND.WND would move beyond what the peer offered.
        boolean old = wl1 > seq || wl1 == seq && wl2 > ack;
        if (ack < una || ack == una && old) {
            return;
        }
        wnd = window;
        maxWnd = Math.max(maxWnd, window);
        wl1 = seq;
        wl2 = ack;
    }

    /** The offset nearest to SND.UNA that a wire sequence number stands for. */
    long offset(int wire) {
        return SequenceNumber.unwrap(una, iss, wire);
    }

    /** Whether urgent data is unacknowledged. */
    boolean isUrgent() {
        return up > una;
    }

    /**
     * The urgent pointer of a segment (RFC 9293 MUST-62), 0 if it has none. What is too far away for the field is told as
     * far as the field reaches, but only if that is ahead of everything sent: no octet that is under way may be mistaken
     * for the last of the urgent data.
     *
     * @param end the octet behind the segment
     */
    int urgentPointer(long start, long end) {
        if (!isUrgent() || start >= up) {
            return 0;
        }
        long distance = up - start;
        if (distance <= MAX_POINTER) {
            return (int) distance;
        }
        return start + MAX_POINTER > Math.max(nxt, end) ? MAX_POINTER : 0;
    }

    /** The octet behind the last one that the peer's window lets us send. */
    long windowEdge() {
        return una + wnd;
    }

    /**
     * The sequence offset of a segment without text: SND.NXT, or the window's edge if more was sent (a window probe, or the
     * window shrank). A peer drops what lies beyond its window, and the acknowledgment with it: when both sides' windows
     * are closed, neither would hear of the other's reading.
     */
    long acceptableSequence() {
        return Math.min(nxt, windowEdge());
    }
}
