package dev.heddle.it;

import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** A server that knows nothing of Heddle, on the kernel's TCP of a namespace. */
interface RealServer extends AutoCloseable {

    /** Starts it, and waits until it serves; again after it was killed. */
    void start();

    /** Kills all its processes with SIGKILL. */
    void kill();

    int port();

    /** Waits until somebody listens on its port. */
    default void awaitListening(Namespace namespace) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !namespace
                        .command("ss", "-Hltn", "sport", "=", ":" + port())
                        .runOrFail()
                        .isBlank());
    }

    @Override
    void close();
}
