package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.it.peer.KernelServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The interface disappears under load: what was blocked fails, nothing hangs and nothing is left. */
@RealLinux
@ParameterizedClass
@EnumSource
final class TunRemovalIT {

    private static final long ENDLESS_BYTES = 1L << 40;
    private static final int ENDLESS_MS = 3_600_000;
    private static final int DOWNLOADS = 20;
    private static final long CALL_TIMEOUT_SECONDS = 10;
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

    private final Offloads offloads;

    @TempDir
    private Path site;

    private TwoHosts hosts;
    private RunningProcess server;
    private int port;

    /** Calls that block, by what they do. */
    private final Map<String, CompletableFuture<Object>> calls = new LinkedHashMap<>();

    TunRemovalIT(Offloads offloads) {
        this.offloads = offloads;
    }

    @BeforeEach
    void start() {
        hosts = TwoHosts.connect(offloads).serve(site);
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
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private void call(String what, Callable<Object> body) {
        // Both kinds of thread wait differently.
        calls.put(what, inThread(calls.size() % 2 == 0, body));
    }

    private static CompletableFuture<Object> inThread(boolean virtual, Callable<Object> body) {
        CompletableFuture<Object> result = new CompletableFuture<>();
        Runnable task = () -> {
            try {
                result.complete(body.call());
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        };
        Thread thread = virtual
                ? Thread.ofVirtual().unstarted(task)
                : Thread.ofPlatform().daemon().unstarted(task);
        thread.start();
        return result;
    }

    private void startCalls(Family family, String kind) throws IOException {
        String suffix = " " + kind + " " + family;
        Socket idle = request(family, "HOLD");
        call("read" + suffix, () -> idle.getInputStream().read());
        Socket timed = request(family, "HOLD");
        timed.setSoTimeout(ENDLESS_MS);
        call("read with a time-out" + suffix, () -> timed.getInputStream().read());
        Socket full = request(family, "HOLD");
        call("write" + suffix, () -> {
            byte[] block = new byte[1 << 20];
            while (true) {
                full.getOutputStream().write(block);
            }
        });
        Socket stream = request(family, "SEND " + ENDLESS_BYTES);
        call("bulk read" + suffix, () -> stream.getInputStream().transferTo(OutputStream.nullOutputStream()));
        Socket connecting = hosts.stack().socketFactory().createSocket();
        call("connect" + suffix, () -> {
            connecting.connect(new InetSocketAddress(family.nobody(), port));
            return connecting;
        });
    }

    @Test
    void every_blocked_call_ends_with_an_exception_and_nothing_is_left() throws Exception {
        for (Family family : Family.values()) {
            startCalls(family, "first");
            startCalls(family, "second");
        }
        ServerSocket listener = hosts.stack().serverSocketFactory().createServerSocket(8080);
        CompletableFuture<Object> accepting = inThread(true, listener::accept);
        try (RunningProcess downloads = startDownloads()) {
            await().atMost(START_TIMEOUT)
                    .untilAsserted(
                            () -> assertThat(hosts.web().openConnections()).isEqualTo(DOWNLOADS));
            TimeUnit.MILLISECONDS.sleep(500); // of full load
            assertThat(downloads.isAlive()).isTrue();
            assertThat(calls).noneSatisfy((what, call) -> assertThat(call).isDone());

            hosts.removeInterface();

            for (Map.Entry<String, CompletableFuture<Object>> call : calls.entrySet()) {
                assertThat(failureOf(call.getValue())).as(call.getKey()).isInstanceOf(IOException.class);
            }
            await().atMost(START_TIMEOUT)
                    .untilAsserted(
                            () -> assertThat(hosts.web().openConnections()).isZero());
        }
        hosts.awaitNoConnections();
        assertThat(accepting)
                .as("a listener outlives one of its host's interfaces")
                .isNotDone();
        hosts.stack().close();
        assertThat(failureOf(accepting)).isInstanceOf(SocketException.class).hasMessage("Socket closed");
    }

    private RunningProcess startDownloads() {
        String url = "--output /dev/null " + hosts.url(Family.IPV4, TestSite.generated(ENDLESS_BYTES)) + " ";
        String curl = "exec curl --silent --parallel --parallel-immediate --parallel-max " + DOWNLOADS + " ";
        return hosts.namespace()
                .command("bash", "-c", curl + url.repeat(DOWNLOADS))
                .start();
    }

    private static Throwable failureOf(CompletableFuture<?> call) throws Exception {
        try {
            throw new AssertionError("returned " + call.get(CALL_TIMEOUT_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }
}
