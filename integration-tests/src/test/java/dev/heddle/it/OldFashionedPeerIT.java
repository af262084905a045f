package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.Faults;
import dev.heddle.core.link.FaultyLink;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
        TIMESTAMPS(true, false, false),
        SACK(false, true, false),
        WINDOW_SCALING(false, false, true),
        ALL(true, true, true);

        private final boolean timestamps;
        private final boolean sack;
        private final boolean windowScaling;

        Missing(boolean timestamps, boolean sack, boolean windowScaling) {
            this.timestamps = timestamps;
            this.sack = sack;
            this.windowScaling = windowScaling;
        }

        /** The kernel's switches to turn off. */
        List<String> parameters() {
            List<String> parameters = new ArrayList<>();
            if (timestamps) {
                parameters.add("tcp_timestamps");
            }
            if (sack) {
                parameters.add("tcp_sack");
            }
            if (windowScaling) {
                parameters.add("tcp_window_scaling");
            }
            return parameters;
        }

        /** Whether a connection does without these and with the others. */
        boolean isNegotiated(TcpInfo info) {
            return info.timestamps() != timestamps && info.sack() != sack && info.windowScaling() != windowScaling;
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
        missing.parameters().forEach(parameter -> hosts.namespace().sysctl("net.ipv4." + parameter, "0"));
        try (KernelPeer peer = KernelPeer.start(hosts.namespace())) {
            for (Transfer transfer : Transfer.values()) {
                Family family = Family.values()[(transfer.ordinal() + missing.ordinal()) % 2];
                transfer.run(hosts, peer, family, bytes);
            }
        }
        hosts.awaitNoConnections();
        assertThat(closed.infos()).hasSize(Transfer.values().length).allMatch(missing::isNegotiated);
    }
}
