package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From the smallest links to the largest. */
@RealLinux
final class MtuIT {

    private static final int BYTES = 4 * 1024 * 1024;
    private static final int ECHO_HEADER_BYTES = 8;
    private static final int TCP_HEADER_WITH_TIMESTAMPS = 32;

    private final ClosedConnections closed = new ClosedConnections();

    @TempDir
    private Path site;

    record Case(int mtu, Family family, Offloads offloads) {}

    static Stream<Case> every() {
        return IntStream.of(576, 1280, 1500, 9000, 65_535)
                .boxed()
                .flatMap(mtu -> Stream.of(Family.values())
                        .flatMap(family ->
                                Stream.of(Offloads.values()).map(offloads -> new Case(mtu, family, offloads))))
                .filter(c -> c.family == Family.IPV4 || c.mtu >= Family.IPV6_MIN_MTU);
    }

    /** Every MTU with both families, both ways to open a TUN; all other tests have an MTU of 1,500. */
    static Stream<Case> cases() {
        return every().filter(c ->
                c.mtu != 1500 && (c.mtu < Family.IPV6_MIN_MTU || c.family.ordinal() == c.offloads.ordinal()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void segments_are_as_long_as_the_link_allows(Case c) throws IOException {
        carry(c, BYTES);
    }

    @ParameterizedTest
    @MethodSource("every")
    @Tag("slow")
    void links_of_every_mtu_carry_much(Case c) throws IOException {
        carry(c, 16 * BYTES);
    }

    private void carry(Case c, int bytes) throws IOException {
        try (TwoHosts hosts = TwoHosts.plan(c.offloads)
                        .mtu(c.mtu)
                        .config(closed.config())
                        .connect()
                        .serve(site);
                KernelPeer peer = KernelPeer.start(hosts.namespace())) {
            for (Transfer transfer : Transfer.values()) {
                transfer.run(hosts, peer, c.family, bytes);
            }
            ping(hosts, c);
            hosts.awaitNoConnections();
            assertThat(closed.infos()).hasSize(Transfer.values().length).allSatisfy(info -> {
                assertThat(info.pathMtu()).isEqualTo(c.mtu);
                assertThat(info.sendMssBytes())
                        .isEqualTo(c.mtu - c.family.ipHeaderBytes() - TCP_HEADER_WITH_TIMESTAMPS);
            });
        }
    }

    private static void ping(TwoHosts hosts, Case c) {
        String whole = String.valueOf(c.mtu - c.family.ipHeaderBytes() - ECHO_HEADER_BYTES);
        ping(hosts, c.family, "-M", "do", "-s", whole);
        // More than one packet holds, both ways, if the link is not very wide.
        ping(hosts, c.family, "-s", "20000");
    }

    private static void ping(TwoHosts hosts, Family family, String... size) {
        String report = hosts.namespace()
                .command("ping", family.option(), "-c", "3", "-i", "0.01", "-W", "5")
                .with(size)
                .with(family.heddle().getHostAddress())
                .runOrFail();
        assertThat(report).contains("3 received");
    }
}
