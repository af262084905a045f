package dev.heddle.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Redis as Debian packs it, which keeps nothing. */
final class RedisServer implements RealServer {

    static final int PORT = 6379;

    private final Namespace namespace;
    private final Path directory;
    private final RestartableProcess process = new RestartableProcess();

    RedisServer(Namespace namespace, Path directory) {
        this.namespace = namespace;
        this.directory = directory;
        start();
    }

    @Override
    public void start() {
        List<String> words = new ArrayList<>(List.of("redis-server"));
        for (String setting : List.of(
                "--port " + PORT,
                "--bind * -::*",
                "--protected-mode no",
                "--appendonly no",
                "--loglevel warning",
                "--dir " + directory)) {
            words.addAll(List.of(setting.split(" ", -1)));
        }
        words.addAll(List.of("--save", ""));
        process.start(namespace.command(words), running -> awaitListening(namespace));
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
