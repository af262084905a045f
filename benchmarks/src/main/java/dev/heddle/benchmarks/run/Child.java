package dev.heddle.benchmarks.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program in a process of its own that answers commands line by line, and ends when its input does. */
final class Child implements AutoCloseable {

    private static final long END_SECONDS = 10;

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts a program and waits until it is ready. */
    static Child start(String name, List<String> words) throws IOException {
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Child child = new Child(name, process);
        boolean ready = false;
        try {
            String before = "";
            for (String line = child.answers.readLine(); line != null; line = child.answers.readLine()) {
                if (line.equals("ready")) {
                    ready = true;
                    return child;
                }
                before = ": " + line;
            }
            throw new IOException(name + " does not start" + before);
        } finally {
            if (!ready) {
                child.close();
            }
        }
    }

    /**
     * Asks for something.
     *
     * @return the values of the answer
     * @throws IOException if the program has ended, or answers with an error
     */
    Map<String, Double> ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(name + " has ended at \"" + command + "\"");
        }
        if (line.startsWith("error=")) {
            throw new IOException(name + " at \"" + command + "\": " + line.substring("error=".length()));
        }
        Map<String, Double> values = new HashMap<>();
        for (String pair : line.split(" ", -1)) {
            int equals = pair.indexOf('=');
            values.put(pair.substring(0, equals), Double.valueOf(pair.substring(equals + 1)));
        }
        return values;
    }

    @Override
    public void close() {
        try {
            commands.close();
        } catch (IOException e) {
            // It has ended.
        }
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
