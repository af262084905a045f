package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.programs.HttpClient5;
import dev.heddle.it.programs.HttpLibrary;
import dev.heddle.it.programs.OkHttp;
import dev.heddle.it.programs.UrlConnection;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients for HTTP, unmodified and started on Heddle by its agent, with a server on the kernel's TCP. */
@RealLinux
@ParameterizedClass
@ValueSource(classes = {OkHttp.class, HttpClient5.class, UrlConnection.class})
final class HttpClientsIT {

    private static final String STACK = "tun=heddle0,address=192.0.2.2/24";
    private static final String SITE = "http://192.0.2.1";
    private static final String SECURE_SITE = "https://192.0.2.1";
    private static final String READ_TIMEOUT_MS = "20000";
    private static final String SHORT_READ_TIMEOUT_MS = "2000";

    @Parameter
    private Class<? extends HttpLibrary> library;

    private static Namespace namespace;
    private static ServerKeys keys;
    private static HttpServerProcess server;

    @BeforeAll
    static void start(@TempDir Path directory) {
        namespace = Namespace.create();
        keys = ServerKeys.generate(directory);
        server = new HttpServerProcess(namespace, keys);
    }

    @AfterAll
    static void stop() {
        try {
            server.close();
        } finally {
            namespace.close();
        }
    }

    private Program onHeddle(String stack, String readTimeoutMs) {
        return Program.onHeddle(
                Launcher.in(namespace, stack).jvm(keys.trust().toArray(String[]::new)), library, readTimeoutMs);
    }

    @Test
    void carry_ordinary_load_with_and_without_tls() {
        try (Program program = onHeddle(STACK, READ_TIMEOUT_MS)) {
            program.does("load " + SITE + " 200 16 1000001");
            program.does("load " + SECURE_SITE + " 40 8 300000");
            program.ends();
        }
    }

    @Test
    void carry_load_over_a_path_that_loses_packets() {
        long before = namespace.count("TcpRetransSegs");
        try (Program program = onHeddle(STACK + ",loss=1%,delay=1ms", READ_TIMEOUT_MS)) {
            program.does("load " + SITE + " 64 8 1000001");
            program.does("load " + SECURE_SITE + " 16 8 100000");
            program.ends();
            assertThat(namespace.count("TcpRetransSegs"))
                    .as("the kernel's part of the losses")
                    .isGreaterThan(before);
        }
    }

    @Test
    void fail_as_on_the_kernels_sockets_when_a_connection_ends_abruptly_and_go_on() {
        try (Program onHeddle = onHeddle(STACK, SHORT_READ_TIMEOUT_MS);
                Program onKernel = Program.onKernel(namespace, keys.trust(), library, SHORT_READ_TIMEOUT_MS)) {
            new AbruptEnds(namespace, server)
                    .areTheSame(onHeddle, onKernel, "stall " + SITE + " 100000", "download " + SITE + " 1000");
        }
    }
}
