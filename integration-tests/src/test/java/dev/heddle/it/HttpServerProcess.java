package dev.heddle.it;

import dev.heddle.it.peer.HttpPeer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The JDK's web server in a JVM of its own, also with TLS. */
final class HttpServerProcess implements RealServer {

    static final int PORT = 80;
    static final int TLS_PORT = 443;

    private static final Duration START = Duration.ofSeconds(20);

    private final Namespace namespace;
    private final ServerKeys keys;
    private @Nullable RunningProcess process;

    HttpServerProcess(Namespace namespace, ServerKeys keys) {
        this.namespace = namespace;
        this.keys = keys;
        try {
            start();
        } catch (RuntimeException | Error e) {
            kill();
            throw e;
        }
    }

    @Override
    public void start() {
        RunningProcess started = namespace
                .java(
                        HttpPeer.class,
                        String.valueOf(PORT),
                        String.valueOf(TLS_PORT),
                        keys.store().toString(),
                        ServerKeys.PASSWORD)
                .start();
        process = started;
        started.expectLine("ready", START);
    }

    @Override
    public void kill() {
        RunningProcess running = process;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public int port() {
        return PORT;
    }

    @Override
    public void close() {
        kill();
    }
}
