package dev.heddle.core.host;

import static dev.heddle.core.host.RealTime.accept;
import static dev.heddle.core.host.RealTime.await;
import static dev.heddle.core.host.RealTime.pump;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two hosts with two cables between them, of which the wide one and then the other is cut. Real time. */
@Timeout(60)
class LinkFailoverTest {

    private static final IpPrefix EVERYTHING = IpPrefix.parse("0.0.0.0/0");

    private final Clock clock = Clock.system();
    private final MemoryLink.Pair wide = cable("wide", 9000);
    private final MemoryLink.Pair narrow = cable("narrow", 1500);
    private final Host a = host(1);
    private final Host b = host(2);
    private final List<LinkPump> pumps = List.of(
            pump(a, wide.a(), "192.0.2.1/24", clock),
            pump(b, wide.b(), "192.0.2.2/24", clock),
            pump(a, narrow.a(), "198.51.100.1/24", clock),
            pump(b, narrow.b(), "198.51.100.2/24", clock));

    private MemoryLink.Pair cable(String name, int mtu) {
        return MemoryLink.pair(name + "-a", name + "-b", LinkCapabilities.plain(mtu), clock, 4 << 20);
    }

    private Host host(long seed) {
        return Host.create(
                HostConfig.builder().memoryLimitBytes(64 << 20).build(),
                clock,
                RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
    }

    @BeforeEach
    void each_is_the_others_gateway_on_the_narrow_cable() {
        a.addRoute(EVERYTHING, IpAddress.parse("198.51.100.2"), a.interfaces().get(1));
        b.addRoute(EVERYTHING, IpAddress.parse("198.51.100.1"), b.interfaces().get(1));
    }

    @AfterEach
    void nothing_is_left() {
        a.close();
        b.close();
        pumps.forEach(LinkPump::close);
        wide.close();
        narrow.close();
        assertThat(a.bufferPool().usedBytes()).isZero();
        assertThat(b.bufferPool().usedBytes()).isZero();
    }

    private static void write(TcpEndpoint to, byte[] source, int from, int length) {
        for (int at = from; at < from + length; ) {
            int n = to.write(source, at, from + length - at);
            assertThat(n).as("%s", to.failure()).isNotNegative();
            at += n;
            if (n == 0) {
                await(to.readiness(), Readiness.WRITABLE);
            }
        }
    }

    private static void read(TcpEndpoint from, byte[] target, int at, int length) {
        for (int done = 0; done < length; ) {
            int n = from.read(target, at + done, length - done);
            assertThat(n).as("%s", from.failure()).isNotNegative();
            done += n;
            if (n == 0) {
                await(from.readiness(), Readiness.READABLE | Readiness.END_OF_STREAM);
            }
        }
    }

    @Test
    @Requirement("RFC1122:3.3.1.2")
    void connections_go_on_by_another_route_as_long_as_there_is_one() throws InterruptedException {
        TcpEndpoint bound = b.tcpEndpoint();
        assertThat(bound.bind(IpAddress.ANY_V6, 80, true)).isEqualTo(Failure.NONE);
        TcpListener listener = bound.listen(1);
        TcpEndpoint client = a.tcpEndpoint();
        assertThat(client.connect(IpAddress.parse("192.0.2.2"), 80)).isEqualTo(Failure.NONE);
        TcpEndpoint server = accept(listener);
        TcpEndpoint near = a.tcpEndpoint();
        assertThat(near.connect(IpAddress.parse("198.51.100.2"), 80)).isEqualTo(Failure.NONE);

        byte[] data = new byte[6_000_000];
        new Random(1).nextBytes(data);
        byte[] there = new byte[data.length];
        byte[] back = new byte[data.length];
        Thread echo = Thread.ofVirtual().start(() -> {
            for (int at = 0; at < data.length; at += 10_000) {
                read(server, there, at, 10_000);
                write(server, there, at, 10_000);
            }
        });
        Thread writer = Thread.ofVirtual().start(() -> write(client, data, 0, data.length));
        read(client, back, 0, data.length / 2);
        wide.close();
        read(client, back, data.length / 2, data.length / 2);
        writer.join();
        echo.join();
        assertThat(Arrays.mismatch(data, back)).isEqualTo(-1);
        assertThat(client.localAddress()).isEqualTo(IpAddress.parse("192.0.2.1"));
        assertThat(client.info().sendMssBytes()).isLessThan(1500);

        narrow.close();
        await(client.readiness(), Readiness.FAILED);
        await(server.readiness(), Readiness.FAILED);
        await(near.readiness(), Readiness.FAILED);
        assertThat(List.of(client.failure(), server.failure(), near.failure())).containsOnly(Failure.NETWORK_DOWN);
        assertThat(a.tcpEndpoint().connect(IpAddress.parse("192.0.2.2"), 80)).isEqualTo(Failure.NETWORK_DOWN);
    }
}
