package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.it.peer.GeneratedContent;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One end does not read: its window closes and is probed, memory stays bounded, and nobody else waits. */
@RealLinux
final class PeerThatDoesNotReadIT {

    private static final long MEBIBYTE = 1024 * 1024;
    private static final long BYTES = 48 * MEBIBYTE;
    private static final long OTHER_BYTES = 4 * MEBIBYTE;

    /** The largest buffer of one direction, and what its pieces and the other connection take. */
    private static final long MOST_MEMORY_BYTES = 6 * MEBIBYTE;

    private static final int PROBES = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    record Case(Family family, Offloads offloads) {}

    /** Each family with one way to open a TUN. */
    static Stream<Case> cases() {
        return Stream.of(new Case(Family.IPV4, Offloads.OFF), new Case(Family.IPV6, Offloads.ON));
    }

    private static long usedBytes(TwoHosts hosts) {
        return hosts.stack().host().bufferPool().usedBytes();
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Execution(ExecutionMode.CONCURRENT)
    void a_writer_waits_until_its_peer_reads(Case c) throws Exception {
        try (TwoHosts hosts = TwoHosts.connect(c.offloads);
                KernelPeer peer = KernelPeer.start(hosts.namespace());
                Socket socket = peer.request(hosts.stack(), c.family.kernel(), "WAIT")) {
            CompletableFuture<Void> written = Background.run(() -> {
                GeneratedContent.write(BYTES, socket.getOutputStream());
                socket.shutdownOutput();
            });
            // RFC 9293 3.8.6.1: a closed window is probed for as long as the probes are answered.
            await().atMost(TIMEOUT).until(() -> hosts.count("TcpExtTCPWinProbe") >= PROBES);
            assertThat(written).isNotDone();
            assertThat(usedBytes(hosts)).isLessThan(MOST_MEMORY_BYTES);
            peer.sends(OTHER_BYTES, hosts.stack(), c.family.kernel());
            peer.receives(OTHER_BYTES, hosts.stack(), c.family.kernel());
            assertThat(written).isNotDone();

            peer.goOn();
            written.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            KernelPeer.assertDigest(BYTES, socket);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Execution(ExecutionMode.CONCURRENT)
    void a_reader_that_does_not_read_costs_its_buffer_and_no_more(Case c) throws Exception {
        try (TwoHosts hosts = TwoHosts.connect(c.offloads);
                KernelPeer peer = KernelPeer.start(hosts.namespace());
                Socket socket = peer.request(hosts.stack(), c.family.kernel(), "SEND " + BYTES)) {
            await().atMost(TIMEOUT).until(() -> hosts.namespace().count("TcpExtTCPWinProbe") >= PROBES);
            assertThat(usedBytes(hosts)).isLessThan(MOST_MEMORY_BYTES);
            peer.sends(OTHER_BYTES, hosts.stack(), c.family.kernel());
            peer.receives(OTHER_BYTES, hosts.stack(), c.family.kernel());

            assertThat(GeneratedContent.sha256(socket.getInputStream(), Long.MAX_VALUE))
                    .isEqualTo(GeneratedContent.sha256(BYTES));
        }
    }
}
