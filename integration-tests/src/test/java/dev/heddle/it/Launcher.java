package dev.heddle.it;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Starts programs that know nothing of Heddle on it, by its agent, as {@code bin/heddle run} does it. They have nothing of
 * Heddle on their class path.
 */
final class Launcher {

    /** The project's command. */
    static final Path SCRIPT = Path.of("..", "bin", "heddle");

    private static final Path BUILT = Path.of("..", "stack-api", "launcher", "target");

    private final Namespace namespace;
    private final String stack;
    private final String classPath;
    private final List<String> jvmOptions;

    private Launcher(Namespace namespace, String stack, String classPath, List<String> jvmOptions) {
        this.namespace = namespace;
        this.stack = stack;
        this.classPath = classPath;
        this.jvmOptions = List.copyOf(jvmOptions);
    }

    /**
     * A launcher whose programs see this module's own classes and its third-party libraries.
     *
     * @param namespace where the kernel's side of the TUN is
     * @param stack the agent's options, such as {@code tun=heddle0,address=192.0.2.2/24}
     */
    static Launcher in(Namespace namespace, String stack) {
        return new Launcher(namespace, stack, ownClassPath(), List.of());
    }

    /** This launcher with more options for the JVM, such as {@code -Xmx256m} or {@code -Dname=value}. */
    Launcher jvm(String... options) {
        List<String> all = new ArrayList<>(jvmOptions);
        all.addAll(List.of(options));
        return new Launcher(namespace, stack, classPath, all);
    }

    /** This launcher with another class path for its programs. */
    Launcher classPath(String path) {
        return new Launcher(namespace, stack, path, jvmOptions);
    }

    /** A program of the class path. */
    Command program(Class<?> main, String... arguments) {
        return program(main.getName(), arguments);
    }

    /** A program of the class path, by the name of its main class. */
    Command program(String main, String... arguments) {
        List<String> words = java();
        words.addAll(List.of("-cp", classPath, main));
        words.addAll(List.of(arguments));
        return namespace.command(words);
    }

    /** A program in a jar that can be started. */
    Command jar(Path jar, String... arguments) {
        List<String> words = java();
        words.addAll(List.of("-jar", jar.toString()));
        words.addAll(List.of(arguments));
        return namespace.command(words);
    }

    /** The project's own command, as it was built. */
    static Command heddle(Namespace namespace, String... arguments) {
        return namespace.command("env", "HEDDLE_BUILD=no", SCRIPT.toString()).with(arguments);
    }

    private List<String> java() {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-javaagent:" + agent() + "=" + stack,
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules",
                "jdk.net,jdk.jfr,java.logging"));
        words.addAll(jvmOptions);
        return words;
    }

    private static Path agent() {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(BUILT, "heddle-launcher-*.jar")) {
            return jars.iterator().next();
        } catch (IOException e) {
            throw new IllegalStateException("the launcher is not built", e);
        }
    }

    /** The class path of this test without anything of Heddle but this module's own classes. */
    static String ownClassPath() {
        Path own = Path.of("").toAbsolutePath();
        Path project = own.getParent();
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry ->
                        Path.of(entry).startsWith(own) || !Path.of(entry).startsWith(project))
                .filter(entry -> !entry.contains("/dev/heddle/"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
