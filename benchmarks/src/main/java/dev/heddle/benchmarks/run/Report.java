package dev.heddle.benchmarks.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;

/** A run's results for people, in Markdown, and for programs, in JSON. */
final class Report {

    /** Below this part of the reference machine's figures something else has used the machine. */
    private static final double VOID_BELOW = 0.7;

    /** A generator thread that is busier than this limits what it measures. */
    private static final double BUSY = 0.97;

    private static final double MEMORY_FLOOR_BYTES = 4096;
    private static final double MEMORY_GOAL_BYTES = 2048;

    private final List<Subject> subjects;
    private final Samples samples;
    private final Map<Subject, IdleMemory> memory;

    Report(List<Subject> subjects, Samples samples, Map<Subject, IdleMemory> memory) {
        this.subjects = subjects;
        this.samples = samples;
        this.memory = memory;
    }

    void print(PrintStream out) {
        values(out);
        ratios(out);
        generator(out);
        validity(out);
        out.flush();
    }

    private void header(PrintStream out, String first, List<String> columns) {
        out.println("| " + first + " | " + String.join(" | ", columns) + " |");
        out.println("|---" + "|---:".repeat(columns.size()) + "|");
    }

    private List<String> labels() {
        return subjects.stream().map(subject -> subject.label).toList();
    }

    private void row(PrintStream out, String label, DoubleFunction<String> format, Value value) {
        StringBuilder row = new StringBuilder("| " + label + " |");
        for (Subject subject : subjects) {
            row.append(' ').append(format.apply(value.of(subject))).append(" |");
        }
        out.println(row);
    }

    private interface Value {
        double of(Subject subject);
    }

    private void values(PrintStream out) {
        header(out, "median", labels());
        for (Figure figure : Figure.values()) {
            row(out, figure.label, Figure::format, subject -> samples.median(subject, figure));
        }
        row(out, "bytes per idle connection", Figure::format, subject -> idle(subject, IdleMemory::totalBytes));
        row(out, "– of these live heap", Figure::format, subject -> idle(subject, IdleMemory::heapBytes));
        row(out, "– native, buffers included", Figure::format, subject -> idle(subject, IdleMemory::nativeBytes));
        row(out, "– buffer chunks in use", Figure::format, subject -> idle(subject, IdleMemory::poolBytes));
        out.println();
    }

    private double idle(Subject subject, java.util.function.ToDoubleFunction<IdleMemory> part) {
        IdleMemory measured = memory.get(subject);
        return measured == null ? Double.NaN : part.applyAsDouble(measured);
    }

    private void ratios(PrintStream out) {
        header(
                out,
                "ratio to the JDK in this run",
                List.of("Heddle", "floor", "goal", "", "plain", "floor", "goal", "", "Heddle to bare TUN"));
        for (Figure figure : Figure.values()) {
            double toBare = samples.median(Subject.HEDDLE, figure) / samples.median(Subject.BARE, figure);
            out.println("| " + figure.label + wanted(Subject.HEDDLE, figure) + wanted(Subject.HEDDLE_PLAIN, figure)
                    + " | " + Figure.format(toBare) + " |");
        }
        double bytes = idle(Subject.HEDDLE, IdleMemory::totalBytes);
        String verdict = Double.isNaN(bytes)
                ? ""
                : bytes <= MEMORY_GOAL_BYTES ? "goal" : bytes <= MEMORY_FLOOR_BYTES ? "floor" : "BELOW";
        out.println("| bytes per idle connection (not a ratio) | " + Figure.format(bytes) + " | "
                + Figure.format(MEMORY_FLOOR_BYTES) + " | " + Figure.format(MEMORY_GOAL_BYTES) + " | " + verdict
                + " | | | | | |");
        out.println();
    }

    private String wanted(Subject subject, Figure figure) {
        double ratio = samples.ratio(subject, figure);
        return " | " + Figure.format(ratio) + " | " + Figure.format(figure.floorOf(subject)) + " | "
                + Figure.format(figure.goalOf(subject)) + " | " + figure.verdict(subject, ratio);
    }

    private void generator(PrintStream out) {
        header(out, "cores that the generator used", labels());
        for (Measure measure : Measure.values()) {
            row(
                    out,
                    measure.command + (measure.oneCore ? ", one core" : ""),
                    Figure::format,
                    subject -> samples.median(subject, measure, "generatorCpu"));
        }
        out.println();
    }

    private void validity(PrintStream out) {
        for (Figure figure : Figure.values()) {
            double jdk = samples.median(Subject.JDK, figure);
            double part = figure.lessIsBetter ? figure.reference / jdk : jdk / figure.reference;
            if (part < VOID_BELOW) {
                out.printf(
                        Locale.ROOT,
                        "void: %s: the JDK's sockets reach %.0f %% of the machine that the floors were set on%n",
                        figure.label,
                        100 * part);
            }
        }
        for (Subject subject : subjects) {
            for (Measure measure : List.of(Measure.UP_1, Measure.DOWN_1)) {
                if (samples.median(subject, measure, "generatorCpu") > BUSY) {
                    out.println("limited by its generator: " + subject.label + ", " + measure.command);
                }
            }
            for (Measure measure : List.of(Measure.CONNECTS_1, Measure.CONNECTS_32)) {
                if (samples.median(subject, measure, "failures") > 0) {
                    out.println("connections have failed: " + subject.label + ", " + measure.command);
                }
            }
        }
    }

    /** Writes every sample. */
    void writeJson(Path file) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(Files.newBufferedWriter(file))) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            for (Subject subject : subjects) {
                json.writeObjectFieldStart(subject.name());
                for (Measure measure : Measure.values()) {
                    json.writeObjectFieldStart(measure.name());
                    for (var entry : samples.of(subject, measure).entrySet()) {
                        json.writeArrayFieldStart(entry.getKey());
                        for (double value : entry.getValue()) {
                            json.writeNumber(value);
                        }
                        json.writeEndArray();
                    }
                    json.writeEndObject();
                }
                IdleMemory idle = memory.get(subject);
                if (idle != null) {
                    json.writeObjectFieldStart("IDLE");
                    json.writeNumberField("connections", idle.connections());
                    json.writeNumberField("heapBytes", idle.heapBytes());
                    json.writeNumberField("nativeBytes", idle.nativeBytes());
                    json.writeNumberField("poolBytes", idle.poolBytes());
                    json.writeEndObject();
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        }
    }
}
