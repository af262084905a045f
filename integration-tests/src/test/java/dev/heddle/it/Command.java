package dev.heddle.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A program that a test runs, with a limit to its time. What is killed is that process and those it started. */
final class Command {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final List<String> words;
    private Duration timeout = DEFAULT_TIMEOUT;
    private Input input = out -> {};

    private Command(List<String> words) {
        this.words = List.copyOf(words);
    }

    static Command of(List<String> words) {
        return new Command(words);
    }

    static Command of(String... words) {
        return new Command(List.of(words));
    }

    /** This command with more words behind. */
    Command with(String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return new Command(all).timeout(timeout).input(input);
    }

    /** This command with others in front, such as {@code ip netns exec NAME}. */
    Command after(String... prefix) {
        List<String> all = new ArrayList<>(List.of(prefix));
        all.addAll(words);
        return new Command(all).timeout(timeout).input(input);
    }

    /** The longest that {@link #run} waits. */
    Command timeout(Duration limit) {
        timeout = limit;
        return this;
    }

    /** What {@link #run} gives the program to read; nothing if not said. */
    Command input(Input source) {
        input = source;
        return this;
    }

    /** Writes a program's input. */
    @FunctionalInterface
    interface Input {
        void writeTo(OutputStream out) throws IOException;
    }

    /** How a program ended. */
    record Result(int exitCode, String output, String errors) {}

    /** Runs the program to its end, whatever its exit code. */
    Result run() {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Result result = run(output);
        return new Result(result.exitCode(), output.toString(StandardCharsets.UTF_8), result.errors());
    }

    /** Runs the program to its end; its output goes to a stream while it runs. */
    Result run(OutputStream output) {
        try (RunningProcess process = start()) {
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            Thread.ofPlatform().daemon().start(() -> feed(process));
            Thread outputReader = copy(process, output, false);
            Thread errorReader = copy(process, errors, true);
            long deadlineNs = System.nanoTime() + timeout.toNanos();
            if (!process.waitFor(timeout)) {
                throw new AssertionError("not finished after " + timeout.toSeconds() + " s: " + this);
            }
            join(outputReader, deadlineNs);
            join(errorReader, deadlineNs);
            return new Result(process.exitCode(), "", errors.toString(StandardCharsets.UTF_8));
        }
    }

    private void feed(RunningProcess process) {
        try (OutputStream out = process.input()) {
            input.writeTo(out);
        } catch (IOException e) {
            // The program ended without reading all: its exit code tells whether that was right.
        }
    }

    private Thread copy(RunningProcess process, OutputStream to, boolean errors) {
        return Thread.ofPlatform().daemon().start(() -> {
            try (var in = errors ? process.errors() : process.output()) {
                in.transferTo(to);
            } catch (IOException e) {
                System.err.println(this + ": " + e);
            }
        });
    }

    private void join(Thread reader, long deadlineNs) {
        try {
            long leftMs = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime()));
            if (!reader.join(Duration.ofMillis(leftMs))) {
                throw new AssertionError("the output has no end: " + this);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs a program that must succeed, and returns its output. */
    String runOrFail() {
        Result result = run();
        if (result.exitCode() != 0) {
            throw new AssertionError(this + " ended with " + result.exitCode() + ": " + result.errors());
        }
        return result.output();
    }

    /** Starts the program; closing the process ends it. */
    RunningProcess start() {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment()
                .keySet()
                .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        // A JVM says on its standard error that it has found them.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        try {
            return new RunningProcess(this, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
