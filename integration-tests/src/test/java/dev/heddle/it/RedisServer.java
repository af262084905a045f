package dev.heddle.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Redis as Debian packs it, which keeps nothing. */
final class RedisServer implements RealServer {

    static final int PORT = 6379;

    private final Namespace namespace;
    private final Path directory;
    private @Nullable RunningProcess process;

    RedisServer(Namespace namespace, Path directory) {
        this.namespace = namespace;
        this.directory = directory;
        try {
            start();
        } catch (RuntimeException | Error e) {
            kill();
            throw e;
        }
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
        process = namespace.command(words).start();
        awaitListening(namespace);
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
