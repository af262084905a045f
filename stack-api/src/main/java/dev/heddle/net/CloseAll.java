package dev.heddle.net;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Closes one thing after the other, also when one of them fails. */
final class CloseAll {

    private CloseAll() {}

    /** Runs every step, and then throws what the first failure was, with the others as suppressed ones. */
    static void of(List<Runnable> steps) {
        RuntimeException failure = null;
        for (Runnable step : steps) {
            failure = and(failure, step);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable RuntimeException and(@Nullable RuntimeException before, Runnable step) {
        try {
            step.run();
            return before;
        } catch (RuntimeException e) {
            if (before == null) {
                return e;
            }
            if (e != before) {
                before.addSuppressed(e);
            }
            return before;
        }
    }
}
