package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.programs.Postgres;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL's JDBC driver, unmodified and started on Heddle by its agent, with a real server. */
@RealLinux
@RealServers
final class PostgresIT {

    private static final String STACK = "tun=heddle0,address=192.0.2.2/24";
    private static final String READ_TIMEOUT_SECONDS = "20";
    private static final String SHORT_READ_TIMEOUT_SECONDS = "2";

    /** The pool asks each connection whether it lives before it lends it, however lately it was used. */
    private static final String ASK_ALWAYS = "-Dcom.zaxxer.hikari.aliveBypassWindowMs=0";

    private static Namespace namespace;
    private static PostgresServer server;

    @BeforeAll
    static void start(@TempDir Path directory) {
        namespace = Namespace.create();
        server = new PostgresServer(namespace, ServerKeys.generate(directory));
    }

    @AfterAll
    static void stop() {
        try {
            server.close();
        } finally {
            namespace.close();
        }
    }

    private static Program onHeddle(String stack, String readTimeoutSeconds) {
        return Program.onHeddle(
                Launcher.in(namespace, stack).jvm(ASK_ALWAYS),
                Postgres.class,
                PostgresServer.URL,
                PostgresServer.PASSWORD,
                readTimeoutSeconds);
    }

    @Test
    void pgjdbc_carries_ordinary_load_with_and_without_tls() {
        try (Program program = onHeddle(STACK, READ_TIMEOUT_SECONDS)) {
            program.does("load disable 100000 3000000");
            assertThat(program.does("load require 10000 300000")).contains("TLS");
            program.ends();
        }
    }

    @Test
    void pgjdbc_carries_load_over_a_path_that_loses_packets() {
        long before = namespace.count("TcpRetransSegs");
        try (Program program = onHeddle(STACK + ",loss=1%,delay=1ms", READ_TIMEOUT_SECONDS)) {
            program.does("load disable 50000 2000000");
            program.ends();
            assertThat(namespace.count("TcpRetransSegs"))
                    .as("the kernel's part of the losses")
                    .isGreaterThan(before);
        }
    }

    @Test
    void pgjdbc_fails_as_on_the_kernels_sockets_when_a_connection_ends_abruptly_and_goes_on() {
        try (Program onHeddle = onHeddle(STACK, SHORT_READ_TIMEOUT_SECONDS);
                Program onKernel = Program.onKernel(
                        namespace,
                        List.of(ASK_ALWAYS),
                        Postgres.class,
                        PostgresServer.URL,
                        PostgresServer.PASSWORD,
                        SHORT_READ_TIMEOUT_SECONDS)) {
            new AbruptEnds(namespace, server).areTheSame(onHeddle, onKernel, "stream disable", "ask disable");
        }
    }
}
