package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.programs.Farewell;
import dev.heddle.it.programs.HelidonGreeting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that know nothing of Heddle, and have nothing of it on their class path, started on it by its agent. */
@RealLinux
final class LauncherIT {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(10);
    private static final String ADDRESSES = "tun=heddle0,address=192.0.2.2/24,address=2001:db8::2/64";

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
    void a_helidon_server_serves_curl() throws Exception {
        byte[] upload = new byte[3_000_000];
        Path file = Files.write(directory.resolve("upload"), upload);
        try (RunningProcess server = onHeddle(ADDRESSES, HelidonGreeting.class).start()) {
            server.expectLine("serving", START);
            assertThat(curl("http://192.0.2.2/greet/Ada")).isEqualTo("Hello Ada!");
            assertThat(curl("http://[2001:db8::2]/greet/Grace")).isEqualTo("Hello Grace!");
            assertThat(curl("http://192.0.2.2/length", "--data-binary", "@" + file))
                    .isEqualTo(String.valueOf(upload.length));
            assertThat(curl("http://192.0.2.2/greet/{A,B,C}")).contains("Hello A!", "Hello B!", "Hello C!");
            assertThat(namespace.command("ss", "-tln").runOrFail())
                    .as("the kernel listens on nothing")
                    .doesNotContain("LISTEN");
            server.interrupt();
            assertThat(server.waitFor(END)).as("ended").isTrue();
        }
        assertThat(namespace.interfaces()).isEmpty();
    }

    @Test
    void a_program_that_is_ended_still_reaches_its_peers_from_its_shutdown_hooks() throws Exception {
        try (RunningProcess program =
                onHeddle(ADDRESSES, Farewell.class, "192.0.2.1").start()) {
            assertThat(program.expectLine("waiting at", START)).isEqualTo("192.0.2.2");
            try (RunningProcess listener = namespace
                    .command("nc.openbsd", "-n", "-l", "192.0.2.1", "7777")
                    .start()) {
                namespace.awaitListener("-t", 7777);
                program.interrupt();
                listener.expectLine("goodbye", END);
            }
            assertThat(program.waitFor(END)).as("ended").isTrue();
            // Who waits in accept waits to the end, as on the kernel's sockets, and no exception is printed.
            assertThat(program.errors().readAllBytes()).asString().isEmpty();
        }
    }

    @Test
    void the_programs_settings_for_its_jna_and_slf4j_are_its_own() {
        List<String> settings = List.of(
                "jna.nounpack=true",
                "jna.noclasspath=true",
                "jna.encoding=UTF-16",
                "slf4j.provider=org.example.Provider",
                "slf4j.internal.verbosity=DEBUG",
                "org.slf4j.simpleLogger.defaultLogLevel=trace",
                "org.slf4j.simpleLogger.logFile=" + directory.resolve("log"));
        Command.Result result = Launcher.in(namespace, ADDRESSES)
                .jvm(settings.stream().map(setting -> "-D" + setting).toArray(String[]::new))
                .jvm("-XshowSettings:properties", "-version")
                .program("unused")
                .run();
        assertThat(result.exitCode()).as(result.errors()).isZero();
        assertThat(result.errors().lines().map(String::strip))
                .as("the program's properties, and nothing from Heddle")
                .containsAll(settings.stream()
                        .map(setting -> setting.replace("=", " = "))
                        .toList())
                .noneMatch(line -> line.startsWith("jna.loaded") || line.startsWith("jnidispatch."))
                .noneMatch(line -> line.contains("SLF4J(") || line.contains(" NetworkStack "));
        assertThat(directory.resolve("log")).doesNotExist();
    }

    @Test
    void what_cannot_be_is_said_in_one_line_and_the_program_does_not_run() {
        assertRefused("tun=heddle0,address=192.0.2.2", "needs the length of its network");
        assertRefused("address=192.0.2.2/24", "which TUN interface?");
        assertRefused("tun=heddle0", "which address?");
        assertRefused("tun=heddle0,address=192.0.2.2/24,attach=yes", "attach takes no value");
        assertRefused("tun=heddle0,address=192.0.2.2/24,plain=", "plain takes no value");
        assertRefused("tun=heddle0,address=192.0.2.2/24,speed=high", "unknown option \"speed=high\"");
        assertRefused("tun=heddle0,address=192.0.2.2/24,speed=high\nlow", "unknown option \"speed=high");
        assertRefused("tun=heddle0,address=192.0.2.2/24,attach", "heddle0");
        assertRefused("tun=heddle0,address=192.0.2.2/24,gateway=198.51.100.1", "198.51.100.1");
        assertThat(namespace.interfaces()).isEmpty();
    }

    @Test
    void the_command_refuses_what_it_does_not_know_in_one_line() {
        for (List<String> words : List.of(
                List.of("walk"),
                List.of("run", "--speed", "high"),
                List.of("run", "--tun"),
                List.of("run", "--speed=high"),
                List.of("run", "--tun=heddle0", "--attach=yes", "--", "-version"),
                List.of("run", "--tun=heddle0", "--address=192.0.2.2/24"),
                List.of("run", "--tun", "heddle0", "--address", "192.0.2.2/24"))) {
            List<String> command = new ArrayList<>(List.of(Launcher.SCRIPT.toString()));
            command.addAll(words);
            Command.Result result = Command.of(command).run();
            assertThat(result.exitCode()).as(words.toString()).isEqualTo(2);
            assertThat(result.errors().lines()).as(words.toString()).hasSize(1);
        }
    }

    private void assertRefused(String options, String why) {
        Command.Result result = onHeddle(options, Farewell.class, "192.0.2.1").run();
        assertThat(result.exitCode()).as(options).isEqualTo(2);
        assertThat(result.output()).as(options).isEmpty();
        assertThat(result.errors().lines())
                .as(options)
                .hasSize(1)
                .first()
                .asString()
                .startsWith("heddle: ")
                .contains(why);
    }

    private String curl(String url, String... more) {
        return namespace.command("curl", "-s", "-m", "20", url).with(more).runOrFail();
    }

    private Command onHeddle(String options, Class<?> program, String... arguments) {
        return Launcher.in(namespace, options).program(program, arguments);
    }
}
