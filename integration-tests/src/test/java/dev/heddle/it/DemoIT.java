package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.demo.DemoCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as it is started by hand, up to Ctrl-C. */
@RealLinux
final class DemoIT {

    private static final Duration START = Duration.ofSeconds(30);
    private static final int FILE_BYTES = 300_000;

    private Namespace namespace;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        namespace = Namespace.create();
        Files.write(directory.resolve("file"), new byte[FILE_BYTES]);
    }

    @AfterEach
    void stop() {
        namespace.close();
    }

    @Test
    void serves_over_a_tun_with_faults_and_leaves_nothing_after_ctrl_c() throws Exception {
        Path capture = directory.resolve("capture.pcapng");
        String routes = namespace.ip("route") + namespace.ip("-6", "route");
        try (RunningProcess demo = demo("--tun", "--loss", "1%", "--delay", "2ms", "--capture", capture.toString())) {
            String urls = demo.expectLine("Heddle serves", START);
            assertThat(urls).contains("http://192.0.2.2/").contains("http://[2001:db8::2]/");
            assertThat(get("http://192.0.2.2/file")).isEqualTo("200 " + FILE_BYTES);
            assertThat(get("http://[2001:db8::2]/file")).isEqualTo("200 " + FILE_BYTES);
            assertThat(namespace.interfaces()).containsExactly("heddle0");

            demo.interrupt();
            assertThat(demo.waitFor(Duration.ofSeconds(10))).as("ended").isTrue();
        }
        assertThat(namespace.interfaces()).isEmpty();
        assertThat(namespace.ip("route") + namespace.ip("-6", "route")).isEqualTo(routes);
        Command.Result read =
                Command.of("tcpdump", "-nvr", capture.toString(), "tcp").run();
        assertThat(read.exitCode()).as(read.errors()).isZero();
        assertThat(read.output()).contains("192.0.2.2.80").doesNotContain("incorrect");
    }

    @Test
    void serves_on_the_kernels_loopback_without_privileges() throws Exception {
        try (RunningProcess demo = demo("--port", "8081")) {
            assertThat(demo.expectLine("Heddle serves", START)).contains("http://127.0.0.1:8081/");
            assertThat(get("http://127.0.0.1:8081/file")).isEqualTo("200 " + FILE_BYTES);
            assertThat(namespace.interfaces()).isEmpty();
            demo.interrupt();
            assertThat(demo.waitFor(Duration.ofSeconds(10))).as("ended").isTrue();
        }
    }

    @Test
    void wrong_flag_is_answered_in_one_line() {
        Command.Result result = namespace.command(java("--lose", "1%")).run();
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors().lines()).hasSize(1).first().asString().contains("--lose");
    }

    private String get(String url) {
        return namespace
                .command("curl", "-s", "-g", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", url)
                .runOrFail();
    }

    private RunningProcess demo(String... arguments) {
        List<String> words = java(arguments);
        words.add(directory.toString());
        return namespace.command(words).start();
    }

    private static List<String> java(String... arguments) {
        List<String> words = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        words.add(DemoCommand.class.getName());
        words.addAll(List.of(arguments));
        return words;
    }
}
