package dev.heddle.it;

import dev.heddle.it.peer.HttpPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JDK's web server in a JVM of its own, also with TLS. */
final class HttpServerProcess implements RealServer {

    static final int PORT = 80;
    static final int TLS_PORT = 443;

    private static final Duration START = Duration.ofSeconds(20);
    private static final String PASSWORD = "password";

    private final Namespace namespace;
    private final Path keys;
    private @Nullable RunningProcess process;

    HttpServerProcess(Namespace namespace, Path directory) {
        this.namespace = namespace;
        this.keys = directory.resolve("keys.p12");
        Command.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        PASSWORD,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=peer",
                        "-ext",
                        "san=ip:192.0.2.1")
                .runOrFail();
        start();
    }

    /** What makes a JVM trust its certificate. */
    List<String> trust() {
        return List.of("-Djavax.net.ssl.trustStore=" + keys, "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    }

    @Override
    public void start() {
        RunningProcess started = namespace
                .java(HttpPeer.class, String.valueOf(PORT), String.valueOf(TLS_PORT), keys.toString(), PASSWORD)
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
