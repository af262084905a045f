package dev.heddle.benchmarks.congestion;

import dev.heddle.benchmarks.congestion.Bottleneck.Shape;
import dev.heddle.core.link.FaultCounter;
import dev.heddle.core.link.Loss;
import dev.heddle.core.tcp.TcpInfo;

/**
 * How well one flow uses a path without loss, whose queue holds a bandwidth-delay product, once slow start is over.
 *
 * @param slowStartNs how long slow start took
 * @param used part of the path's rate from ten round trips after slow start on
 */
record FullPath(long slowStartNs, double used) {

    private static final int ROUND_TRIPS_AFTER_SLOW_START = 10;
    private static final int MEASURED_ROUND_TRIPS = 100;
    private static final long LONGEST_NS = 60 * Bottleneck.SECOND;

    static FullPath measure(String algorithm, long bitsPerSecond, long roundTripNs) {
        long product = Shape.bandwidthDelayBytes(bitsPerSecond, roundTripNs);
        Shape shape = new Shape(bitsPerSecond, roundTripNs, product, Loss.NONE);
        try (Bottleneck path = new Bottleneck(1, algorithm, shape)) {
            Flow flow = path.open();
            do {
                path.run(roundTripNs / 10);
            } while (isSlowStart(flow) && path.elapsedNs() < LONGEST_NS);
            long slowStartNs = path.elapsedNs();
            path.run(ROUND_TRIPS_AFTER_SLOW_START * roundTripNs);
            long before = path.count(FaultCounter.DELIVERED);
            path.run(MEASURED_ROUND_TRIPS * roundTripNs);
            double bits = 8.0 * Bottleneck.MTU * (path.count(FaultCounter.DELIVERED) - before);
            double possible = (double) bitsPerSecond * MEASURED_ROUND_TRIPS * roundTripNs / Bottleneck.SECOND;
            return new FullPath(slowStartNs, bits / possible);
        }
    }

    private static boolean isSlowStart(Flow flow) {
        TcpInfo info = flow.info();
        return info.congestionWindowBytes() < info.ssthreshBytes();
    }
}
