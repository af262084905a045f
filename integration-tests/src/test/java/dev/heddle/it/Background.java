package dev.heddle.it;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Calls that block while a test goes on, each in a virtual thread. */
final class Background {

    private Background() {}

    /** What blocks. */
    @FunctionalInterface
    interface Body {
        void run() throws IOException;
    }

    static CompletableFuture<Void> run(Body body) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                body.run();
                end.complete(null);
            } catch (Throwable t) {
                end.completeExceptionally(t);
            }
        });
        return end;
    }
}
