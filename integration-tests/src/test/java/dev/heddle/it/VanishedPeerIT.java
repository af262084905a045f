package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.host.HostConfig;
import dev.heddle.core.tcp.TcpConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The peer has gone for good and said nothing: whoever waits for it is told, and nothing is kept for it. */
@RealLinux
final class VanishedPeerIT {

    private static final int MEBIBYTE = 1024 * 1024;
    private static final int RETRIES = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Few retransmissions, so that giving up takes seconds: 0.2 + 0.4 + 0.8 + 1.6 of them. */
    private static final HostConfig IMPATIENT = HostConfig.builder()
            .tcp(TcpConfig.builder().dataRetries(RETRIES).orphanRetries(RETRIES).build())
            .build();

    private static final long GIVE_UP_NS = TimeUnit.MILLISECONDS.toNanos(3000);

    private static final String CASES = """
            LINK_DOWN, IPV4, ON
            LINK_DOWN, IPV6, OFF
            SILENCE, IPV4, OFF
            SILENCE, IPV6, ON
            """;

    private static TwoHosts connect(Offloads offloads) {
        return TwoHosts.plan(offloads).config(IMPATIENT).connect();
    }

    @ParameterizedTest
    @CsvSource(textBlock = CASES)
    @Execution(ExecutionMode.CONCURRENT)
    void a_writer_gives_up(Vanishing vanishing, Family family, Offloads offloads) throws Exception {
        try (TwoHosts hosts = connect(offloads);
                KernelPeer peer = KernelPeer.start(hosts.namespace())) {
            try (Socket socket = peer.request(hosts.stack(), family.kernel(), "HOLD")) {
                vanishing.vanish(hosts);
                long startNs = System.nanoTime();
                CompletableFuture<Void> writing = Background.run(() -> writeWithoutEnd(socket));
                // RFC 9293 3.8.3, R2
                assertThatThrownBy(() -> writing.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                        .hasCauseInstanceOf(SocketException.class)
                        .hasMessageContaining("Connection timed out");
                assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(GIVE_UP_NS);
                assertThat(hosts.count("TcpExtTCPAbortOnTimeout")).isEqualTo(1);
                hosts.awaitNoConnections();
            }
            vanishing.comeBack(hosts);
        }
    }

    private static void writeWithoutEnd(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] block = new byte[MEBIBYTE];
        while (true) {
            out.write(block);
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = CASES)
    @Execution(ExecutionMode.CONCURRENT)
    void a_reader_learns_it_by_keep_alive(Vanishing vanishing, Family family, Offloads offloads) throws Exception {
        try (TwoHosts hosts = connect(offloads);
                KernelPeer peer = KernelPeer.start(hosts.namespace())) {
            try (Socket socket = peer.request(hosts.stack(), family.kernel(), "HOLD")) {
                socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 1);
                socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 1);
                socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 2);
                // As long as the peer answers, probes change nothing.
                socket.setSoTimeout(3500);
                assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                assertThat(hosts.count("TcpExtTCPKeepAlive")).isPositive();

                vanishing.vanish(hosts);
                socket.setSoTimeout(0);
                CompletableFuture<Void> reading =
                        Background.run(() -> socket.getInputStream().read());
                assertThatThrownBy(() -> reading.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                        .hasCauseInstanceOf(SocketException.class)
                        .hasMessageContaining("Connection timed out");
            }
            vanishing.comeBack(hosts);
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = CASES)
    @Execution(ExecutionMode.CONCURRENT)
    void what_was_closed_before_is_forgotten(Vanishing vanishing, Family family, Offloads offloads) throws Exception {
        try (TwoHosts hosts = connect(offloads);
                KernelPeer peer = KernelPeer.start(hosts.namespace())) {
            try (Socket socket = peer.request(hosts.stack(), family.kernel(), "HOLD")) {
                vanishing.vanish(hosts);
                // All of it is in the buffer when the socket is closed.
                socket.setSendBufferSize(4 << 20);
                socket.getOutputStream().write(new byte[100_000]);
            }
            assertThat(hosts.connections()).as("still sends").isNotEmpty();
            hosts.awaitNoConnections();
            vanishing.comeBack(hosts);
        }
    }
}
