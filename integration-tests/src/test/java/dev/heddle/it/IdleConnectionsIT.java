package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.it.peer.GeneratedContent;
import dev.heddle.it.peer.IdleClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten thousand connections that do nothing cost little and disturb nobody. */
@RealLinux
@ParameterizedClass
@EnumSource
final class IdleConnectionsIT {

    private static final int CONNECTIONS = 10_000;
    private static final int SIZE = 10_000_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Offloads offloads;

    @TempDir
    private Path site;

    private TwoHosts hosts;

    IdleConnectionsIT(Offloads offloads) {
        this.offloads = offloads;
    }

    @BeforeEach
    void connect() throws IOException {
        Files.write(site.resolve("page"), GeneratedContent.bytes(2000));
        hosts = TwoHosts.connect(offloads).serve(site);
    }

    @AfterEach
    void leaves_nothing_behind() {
        hosts.close();
    }

    @Test
    void ten_thousand_idle_connections_are_held_while_others_are_served() {
        long emptyBytes = hosts.stack().host().bufferPool().usedBytes();
        String address = Family.IPV4.heddle().getHostAddress();
        try (RunningProcess clients = hosts.namespace()
                .java(IdleClients.class, address, "80", String.valueOf(CONNECTIONS))
                .start()) {
            assertThat(clients.expectLine("connected", TIMEOUT)).isEqualTo(String.valueOf(CONNECTIONS));
            await().atMost(TIMEOUT)
                    .untilAsserted(
                            () -> assertThat(hosts.web().openConnections()).isEqualTo(CONNECTIONS));
            serve_others();
            assertThat(clients.isAlive()).isTrue();
            assertThat(hosts.web().openConnections()).isEqualTo(CONNECTIONS);

            clients.say("ask /page");
            assertThat(clients.expectLine("answered", TIMEOUT)).isEqualTo(String.valueOf(CONNECTIONS));

            long heldBytes = hosts.stack().host().bufferPool().usedBytes() - emptyBytes;
            System.out.printf(
                    Locale.ROOT,
                    "%,d connections that were used and are idle hold %,d bytes of buffers%n",
                    CONNECTIONS,
                    heldBytes);
            assertThat(heldBytes).as("an idle connection holds no buffers").isLessThan(1024L * 1024);
            clients.endInput();
            assertThat(clients.expectLine("closed", TIMEOUT)).isEqualTo(String.valueOf(CONNECTIONS));
            assertThat(clients.waitFor(TIMEOUT)).isTrue();
        }
    }

    private void serve_others() {
        for (Family family : Family.values()) {
            assertThat(hosts.curl("--fail", hosts.url(family, TestSite.generated(SIZE)))
                            .digest())
                    .isEqualTo(GeneratedContent.sha256(SIZE));
        }
    }
}
