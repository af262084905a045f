package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Predicate;
import java.util.random.RandomGeneratorFactory;

/** Two hosts that are driven by hand, each one's sink leading straight into the other, under a clock that the test moves. */
final class HostPair {

    static final IpAddress A4 = IpAddress.parse("192.0.2.1");
    static final IpAddress B4 = IpAddress.parse("192.0.2.2");
    static final IpAddress A6 = IpAddress.parse("2001:db8::1");
    static final IpAddress B6 = IpAddress.parse("2001:db8::2");

    static final long MILLISECOND = 1_000_000;
    static final long SECOND = 1_000 * MILLISECOND;

    final Host a;
    final Host b;
    final HostInterface interfaceA;
    final HostInterface interfaceB;

    /** Which packets are lost on their way; looked at in the sink. */
    Predicate<Packet> lost = packet -> false;

    /** Whether packets wait until {@link #deliver} instead of arriving at once. */
    boolean held;

    /** Whether the sinks have no room. */
    boolean full;

    int packets;

    /** Where packets come in at b. */
    HostInterface toB;

    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private long nowNs = SECOND;

    HostPair() {
        this(TcpConfig.DEFAULTS);
    }

    HostPair(TcpConfig tcp) {
        this(HostConfig.builder().tcp(tcp).memoryLimitBytes(64 << 20).build());
    }

    HostPair(HostConfig config) {
        Clock clock = () -> nowNs;
        a = Host.create(
                config, clock, RandomGeneratorFactory.of("L64X128MixRandom").create(1));
        b = Host.create(
                config, clock, RandomGeneratorFactory.of("L64X128MixRandom").create(2));
        interfaceA = a.addInterface(
                "a0",
                LinkCapabilities.plain(1500),
                packet -> carry(packet, true),
                List.of(IpPrefix.parse("192.0.2.1/24"), IpPrefix.parse("2001:db8::1/64")));
        interfaceB = b.addInterface(
                "b0",
                LinkCapabilities.plain(1500),
                packet -> carry(packet, false),
                List.of(IpPrefix.parse("192.0.2.2/24"), IpPrefix.parse("2001:db8::2/64")));
        toB = interfaceB;
    }

    private boolean carry(Packet packet, boolean fromA) {
        if (full) {
            return false;
        }
        packets++;
        if (lost.test(packet)) {
            return true;
        }
        Packet copy = new Packet(Math.max(1500, packet.length()));
        copy.copyOf(packet);
        Runnable arrival = () -> {
            if (fromA) {
                b.inject(toB, copy);
            } else {
                a.inject(interfaceA, copy);
            }
        };
        if (held) {
            waiting.add(arrival);
        } else {
            arrival.run();
        }
        return true;
    }

    /** Lets the packets arrive that wait, and those that these cause. */
    void deliver() {
        for (Runnable arrival = waiting.poll(); arrival != null; arrival = waiting.poll()) {
            arrival.run();
        }
    }

    long now() {
        return nowNs;
    }

    /** Moves time, running what is due at each host at its time. */
    void advance(long byNs) {
        long end = nowNs + byNs;
        for (int steps = 0; ; steps++) {
            assertThat(steps).as("timers that never stop").isLessThan(100_000);
            long next = Math.min(a.nextDeadline(), b.nextDeadline());
            if (next > end) {
                break;
            }
            nowNs = Math.max(nowNs, next);
            a.runTimers();
            b.runTimers();
        }
        nowNs = end;
    }

    TcpListener listen(int port) {
        return listen(port, 16);
    }

    TcpListener listen(int port, int backlog) {
        TcpEndpoint endpoint = b.tcpEndpoint();
        assertThat(endpoint.bind(IpAddress.ANY_V6, port, true)).isEqualTo(Failure.NONE);
        return endpoint.listen(backlog);
    }

    TcpEndpoint connect(IpAddress address, int port) {
        TcpEndpoint endpoint = a.tcpEndpoint();
        assertThat(endpoint.connect(address, port)).isEqualTo(Failure.NONE);
        return endpoint;
    }

    /** Closes both hosts and sees that nothing is left. */
    void closeAndCheck() {
        a.close();
        b.close();
        assertThat(a.bufferPool().usedBytes()).as("memory of a").isZero();
        assertThat(b.bufferPool().usedBytes()).as("memory of b").isZero();
        assertThat(a.endpoints()).isEmpty();
        assertThat(b.endpoints()).isEmpty();
        assertThat(a.datagramEndpoints()).isEmpty();
        assertThat(b.datagramEndpoints()).isEmpty();
    }
}
