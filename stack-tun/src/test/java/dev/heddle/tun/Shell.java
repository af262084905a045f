package dev.heddle.tun;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs programs in the namespace of the calling thread. */
final class Shell {

    private Shell() {}

    /** A program that ended. */
    record Result(int exitCode, String output) {}

    static Process start(String command) {
        try {
            return new ProcessBuilder("sh", "-c", "exec " + command)
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Result finish(Process process) {
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static Result attempt(String command) {
        return finish(start(command));
    }

    /** Returns the output of a program that must succeed. */
    static String run(String command) {
        Result result = attempt(command);
        if (result.exitCode() != 0) {
            throw new IllegalStateException(command + ": " + result);
        }
        return result.output();
    }

    /** A counter of the calling thread's namespace as {@code nstat} shows it, such as {@code ("Udp", "NoPorts")}. */
    static long snmp(String protocol, String counter) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/thread-self/net/snmp")).stream()
                    .filter(line -> line.startsWith(protocol + ":"))
                    .toList();
            List<String> names = List.of(lines.get(0).split(" ", -1));
            return Long.parseLong(lines.get(1).split(" ", -1)[names.indexOf(counter)]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
