package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A program of {@code dev.heddle.it.programs} that does what a test tells it to. */
final class Program implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration TASK = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(10);

    private static final String[] JVM_OPTIONS = {
        "-Xmx384m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-Dlogback.configurationFile=" + Path.of("..", "config", "logback-test.xml")
    };

    private final RunningProcess process;
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    private Program(Command command) {
        process = command.start();
        Thread.ofPlatform().daemon().start(this::readErrors);
        expect("ready", START);
    }

    /** Starts a program on Heddle. */
    static Program onHeddle(Launcher launcher, Class<?> main, String... arguments) {
        return new Program(launcher.jvm(JVM_OPTIONS).program(main, arguments));
    }

    /** Starts it on the JDK's own sockets. */
    static Program onKernel(Namespace namespace, List<String> jvmOptions, Class<?> main, String... arguments) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of(JVM_OPTIONS));
        words.addAll(jvmOptions);
        words.addAll(List.of("-cp", Launcher.ownClassPath(), main.getName()));
        words.addAll(List.of(arguments));
        return new Program(namespace.command(words));
    }

    private void readErrors() {
        try {
            process.errors().transferTo(errors);
        } catch (IOException e) {
            // Killed while it wrote.
        }
    }

    private String expect(String word, Duration limit) {
        try {
            return process.expectLine(word, limit);
        } catch (AssertionError e) {
            String what = e.getMessage().replace(Launcher.ownClassPath(), "…");
            throw new AssertionError(
                    what + "\n" + errors.toString(StandardCharsets.UTF_8)); // without the long class path
        }
    }

    /** Has it do something to the end, without a failure. */
    String does(String task) {
        process.say(task);
        return expect("done", TASK);
    }

    /** Has it do something that cannot be done, and returns the failure. */
    String fails(String task) {
        process.say(task);
        return expect("failed", TASK);
    }

    /** Has it do something to the end, the second time at the latest: the first may meet a connection that was as good as lost. */
    void goesOnWith(String task) {
        process.say(task);
        if (!expect("", TASK).startsWith("done")) {
            does(task);
        }
    }

    /** Has it do something up to its middle. */
    Program begins(String task) {
        process.say(task);
        expect("midway", TASK);
        return this;
    }

    /** Has it do something that will be interrupted. */
    String isInterruptedIn(String task) {
        process.say("interrupted " + task);
        return outcome();
    }

    /** How what it was doing ended. */
    String outcome() {
        return expect("", TASK);
    }

    /** Ends it as Ctrl-C does, in whatever it does, and returns its exit code. */
    int isEnded() {
        process.interrupt();
        assertThat(process.waitFor(END)).as("ended").isTrue();
        return process.exitCode();
    }

    /** Lets it close what it has and end by itself, with nothing to complain of. */
    void ends() {
        process.endInput();
        expect("closed", END);
        assertThat(process.waitFor(END)).as("ended").isTrue();
        assertThat(process.exitCode()).isZero();
    }

    @Override
    public void close() {
        process.close();
    }
}
