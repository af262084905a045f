package dev.heddle.agent;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.spi.InetAddressResolverProvider;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts a program on a network stack of its own before it begins. {@code -javaagent:heddle-launcher.jar=OPTIONS}; what the
 * options are {@code bin/heddle run --help} says. What does not work ends the JVM with one line and status 2: the program
 * never runs on another network than it was told to.
 */
public final class Agent {

    private static final String LAUNCHER = "dev.heddle.launch.ProcessStack";
    private static final int REFUSED = 2;

    private static volatile @Nullable InetAddressResolverProvider resolvers;

    private Agent() {}

    /** Called by the JVM before the program's main method. */
    public static void premain(@Nullable String options, Instrumentation jvm) {
        Thread thread = Thread.currentThread();
        ClassLoader ofProgram = thread.getContextClassLoader();
        ProgramProperties ofItsLibraries = ProgramProperties.putAway();
        try {
            ClassLoader heddle = new URLClassLoader("heddle", libraries(), ClassLoader.getPlatformClassLoader());
            // For a place behind the program's shutdown hooks.
            jvm.redefineModule(
                    Object.class.getModule(),
                    Set.of(),
                    Map.of("jdk.internal.access", Set.of(heddle.getUnnamedModule())),
                    Map.of(),
                    Set.of(),
                    Map.of());
            // Libraries look there for their configuration.
            thread.setContextClassLoader(heddle);
            Class<?> launcher = heddle.loadClass(LAUNCHER);
            resolvers = (InetAddressResolverProvider)
                    launcher.getMethod("resolvers").invoke(null);
            launcher.getMethod("start", String.class).invoke(null, options == null ? "" : options);
        } catch (InvocationTargetException e) {
            refuse(e.getCause());
        } catch (ReflectiveOperationException | IOException | URISyntaxException e) {
            refuse(e);
        } finally {
            thread.setContextClassLoader(ofProgram);
            ofItsLibraries.putBack();
        }
    }

    /** The provider of Heddle's own class loader; null if this JVM was not started by the agent. */
    static @Nullable InetAddressResolverProvider resolvers() {
        return resolvers;
    }

    private static URL[] libraries() throws IOException, URISyntaxException {
        Path jar = Path.of(
                Agent.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<URL> libraries = new ArrayList<>();
        Path directory = jar.resolveSibling("lib");
        if (!Files.isDirectory(directory)) {
            throw new IOException("no libraries in " + directory);
        }
        libraries.add(directory.toUri().toURL());
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(directory, "*.jar")) {
            for (Path library : jars) {
                libraries.add(library.toUri().toURL());
            }
        }
        return libraries.toArray(URL[]::new);
    }

    // The JVM's own report of an exception in an agent is a page long and hides what is wrong.
    @SuppressWarnings("SystemExitOutsideMain")
    private static void refuse(@Nullable Throwable why) {
        String message = why == null ? null : why.getMessage();
        String text = message == null ? String.valueOf(why) : message;
        System.err.println("heddle: " + text.lines().findFirst().orElse(""));
        System.exit(REFUSED);
    }
}
