package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.otherfactories.InstallBesideFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM that has one of the three factories already cannot be a stack's, and keeps the sockets that it has. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OtherFactoriesTest {

    @ParameterizedTest
    @ValueSource(strings = {"datagram", "server", "client"})
    void somebody_elses_factory_is_told_of_and_all_others_stay_as_they_are(String kind) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        InstallBesideFactory.class.getName(),
                        kind)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines().toList())
                .contains(
                        "this JVM has socket factories already, which cannot be replaced: no stack can be its default")
                .contains(kind + ": somebody else's")
                .filteredOn(line -> line.endsWith(": the kernel's"))
                .hasSize(2);
    }
}
