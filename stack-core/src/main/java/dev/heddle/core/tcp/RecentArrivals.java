package dev.heddle.core.tcp;

/**
 * Which of the ranges ahead of RCV.NXT grew last, the latest first: an octet of each. Only a few are remembered, but more than
 * fit one segment, so that a lost ACK loses no news (RFC 2018 4).
 */
final class RecentArrivals {

    private static final int MOST = 8;

    private final long[] octets = new long[MOST];
    private int count;

    int count() {
        return count;
    }

    /** An octet of the range that grew last, of the one before it if the place is 1, and so on. */
    long octet(int place) {
        return octets[place];
    }

    /** Text has arrived: [left, right) is now the range around its octet. Those that it has joined are no more. */
    void arrived(long octet, long left, long right) {
        int kept = 0;
        for (int place = 0; place < count; place++) {
            if (octets[place] < left || octets[place] >= right) {
                octets[kept++] = octets[place];
            }
        }
        kept = Math.min(kept, MOST - 1);
        System.arraycopy(octets, 0, octets, 1, kept);
        octets[0] = octet;
        count = kept + 1;
    }

    /** Whether the range [left, right) is among those remembered. */
    boolean isIn(long left, long right) {
        for (int place = 0; place < count; place++) {
            if (octets[place] >= left && octets[place] < right) {
                return true;
            }
        }
        return false;
    }

    /** The ranges below an offset are no more. */
    void forgetBelow(long offset) {
        int kept = 0;
        for (int place = 0; place < count; place++) {
            if (octets[place] >= offset) {
                octets[kept++] = octets[place];
            }
        }
        count = kept;
    }
}
