package dev.heddle.core.tcp;

/**
 * Dynamic right-sizing: how much the application takes in a round trip says how large the window must be, so that the sender
 * is held up by the path and the application, but not by the buffer. As in Linux a receiver has two ways to measure the
 * round trip: from a timestamp that the peer echoes with new data, or by how long the peer takes to fill a window.
 */
final class ReceiveTuning {

    /** A sample by timestamps counts for one part in 8, as in Linux. */
    private static final int SMOOTHING_SHIFT = 3;

    /** The room for segments that come while the window's update is on its way. */
    private static final int SPARE_SEGMENTS = 16;

    private static final int INITIAL_SEGMENTS = 10;

    /** 0 before the first measurement. */
    private long rttNs;

    /** The end of the window that is being timed, and since when; −1 before the first. */
    private long windowEnd = -1;

    private long windowSinceNs;
    private int lastEcho;

    private long periodSinceNs;
    /** How far the application had read when the period began. */
    private long periodHead;
    /** The most that it has taken in a round trip. */
    private long takenBytes;

    ReceiveTuning(long head, int segmentBytes, long nowNs) {
        periodHead = head;
        periodSinceNs = nowNs;
        takenBytes = (long) INITIAL_SEGMENTS * segmentBytes;
    }

    /** Text has arrived in order up to an offset, and the peer may send up to another. */
    void arrived(long nxt, long edge, long nowNs) {
        if (windowEnd >= 0 && nxt < windowEnd) {
            return;
        }
        if (windowEnd >= 0) {
            // A sender that does not fill the window makes this too long, never too short.
            long sample = nowNs - windowSinceNs;
            rttNs = rttNs == 0 ? sample : Math.min(rttNs, sample);
        }
        windowEnd = edge;
        windowSinceNs = nowNs;
    }

    /** A full-sized segment echoes a timestamp of ours. */
    void echoed(int echo, long sampleNs) {
        if (echo == lastEcho) {
            return;
        }
        lastEcho = echo;
        rttNs = rttNs == 0 ? sampleNs : rttNs + (sampleNs - rttNs >> SMOOTHING_SHIFT);
    }

    long rttNs() {
        return rttNs;
    }

    /** The most that the application has taken in a round trip. */
    long takenBytes() {
        return takenBytes;
    }

    /**
     * Looks how much the application has taken, once in a round trip.
     *
     * @param head the octet that it reads next
     * @return how large the buffer should be; 0 if nothing says that it should grow
     */
    long wantedBytes(long head, int segmentBytes, long nowNs) {
        if (rttNs == 0 || nowNs - periodSinceNs < rttNs) {
            return 0;
        }
        long taken = head - periodHead;
        periodHead = head;
        periodSinceNs = nowNs;
        if (taken <= takenBytes) {
            return 0;
        }
        // What the sender may have in flight when this is known is twice what it has had: slow start doubles. If it has
        // just grown, it will go on.
        long wanted = 2 * taken + (long) SPARE_SEGMENTS * segmentBytes;
        double growth = (double) (taken - takenBytes) / takenBytes;
        takenBytes = taken;
        return wanted + (long) (2 * growth * wanted);
    }
}
