package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.it.peer.GeneratedContent;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The peer is away for a while and says nothing: what was under way goes on when it is back. */
@RealLinux
final class LinkOutageIT {

    private static final int HALF_BYTES = 8 * 1024 * 1024;
    private static final int TIMEOUTS = 2;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    record Case(Vanishing vanishing, Family family, Offloads offloads) {}

    static Stream<Case> every() {
        return Stream.of(Vanishing.values())
                .flatMap(vanishing -> Stream.of(Family.values())
                        .flatMap(family ->
                                Stream.of(Offloads.values()).map(offloads -> new Case(vanishing, family, offloads))));
    }

    /** Both ways to vanish with both families and both ways to open a TUN. */
    static Stream<Case> cases() {
        return every().filter(c -> (c.vanishing.ordinal() + c.family.ordinal() + c.offloads.ordinal()) % 2 == 0);
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Execution(ExecutionMode.CONCURRENT)
    void transfers_both_ways_go_on_when_the_peer_is_back(Case c) throws Exception {
        goOn(c);
    }

    @ParameterizedTest
    @MethodSource("every")
    @Tag("slow")
    void transfers_go_on_after_every_kind_of_outage(Case c) throws Exception {
        goOn(c);
    }

    private static void goOn(Case c) throws Exception {
        String expected = GeneratedContent.sha256(2L * HALF_BYTES);
        try (TwoHosts hosts = TwoHosts.connect(c.offloads);
                KernelPeer peer = KernelPeer.start(hosts.namespace());
                Socket download = peer.request(hosts.stack(), c.family.kernel(), "SEND " + 2L * HALF_BYTES);
                Socket upload = peer.request(hosts.stack(), c.family.kernel(), "DIGEST")) {
            MessageDigest downloaded = GeneratedContent.digest();
            downloaded.update(download.getInputStream().readNBytes(HALF_BYTES));
            byte[] content = GeneratedContent.bytes(2 * HALF_BYTES);
            upload.getOutputStream().write(content, 0, HALF_BYTES);

            c.vanishing.vanish(hosts);
            CompletableFuture<Void> rest = Background.run(() -> {
                upload.getOutputStream().write(content, HALF_BYTES, HALF_BYTES);
                upload.shutdownOutput();
            });
            await().atMost(TIMEOUT)
                    .until(() -> hosts.infos().stream().anyMatch(info -> info.retransmits() >= TIMEOUTS));
            assertThat(rest).isNotDone();
            assertThatNothingMoves(hosts);
            c.vanishing.comeBack(hosts);

            downloaded.update(download.getInputStream().readAllBytes());
            assertThat(GeneratedContent.hex(downloaded)).isEqualTo(expected);
            rest.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            KernelPeer.assertDigest(2L * HALF_BYTES, upload);
        }
    }

    /** The peer is away indeed: nothing is acknowledged between two looks that a timeout separates. */
    private static void assertThatNothingMoves(TwoHosts hosts) {
        var before = hosts.infos().stream().map(TcpInfo::acknowledgedBytes).toList();
        long timeouts = hosts.count("TcpExtTCPTimeouts");
        await().atMost(TIMEOUT).until(() -> hosts.count("TcpExtTCPTimeouts") > timeouts);
        assertThat(hosts.infos()).extracting(TcpInfo::acknowledgedBytes).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    @Execution(ExecutionMode.CONCURRENT)
    void a_connection_attempt_succeeds_when_the_peer_is_back(Vanishing vanishing) throws Exception {
        try (TwoHosts hosts = TwoHosts.connect(Offloads.ON);
                KernelPeer peer = KernelPeer.start(hosts.namespace());
                Socket socket = hosts.stack().socketFactory().createSocket()) {
            vanishing.vanish(hosts);
            CompletableFuture<Void> connected =
                    Background.run(() -> socket.connect(new InetSocketAddress(Family.IPV4.kernel(), peer.port())));
            await().atMost(TIMEOUT).until(() -> hosts.count("TcpExtTCPSynRetrans") > 0);
            assertThat(connected).isNotDone();
            vanishing.comeBack(hosts);
            connected.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
