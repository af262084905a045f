package dev.heddle.benchmarks.congestion;

import dev.heddle.benchmarks.congestion.Bottleneck.Shape;
import dev.heddle.core.link.FaultCounter;
import dev.heddle.core.link.Loss;
import dev.heddle.core.tcp.TcpCounter;
import java.util.Optional;

/**
 * One flow over one path with loss, long enough for its average to mean something.
 *
 * @param lossRate p; 0 for none
 */
record Cell(String algorithm, long bitsPerSecond, long roundTripNs, double lossRate) {

    private static final long SEED = 1;
    private static final int MEASURED_LOSSES = 20;

    /**
     * What slow start left may be thirty times the average window, of which CUBIC gives back three tenths each time. Losses of
     * one round trip are answered once.
     */
    private static final int REDUCTIONS_BEFORE = 24;

    private static final int ROUND_TRIPS_OF_A_REDUCTION = 2;

    private static final long PATH_LIMITED_NS = 20 * Bottleneck.SECOND;
    private static final int LEAST_ROUND_TRIPS = 200;

    /** Timestamps leave so much of an Ethernet packet. */
    static final int SEGMENT_BYTES = 1448;

    /** The theory knows no link: the window at its largest, a third above the average, must fit the path without a queue. */
    private static final double MOST_OF_THE_LINK = 0.75;

    /**
     * In segments. The formulas are those of a fluid, and of windows that grow all the time. Below this, sending whole segments
     * costs more than a twentieth of the window, and the round trip of the recovery, in which the window does not grow, more than
     * a sixth of the time between two losses.
     */
    private static final double LEAST_WINDOW = 10;

    /** Whether the formulas apply. */
    enum Validity {
        APPLIES("yes"),
        NO_LOSS("no loss"),
        PATH_LIMITED("the path is the limit"),
        SMALL_WINDOW("window below 10");

        private final String words;

        Validity(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * What was measured.
     *
     * @param bitsPerSecond acknowledged text
     * @param losses while it was measured
     * @param timeouts of the whole run
     */
    record Measured(double bitsPerSecond, long losses, long timeouts) {}

    /** The path, whose queue holds what is on the way when it is full, and twenty packets at least. */
    Shape shape(Loss loss) {
        long queueBytes = Math.max(20L * Bottleneck.MTU, Shape.bandwidthDelayBytes(bitsPerSecond, roundTripNs));
        return new Shape(bitsPerSecond, roundTripNs, queueBytes, loss);
    }

    private double roundTripSeconds() {
        return shape(Loss.NONE).emptyRoundTripSeconds();
    }

    /** What the theory says; nothing where nothing is lost. */
    Optional<Theory> theory() {
        return lossRate == 0 ? Optional.empty() : Optional.of(Theory.of(algorithm, lossRate, roundTripSeconds()));
    }

    /** The rate of the theory in bits of text a second. */
    double theoreticalBitsPerSecond() {
        return 8 * theory().orElseThrow().bytesPerSecond(SEGMENT_BYTES, roundTripSeconds());
    }

    /** Text that the path can carry, bits a second. */
    double capacityBitsPerSecond() {
        return (double) bitsPerSecond * SEGMENT_BYTES / Bottleneck.MTU;
    }

    /** What the theory is worth here. */
    Validity validity() {
        if (lossRate == 0) {
            return Validity.NO_LOSS;
        }
        if (!isLossLimited()) {
            return Validity.PATH_LIMITED;
        }
        return theory().orElseThrow().segments() < LEAST_WINDOW ? Validity.SMALL_WINDOW : Validity.APPLIES;
    }

    /** Whether the loss, and not the path, sets the rate. */
    private boolean isLossLimited() {
        return lossRate > 0 && theoreticalBitsPerSecond() <= MOST_OF_THE_LINK * capacityBitsPerSecond();
    }

    Loss periodicLoss() {
        return lossRate == 0 ? Loss.NONE : Loss.everyDataPacket(Math.round(1 / lossRate));
    }

    Loss randomLoss() {
        return lossRate == 0 ? Loss.NONE : Loss.random(lossRate);
    }

    Measured measure(Loss loss) {
        try (Bottleneck path = new Bottleneck(SEED, algorithm, shape(loss))) {
            Flow flow = path.open();
            if (!isLossLimited()) {
                path.run(PATH_LIMITED_NS / 2);
                Before before = new Before(path, flow);
                path.run(PATH_LIMITED_NS / 2);
                return before.until(path, flow);
            }
            runUntilSettled(path);
            Before before = new Before(path, flow);
            runUntilLost(path, before.losses + MEASURED_LOSSES);
            long shortNs = before.atNs + LEAST_ROUND_TRIPS * roundTripNs - path.elapsedNs();
            if (shortNs > 0) {
                path.run(shortNs);
                // A whole number of periods, so that no part of one counts more.
                runUntilLost(path, path.count(FaultCounter.LOST) + 1);
            }
            return before.until(path, flow);
        }
    }

    private void runUntilSettled(Bottleneck path) {
        long lost = 0;
        for (int reductions = 0; reductions < REDUCTIONS_BEFORE; ) {
            path.run(ROUND_TRIPS_OF_A_REDUCTION * roundTripNs);
            long now = path.count(FaultCounter.LOST);
            if (now > lost) {
                reductions++;
            }
            lost = now;
        }
    }

    private void runUntilLost(Bottleneck path, long losses) {
        while (path.count(FaultCounter.LOST) < losses) {
            path.run(roundTripNs / 4);
        }
    }

    /** Where a measurement began. */
    private record Before(long atNs, long bytes, long losses) {

        Before(Bottleneck path, Flow flow) {
            this(path.elapsedNs(), flow.acknowledgedBytes(), path.count(FaultCounter.LOST));
        }

        Measured until(Bottleneck path, Flow flow) {
            double bits = 8.0 * (flow.acknowledgedBytes() - bytes);
            return new Measured(
                    bits * Bottleneck.SECOND / (path.elapsedNs() - atNs),
                    path.count(FaultCounter.LOST) - losses,
                    path.count(TcpCounter.TcpExtTCPTimeouts));
        }
    }
}
