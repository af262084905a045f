package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.core.host.HostConfig;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.FaultyLink;
import dev.heddle.core.link.Link;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * While others send SYNs and nothing more, clients of the kernel are served (RFC 4987). The path is so long that many times
 * more SYNs come in a round trip than there are places for handshakes: a handshake that is remembered is forgotten before
 * its client can complete it.
 */
@RealLinux
final class SynFloodIT {

    private static final long BYTES = 1024 * 1024;
    private static final int MOST_HANDSHAKES = 50;
    private static final int HTTP_PORT = 80;
    private static final int CURL_CANNOT_CONNECT = 7;
    private static final int CURL_TIMED_OUT = 28;
    private static final int CURL_WAS_RESET = 56;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** One way. */
    private static final long DELAY_NS = TimeUnit.MILLISECONDS.toNanos(80);

    @TempDir
    private Path site;

    /** A SYN-ACK that is sent twice: what the flood leaves is gone after seconds. */
    private TwoHosts connect(Offloads offloads, TcpConfig.CookieUse cookies) {
        TcpConfig tcp = TcpConfig.builder()
                .maxSynBacklog(MOST_HANDSHAKES)
                .synAckRetries(1)
                .synCookies(cookies)
                .build();
        return TwoHosts.plan(offloads)
                .config(HostConfig.builder().tcp(tcp).build())
                .link(SynFloodIT::longPath)
                .connect()
                .serve(site);
    }

    private static Link longPath(Link tun) {
        Faults delay = Faults.builder().delayNs(DELAY_NS).build();
        return new FaultyLink(tun, Clock.system(), new SplittableRandom(7), delay);
    }

    private static long handshakes(TwoHosts hosts) {
        return hosts.connections().getOrDefault(TcpState.SYN_RECEIVED, 0L);
    }

    private static void awaitNoPlaceLeft(TwoHosts hosts) {
        await().atMost(TIMEOUT).until(() -> handshakes(hosts) >= MOST_HANDSHAKES);
    }

    @ParameterizedTest
    @EnumSource
    void clients_are_served_during_a_flood(Offloads offloads) throws IOException {
        try (TwoHosts hosts = connect(offloads, TcpConfig.CookieUse.UNDER_PRESSURE);
                KernelPeer peer = KernelPeer.start(hosts.namespace());
                SynFlood flood = SynFlood.start(hosts, HTTP_PORT)) {
            awaitNoPlaceLeft(hosts);
            long before = flood.sent();
            for (Family family : Family.values()) {
                Transfer.TO_A_CLIENT.run(hosts, peer, family, BYTES);
                Transfer.FROM_A_CLIENT.run(hosts, peer, family, BYTES);
            }
            assertThat(flood.sent()).as("SYNs during the transfers").isGreaterThan(before + MOST_HANDSHAKES);
            assertThat(handshakes(hosts)).as("handshakes kept").isLessThanOrEqualTo(MOST_HANDSHAKES);
            assertThat(hosts.count("TcpExtSyncookiesRecv")).isPositive();
        }
    }

    /** That the flood is one: only cookies let clients in. */
    @ParameterizedTest
    @EnumSource
    void without_cookies_the_flood_keeps_clients_out(Offloads offloads) {
        try (TwoHosts hosts = connect(offloads, TcpConfig.CookieUse.NEVER);
                SynFlood flood = SynFlood.start(hosts, HTTP_PORT)) {
            awaitNoPlaceLeft(hosts);
            long before = flood.sent();
            for (Family family : Family.values()) {
                Command.Result result = hosts.curl(
                                "--fail", "--max-time", "5", hosts.url(family, TestSite.generated(1)))
                        .run();
                assertThat(result.exitCode())
                        .as(result.errors())
                        .isIn(CURL_CANNOT_CONNECT, CURL_TIMED_OUT, CURL_WAS_RESET);
            }
            assertThat(flood.sent()).as("SYNs during the attempts").isGreaterThan(before + MOST_HANDSHAKES);
        }
    }
}
