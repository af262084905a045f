package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.programs.Ssh;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * JSch, unmodified and started on Heddle by its agent, with OpenSSH's server. SSH asks more of a connection than other protocols:
 * one thread reads while others write, for many channels at once, and not one byte may be wrong.
 */
@RealLinux
@RealServers
final class SshIT {

    private static final String STACK = "tun=heddle0,address=192.0.2.2/24";
    private static final String READ_TIMEOUT_MS = "20000";
    private static final String SHORT_READ_TIMEOUT_MS = "2000";

    @TempDir
    private static Path directory;

    private static Namespace namespace;
    private static SshServer server;

    @BeforeAll
    static void start() {
        namespace = Namespace.create();
        server = new SshServer(namespace, directory);
    }

    @AfterAll
    static void stop() {
        try {
            server.close();
        } finally {
            namespace.close();
        }
    }

    private static String[] arguments(String readTimeoutMs) {
        return new String[] {"192.0.2.1", String.valueOf(SshServer.PORT), server.key(), readTimeoutMs};
    }

    private static Program onHeddle(String stack, String readTimeoutMs) {
        return Program.onHeddle(Launcher.in(namespace, stack), Ssh.class, arguments(readTimeoutMs));
    }

    @Test
    void jsch_carries_ordinary_load() {
        try (Program program = onHeddle(STACK, READ_TIMEOUT_MS)) {
            program.does("load 4000000 " + directory);
            program.ends();
        }
    }

    @Test
    void jsch_carries_load_over_a_path_that_loses_packets() {
        long before = namespace.count("TcpRetransSegs");
        try (Program program = onHeddle(STACK + ",loss=1%,delay=1ms", READ_TIMEOUT_MS)) {
            program.does("load 1000000 " + directory);
            program.ends();
            assertThat(namespace.count("TcpRetransSegs"))
                    .as("the kernel's part of the losses")
                    .isGreaterThan(before);
        }
    }

    @Test
    void jsch_fails_as_on_the_kernels_sockets_when_a_connection_ends_abruptly_and_goes_on() {
        try (Program onHeddle = onHeddle(STACK, SHORT_READ_TIMEOUT_MS);
                Program onKernel =
                        Program.onKernel(namespace, List.of(), Ssh.class, arguments(SHORT_READ_TIMEOUT_MS))) {
            new AbruptEnds(namespace, server).areTheSame(onHeddle, onKernel, "stream", "ask");
        }
    }
}
