package dev.heddle.core.host;

import static dev.heddle.core.host.RealTime.accept;
import static dev.heddle.core.host.RealTime.await;
import static dev.heddle.core.host.RealTime.pump;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopbackLinkTest {

    private static final IpAddress OWN = IpAddress.parse("192.0.2.1");

    private final Clock clock = Clock.system();
    private final Host host = Host.create(
            HostConfig.builder().memoryLimitBytes(32 << 20).build(),
            clock,
            RandomGeneratorFactory.of("L64X128MixRandom").create(1));
    private final HostInterface network = host.addInterface(
            "n0",
            LinkCapabilities.plain(1500),
            packet -> {
                throw new AssertionError("nothing leaves the host");
            },
            List.of(new IpPrefix(OWN, 24)));

    private TcpListener listen() {
        TcpEndpoint endpoint = host.tcpEndpoint();
        assertThat(endpoint.bind(IpAddress.ANY_V6, 80, true)).isEqualTo(Failure.NONE);
        return endpoint.listen(5);
    }

    @Test
    void a_host_reaches_itself_at_every_address_of_its_own() {
        try (LoopbackLink link = new LoopbackLink(clock)) {
            LinkPump pump = pump(host, link, LoopbackLink.ADDRESSES, clock);
            TcpListener listener = listen();
            for (IpAddress address : List.of(
                    IpAddress.LOOPBACK_V4,
                    IpAddress.LOOPBACK_V6,
                    OWN,
                    IpAddress.parse("127.1.2.3"),
                    IpAddress.ANY_V4)) {
                TcpEndpoint client = host.tcpEndpoint();
                assertThat(client.connect(address, 80)).isEqualTo(Failure.NONE);
                await(client.readiness(), Readiness.CONNECTED);
                TcpEndpoint server = accept(listener);
                exchange(client, server, 5_000_000);
                client.close();
                server.close();
            }
            host.close();
            pump.close();
        }
        assertThat(host.bufferPool().usedBytes()).isZero();
    }

    @Test
    void without_a_loopback_interface_nothing_is_sent_to_the_own_address() {
        assertThat(network.isUp()).isTrue();
        assertThat(host.tcpEndpoint().connect(OWN, 80)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(host.tcpEndpoint().connect(IpAddress.LOOPBACK_V4, 80)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        host.close();
    }

    @Test
    void a_host_driven_by_hand_loops_through_its_own_sink() {
        HostInterface[] loopback = new HostInterface[1];
        loopback[0] = host.addInterface(
                "lo",
                new LinkCapabilities(65_535, 65_535, true),
                packet -> {
                    host.inject(loopback[0], packet);
                    return true;
                },
                LoopbackLink.ADDRESSES);
        TcpListener listener = listen();
        TcpEndpoint client = host.tcpEndpoint();
        assertThat(client.connect(IpAddress.LOOPBACK_V4, 80)).isEqualTo(Failure.NONE);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        byte[] read = new byte[500_000];
        int written = 0;
        for (int at = 0; at < read.length; ) {
            written += client.write(read, written, read.length - written);
            int n = server.read(read, at, read.length - at);
            assertThat(n).isPositive();
            at += n;
        }
        host.close();
        assertThat(host.bufferPool().usedBytes()).isZero();
    }

    private static void exchange(TcpEndpoint from, TcpEndpoint to, int length) {
        byte[] data = new byte[100_000];
        int written = 0;
        int read = 0;
        while (read < length) {
            int n = written < length ? from.write(data, 0, Math.min(data.length, length - written)) : 0;
            int m = to.read(data, 0, data.length);
            assertThat(Math.min(n, m)).isNotNegative();
            written += n;
            read += m;
            if (n == 0 && m == 0) {
                await(to.readiness(), Readiness.READABLE);
            }
        }
        assertThat(read).isEqualTo(length);
    }
}
