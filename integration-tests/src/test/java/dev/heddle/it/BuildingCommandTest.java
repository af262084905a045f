package dev.heddle.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code bin/heddle} builds what it starts: in a checkout whose Maven and whose JDK only say what they are asked. */
final class BuildingCommandTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String[] RUN = {"run", "--tun=heddle0", "--address=192.0.2.2/24", "--", "-jar", "server.jar"};

    @TempDir
    Path directory;

    private Path checkout;

    @BeforeEach
    void start() throws IOException {
        checkout = checkout("checkout");
    }

    private Path checkout(String name) throws IOException {
        Path root = directory.resolve(name);
        Path bin = Files.createDirectories(root.resolve("bin"));
        for (String script : List.of("heddle", "built", "java-home")) {
            Files.copy(Launcher.SCRIPT.resolveSibling(script), bin.resolve(script));
        }
        Files.createFile(root.resolve("pom.xml"));
        for (String module : List.of("stack-core", "stack-tun", "stack-api", "stack-api/launcher")) {
            Files.createDirectories(root.resolve(module).resolve("src/main"));
            Files.createFile(root.resolve(module).resolve("pom.xml"));
        }
        script(bin.resolve("maven"), """
                cd "$(dirname "$0")/.."
                echo "with ${JAVA_TOOL_OPTIONS-nothing}" >>builds
                while [ -e hold ]; do sleep 0.01; done
                touch stack-api/launcher/target/heddle-launcher-2.jar
                """);
        script(root.resolve("jdk/bin/javac"), "[ -n \"${JAVA_TOOL_OPTIONS-}\" ] || echo javac 21.0.1");
        script(root.resolve("jdk/bin/java"), "printf '%s\\n' \"$@\"");
        return root;
    }

    private static void script(Path file, String commands) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + commands);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Command heddle(String... environment) {
        return heddle(checkout, environment);
    }

    private static Command heddle(Path root, String... environment) {
        List<String> words = new ArrayList<>(List.of("env", "JAVA_HOME=" + root.resolve("jdk")));
        words.addAll(List.of(environment));
        words.addAll(List.of("bash", root.resolve("bin/heddle").toString()));
        return Command.of(words).with(RUN);
    }

    private List<String> builds() throws IOException {
        Path log = checkout.resolve("builds");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    private Path jar(String name) {
        return checkout.resolve("stack-api/launcher/target").resolve(name);
    }

    @Test
    void of_two_first_starts_at_once_one_builds_and_the_other_waits() throws Exception {
        Path hold = Files.createFile(checkout.resolve("hold"));
        try (RunningProcess first = heddle().start()) {
            await().atMost(LIMIT).until(() -> !builds().isEmpty());
            try (RunningProcess second = heddle().start()) {
                assertThat(second.errors().read()).as("it says that it waits").isPositive();
                Files.delete(hold);
                assertThat(second.waitFor(LIMIT)).isTrue();
                assertThat(new String(second.output().readAllBytes(), UTF_8)).contains("heddle-launcher-2.jar");
            }
            assertThat(first.waitFor(LIMIT)).isTrue();
        }
        assertThat(builds()).hasSize(1);
    }

    @Test
    void it_builds_again_when_a_source_is_newer_and_only_then() throws Exception {
        heddle().runOrFail();
        heddle().runOrFail();
        assertThat(builds()).hasSize(1);
        Path source = Files.createFile(checkout.resolve("stack-tun/src/main/Source.java"));
        Files.setLastModifiedTime(source, FileTime.fromMillis(System.currentTimeMillis() + 1000));
        heddle().runOrFail();
        assertThat(builds()).hasSize(2);
    }

    @Test
    void what_an_older_version_has_left_is_not_taken() throws IOException {
        Files.createDirectories(jar("lib"));
        Files.createFile(jar("lib/engine-1.jar"));
        Files.createFile(jar("heddle-launcher-1.jar"));
        assertThat(heddle().runOrFail().lines().toList())
                .startsWith("-javaagent:" + jar("heddle-launcher-2.jar") + "=tun=heddle0,address=192.0.2.2/24")
                .endsWith("-jar", "server.jar");
        assertThat(jar("lib/engine-1.jar")).doesNotExist();
    }

    @Test
    void who_builds_otherwise_hears_of_several_versions_and_of_none() throws IOException {
        assertRefused(heddle("HEDDLE_BUILD=no"), 1, "not one heddle-launcher-VERSION.jar");
        Files.createDirectories(jar("lib"));
        Files.createFile(jar("heddle-launcher-1.jar"));
        assertThat(heddle("HEDDLE_BUILD=no").runOrFail()).contains("heddle-launcher-1.jar=");
        Files.createFile(jar("heddle-launcher-2.jar"));
        assertRefused(heddle("HEDDLE_BUILD=no"), 1, "not one heddle-launcher-VERSION.jar");
        assertThat(builds()).isEmpty();
    }

    @Test
    void agents_of_the_environment_are_the_programs_and_neither_build_nor_hide_the_jdk() throws IOException {
        heddle("JAVA_TOOL_OPTIONS=-Dproxy=a -javaagent:a.jar=b -Xmx1g -agentlib:jdwp=suspend=y")
                .runOrFail();
        Files.delete(jar("is-built"));
        heddle("JAVA_TOOL_OPTIONS=-javaagent:a.jar").runOrFail();
        Files.delete(jar("is-built"));
        heddle("JAVA_TOOL_OPTIONS=-javaagent:\"a b.jar\"").runOrFail();
        assertThat(builds()).containsExactly("with -Dproxy=a -Xmx1g", "with nothing", "with nothing");
    }

    @Test
    void a_checkout_may_have_any_name_but_one_that_java_takes_for_something_else() throws IOException {
        for (String name : List.of("two words", "a,b", "it's [x]*", "100%20+ü")) {
            Path root = checkout(name);
            assertThat(heddle(root).runOrFail().lines().findFirst().orElse(""))
                    .isEqualTo("-javaagent:" + root.resolve("stack-api/launcher/target/heddle-launcher-2.jar")
                            + "=tun=heddle0,address=192.0.2.2/24");
        }
        assertRefused(heddle(checkout("a=b")), 2, "a=b");
        assertRefused(heddle(checkout("a:b")), 1, "a:b");
    }

    private static void assertRefused(Command command, int exitCode, String why) {
        Command.Result result = command.run();
        assertThat(result.exitCode()).isEqualTo(exitCode);
        assertThat(result.output()).isEmpty();
        assertThat(result.errors().lines())
                .singleElement()
                .asString()
                .startsWith("heddle: ")
                .contains(why);
    }
}
