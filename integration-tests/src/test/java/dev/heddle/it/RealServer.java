package dev.heddle.it;

/** A server that knows nothing of Heddle, on the kernel's TCP of a namespace. */
interface RealServer extends AutoCloseable {

    /** Starts it, and waits until it serves; again after it was killed. */
    void start();

    /** Kills all its processes with SIGKILL. */
    void kill();

    int port();

    /** Waits until somebody listens on its port. */
    default void awaitListening(Namespace namespace) {
        namespace.awaitListener("-t", port());
    }

    @Override
    default void close() {
        kill();
    }
}
