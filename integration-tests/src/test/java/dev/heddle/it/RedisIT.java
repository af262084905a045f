package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.programs.Redis;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jedis, unmodified and started on Heddle by its agent, with a real Redis. */
@RealLinux
@RealServers
final class RedisIT {

    private static final String STACK = "tun=heddle0,address=192.0.2.2/24";
    private static final String READ_TIMEOUT_MS = "20000";
    private static final String SHORT_READ_TIMEOUT_MS = "2000";

    private static Namespace namespace;
    private static RedisServer server;

    @BeforeAll
    static void start(@TempDir Path directory) {
        namespace = Namespace.create();
        server = new RedisServer(namespace, directory);
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
        return new String[] {"192.0.2.1", String.valueOf(RedisServer.PORT), readTimeoutMs};
    }

    private static Program onHeddle(String stack, String readTimeoutMs) {
        return Program.onHeddle(Launcher.in(namespace, stack), Redis.class, arguments(readTimeoutMs));
    }

    @Test
    void jedis_carries_ordinary_load() {
        try (Program program = onHeddle(STACK, READ_TIMEOUT_MS)) {
            program.does("load 5000 10000000");
            program.ends();
        }
    }

    @Test
    void jedis_carries_load_over_a_path_that_loses_packets() {
        long before = namespace.count("TcpRetransSegs");
        try (Program program = onHeddle(STACK + ",loss=1%,delay=1ms", READ_TIMEOUT_MS)) {
            program.does("load 1000 4000000");
            program.ends();
            assertThat(namespace.count("TcpRetransSegs"))
                    .as("the kernel's part of the losses")
                    .isGreaterThan(before);
        }
    }

    @Test
    void jedis_fails_as_on_the_kernels_sockets_when_a_connection_ends_abruptly_and_goes_on() {
        try (Program onHeddle = onHeddle(STACK, SHORT_READ_TIMEOUT_MS);
                Program onKernel =
                        Program.onKernel(namespace, List.of(), Redis.class, arguments(SHORT_READ_TIMEOUT_MS))) {
            new AbruptEnds(namespace, server).areTheSame(onHeddle, onKernel, "wait", "ask");
        }
    }
}
