package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.peer.GeneratedContent;
import dev.heddle.it.peer.KernelServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets of Heddle are clients of a server on the kernel's TCP. */
@RealLinux
@ParameterizedClass
@EnumSource
final class KernelServerIT {

    private static final long LARGE_BYTES = 256L * 1024 * 1024;
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final int READ_TIMEOUT_MS = 30_000;

    private final Offloads offloads;
    private TwoHosts hosts;
    private RunningProcess server;
    private int port;

    KernelServerIT(Offloads offloads) {
        this.offloads = offloads;
    }

    @BeforeEach
    void start() {
        hosts = TwoHosts.connect(offloads);
        server = hosts.namespace().java(KernelServer.class).start();
        port = Integer.parseInt(server.expectLine("port", START_TIMEOUT));
    }

    @AfterEach
    void leaves_nothing_behind() {
        server.close();
        hosts.close();
    }

    private Socket request(Family family, String line) throws IOException {
        Socket socket = hosts.stack().socketFactory().createSocket(family.kernel(), port);
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @ParameterizedTest
    @EnumSource
    void what_the_kernel_sends_arrives_whole(Family family) throws IOException {
        try (Socket socket = request(family, "SEND " + LARGE_BYTES)) {
            assertThat(GeneratedContent.sha256(socket.getInputStream(), Long.MAX_VALUE))
                    .isEqualTo(GeneratedContent.sha256(LARGE_BYTES));
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_kernel_receives_all_that_was_written_before_a_half_close(Family family) throws IOException {
        try (Socket socket = request(family, "DIGEST")) {
            GeneratedContent.write(LARGE_BYTES, socket.getOutputStream());
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer.strip()).isEqualTo(GeneratedContent.sha256(LARGE_BYTES));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_hundred_connections_carry_data_both_ways_at_once(Family family) throws Exception {
        int bytes = 1_000_000;
        byte[] content = GeneratedContent.bytes(bytes);
        String expected = GeneratedContent.sha256(bytes);
        List<Future<String>> digests = new ArrayList<>();
        try (var readers = Executors.newVirtualThreadPerTaskExecutor();
                var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                digests.add(readers.submit(() -> {
                    try (Socket socket = request(family, "ECHO")) {
                        Future<?> written = writers.submit(() -> {
                            socket.getOutputStream().write(content);
                            socket.shutdownOutput();
                            return null;
                        });
                        String digest = GeneratedContent.sha256(socket.getInputStream(), Long.MAX_VALUE);
                        written.get();
                        return digest;
                    }
                }));
            }
            readers.shutdown();
            assertThat(readers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        for (Future<String> digest : digests) {
            assertThat(digest.get()).isEqualTo(expected);
        }
    }
}
