package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.core.host.HostConfig;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** While others send SYNs and nothing more, clients of the kernel are served (RFC 4987). */
@RealLinux
final class SynFloodIT {

    private static final long BYTES = 1024 * 1024;
    private static final int MOST_HANDSHAKES = 200;
    private static final int HTTP_PORT = 80;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** A SYN-ACK that is sent twice: what the flood leaves is gone after seconds. */
    private static final HostConfig CONFIG = HostConfig.builder()
            .tcp(TcpConfig.builder()
                    .maxSynBacklog(MOST_HANDSHAKES)
                    .synAckRetries(1)
                    .build())
            .build();

    @TempDir
    private Path site;

    @ParameterizedTest
    @EnumSource
    void clients_are_served_during_a_flood(Offloads offloads) throws IOException {
        try (TwoHosts hosts = TwoHosts.plan(offloads).config(CONFIG).connect().serve(site);
                KernelPeer peer = KernelPeer.start(hosts.namespace());
                SynFlood flood = SynFlood.start(hosts, HTTP_PORT)) {
            await().atMost(TIMEOUT).until(() -> hosts.count("TcpExtSyncookiesSent") > MOST_HANDSHAKES);
            long before = flood.sent();
            for (Family family : Family.values()) {
                Transfer.TO_A_CLIENT.run(hosts, peer, family, BYTES);
                Transfer.FROM_A_CLIENT.run(hosts, peer, family, BYTES);
            }
            assertThat(flood.sent()).as("SYNs during the transfers").isGreaterThan(before + MOST_HANDSHAKES);
            assertThat(hosts.count("TcpExtSyncookiesRecv")).isPositive();
            assertThat(hosts.connections().getOrDefault(TcpState.SYN_RECEIVED, 0L))
                    .as("handshakes kept")
                    .isLessThanOrEqualTo(MOST_HANDSHAKES);
        }
    }
}
