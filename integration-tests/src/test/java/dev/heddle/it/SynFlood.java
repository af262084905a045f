package dev.heddle.it;

import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.tun.TunLink;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends SYNs from addresses that nobody has to a port of Heddle's, through a TUN of its own and the kernel, which forwards
 * them. The answers go back to where the addresses would be and are not read.
 */
final class SynFlood implements AutoCloseable {

    private static final String SOURCES_V4 = "198.51.100.0/24";
    private static final String SOURCES_V6 = "2001:db8:666::/48";
    private static final IpAddress SOURCE_V4 = IpAddress.parse("198.51.100.0");
    private static final IpAddress SOURCE_V6 = IpAddress.parse("2001:db8:666::");

    /** At most so many at a time, so that the queues of the kernel are not what overflows. */
    private static final int BURST = 8;

    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int HOP_LIMIT = 64;
    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);

    private final Link link;
    private final int port;
    private final SplittableRandom random = new SplittableRandom(1);
    private final Packet packet = new Packet(100);
    private final Thread thread;
    private volatile boolean closed;
    private final AtomicLong sent = new AtomicLong();

    private SynFlood(Link link, int port) {
        this.link = link;
        this.port = port;
        thread = Thread.ofPlatform().daemon().unstarted(this::run);
    }

    /** Begins; the kernel between becomes a router. */
    static SynFlood start(TwoHosts hosts, int port) {
        Namespace namespace = hosts.namespace();
        String name = hosts.interfaceName() + "f";
        Link link = TunLink.builder(name).up(false).offload(false).open();
        try {
            Command.of("ip", "link", "set", name, "netns", namespace.name()).runOrFail();
            namespace.sysctl("net.ipv4.conf.all.rp_filter", "0");
            namespace.sysctl("net.ipv4.conf." + name + ".rp_filter", "0");
            namespace.sysctl("net.ipv4.ip_forward", "1");
            namespace.sysctl("net.ipv6.conf.all.forwarding", "1");
            namespace.ip("link", "set", name, "up");
            namespace.ip("route", "add", SOURCES_V4, "dev", name);
            namespace.ip("-6", "route", "add", SOURCES_V6, "dev", name);
        } catch (RuntimeException | Error e) {
            link.close();
            throw e;
        }
        SynFlood flood = new SynFlood(link, port);
        flood.thread.start();
        return flood;
    }

    /** How many SYNs went out. */
    long sent() {
        return sent.get();
    }

    private void run() {
        try {
            while (!closed) {
                for (int i = 0; i < BURST; i++) {
                    syn(i % 2 == 0 ? Family.IPV4 : Family.IPV6);
                    if (link.transmit(packet)) {
                        sent.incrementAndGet();
                    }
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        } catch (LinkDownException e) {
            // The namespace is gone.
        }
    }

    private void syn(Family family) {
        IpAddress source = family == Family.IPV4
                ? IpAddress.ofIpv4(SOURCE_V4.ipv4() | 1 + random.nextInt(254))
                : IpAddress.of(SOURCE_V6.high(), random.nextLong());
        IpAddress destination = IpAddress.of(family.heddle());
        packet.reset();
        packet.head(Packet.HEADROOM, TcpHeader.HEADER_BYTES);
        TcpHeader.write(
                packet.buffer(),
                Packet.HEADROOM,
                1024 + random.nextInt(60_000),
                port,
                random.nextInt(),
                0,
                TcpHeader.HEADER_BYTES,
                TcpHeader.SYN,
                64_000,
                0);
        long sum = Checksum.pseudoHeader(
                source.high(),
                source.low(),
                destination.high(),
                destination.low(),
                TcpHeader.PROTOCOL,
                TcpHeader.HEADER_BYTES);
        sum = Checksum.add(packet.buffer(), Packet.HEADROOM, TcpHeader.HEADER_BYTES, sum);
        TcpHeader.checksum(packet.buffer(), Packet.HEADROOM, Checksum.finish(sum));
        IpOutput.prepend(
                packet,
                source.high(),
                source.low(),
                destination.high(),
                destination.low(),
                TcpHeader.PROTOCOL,
                0,
                HOP_LIMIT,
                0,
                0);
    }

    @Override
    public void close() {
        closed = true;
        try {
            if (!thread.join(END_TIMEOUT)) {
                throw new AssertionError("the flood does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            link.close();
        }
    }
}
