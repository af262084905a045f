package dev.heddle.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** OpenSSH's server as Debian packs it, into which root may log in by a key. */
final class SshServer implements RealServer {

    static final int PORT = 22;

    /**
     * The server wants a directory of its own below /run, and an account that is not locked: it gets both where nobody else
     * sees them, in the mounts that belong to the namespace's programs.
     */
    private static final String START = """
            mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && mount --bind "$1/shadow" /etc/shadow && exec /usr/sbin/sshd -D -e -f "$1/config"
            """;

    private final Namespace namespace;
    private final Path directory;
    private final RestartableProcess process = new RestartableProcess();

    SshServer(Namespace namespace, Path directory) {
        this.namespace = namespace;
        this.directory = directory;
        key("host");
        key("user");
        try {
            Files.writeString(directory.resolve("shadow"), "root:*:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\n");
            Files.writeString(directory.resolve("config"), """
                    Port %d
                    AddressFamily any
                    HostKey %s/host
                    AuthorizedKeysFile %s/user.pub
                    StrictModes no
                    PermitRootLogin yes
                    PasswordAuthentication no
                    UsePAM no
                    UseDNS no
                    PidFile none
                    MaxSessions 20
                    LogLevel ERROR
                    Subsystem sftp internal-sftp
                    """.formatted(PORT, directory, directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    private void key(String name) {
        Command.of(
                        "ssh-keygen",
                        "-q",
                        "-t",
                        "ed25519",
                        "-N",
                        "",
                        "-f",
                        directory.resolve(name).toString())
                .runOrFail();
    }

    /** The file of the key by which root may log in. */
    String key() {
        return directory.resolve("user").toString();
    }

    @Override
    public void start() {
        process.start(
                namespace.command("sh", "-c", START, "sh", directory.toString()), running -> awaitListening(namespace));
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
