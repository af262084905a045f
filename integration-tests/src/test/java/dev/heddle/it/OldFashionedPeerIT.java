package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.FaultyLink;
import dev.heddle.core.link.Faults;
import dev.heddle.core.time.Clock;
import dev.heddle.core.tcp.TcpInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A kernel that does without one of TCP's options, or without all, gets and sends everything; over a bad path, too. */
@RealLinux
final class OldFashionedPeerIT {

    private static final int MEBIBYTE = 1024 * 1024;

    enum Missing {
        TIMESTAMPS(List.of("tcp_timestamps"), info -> !info.timestamps() && info.sack() && info.windowScaling()),
        SACK(List.of("tcp_sack"), info -> info.timestamps() && !info.sack() && info.windowScaling()),
        WINDOW_SCALING(
                List.of("tcp_window_scaling"), info -> info.timestamps() && info.sack() && !info.windowScaling()),
        ALL(
                List.of("tcp_timestamps", "tcp_sack", "tcp_window_scaling"),
                info -> !info.timestamps() && !info.sack() && !info.windowScaling());

        private final List<String> parameters;
        private final Predicate<TcpInfo> negotiated;

        Missing(List<String> parameters, Predicate<TcpInfo> negotiated) {
            this.parameters = parameters;
            this.negotiated = negotiated;
        }
    }

    record Case(Missing missing, Offloads offloads) {}

    static Stream<Case> every() {
        return Stream.of(Missing.values())
                .flatMap(missing -> Stream.of(Offloads.values()).map(offloads -> new Case(missing, offloads)));
    }

    /** Each with one way to open a TUN; families take turns with the transfers. */
    static Stream<Case> cases() {
        return every().filter(c -> c.missing.ordinal() % 2 == c.offloads.ordinal());
    }

    private final ClosedConnections closed = new ClosedConnections();

    @TempDir
    private Path site;

    @ParameterizedTest
    @MethodSource("cases")
    void all_transfers_do_without(Case c) throws IOException {
        carries(c, 8 * MEBIBYTE);
    }

    private void carries(Case c, long bytes) throws IOException {
        try (TwoHosts hosts =
                TwoHosts.plan(c.offloads).config(closed.config()).connect().serve(site)) {
            carry(hosts, c.missing, bytes);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void losses_are_repaired_without(Case c) throws IOException {
        repairs(c, MEBIBYTE);
    }

    @ParameterizedTest
    @MethodSource("every")
    @Tag("slow")
    void much_is_carried_without(Case c) throws IOException {
        carries(c, 64 * MEBIBYTE);
    }

    @ParameterizedTest
    @MethodSource("every")
    @Tag("slow")
    void many_losses_are_repaired_without(Case c) throws IOException {
        repairs(c, 8 * MEBIBYTE);
    }

    private void repairs(Case c, long bytes) throws IOException {
        Faults faults = Faults.builder()
                .loss(0.01)
                .reordering(0.01)
                .delayNs(TimeUnit.MILLISECONDS.toNanos(1))
                .build();
        try (TwoHosts hosts = TwoHosts.plan(c.offloads)
                .config(closed.config())
                .link(tun -> new FaultyLink(tun, Clock.system(), new SplittableRandom(3), faults))
                .connect()
                .serve(site)) {
            carry(hosts, c.missing, bytes);
        }
    }

    private void carry(TwoHosts hosts, Missing missing, long bytes) throws IOException {
        missing.parameters.forEach(parameter -> hosts.namespace().sysctl("net.ipv4." + parameter, "0"));
        try (KernelPeer peer = KernelPeer.start(hosts.namespace())) {
            for (Transfer transfer : Transfer.values()) {
                Family family = Family.values()[(transfer.ordinal() + missing.ordinal()) % 2];
                transfer.run(hosts, peer, family, bytes);
            }
        }
        hosts.awaitNoConnections();
        assertThat(closed.infos()).hasSize(Transfer.values().length).allMatch(missing.negotiated);
    }
}
