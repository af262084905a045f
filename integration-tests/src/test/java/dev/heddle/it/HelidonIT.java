package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.programs.HelidonSite;
import dev.heddle.it.programs.HttpClient5;
import dev.heddle.it.programs.OkHttp;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Helidon's web server, unmodified and started on Heddle by its agent. */
@RealLinux
final class HelidonIT {

    private static final String STACK = "tun=heddle0,address=192.0.2.2/24";
    private static final int PORT = 80;
    private static final String HEDDLE = "192.0.2.2";
    private static final String KERNEL = "192.0.2.1";
    private static final String READ_TIMEOUT_MS = "20000";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private Namespace namespace;

    @BeforeEach
    void start() {
        namespace = Namespace.create();
    }

    @AfterEach
    void stop() {
        namespace.close();
    }

    private Program onHeddle(String stack, String readTimeoutMs) {
        return Program.onHeddle(Launcher.in(namespace, stack), HelidonSite.class, String.valueOf(PORT), readTimeoutMs);
    }

    @Test
    void carries_ordinary_load() {
        try (Program server = onHeddle(STACK, READ_TIMEOUT_MS);
                Program client = Program.onKernel(namespace, List.of(), HttpClient5.class, READ_TIMEOUT_MS)) {
            client.does("load http://" + HEDDLE + " 200 16 1000001");
            client.ends();
            server.ends();
        }
    }

    /** The client, too, is on Heddle, on a network of its own: the kernel only forwards what comes through. */
    @Test
    void carries_load_of_another_program_on_heddle_over_two_paths_that_lose_packets() {
        namespace.sysctl("net.ipv4.ip_forward", "1");
        String bad = ",loss=1%,delay=1ms";
        try (Program server = onHeddle(STACK + ",gateway=192.0.2.1" + bad, READ_TIMEOUT_MS);
                Program client = Program.onHeddle(
                        Launcher.in(namespace, "tun=heddle1,address=198.51.100.2/24,gateway=198.51.100.1,seed=2" + bad),
                        OkHttp.class,
                        READ_TIMEOUT_MS)) {
            client.does("load http://" + HEDDLE + " 64 8 1000001");
            client.ends();
            server.ends();
            assertThat(namespace.count("TcpInSegs"))
                    .as("segments for the kernel")
                    .isZero();
        }
    }

    @Test
    void fails_as_on_the_kernels_sockets_when_clients_end_abruptly_and_goes_on() throws IOException {
        try (Program onHeddle = onHeddle(STACK, READ_TIMEOUT_MS);
                Program onKernel = Program.onKernel(
                        namespace, List.of(), HelidonSite.class, String.valueOf(PORT), READ_TIMEOUT_MS)) {
            assertThat(afterKill(onHeddle, HEDDLE)).as("killed client").isEqualTo(afterKill(onKernel, KERNEL));
            assertThat(afterReset(onHeddle, HEDDLE)).as("reset").isEqualTo(afterReset(onKernel, KERNEL));
            assertThat(afterResetOfUpload(onHeddle, HEDDLE))
                    .as("reset of an upload")
                    .isEqualTo(afterResetOfUpload(onKernel, KERNEL));
            assertThat(namespace
                            .command("ss", "-Htn", "state", "established", "dport", "=", ":" + PORT)
                            .runOrFail())
                    .as("connections left")
                    .isBlank();
            onHeddle.ends();
        }
    }

    private String afterKill(Program server, String address) throws IOException {
        endless(address).close();
        return failure(server, address);
    }

    private String afterReset(Program server, String address) throws IOException {
        RunningProcess curl = endless(address);
        try {
            reset();
            return failure(server, address);
        } finally {
            curl.close();
        }
    }

    /** A client in the middle of a download that it does not go on to read. */
    private RunningProcess endless(String address) throws IOException {
        RunningProcess curl = namespace
                .command("curl", "-s", "-N", "http://" + address + "/endless")
                .start();
        assertThat(curl.output().readNBytes(1_000_000)).hasSize(1_000_000);
        return curl;
    }

    /** While the server waits for the rest of an upload. */
    private String afterResetOfUpload(Program server, String address) throws IOException {
        try (RunningProcess nc =
                namespace.command("nc.openbsd", address, String.valueOf(PORT)).start()) {
            OutputStream out = nc.input();
            out.write("POST /digest HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            nc.expectLine("HTTP/1.1 100", TIMEOUT);
            reset();
            return failure(server, address);
        }
    }

    /** Ends the client's side. */
    private void reset() {
        namespace
                .command("ss", "-KHtn", "state", "established", "dport", "=", ":" + PORT)
                .runOrFail();
    }

    /** How the server's request failed; the next one does not. */
    private String failure(Program server, String address) {
        String failure = server.does("failure");
        assertThat(failure).contains("Exception");
        namespace
                .command("curl", "-s", "-f", "-o", "/dev/null", "http://" + address + "/content/1000")
                .runOrFail();
        return failure;
    }
}
