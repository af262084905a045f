package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.it.programs.HelidonGreeting;
import dev.heddle.it.programs.WhoAmI;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.tools.ToolProvider;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the JVM does for a program it does for one on Heddle, too: modules, and the Flight Recorder. */
@RealLinux
final class LauncherModuleIT {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(20);

    private Namespace namespace;

    @TempDir
    Path directory;

    @BeforeEach
    void start() {
        namespace = Namespace.create();
    }

    @AfterEach
    void stop() {
        namespace.close();
    }

    @Test
    void a_program_whose_module_requires_nothing_but_java_base() throws Exception {
        Path source = Files.createDirectories(directory.resolve("source/greeting"));
        Path module = Files.writeString(source.resolveSibling("module-info.java"), "module greeting {}");
        Path program = Files.writeString(source.resolve("Main.java"), """
                package greeting;

                import java.net.ServerSocket;
                import java.net.Socket;

                public class Main {
                    public static void main(String[] arguments) throws Exception {
                        try (ServerSocket server = new ServerSocket(80)) {
                            System.out.println("serving in " + Main.class.getModule());
                            try (Socket client = server.accept()) {
                                client.getInputStream().read(new byte[1_000]);
                                client.getOutputStream().write("HTTP/1.0 200 OK\\r\\n\\r\\nhello".getBytes());
                            }
                        }
                    }
                }
                """);
        Path classes = directory.resolve("classes");
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", classes.toString(), module.toString(), program.toString()))
                .isZero();
        try (RunningProcess server = namespace
                .command(
                        "env",
                        // It is built, and nobody else shall build while the tests run.
                        "HEDDLE_BUILD=no",
                        Launcher.SCRIPT.toString(),
                        "run",
                        "--tun=heddle0",
                        "--address",
                        "192.0.2.2/24",
                        "--",
                        "-p",
                        classes.toString(),
                        "-m",
                        "greeting/greeting.Main")
                .start()) {
            assertThat(server.expectLine("serving in", START)).isEqualTo("module greeting");
            assertThat(namespace
                            .command("curl", "-s", "-m", "20", "http://192.0.2.2/")
                            .runOrFail())
                    .isEqualTo("hello");
            assertThat(server.waitFor(END)).isTrue();
            assertThat(server.exitCode()).isZero();
        }
    }

    @Test
    void a_jvm_that_is_limited_to_java_base_has_what_heddle_needs() {
        assertThat(Launcher.in(namespace, "tun=heddle0,address=192.0.2.2/24")
                        .jvm("--limit-modules", "java.base")
                        .program(WhoAmI.class)
                        .runOrFail())
                .contains("192.0.2.2");
    }

    @Test
    void the_connections_of_an_unmodified_program_are_in_its_recording() throws Exception {
        Launcher launcher = Launcher.in(namespace, "tun=heddle0,address=192.0.2.2/24")
                .jvm("-XX:StartFlightRecording:settings=none,+dev.heddle.ConnectionClosed#enabled=true");
        try (RunningProcess server = launcher.program(HelidonGreeting.class).start()) {
            // The recorder says that it has started.
            String line;
            do {
                line = server.expectLine("", START);
            } while (!line.startsWith("serving"));
            assertThat(namespace
                            .command("curl", "-s", "-m", "20", "http://192.0.2.2/greet/Ada")
                            .runOrFail())
                    .isEqualTo("Hello Ada!");
            // The server hears later than curl that the connection is over.
            await().atMost(END)
                    .untilAsserted(() -> assertThat(closedConnections(server))
                            .singleElement()
                            .satisfies(event -> {
                                assertThat(event.getString("remoteAddress")).isEqualTo("192.0.2.1");
                                assertThat(event.getInt("localPort")).isEqualTo(80);
                                assertThat(event.getLong("bytesReceived")).isPositive();
                                assertThat(event.getLong("bytesAcknowledged")).isPositive();
                            }));
            server.interrupt();
            assertThat(server.waitFor(END)).isTrue();
        }
    }

    private List<RecordedEvent> closedConnections(RunningProcess server) throws IOException {
        Path file = directory.resolve("recording.jfr");
        Command.of(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(server.pid()),
                        "JFR.dump",
                        "filename=" + file)
                .runOrFail();
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.heddle.ConnectionClosed"))
                .toList();
    }
}
