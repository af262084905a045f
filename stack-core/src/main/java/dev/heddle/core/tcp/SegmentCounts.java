package dev.heddle.core.tcp;

/** The segments of one connection; a super-segment counts as the segments that it is cut into or was made of. */
final class SegmentCounts {

    int out;
    int dataOut;
    int in;
    int dataIn;
    /** Text sent, retransmissions too. */
    long sentBytes;

    void sent(int payloadBytes, int mssBytes) {
        int segments = Math.max(1, (payloadBytes + mssBytes - 1) / mssBytes);
        out += segments;
        if (payloadBytes > 0) {
            dataOut += segments;
            sentBytes += payloadBytes;
        }
    }

    void received(int payloadBytes, int gsoBytes) {
        int segments = gsoBytes > 0 ? Math.max(1, (payloadBytes + gsoBytes - 1) / gsoBytes) : 1;
        in += segments;
        if (payloadBytes > 0) {
            dataIn += segments;
        }
    }
}
