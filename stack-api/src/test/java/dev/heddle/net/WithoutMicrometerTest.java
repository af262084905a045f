package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.Host;
import dev.heddle.withoutmicrometer.HelloOverLoopback;
import heddle.dnsjava.Message;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;

/** Programs that have no Micrometer start, on the class path and on the module path. */
@Timeout(60)
class WithoutMicrometerTest {

    private static final String CLASSES = path(HelloOverLoopback.class);
    private static final String MODULES = Stream.of(NetworkStack.class, Host.class, Message.class, Logger.class)
            .map(WithoutMicrometerTest::path)
            .reduce("", (a, b) -> a.isEmpty() ? b : a + File.pathSeparator + b);

    @Test
    void a_stack_works_on_the_class_path() throws Exception {
        assertThat(run("-cp", CLASSES + File.pathSeparator + MODULES))
                .contains("42 unnamed module")
                .contains("without Micrometer");
    }

    @Test
    void a_stack_works_on_the_module_path() throws Exception {
        assertThat(run("-p", MODULES, "--add-modules", "dev.heddle.net", "-cp", CLASSES))
                .contains("42 module dev.heddle.net")
                .contains("without Micrometer");
    }

    private static String run(String... options) throws Exception {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of(options));
        words.add(HelloOverLoopback.class.getName());
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static String path(Class<?> type) {
        return Path.of(java.net.URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
    }
}
