package dev.heddle.benchmarks.congestion;

import dev.heddle.benchmarks.congestion.Bottleneck.Shape;
import dev.heddle.benchmarks.congestion.Cell.Measured;
import dev.heddle.benchmarks.congestion.Cell.Validity;
import dev.heddle.benchmarks.congestion.Flow.Sample;
import dev.heddle.core.link.Loss;
import dev.heddle.core.tcp.congestion.Cubic;
import dev.heddle.core.tcp.congestion.NewReno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code bin/congestion-report}. */
@Command(
        name = "congestion-report",
        customSynopsis = "bin/congestion-report [OPTION...]",
        mixinStandardHelpOptions = true,
        description = {
            "",
            "Runs the congestion control algorithms in the simulator, compares them with the theory, and writes a page with"
                    + " tables and charts. Ends with status 1 if something is not as it should be. Takes ten minutes and"
                    + " gives the same figures each time.",
            ""
        })
public final class ReportCommand implements Callable<Integer> {

    /** How far a measurement may be from the theory. */
    static final double TOLERANCE = 0.25;

    /** The least part of a path that one flow uses after slow start. */
    static final double LEAST_USED = 0.95;

    /** The least of Jain's index. */
    static final double LEAST_JAIN = 0.95;

    static final List<String> ALGORITHMS = List.of(Cubic.NAME, NewReno.NAME);
    static final double[] LOSS_RATES = {0, 0.0001, 0.001, 0.01, 0.03};
    private static final long[] RATES = {10_000_000, 100_000_000, 1_000_000_000};
    private static final long[] ROUND_TRIPS_MS = {10, 50, 100, 200};
    private static final int[] FLOWS = {2, 4, 8, 16};
    private static final long SHARED_RATE = 50_000_000;
    private static final long SHARED_ROUND_TRIP_NS = 40 * Bottleneck.MS;
    private static final String PICTURES = "congestion-control";

    @Option(names = "--output", paramLabel = "DIRECTORY", description = "Where the page goes; docs by default.")
    private Path output = Path.of("docs");

    private final StringBuilder page = new StringBuilder();
    private final Formatter lines = new Formatter(page, Locale.ROOT);
    private final List<String> failures = new ArrayList<>();

    private record Row(Cell cell, Measured periodic, Measured random) {}

    /** Runs the command. */
    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        System.exit(new CommandLine(new ReportCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(output.resolve(PICTURES));
        page.append(INTRODUCTION);
        for (String algorithm : ALGORITHMS) {
            theory(algorithm);
        }
        fullPath();
        fairness();
        pictures();
        Files.writeString(output.resolve("congestion-control.md"), page);
        failures.forEach(failure -> System.err.println("heddle: " + failure));
        return failures.isEmpty() ? 0 : 1;
    }

    private void line(String format, Object... values) {
        lines.format(format + '\n', values);
    }

    private void theory(String algorithm) {
        List<Cell> cells = new ArrayList<>();
        for (long rate : RATES) {
            for (long roundTripMs : ROUND_TRIPS_MS) {
                for (double lossRate : LOSS_RATES) {
                    cells.add(new Cell(algorithm, rate, roundTripMs * Bottleneck.MS, lossRate));
                }
            }
        }
        List<Row> rows = cells.parallelStream().map(ReportCommand::measured).toList();
        line("");
        line("### %s", algorithm);
        line("");
        line(
                "| path, Mbit/s | RTT, ms | loss, %% | formula | window, segments | theory, Mbit/s | every 1/p-th lost | ratio"
                        + " | random loss | ratio | applies |");
        line("|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|---|");
        rows.forEach(this::row);
    }

    private static Row measured(Cell cell) {
        Measured periodic = cell.measure(cell.periodicLoss());
        return new Row(cell, periodic, cell.lossRate() == 0 ? periodic : cell.measure(cell.randomLoss()));
    }

    private void row(Row row) {
        Cell cell = row.cell;
        String path = String.format(
                Locale.ROOT,
                "| %d | %d | %s |",
                cell.bitsPerSecond() / 1_000_000,
                cell.roundTripNs() / Bottleneck.MS,
                percent(cell.lossRate()));
        Validity validity = cell.validity();
        if (validity == Validity.NO_LOSS) {
            line("%s | | | %s | | | | %s |", path, megabits(row.periodic), validity);
            return;
        }
        Theory theory = cell.theory().orElseThrow();
        double expected = cell.theoreticalBitsPerSecond();
        double ratio = row.periodic.bitsPerSecond() / expected;
        boolean isOff = validity == Validity.APPLIES && Math.abs(ratio - 1) > TOLERANCE;
        line(
                "%s %s | %.0f | %.2f | %s | %s%.2f%s | %s | %.2f | %s |",
                path,
                theory.region().name().toLowerCase(Locale.ROOT),
                theory.segments(),
                expected / 1e6,
                megabits(row.periodic),
                isOff ? "**" : "",
                ratio,
                isOff ? "**" : "",
                megabits(row.random),
                row.random.bitsPerSecond() / expected,
                validity);
        if (isOff) {
            failures.add(String.format(Locale.ROOT, "%s: %.2f of the theory", cell, ratio));
        }
    }

    private static String percent(double lossRate) {
        return lossRate == 0 ? "0" : String.valueOf(Math.round(lossRate * 1e4) / 100.0);
    }

    private static String megabits(Measured measured) {
        return String.format(Locale.ROOT, "%.2f", measured.bitsPerSecond() / 1e6);
    }

    private void fullPath() {
        page.append(FULL_PATH);
        for (String algorithm : ALGORITHMS) {
            FullPath full = FullPath.measure(algorithm, 100_000_000, 100 * Bottleneck.MS);
            line("| %s | %.1f | %.1f |", algorithm, (double) full.slowStartNs() / Bottleneck.SECOND, 100 * full.used());
            if (full.used() < LEAST_USED) {
                failures.add(String.format(Locale.ROOT, "%s uses %.3f of the path", algorithm, full.used()));
            }
        }
    }

    private void fairness() {
        page.append(FAIRNESS);
        for (String algorithm : ALGORITHMS) {
            for (int flows : FLOWS) {
                Fairness fairness = Fairness.measure(algorithm, flows, SHARED_RATE, SHARED_ROUND_TRIP_NS);
                line("| %s | %d | %.3f | %.1f |", algorithm, flows, fairness.jain(), 100 * fairness.used());
                if (fairness.jain() < LEAST_JAIN) {
                    failures.add(String.format(
                            Locale.ROOT, "%d flows of %s: index %.3f", flows, algorithm, fairness.jain()));
                }
            }
        }
    }

    private void pictures() throws IOException {
        long product = Shape.bandwidthDelayBytes(100_000_000, 100 * Bottleneck.MS);
        Shape full = new Shape(100_000_000, 100 * Bottleneck.MS, product, Loss.NONE);
        Charts.overTime(
                picture("full-path.png"),
                "100 Mbit/s, 100 ms, a queue of one bandwidth-delay product",
                overTime(full, 60));
        Shape lossy = new Shape(100_000_000, 100 * Bottleneck.MS, product, Loss.everyDataPacket(10_000));
        Charts.overTime(
                picture("lossy-path.png"), "100 Mbit/s, 100 ms, every 10,000th packet lost", overTime(lossy, 120));
        for (String algorithm : ALGORITHMS) {
            Charts.throughput(
                    picture("shared-" + algorithm + ".png"),
                    "four flows of " + algorithm + " on 50 Mbit/s, 40 ms, a new one every 20 s",
                    newcomers(algorithm));
        }
        line("");
        line("## Over time");
        line("");
        for (String name : List.of("full-path", "lossy-path", "shared-cubic", "shared-newreno")) {
            line("![%s](%s/%s.png)", name, PICTURES, name);
            line("");
        }
    }

    private Path picture(String name) {
        return output.resolve(PICTURES).resolve(name);
    }

    private static Map<String, List<Sample>> overTime(Shape shape, int seconds) {
        Map<String, List<Sample>> lines = new LinkedHashMap<>();
        for (String algorithm : ALGORITHMS) {
            try (Bottleneck path = new Bottleneck(1, algorithm, shape)) {
                Flow flow = path.open();
                path.run(shape.roundTripNs());
                path.record(seconds * Bottleneck.SECOND, shape.roundTripNs());
                lines.put(algorithm, flow.samples());
            }
        }
        return lines;
    }

    private static Map<String, List<Sample>> newcomers(String algorithm) {
        Map<String, List<Sample>> lines = new LinkedHashMap<>();
        long product = Shape.bandwidthDelayBytes(SHARED_RATE, SHARED_ROUND_TRIP_NS);
        Shape shape = new Shape(SHARED_RATE, SHARED_ROUND_TRIP_NS, product, Loss.NONE);
        try (Bottleneck path = new Bottleneck(1, algorithm, shape)) {
            Stream.of("first", "second", "third", "fourth").forEach(name -> {
                Flow flow = path.open();
                lines.put(name, flow.samples());
                path.run(2 * SHARED_ROUND_TRIP_NS);
                path.record(20 * Bottleneck.SECOND, 500 * Bottleneck.MS);
            });
        }
        return lines;
    }

    private static final String INTRODUCTION = """
            # Congestion control beside the theory

            Made by `bin/congestion-report`, which runs everything below in the simulator, under virtual time and from fixed seeds: it
            gives the same figures each time, and fails if one of them is not what is asked for here.

            ## One flow and loss

            One sender that always has data, one path with the rate and round-trip time given and a queue of one bandwidth-delay product
            (20 packets at least), segments of 1,448 bytes. The formulas give the average window where every 1/p-th packet is lost:

            - **Reno** (Mathis): √(3/(2p)) segments;
            - **CUBIC** (RFC 9438 5.1, with C = 0.4 and β = 0.7): 1.054 · (RTT/p)^¾ segments; where Reno's is more, that (4.3).

            The window divided by the round-trip time is the rate. Both algorithms count acknowledged bytes, so the number of segments that
            an ACK acknowledges does not enter (b = 1).

            *Applies* says whether a formula can be held against the measurement, which then is within ±25 %. It is silent where the
            path and not the loss is the limit (more than three quarters of its rate would be used on average, so all of it at the
            peaks), and where the average window is below ten segments: the formulas are of a fluid and know no recovery, but whole
            segments are sent, and for one round trip after each loss the window does not grow, which at seven segments is one in
            five. Beside it stands random loss of the same rate, of which neither formula speaks: after a long time without loss a
            window is larger than one that is cut at equal distances.
            """;

    private static final String FULL_PATH = """

            ## A path of its own

            100 Mbit/s, 100 ms, no loss but that of a queue of one bandwidth-delay product: how long slow start takes, and what part of the
            path is used in the hundred round trips from the tenth after slow start on (asked for: 95 %).

            | algorithm | slow start, s | used, % |
            |---|--:|--:|
            """;

    private static final String FAIRNESS = """

            ## A path shared

            Equal flows on 50 Mbit/s and 40 ms with a queue of one bandwidth-delay product: Jain's index of their throughputs in the last 60
            of 120 seconds (asked for: 0.95), and how much of the path they use together.

            | algorithm | flows | Jain's index | used, % |
            |---|--:|--:|--:|
            """;
}
