package dev.heddle.benchmarks.congestion;

/**
 * What theory says of the average congestion window where every 1/p-th packet is lost, in segments. Both algorithms count
 * acknowledged bytes (RFC 3465), so that the number of ACKs, delayed or not, does not appear: b is 1.
 *
 * @param segments the average window
 * @param region which of the formulas rules
 * @param packetsPerRound sent in the time between two losses: 1/p
 */
record Theory(double segments, Region region, double packetsPerRound) {

    /** RFC 9438 4.6. */
    private static final double BETA = 0.7;

    /** RFC 9438 5.1, segments per second cubed. */
    private static final double C = 0.4;

    /** Which formula rules. */
    enum Region {
        /** Mathis' square root of 3/(2p), for Reno, and for CUBIC where that is more (RFC 9438 4.3). */
        RENO,
        /** RFC 9438's figure of the average window, 5.1. */
        CUBIC
    }

    /** @param lossRate p, above 0 */
    static Theory of(String algorithm, double lossRate, double roundTripSeconds) {
        double reno = Math.sqrt(3 / (2 * lossRate));
        double cubic = Math.pow(C * (3 + BETA) / (4 * (1 - BETA)), 0.25) * Math.pow(roundTripSeconds / lossRate, 0.75);
        boolean isCubic = algorithm.equals("cubic") && cubic > reno;
        return new Theory(isCubic ? cubic : reno, isCubic ? Region.CUBIC : Region.RENO, 1 / lossRate);
    }

    /** The rate that the window makes, bytes of text a second that are not lost. */
    double bytesPerSecond(int segmentBytes, double roundTripSeconds) {
        return segments * segmentBytes / roundTripSeconds * (1 - 1 / packetsPerRound);
    }
}
