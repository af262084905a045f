package dev.heddle.it;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A program of which one process at a time runs: it is started, killed, and started again. */
final class RestartableProcess {

    private @Nullable RunningProcess process;

    /**
     * Starts it.
     *
     * @param awaitServing waits until it does what it is for; a program that does not is killed
     */
    void start(Command command, Consumer<RunningProcess> awaitServing) {
        RunningProcess started = command.start();
        process = started;
        try {
            awaitServing.accept(started);
        } catch (RuntimeException | Error e) {
            kill();
            throw e;
        }
    }

    /** Kills it if it runs, and all that it has started, at once. */
    void kill() {
        RunningProcess running = process;
        if (running != null) {
            running.closeAtOnce();
            process = null;
        }
    }
}
