package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The documentation's example that takes over the sockets of its JVM. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WholeJvmExampleTest {

    @AutoClose
    private final MemoryLink.Pair cable =
            MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());

    @Test
    void the_whole_jvm() throws IOException {
        assertThat(WholeJvm.run(cable.a())).isEqualTo(42);
        ExamplesTest.assertShown(WholeJvm.class);
    }
}
