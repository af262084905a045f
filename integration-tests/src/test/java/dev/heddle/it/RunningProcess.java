package dev.heddle.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A program that runs beside a test; closing kills it if it has not ended. */
final class RunningProcess implements AutoCloseable {

    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

    private final Command command;
    private final Process process;
    private @Nullable BufferedReader lines;

    RunningProcess(Command command, Process process) {
        this.command = command;
        this.process = process;
    }

    OutputStream input() {
        return process.getOutputStream();
    }

    InputStream output() {
        return process.getInputStream();
    }

    InputStream errors() {
        return process.getErrorStream();
    }

    /** Its number; also that of a program that {@code ip netns exec} has become. */
    long pid() {
        return process.pid();
    }

    /** Asks the program to end as Ctrl-C does. */
    void interrupt() {
        Command.of("kill", "-INT", Long.toString(process.pid())).runOrFail();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    boolean waitFor(Duration timeout) {
        try {
            return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Waits for the next line of the program's output, which must begin with a word, and returns what follows that. For a
     * program whose output is small.
     */
    String expectLine(String word, Duration timeout) {
        BufferedReader reader = lines == null ? process.inputReader(StandardCharsets.UTF_8) : lines;
        lines = reader;
        CompletableFuture<@Nullable String> line = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                line.complete(reader.readLine());
            } catch (IOException e) {
                line.completeExceptionally(e);
            }
        });
        try {
            String text = line.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (text == null || !text.startsWith(word)) {
                throw new AssertionError("expected \"" + word + " …\" from " + command + ", not " + text + rest());
            }
            return text.substring(word.length()).strip();
        } catch (TimeoutException | ExecutionException e) {
            throw new AssertionError("no \"" + word + "\" from " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String rest() {
        process.destroyForcibly();
        try (InputStream errors = process.getErrorStream()) {
            return ": " + new String(errors.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Writes a line to the program's input. */
    void say(String line) {
        try {
            Writer writer = process.outputWriter(StandardCharsets.UTF_8);
            writer.write(line + "\n");
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the program's input. */
    void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the program and those it started so that none of them sees another die. */
    void closeAtOnce() {
        List<ProcessHandle> all = all();
        List<String> words = new ArrayList<>(List.of("kill", "-STOP"));
        all.forEach(one -> words.add(Long.toString(one.pid())));
        Command.of(words).run(); // some may just have ended
        close();
    }

    private List<ProcessHandle> all() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        return all;
    }

    @Override
    public void close() {
        all().forEach(ProcessHandle::destroyForcibly);
        if (!waitFor(KILL_TIMEOUT)) {
            throw new AssertionError("cannot end " + command);
        }
    }
}
