package dev.heddle.core.host;

import static dev.heddle.core.host.RealTime.accept;
import static dev.heddle.core.host.RealTime.await;
import static dev.heddle.core.host.RealTime.pump;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two hosts with pumps on a cable in memory, used as blocking sockets would use them, in real time. */
@Timeout(120)
class LinkPumpTest {

    private static final IpAddress B = IpAddress.parse("192.0.2.2");

    private final Clock clock = Clock.system();
    private final MemoryLink.Pair cable =
            MemoryLink.pair("a", "b", new LinkCapabilities(1500, 65_535, true), clock, 4 << 20);
    private final Host a = host(1);
    private final Host b = host(2);
    private final LinkPump pumpA = pump(a, cable.a(), "192.0.2.1/24", clock);
    private final LinkPump pumpB = pump(b, cable.b(), "192.0.2.2/24", clock);

    private Host host(long seed) {
        return Host.create(
                HostConfig.builder().memoryLimitBytes(128 << 20).build(),
                clock,
                RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
    }

    @AfterEach
    void memory_returns_to_zero() {
        a.close();
        b.close();
        pumpA.close();
        pumpB.close();
        cable.close();
        assertThat(a.bufferPool().usedBytes()).isZero();
        assertThat(b.bufferPool().usedBytes()).isZero();
        assertThat(a.endpoints()).isEmpty();
        assertThat(b.endpoints()).isEmpty();
    }

    private TcpListener listen() {
        TcpEndpoint endpoint = b.tcpEndpoint();
        assertThat(endpoint.bind(IpAddress.ANY_V6, 80, true)).isEqualTo(Failure.NONE);
        return endpoint.listen(200);
    }

    private TcpEndpoint connect() {
        TcpEndpoint endpoint = a.tcpEndpoint();
        assertThat(endpoint.connect(B, 80)).isEqualTo(Failure.NONE);
        await(endpoint.readiness(), Readiness.CONNECTED);
        assertThat(endpoint.failure()).isEqualTo(Failure.NONE);
        return endpoint;
    }

    private static int readAll(TcpEndpoint from, byte[] target) {
        int at = 0;
        while (true) {
            int n = from.read(target, at, target.length - at);
            if (n < 0 || at == target.length) {
                return at;
            }
            if (n == 0) {
                await(from.readiness(), Readiness.READABLE | Readiness.END_OF_STREAM);
            }
            at += n;
        }
    }

    private static void writeAll(TcpEndpoint to, byte[] source) {
        for (int at = 0; at < source.length; ) {
            int n = to.write(source, at, Math.min(100_000, source.length - at));
            if (n < 0) {
                return;
            }
            if (n == 0) {
                await(to.readiness(), Readiness.WRITABLE);
            }
            at += n;
        }
    }

    private static byte[] bytes(int count, long seed) {
        byte[] all = new byte[count];
        new Random(seed).nextBytes(all);
        return all;
    }

    @Test
    void many_megabytes_arrive_intact() throws InterruptedException {
        TcpListener listener = listen();
        byte[] data = bytes(50_000_000, 1);
        byte[] received = new byte[data.length];
        Thread server = Thread.ofVirtual().start(() -> {
            TcpEndpoint endpoint = accept(listener);
            readAll(endpoint, received);
            endpoint.close();
        });
        TcpEndpoint client = connect();
        writeAll(client, data);
        client.close();
        server.join();
        assertThat(Arrays.equals(received, data)).isTrue();
    }

    @Test
    void many_connections_at_a_time_answer_many_requests() throws InterruptedException {
        TcpListener listener = listen();
        int connections = 50;
        int requests = 40;
        Thread.ofVirtual().start(() -> {
            for (int i = 0; i < connections; i++) {
                TcpEndpoint endpoint = accept(listener);
                Thread.ofVirtual().start(() -> echo(endpoint));
            }
        });
        ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        List<Thread> clients = new ArrayList<>();
        for (int c = 0; c < connections; c++) {
            int seed = c;
            clients.add(Thread.ofVirtual().start(() -> {
                TcpEndpoint endpoint = connect();
                for (int r = 0; r < requests; r++) {
                    byte[] request = bytes(1 + (seed * 7919 + r * 104_729) % 20_000, seed * 1000L + r);
                    byte[] answer = new byte[request.length];
                    writeAll(endpoint, request);
                    int n = readAll(endpoint, answer);
                    if (n != request.length || !Arrays.equals(request, answer)) {
                        wrong.add("connection " + seed + " request " + r + ": " + n + " of " + request.length);
                    }
                }
                endpoint.close();
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        assertThat(wrong).isEmpty();
    }

    private static void echo(TcpEndpoint endpoint) {
        byte[] buffer = new byte[8192];
        while (true) {
            int n = endpoint.read(buffer, 0, buffer.length);
            if (n < 0) {
                endpoint.close();
                return;
            }
            if (n == 0) {
                await(endpoint.readiness(), Readiness.READABLE | Readiness.END_OF_STREAM);
            } else {
                writeAll(endpoint, Arrays.copyOf(buffer, n));
            }
        }
    }

    @Test
    void a_link_that_disappears_fails_every_connection_and_wakes_who_waits() throws InterruptedException {
        TcpListener listener = listen();
        TcpEndpoint client = connect();
        TcpEndpoint server = accept(listener);
        Thread reader = Thread.ofVirtual().start(() -> readAll(client, new byte[10]));
        cable.close();
        reader.join();
        await(server.readiness(), Readiness.FAILED);
        assertThat(client.failure()).isEqualTo(Failure.NETWORK_DOWN);
        assertThat(server.failure()).isEqualTo(Failure.NETWORK_DOWN);
        assertThat(a.tcpEndpoint().connect(B, 80)).isEqualTo(Failure.NETWORK_DOWN);
    }

    @Test
    void closing_the_host_wakes_every_blocked_call() throws InterruptedException {
        TcpListener listener = listen();
        TcpEndpoint client = connect();
        TcpEndpoint server = accept(listener);
        Thread reader = Thread.ofVirtual().start(() -> readAll(server, new byte[10]));
        Thread acceptor = Thread.ofVirtual().start(() -> await(listener.readiness(), Readiness.ACCEPTABLE));
        Thread writer = Thread.ofVirtual().start(() -> writeAll(client, new byte[50_000_000]));
        b.close();
        reader.join();
        acceptor.join();
        writer.join();
        assertThat(server.failure()).isEqualTo(Failure.NETWORK_DOWN);
        assertThat(client.failure()).isEqualTo(Failure.RESET);
    }

    @Test
    void closing_connections_from_other_threads_at_any_time_leaves_nothing_behind() throws InterruptedException {
        TcpListener listener = listen();
        Thread.ofVirtual().start(() -> {
            while (!listener.readiness().isAny(Readiness.CLOSED)) {
                await(listener.readiness(), Readiness.ACCEPTABLE);
                TcpEndpoint endpoint = listener.tryAccept();
                if (endpoint != null) {
                    Thread.ofVirtual().start(() -> echo(endpoint));
                }
            }
        });
        Random choice = new Random(3);
        for (int round = 0; round < 200; round++) {
            TcpEndpoint client = connect();
            Thread writer = Thread.ofVirtual().start(() -> writeAll(client, new byte[300_000]));
            Thread reader = Thread.ofVirtual().start(() -> readAll(client, new byte[300_000]));
            for (int spin = choice.nextInt(2000); spin > 0; spin--) {
                Thread.onSpinWait();
            }
            if (choice.nextBoolean()) {
                client.abort();
            } else {
                client.close();
            }
            writer.join();
            reader.join();
        }
        listener.close();
    }
}
