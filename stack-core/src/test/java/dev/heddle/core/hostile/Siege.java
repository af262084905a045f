package dev.heddle.core.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.HostInterface;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * A host with little memory that strangers attack with packets made by hand, and another Heddle host that wants to be served
 * meanwhile. Virtual time; after every packet the victim's memory is within its limit.
 */
final class Siege {

    static final IpAddress VICTIM_V4 = IpAddress.parse("192.0.2.2");
    static final IpAddress VICTIM_V6 = IpAddress.parse("2001:db8::2");
    static final IpAddress CLIENT_V4 = IpAddress.parse("192.0.2.1");
    static final IpAddress CLIENT_V6 = IpAddress.parse("2001:db8::1");

    static final int PORT = 80;
    static final long MILLISECOND = 1_000_000;
    static final long SECOND = 1_000 * MILLISECOND;
    static final int MEBIBYTE = 1 << 20;

    /** What the victim has said to others than the client since somebody last looked; at most this many packets. */
    private static final int MOST_ANSWERS = 10_000;

    final Host victim;
    final Host client;
    final HostInterface gate;
    final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4948);

    /** How many packets and bytes the victim has sent to others than the client, ever. */
    long answerPackets;

    long answerBytes;

    private final HostInterface clientInterface;
    private final List<Packet> answers = new ArrayList<>();
    private @Nullable List<Packet> overheard;
    private final List<TcpListener> listeners = new ArrayList<>();
    private final List<TcpEndpoint> accepted = new ArrayList<>();
    private final List<TcpEndpoint> clients = new ArrayList<>();
    private long nowNs = SECOND;

    Siege() {
        this(TcpConfig.DEFAULTS, 8 * MEBIBYTE);
    }

    Siege(TcpConfig tcp, long memoryLimitBytes) {
        Clock clock = () -> nowNs;
        victim = Host.create(
                HostConfig.builder().tcp(tcp).memoryLimitBytes(memoryLimitBytes).build(),
                clock,
                RandomGeneratorFactory.of("L64X128MixRandom").create(1));
        client = Host.create(
                HostConfig.builder().memoryLimitBytes(16 * MEBIBYTE).build(),
                clock,
                RandomGeneratorFactory.of("L64X128MixRandom").create(2));
        gate = victim.addInterface(
                "v0",
                LinkCapabilities.plain(1500),
                this::fromVictim,
                List.of(IpPrefix.parse("192.0.2.2/24"), IpPrefix.parse("2001:db8::2/64")));
        victim.addRoute(IpPrefix.parse("0.0.0.0/0"), null, gate);
        victim.addRoute(IpPrefix.parse("::/0"), null, gate);
        clientInterface = client.addInterface(
                "c0",
                LinkCapabilities.plain(1500),
                packet -> {
                    inject(copy(packet));
                    return true;
                },
                List.of(IpPrefix.parse("192.0.2.1/24"), IpPrefix.parse("2001:db8::1/64")));
    }

    private boolean fromVictim(Packet packet) {
        IpAddress to = destination(packet);
        if (to.equals(CLIENT_V4) || to.equals(CLIENT_V6)) {
            if (overheard != null) {
                overheard.add(copy(packet));
            }
            client.inject(clientInterface, copy(packet));
        } else {
            answerPackets++;
            answerBytes += packet.length();
            if (answers.size() < MOST_ANSWERS) {
                answers.add(copy(packet));
            }
        }
        return true;
    }

    private static Packet copy(Packet packet) {
        Packet copy = new Packet(packet.length());
        copy.copyOf(packet);
        return copy;
    }

    private static IpAddress destination(Packet packet) {
        int at = packet.offset();
        if ((packet.buffer().get(at) & 0xf0) == 0x40) {
            return IpAddress.ofIpv4(packet.buffer().getInt(at + 16));
        }
        return IpAddress.of(packet.buffer().getLong(at + 24), packet.buffer().getLong(at + 32));
    }

    // --- attacking

    /** A packet arrives at the victim. */
    void inject(Packet packet) {
        victim.inject(gate, packet);
        checkMemory();
    }

    void inject(RawSegment segment) {
        inject(segment.packet());
    }

    /** What the victim has sent to strangers since this was last asked. */
    List<Packet> takeAnswers() {
        List<Packet> taken = List.copyOf(answers);
        answers.clear();
        return taken;
    }

    /** The TCP headers of what the victim has sent to strangers since. */
    List<TcpHeader> takeSegments() {
        return segments(takeAnswers());
    }

    /** What the victim says to the client while something happens: no attacker off the path knows it. */
    List<TcpHeader> clientHears(Runnable happening) {
        List<Packet> heard = new ArrayList<>();
        overheard = heard;
        happening.run();
        overheard = null;
        return segments(heard);
    }

    private static List<TcpHeader> segments(List<Packet> packets) {
        List<TcpHeader> headers = new ArrayList<>();
        for (Packet packet : packets) {
            int ipBytes = IpOutput.headerBytes((packet.buffer().get(packet.offset()) & 0xf0) == 0x40);
            TcpHeader header = new TcpHeader();
            if (header.wrap(packet.buffer(), packet.offset() + ipBytes, packet.length() - ipBytes) == Refusal.NONE) {
                headers.add(header);
            }
        }
        return headers;
    }

    /** One of many senders that do not exist. */
    static IpAddress stranger(boolean ipv4, int number) {
        return ipv4 ? IpAddress.ofIpv4(10 << 24 | number) : IpAddress.of(0x2001_0db8_0bad_0000L, number + 1L);
    }

    void checkMemory() {
        assertThat(victim.bufferPool().usedBytes())
                .as("memory in use")
                .isLessThanOrEqualTo(victim.bufferPool().limitBytes());
    }

    long count(TcpCounter counter) {
        return victim.counters().tcp().get(counter);
    }

    /** The victim's connections, handshakes and TIME-WAIT records. */
    int names() {
        return victim.endpoints().size() - listeners.size();
    }

    // --- the victim's services

    /** Whoever connects to a port gets this service. */
    TcpListener serve(int port, int backlog, Service service) {
        TcpEndpoint endpoint = victim.tcpEndpoint();
        assertThat(endpoint.bind(IpAddress.ANY_V6, port, true)).isEqualTo(Failure.NONE);
        TcpListener listener = endpoint.listen(backlog);
        listeners.add(listener);
        listener.readiness().subscribe(() -> {
            for (TcpEndpoint next = listener.tryAccept(); next != null; next = listener.tryAccept()) {
                TcpEndpoint connection = next;
                accepted.add(connection);
                Service.Session session = service.begin(connection);
                connection.readiness().subscribe(session::go);
                session.go();
            }
        });
        return listener;
    }

    TcpListener serve(Service service) {
        return serve(PORT, 128, service);
    }

    /** What the services have accepted, in order. */
    List<TcpEndpoint> accepted() {
        return accepted;
    }

    // --- the client

    TcpEndpoint connect(IpAddress address, int port) {
        TcpEndpoint endpoint = client.tcpEndpoint();
        assertThat(endpoint.connect(address, port)).isEqualTo(Failure.NONE);
        clients.add(endpoint);
        return endpoint;
    }

    /** Sends data to an echo service and sees it come back whole, within this time. */
    void clientIsServed(IpAddress address, int port, int bytes, long withinNs) {
        TcpEndpoint endpoint = connect(address, port);
        clientIsServed(endpoint, bytes, withinNs);
        endpoint.close();
    }

    void clientIsServed(TcpEndpoint endpoint, int bytes, long withinNs) {
        byte[] sent = new byte[bytes];
        random.nextBytes(sent);
        byte[] received = new byte[bytes];
        int written = 0;
        int read = 0;
        long end = nowNs + withinNs;
        while (read < bytes) {
            int w = endpoint.write(sent, written, bytes - written);
            int r = endpoint.read(received, read, bytes - read);
            assertThat(w).as("written; %s", endpoint.failure()).isNotNegative();
            assertThat(r).as("read; %s", endpoint.failure()).isNotNegative();
            written += w;
            read += r;
            if (w + r == 0) {
                assertThat(nowNs)
                        .as("%d of %d bytes came back in time", read, bytes)
                        .isLessThan(end);
                advance(10 * MILLISECOND);
            }
        }
        assertThat(received).isEqualTo(sent);
    }

    // --- time

    long now() {
        return nowNs;
    }

    /** Moves time, running what is due at each host at its time. */
    void advance(long byNs) {
        long end = nowNs + byNs;
        for (int steps = 0; ; steps++) {
            assertThat(steps).as("timers that never stop").isLessThan(1_000_000);
            long next = Math.min(victim.nextDeadline(), client.nextDeadline());
            if (next > end) {
                break;
            }
            nowNs = Math.max(nowNs, next);
            victim.runTimers();
            client.runTimers();
            checkMemory();
        }
        nowNs = end;
    }

    // --- the end

    /** The applications close; when every timer has run, the victim has nothing left of what was. */
    void nothingIsLeft() {
        listeners.forEach(TcpListener::close);
        listeners.clear();
        clients.forEach(TcpEndpoint::close);
        accepted.forEach(TcpEndpoint::close);
        advance(3_600 * SECOND);
        assertThat(victim.endpoints()).isEmpty();
        assertThat(victim.bufferPool().usedBytes()).as("memory in use").isZero();
        assertThat(victim.nextDeadline()).isEqualTo(Clock.NEVER);
        victim.close();
        client.close();
        assertThat(client.bufferPool().usedBytes()).isZero();
    }
}
