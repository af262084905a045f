package dev.heddle.it;

import dev.heddle.it.peer.HttpPeer;
import java.time.Duration;

/** The JDK's web server in a JVM of its own, also with TLS. */
final class HttpServerProcess implements RealServer {

    static final int PORT = 80;
    static final int TLS_PORT = 443;

    private static final Duration START = Duration.ofSeconds(20);

    private final Namespace namespace;
    private final ServerKeys keys;
    private final RestartableProcess process = new RestartableProcess();

    HttpServerProcess(Namespace namespace, ServerKeys keys) {
        this.namespace = namespace;
        this.keys = keys;
        start();
    }

    @Override
    public void start() {
        Command server = namespace.java(
                HttpPeer.class,
                String.valueOf(PORT),
                String.valueOf(TLS_PORT),
                keys.store().toString(),
                ServerKeys.PASSWORD);
        process.start(server, running -> running.expectLine("ready", START));
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public int port() {
        return PORT;
    }
}
