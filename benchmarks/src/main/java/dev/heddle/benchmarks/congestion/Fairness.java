package dev.heddle.benchmarks.congestion;

import dev.heddle.benchmarks.congestion.Bottleneck.Shape;
import dev.heddle.core.link.Loss;
import java.util.ArrayList;
import java.util.List;

/**
 * How equal flows share a path, over the last half of the time.
 *
 * @param jain (Σx)² / (n·Σx²) of their rates: 1 if all are the same, 1/n if one has everything
 * @param used part of the path's rate
 */
record Fairness(double jain, double used) {

    private static final long DURATION_NS = 120 * Bottleneck.SECOND;

    /** Flows do not begin at once, and not in step. */
    private static final long STAGGER_NS = 137 * Bottleneck.MS;

    static Fairness measure(String algorithm, int number, long bitsPerSecond, long roundTripNs) {
        long product = Shape.bandwidthDelayBytes(bitsPerSecond, roundTripNs);
        Shape shape = new Shape(bitsPerSecond, roundTripNs, product, Loss.NONE);
        try (Bottleneck path = new Bottleneck(1, algorithm, shape)) {
            List<Flow> flows = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                flows.add(path.open());
                path.run(STAGGER_NS);
            }
            path.run(DURATION_NS / 2 - path.elapsedNs());
            long[] before = flows.stream().mapToLong(Flow::acknowledgedBytes).toArray();
            path.run(DURATION_NS / 2);
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < number; i++) {
                double bytes = flows.get(i).acknowledgedBytes() - before[i];
                sum += bytes;
                squares += bytes * bytes;
            }
            double possible = (double) bitsPerSecond
                    / 8
                    * (DURATION_NS / 2.0 / Bottleneck.SECOND)
                    * Cell.SEGMENT_BYTES
                    / Bottleneck.MTU;
            return new Fairness(sum * sum / (number * squares), sum / possible);
        }
    }
}
