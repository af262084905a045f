package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.onecarrier.ManyBlockedThreads;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All virtual threads of a program share one carrier, and the JVM makes no other in its place. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OneCarrierTest {

    private static final int THREADS = 10_000;

    @Test
    void ten_thousand_blocked_threads_leave_the_carrier_free() throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Djdk.virtualThreadScheduler.parallelism=1",
                        "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ManyBlockedThreads.class.getName(),
                        String.valueOf(THREADS)))
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).as(output).isTrue();
            assertThat(output.lines()).startsWith("blocked " + THREADS, "answered", "ended");
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
