package dev.heddle.it.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Does what the lines of the program's input say, one after the other, until they end, and says how each ended: {@code done}
 * with its result or {@code failed} with the failure's first cause and what the library made of it.
 */
final class Dialogue {

    /** In front of a task: its thread, a virtual one, is interrupted midway. */
    private static final String INTERRUPTED = "interrupted";

    /** Until who was midway is blocked again. */
    private static final long UNTIL_BLOCKED_MS = 200;

    private final Tasks tasks;

    private Dialogue(Tasks tasks) {
        this.tasks = tasks;
    }

    static void hold(Tasks tasks) throws Exception {
        say("ready");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (tasks) {
            Dialogue dialogue = new Dialogue(tasks);
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                say(dialogue.outcome(line));
            }
        }
        say("closed");
    }

    private String outcome(String line) throws InterruptedException, IOException {
        List<String> words = List.of(line.split(" ", -1));
        try {
            return words.getFirst().equals(INTERRUPTED)
                    ? interrupted(rest(words))
                    : "done " + run(words, () -> say("midway"));
        } catch (Exception e) {
            return "failed " + describe(e);
        }
    }

    private String run(List<String> words, Runnable midway) throws Exception {
        return tasks.run(words.getFirst(), rest(words), midway);
    }

    private String interrupted(List<String> words) throws Exception {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        CompletableFuture<Void> midway = new CompletableFuture<>();
        Thread thread = Thread.startVirtualThread(() -> {
            try {
                outcome.complete("done " + run(words, () -> midway.complete(null)));
            } catch (Exception e) {
                outcome.complete("failed " + describe(e));
            } finally {
                midway.complete(null);
            }
        });
        midway.get();
        Thread.sleep(UNTIL_BLOCKED_MS);
        thread.interrupt();
        return outcome.get();
    }

    private static List<String> rest(List<String> words) {
        return words.subList(1, words.size());
    }

    /** The first cause, and what was thrown. */
    static String describe(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return (cause + (cause == thrown ? "" : " / " + thrown)).replaceAll("\\s+", " ");
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
