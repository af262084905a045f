package dev.heddle.core.hostile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/**
 * Any packets into a live host. With JAZZER_FUZZ=1 in the environment it looks for new inputs, guided by coverage; {@link
 * FuzzedHostTest} repeats those that are kept.
 */
@Tag("fuzz")
class HostFuzzTest {

    @FuzzTest(maxDuration = "10m")
    void a_host_bears_all_packets_and_calls(byte[] input) {
        new FuzzedHost(input).run();
    }
}
