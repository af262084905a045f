package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.peer.GeneratedContent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A router in between drops what is too long for its next link, and says so: path MTU discovery (RFC 1191, RFC 8201). */
@RealLinux
final class RouterIT {

    private static final int BYTES = 4 * 1024 * 1024;

    private final ClosedConnections closed = new ClosedConnections();

    @TempDir
    private Path site;

    private TwoHosts connect(Offloads offloads) {
        return TwoHosts.plan(offloads).config(closed.config()).connect().serve(site);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    IPV4,  576, ON
                    IPV4,  576, OFF
                    IPV4, 1400, ON
                    IPV4, 1400, OFF
                    IPV6, 1280, ON
                    IPV6, 1280, OFF
                    IPV6, 1400, ON
                    IPV6, 1400, OFF
                    """)
    void what_heddle_sends_is_fitted_to_the_path(Family family, int mtu, Offloads offloads) throws IOException {
        try (TwoHosts hosts = connect(offloads);
                Router router = Router.behind(hosts, mtu);
                KernelPeer peer = KernelPeer.start(router.far())) {
            // as a server
            String digest = new Curl(router.far(), List.of(hosts.url(family, TestSite.generated(BYTES)))).digest();
            assertThat(digest).isEqualTo(GeneratedContent.sha256(BYTES));
            long tooBig = router.tooBig(family);
            assertThat(tooBig).as("the router's words on too long packets").isPositive();
            // as a client
            peer.receives(BYTES, hosts.stack(), family.far());

            hosts.awaitNoConnections();
            assertThat(closed.infos()).hasSize(2).allSatisfy(info -> {
                assertThat(info.pathMtu()).isEqualTo(mtu);
                assertThat(info.sendMssBytes()).isEqualTo(mtu - family.ipHeaderBytes() - 32);
            });
            // The router's word is enough: no timer has to find out.
            assertThat(hosts.count("TcpExtTCPTimeouts")).isZero();
            assertThat(router.tooBig(family))
                    .as("the second connection knows what the first one learnt")
                    .isEqualTo(tooBig);
        }
    }

    @ParameterizedTest
    @EnumSource(Offloads.class)
    void a_path_too_narrow_for_tcp_is_left_to_the_router(Offloads offloads) throws IOException {
        int bytes = BYTES / 8;
        try (TwoHosts hosts = connect(offloads);
                Router router = Router.behind(hosts, 296);
                KernelPeer peer = KernelPeer.start(router.far())) {
            String digest = new Curl(router.far(), List.of(hosts.url(Family.IPV4, TestSite.generated(bytes)))).digest();
            assertThat(digest).isEqualTo(GeneratedContent.sha256(bytes));
            long tooBig = router.tooBig(Family.IPV4);
            assertThat(tooBig).as("the router's words on too long packets").isPositive();
            peer.receives(bytes, hosts.stack(), Family.IPV4.far());

            hosts.awaitNoConnections();
            assertThat(closed.infos())
                    .hasSize(2)
                    .allSatisfy(info -> assertThat(info.pathMtu()).isEqualTo(552));
            assertThat(hosts.count("TcpExtTCPTimeouts")).isZero();
            assertThat(router.tooBig(Family.IPV4)).isEqualTo(tooBig);
            assertThat(router.fragments()).isGreaterThan(2L * bytes / 296);
        }
    }

    @ParameterizedTest
    @CsvSource({"IPV4,OFF", "IPV6,ON"})
    void what_comes_through_a_router_is_received(Family family, Offloads offloads) throws IOException {
        try (TwoHosts hosts = connect(offloads);
                Router router = Router.behind(hosts, 1280);
                KernelPeer peer = KernelPeer.start(router.far())) {
            peer.sends(BYTES, hosts.stack(), family.far());
            String digest = new Curl(router.far(), List.of("--upload-file", "-"))
                    .with(hosts.url(family, "/digest"))
                    .input(out -> GeneratedContent.write(BYTES, out))
                    .output();
            assertThat(digest).isEqualTo(GeneratedContent.sha256(BYTES));
        }
    }
}
