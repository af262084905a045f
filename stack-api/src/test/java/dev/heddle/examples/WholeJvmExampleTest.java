package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The documentation's example that takes over the sockets of its JVM. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WholeJvmExampleTest {

    @AutoClose
    private final MemoryLink.Pair cable =
            MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());

    /** The JVM remembers an address of the local host for five seconds, and it may be that of another test's stack. */
    @BeforeEach
    void forget_the_local_host() {
        try (MemoryLink.Pair other = MemoryLink.pair("other", "nobody", LinkCapabilities.plain(1500), Clock.system());
                NetworkStack stack = NetworkStack.builder()
                        .link(other.a())
                        .address("192.0.2.2/24")
                        .build()) {
            stack.installAsDefault();
            await().until(() -> InetAddress.getLocalHost().getHostAddress().equals("192.0.2.2"));
        }
    }

    @Test
    void the_whole_jvm() throws IOException {
        assertThat(WholeJvm.run(cable.a())).isEqualTo(42);
        ExamplesTest.assertShown(WholeJvm.class);
    }
}
