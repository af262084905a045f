package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.Host;
import dev.heddle.otherresolver.CloseWhileInstalling;
import dev.heddle.otherresolver.HangingResolvers;
import dev.heddle.otherresolver.InstallStack;
import dev.heddle.otherresolver.OtherResolvers;
import heddle.dnsjava.Message;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URI;
import java.net.URL;
import java.net.spi.InetAddressResolverProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** The JDK takes the first provider of names that it finds: with Heddle on its path that is Heddle's, and if not, that is said. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResolverProviderTest {

    private static final String SERVICE = InetAddressResolverProvider.class.getName();
    private static final String ENTRY = "META-INF/services/" + SERVICE;

    /** What a user of the sockets has at run time. */
    private static final List<Path> RUN_TIME = Stream.of(NetworkStack.class, Host.class, Message.class, Logger.class)
            .map(ResolverProviderTest::path)
            .toList();

    @Test
    void the_class_path_has_no_other_providers_entry() throws Exception {
        List<String> entries = new ArrayList<>();
        for (URL entry : Collections.list(getClass().getClassLoader().getResources(ENTRY))) {
            try (var text = entry.openStream()) {
                entries.add(new String(text.readAllBytes(), StandardCharsets.UTF_8).strip());
            }
        }
        assertThat(entries).containsExactly(StackResolverProvider.class.getName());
        assertThat(ServiceLoader.load(InetAddressResolverProvider.class).stream()
                        .map(ServiceLoader.Provider::type))
                .containsExactly(StackResolverProvider.class);
    }

    @Test
    void the_module_path_has_no_other_provider() {
        assertThat(ModuleFinder.of(RUN_TIME.toArray(Path[]::new)).findAll())
                .flatExtracting(module -> module.descriptor().provides())
                .filteredOn(provided -> provided.service().equals(SERVICE))
                .flatExtracting(ModuleDescriptor.Provides::providers)
                .containsExactly(StackResolverProvider.class.getName());
    }

    @Test
    void a_program_with_our_modules_has_our_names() throws Exception {
        assertThat(run("-p", path(RUN_TIME), "--add-modules", "dev.heddle.net", "-cp", tests()))
                .contains("nobody.invalid: Temporary failure in name resolution: 192.0.2.1: nobody answers at its port")
                .doesNotContain("stands before");
        assertThat(run("-cp", path(RUN_TIME) + File.pathSeparator + tests()))
                .contains("nobody.invalid: Temporary failure in name resolution: 192.0.2.1: nobody answers at its port")
                .doesNotContain("stands before");
    }

    @Test
    void another_provider_that_stands_before_ours_is_told_of(@TempDir Path directory) throws Exception {
        String others = behind(OtherResolvers.class, directory);
        assertThat(run("-cp", others + path(RUN_TIME) + log()))
                .contains(
                        "another InetAddressResolverProvider stands before Heddle's (" + OtherResolvers.class.getName()
                                + "): names, the local host's included, do not lead to the installed stack")
                .doesNotContain("192.0.2.1: nobody answers");
    }

    @Test
    void a_jvm_that_has_chosen_before_ours_was_to_be_seen_is_told_of() throws Exception {
        String classPath = path(RUN_TIME) + File.pathSeparator + tests() + log();
        assertThat(run(List.of("localhost"), "-cp", classPath))
                .contains(
                        "this JVM looked up names when Heddle's InetAddressResolverProvider was not in sight, as before "
                                + "Heddle's agent began, and keeps the resolver that it had then: names, the local host's included, "
                                + "do not lead to the installed stack")
                .doesNotContain("stands before", "192.0.2.1: nobody answers");
    }

    @Test
    void a_provider_that_never_answers_keeps_no_stack_from_closing(@TempDir Path directory) throws Exception {
        String classPath = behind(HangingResolvers.class, directory) + path(RUN_TIME);
        assertThat(run(CloseWhileInstalling.class, List.of(), "-cp", classPath)).endsWith("has closed\n");
    }

    /** The beginning of a class path on which another provider stands before ours. */
    private static String behind(Class<? extends InetAddressResolverProvider> other, Path directory)
            throws IOException {
        Path entry = directory.resolve(ENTRY);
        Files.createDirectories(entry.getParent());
        Files.writeString(entry, other.getName());
        return directory + File.pathSeparator + tests() + File.pathSeparator;
    }

    private static String log() {
        return File.pathSeparator
                + path(ch.qos.logback.classic.Logger.class)
                + File.pathSeparator
                + path(ch.qos.logback.core.Context.class);
    }

    private static String run(String... options) throws Exception {
        return run(List.of(), options);
    }

    private static String run(List<String> arguments, String... options) throws Exception {
        return run(InstallStack.class, arguments, options);
    }

    private static String run(Class<?> main, List<String> arguments, String... options) throws Exception {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of(options));
        words.add(main.getName());
        words.addAll(arguments);
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static String tests() {
        return path(InstallStack.class).toString();
    }

    private static String path(List<Path> all) {
        return String.join(File.pathSeparator, all.stream().map(Path::toString).toList());
    }

    private static Path path(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }
}
