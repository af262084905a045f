package dev.heddle.benchmarks.run;

import java.util.Locale;

/**
 * A figure that a run finds for each subject, and what is wanted of it. Floor and goal are ratios to the JDK's sockets in
 * the same run; NaN where none is set.
 */
enum Figure {
    UP_1("up, 1 connection, Gbit/s", Measure.UP_1, "gbit", false, 12.3, 0.55, 0.8, 0.3, 0.4),
    UP_8("up, 8 connections, Gbit/s", Measure.UP_8, "gbit", false, 11.4, 0.55, 0.8),
    DOWN_1("down, 1 connection, Gbit/s", Measure.DOWN_1, "gbit", false, 10.6, 1, 1.6, 0.3, 0.4),
    DOWN_8("down, 8 connections, Gbit/s", Measure.DOWN_8, "gbit", false, 15.4, 1, 1.6),
    PING_P50("ping-pong p50, one core, µs", Measure.PING_ONE_CORE, "p50", true, 22, 1.2, 0.6),
    PING_P99("ping-pong p99, one core, µs", Measure.PING_ONE_CORE, "p99", true, 56, 1.2, 0.6),
    FREE_P50("ping-pong p50, free, µs", Measure.PING_FREE, "p50", true),
    FREE_P99("ping-pong p99, free, µs", Measure.PING_FREE, "p99", true),
    CONNECTS_1("connects/s, one at a time, one core", Measure.CONNECTS_1, "perSecond", false, 9_200, 1, 1.5),
    CONNECTS_32("connects/s, 32 at a time", Measure.CONNECTS_32, "perSecond", false, 21_000, 1, 1.5),
    CPU_UP("CPU s/GB up, whole machine", Measure.UP_1, "machineCpuPerGb", true, 0.44, 1.5, 1),
    CPU_DOWN("CPU s/GB down, whole machine", Measure.DOWN_1, "machineCpuPerGb", true, 0.48, 1.5, 1);

    final String label;
    final Measure measure;
    final String key;
    final boolean lessIsBetter;

    /** The JDK's on the machine that floors and goals were set on. */
    final double reference;

    private final double floor;
    private final double goal;
    private final double plainFloor;
    private final double plainGoal;

    Figure(String label, Measure measure, String key, boolean lessIsBetter) {
        this(label, measure, key, lessIsBetter, Double.NaN, Double.NaN, Double.NaN);
    }

    Figure(
            String label,
            Measure measure,
            String key,
            boolean lessIsBetter,
            double reference,
            double floor,
            double goal) {
        this(label, measure, key, lessIsBetter, reference, floor, goal, Double.NaN, Double.NaN);
    }

    Figure(
            String label,
            Measure measure,
            String key,
            boolean lessIsBetter,
            double reference,
            double floor,
            double goal,
            double plainFloor,
            double plainGoal) {
        this.label = label;
        this.measure = measure;
        this.key = key;
        this.lessIsBetter = lessIsBetter;
        this.reference = reference;
        this.floor = floor;
        this.goal = goal;
        this.plainFloor = plainFloor;
        this.plainGoal = plainGoal;
    }

    double floorOf(Subject subject) {
        return subject == Subject.HEDDLE ? floor : subject == Subject.HEDDLE_PLAIN ? plainFloor : Double.NaN;
    }

    double goalOf(Subject subject) {
        return subject == Subject.HEDDLE ? goal : subject == Subject.HEDDLE_PLAIN ? plainGoal : Double.NaN;
    }

    /** What a ratio is worth: "goal", "floor", "BELOW", or nothing where nothing is wanted. */
    String verdict(Subject subject, double ratio) {
        if (Double.isNaN(floorOf(subject)) || Double.isNaN(ratio)) {
            return "";
        }
        return reaches(ratio, goalOf(subject)) ? "goal" : reaches(ratio, floorOf(subject)) ? "floor" : "BELOW";
    }

    private boolean reaches(double ratio, double bound) {
        return lessIsBetter ? ratio <= bound : ratio >= bound;
    }

    static String format(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        String digits = value >= 1000 ? "%,.0f" : value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, digits, value);
    }
}
