package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** PostgreSQL as Debian packs it, with a database cluster of its own that is removed at the end. */
final class PostgresServer implements RealServer {

    static final String URL = "jdbc:postgresql://192.0.2.1/postgres";
    static final String PASSWORD = "password";

    private static final int PORT = 5432;
    private static final Duration START = Duration.ofSeconds(30);

    /** It refuses to run as root. No other process stands between: who kills it sees its end. */
    private static final String[] AS_USER = {"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"};

    private final Namespace namespace;
    private final String programs;
    private final String directory;
    private final RestartableProcess process = new RestartableProcess();

    PostgresServer(Namespace namespace, ServerKeys keys) {
        this.namespace = namespace;
        this.programs = programs();
        this.directory = Command.of("mktemp", "-d", "/tmp/heddle-postgres-XXXXXX")
                .after(AS_USER)
                .runOrFail()
                .strip();
        try {
            initialize(keys);
            start();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void initialize(ServerKeys keys) {
        write("password", PASSWORD + "\n");
        Command.of(
                        programs + "/initdb",
                        "--no-sync",
                        "--locale=C",
                        "--encoding=UTF8",
                        "--auth=scram-sha-256",
                        "--pwfile=" + directory + "/password",
                        data())
                .after(AS_USER)
                .runOrFail();
        write("data/pg_hba.conf", "host all all all scram-sha-256\n");
        write("data/keys.pem", keys.pem());
    }

    private String data() {
        return directory + "/data";
    }

    /** Files are the server's own, which nobody else may read. */
    private void write(String file, String text) {
        Command.of("sh", "-c", "umask 077; cat >\"$1\"", "sh", directory + "/" + file)
                .after(AS_USER)
                .input(out -> out.write(text.getBytes(StandardCharsets.US_ASCII)))
                .runOrFail();
    }

    /** Debian installs each version beside the others, none on the path. */
    private static String programs() {
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(Path.of("/usr/lib/postgresql"))) {
            List<Path> found = new ArrayList<>();
            versions.forEach(found::add);
            found.sort(Comparator.comparingInt(
                    version -> Integer.parseInt(version.getFileName().toString())));
            return found.getLast().resolve("bin").toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void start() {
        List<String> words = new ArrayList<>(List.of(AS_USER));
        words.addAll(List.of(programs + "/postgres", "-D", data(), "-p", String.valueOf(PORT)));
        for (String setting : List.of(
                "listen_addresses=*",
                "unix_socket_directories=",
                "fsync=off",
                "log_min_messages=fatal",
                "ssl=on",
                "ssl_cert_file=keys.pem",
                "ssl_key_file=keys.pem")) {
            words.addAll(List.of("-c", setting));
        }
        process.start(namespace.command(words), running -> awaitConnectable());
    }

    private void awaitConnectable() {
        await().atMost(START)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(namespace
                                .command(programs + "/pg_isready", "-q", "-h", "127.0.0.1", "-p", String.valueOf(PORT))
                                .run()
                                .exitCode())
                        .as("PostgreSQL accepts connections")
                        .isZero());
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public int port() {
        return PORT;
    }

    @Override
    public void close() {
        kill();
        Command.of("rm", "-rf", directory).runOrFail();
    }
}
