package dev.heddle.core.hostile;

import static dev.heddle.core.hostile.Siege.MEBIBYTE;
import static dev.heddle.core.hostile.Siege.MILLISECOND;
import static dev.heddle.core.hostile.Siege.VICTIM_V4;
import static dev.heddle.core.hostile.Siege.VICTIM_V6;

import dev.heddle.core.host.DatagramSource;
import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.HostInterface;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.host.UdpEndpoint;
import dev.heddle.core.ip.FragmentPackets;
import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGeneratorFactory;

/**
 * A host that does and suffers whatever a sequence of bytes says: packets of strangers, most of them right enough to get deep,
 * calls of the application, the passing of time. After every step it must be sound.
 */
final class FuzzedHost {

    private static final int MOST_STEPS = 300;
    private static final int PEERS = 4;
    private static final int PORT = 80;
    private static final long MOST_NS = 1L << 40;

    private final Host host;
    private final HostInterface gate;
    private final TcpListener listener;
    private final List<TcpEndpoint> endpoints = new ArrayList<>();
    private final Peer[] peers = new Peer[PEERS];
    private final byte[] piece = new byte[20_000];
    private final DatagramSource source = new DatagramSource();
    private UdpEndpoint udp;
    private final ByteBuffer input;
    private boolean full;
    private boolean batch;
    private long nowNs = MILLISECOND;

    /** Where a stranger is in its connection, as far as the victim's segments tell. */
    private static final class Peer {
        private final boolean ipv4;
        private final int port;
        private int next;
        private int victimNext;
        private int victimPort = PORT;
        private int echo;
        private byte[] heard = {};

        private Peer(boolean ipv4, int port) {
            this.ipv4 = ipv4;
            this.port = port;
        }

        private IpAddress address() {
            return Siege.stranger(ipv4, port);
        }

        private IpAddress victim() {
            return ipv4 ? VICTIM_V4 : VICTIM_V6;
        }
    }

    FuzzedHost(byte[] bytes) {
        input = ByteBuffer.wrap(bytes);
        Clock clock = () -> nowNs;
        host = Host.create(
                HostConfig.builder().memoryLimitBytes(MEBIBYTE).chunkBytes(4096).build(),
                clock,
                RandomGeneratorFactory.of("L64X128MixRandom").create(1));
        gate = host.addInterface(
                "f0",
                LinkCapabilities.plain(1500),
                this::sent,
                List.of(IpPrefix.parse("192.0.2.2/24"), IpPrefix.parse("2001:db8::2/64")));
        host.addRoute(IpPrefix.parse("0.0.0.0/0"), null, gate);
        host.addRoute(IpPrefix.parse("::/0"), null, gate);
        TcpEndpoint endpoint = host.tcpEndpoint();
        endpoint.bind(IpAddress.ANY_V6, PORT, true);
        listener = endpoint.listen(2);
        udp = openUdp();
        for (int i = 0; i < PEERS; i++) {
            peers[i] = new Peer(i % 2 == 0, 5000 + i);
        }
    }

    private UdpEndpoint openUdp() {
        UdpEndpoint opened = host.udpEndpoint();
        require(opened.bind(IpAddress.ANY_V6, PORT, false) == Failure.NONE, "the port is still in use");
        opened.options(opened.options().withReceiveBufferBytes(Integer.MAX_VALUE));
        return opened;
    }

    private boolean sent(Packet packet) {
        if (full) {
            return false;
        }
        boolean ipv4 = (packet.buffer().get(packet.offset()) & 0xf0) == 0x40;
        Packet copy = new Packet(packet.length());
        copy.copyOf(packet);
        int protocol = copy.buffer().get(copy.offset() + (ipv4 ? 9 : 6));
        if (protocol == UdpHeader.PROTOCOL) {
            for (Peer peer : peers) {
                if (peer.ipv4 == ipv4) {
                    hear(peer, copy, IpOutput.headerBytes(ipv4));
                }
            }
        }
        if (protocol != TcpHeader.PROTOCOL) {
            return true;
        }
        int ipBytes = IpOutput.headerBytes(ipv4);
        TcpHeader header = new TcpHeader();
        Refusal refusal = header.wrap(copy.buffer(), copy.offset() + ipBytes, copy.length() - ipBytes);
        require(refusal == Refusal.NONE, "sent a malformed segment");
        for (Peer peer : peers) {
            if (peer.port == header.destinationPort() && peer.ipv4 == ipv4 && !header.isRst()) {
                peer.victimNext = header.sequence()
                        + header.payloadLength()
                        + (header.isSyn() ? 1 : 0)
                        + (header.isFin() ? 1 : 0);
                peer.victimPort = header.sourcePort();
                peer.echo = header.options().hasTimestamps() ? header.options().timestampValue() : 0;
                hear(peer, copy, ipBytes);
            }
        }
        return true;
    }

    private static void hear(Peer peer, Packet packet, int ipBytes) {
        peer.heard = new byte[Math.min(packet.length(), ipBytes + 64)];
        packet.buffer().get(packet.offset(), peer.heard);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    /** Does everything that the input says, then closes the host, of which nothing may be left. */
    void run() {
        for (int steps = 0; steps < MOST_STEPS && input.hasRemaining(); steps++) {
            step();
            TcpEndpoint accepted = listener.tryAccept();
            if (accepted != null) {
                endpoints.add(accepted);
            }
            check();
        }
        full = false;
        if (batch) {
            host.endBatch(gate);
        }
        listener.close();
        udp.close();
        endpoints.forEach(TcpEndpoint::close);
        host.linkReady(gate);
        // All that remains ends by its timers.
        advance(MOST_NS * 4);
        require(host.endpoints().isEmpty(), "endpoints are left: " + host.endpoints());
        require(host.datagramEndpoints().isEmpty(), "UDP endpoints are left: " + host.datagramEndpoints());
        require(host.bufferPool().usedBytes() == 0, "memory is left");
        require(host.nextDeadline() == Clock.NEVER, "a timer is left");
        host.close();
    }

    private void check() {
        require(host.bufferPool().usedBytes() <= host.bufferPool().limitBytes(), "over the limit of memory");
        for (TcpEndpoint endpoint : endpoints) {
            require(endpoint.available() >= 0, "a negative amount to read");
        }
    }

    private int next() {
        return input.hasRemaining() ? input.get() & 0xff : 0;
    }

    private int nextShort() {
        return next() << 8 | next();
    }

    private Peer peer() {
        return peers[next() % PEERS];
    }

    private void step() {
        int what = next();
        switch (what % 20) {
            case 0 -> noise();
            case 1 -> shakeHands(peer());
            case 2, 3, 4, 5, 6 -> segment(peer());
            case 7 -> fragment(peer());
            case 8 -> icmp(peer());
            case 9 -> datagrams(peer(), what / 20);
            case 10 -> advance((1L << next() % 41) - 1);
            case 11 -> advance(next() * MILLISECOND);
            case 12, 13 -> application();
            case 14 -> connect(peer());
            case 15 -> full = !full;
            case 16 -> toggleBatch();
            case 17 -> acknowledge(peer());
            case 18 -> host.linkReady(gate);
            default -> upload(peer());
        }
        if (!full) {
            host.linkReady(gate);
        }
    }

    private void inject(Packet packet) {
        host.inject(gate, packet);
    }

    private void noise() {
        byte[] bytes = new byte[Math.min(nextShort() % 1600, input.remaining())];
        input.get(bytes);
        inject(Packets.of(bytes));
    }

    private RawSegment from(Peer peer) {
        return RawSegment.between(peer.address(), peer.port, peer.victim(), peer.victimPort)
                .flags(TcpHeader.ACK)
                .seq(peer.next)
                .ack(peer.victimNext);
    }

    private void shakeHands(Peer peer) {
        int options = next();
        peer.victimPort = PORT;
        peer.next = nextShort() << 16;
        RawSegment syn = options(from(peer).flags(TcpHeader.SYN), options, peer);
        inject(syn.packet());
        peer.next++;
        inject(stamped(from(peer), options, peer).packet());
    }

    private RawSegment options(RawSegment segment, int which, Peer peer) {
        if ((which & 1) != 0) {
            segment.mss(next() * 8);
        }
        if ((which & 2) != 0) {
            segment.windowScale(next() % 16);
        }
        if ((which & 4) != 0) {
            segment.sackPermitted();
        }
        return stamped(segment, which, peer);
    }

    private RawSegment stamped(RawSegment segment, int which, Peer peer) {
        return (which & 8) == 0 ? segment : segment.timestamps((int) (nowNs / MILLISECOND), peer.echo);
    }

    /** A number near another: exactly, close or anywhere. */
    private int near(int number) {
        int how = next();
        return switch (how % 4) {
            case 0 -> number;
            case 1 -> number + (byte) next();
            case 2 -> number + (short) nextShort();
            default -> number + (nextShort() << (how >> 2) % 17);
        };
    }

    private void segment(Peer peer) {
        int flags = next();
        int which = next();
        RawSegment segment = from(peer)
                .flags(flags)
                .seq(near(peer.next))
                .ack(near(peer.victimNext))
                .window(nextShort());
        if ((which & 0x80) != 0) {
            options(segment, which, peer);
        } else {
            stamped(segment, which, peer);
            if ((which & 16) != 0) {
                int[] edges = new int[2 * (1 + next() % 3)];
                for (int i = 0; i < edges.length; i++) {
                    edges[i] = near(peer.victimNext);
                }
                segment.sack(edges);
            }
        }
        if ((which & 32) != 0) {
            segment.payload(next() * 5);
        }
        Packet packet = segment.packet();
        if ((which & 64) != 0) {
            // One octet is wrong, and perhaps the checksum is still right.
            int at = packet.offset() + next() % packet.length();
            packet.buffer().put(at, (byte) (packet.buffer().get(at) ^ next()));
        }
        inject(packet);
    }

    private void acknowledge(Peer peer) {
        int which = next();
        inject(stamped(from(peer).window(nextShort()), which, peer).packet());
    }

    private void upload(Peer peer) {
        int which = next();
        int length = next() * 5;
        RawSegment segment = stamped(from(peer).window(0xffff).payload(length), which, peer);
        peer.next += length;
        if ((which & 1) != 0) {
            segment.flags(TcpHeader.ACK | TcpHeader.FIN);
            peer.next++;
        }
        inject(segment.packet());
    }

    private void fragment(Peer peer) {
        int what = next();
        int protocol = new int[] {6, 17, 1, 58}[what & 3];
        byte[] bytes = new byte[nextShort() % 1480];
        input.get(bytes, 0, Math.min(bytes.length, input.remaining()));
        inject(FragmentPackets.of(
                peer.address().toString(),
                peer.victim().toString(),
                protocol,
                what >> 4,
                nextShort() & 0x1fff & ~7,
                (what & 4) != 0,
                bytes));
    }

    /** An error that quotes what the victim has sent, or any message. */
    private void icmp(Peer peer) {
        int type = next();
        int code = next();
        int rest = nextShort();
        byte[] quoted = peer.heard;
        ByteBuffer b = ByteBuffer.allocate(IcmpMessage.HEADER_BYTES + quoted.length);
        IcmpMessage.write(b, 0, type, code, rest);
        b.put(IcmpMessage.HEADER_BYTES, quoted);
        IpAddress from = peer.address();
        IpAddress to = peer.victim();
        long sum = peer.ipv4
                ? 0
                : Checksum.pseudoHeader(
                        from.high(), from.low(), to.high(), to.low(), IcmpMessage.PROTOCOL_V6, b.capacity());
        IcmpMessage.checksum(b, 0, Checksum.finish(Checksum.add(b, 0, b.capacity(), sum)));
        inject(Packets.ip(
                from.toString(),
                to.toString(),
                peer.ipv4 ? IcmpMessage.PROTOCOL_V4 : IcmpMessage.PROTOCOL_V6,
                b.array()));
    }

    private void datagrams(Peer peer, int which) {
        switch (which) {
            case 1, 2, 3, 4 -> rightDatagram(peer);
            case 5, 6 -> udp.send(piece, 0, nextShort() % piece.length, peer.address(), peer.port);
            case 7 -> udp.send(piece, 0, nextShort() % piece.length);
            case 8 -> udp.connect(peer.address(), peer.port);
            case 9 -> udp.disconnect();
            case 10 -> {
                int bytes = udp.receive(piece, 0, next(), source);
                require(bytes <= source.datagramBytes(), "more than a datagram");
                require(bytes != UdpEndpoint.FAILED || udp.takeFailure() != Failure.NONE, "a failure without a reason");
            }
            case 11 -> {
                udp.close();
                udp = openUdp();
            }
            default -> datagram(peer);
        }
    }

    /** A datagram for the endpoint that is right in all but perhaps one octet. */
    private void rightDatagram(Peer peer) {
        int length = UdpHeader.HEADER_BYTES + nextShort() % 1_400;
        int wrong = next();
        ByteBuffer b = ByteBuffer.allocate(length);
        UdpHeader.write(b, 0, peer.port, PORT, length);
        IpAddress from = peer.address();
        IpAddress to = peer.victim();
        long sum =
                Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), UdpHeader.PROTOCOL, b.capacity());
        UdpHeader.checksum(b, 0, Checksum.finish(Checksum.add(b, 0, b.capacity(), sum)));
        if (wrong < 8) {
            b.put(wrong, (byte) (b.get(wrong) ^ next()));
        }
        inject(Packets.ip(from.toString(), to.toString(), UdpHeader.PROTOCOL, b.array()));
    }

    private void datagram(Peer peer) {
        byte[] bytes = new byte[Math.min(8 + next(), Math.max(8, input.remaining()))];
        input.get(bytes, 0, Math.min(bytes.length, input.remaining()));
        inject(Packets.ip(peer.address().toString(), peer.victim().toString(), 17, bytes));
    }

    private void application() {
        int what = next();
        if (endpoints.isEmpty()) {
            return;
        }
        TcpEndpoint endpoint = endpoints.get(next() % endpoints.size());
        switch (what % 6) {
            case 0, 1 -> endpoint.write(piece, 0, nextShort() % piece.length);
            case 2 -> endpoint.read(piece, 0, nextShort() % piece.length);
            case 3 -> endpoint.shutdownOutput();
            case 4 -> endpoint.close();
            default -> endpoint.abort();
        }
    }

    private void connect(Peer peer) {
        TcpEndpoint endpoint = host.tcpEndpoint();
        if (endpoint.connect(peer.address(), peer.port) == Failure.NONE) {
            endpoints.add(endpoint);
        }
    }

    private void toggleBatch() {
        batch = !batch;
        if (batch) {
            host.beginBatch(gate);
        } else {
            host.endBatch(gate);
        }
    }

    private void advance(long byNs) {
        if (batch) {
            toggleBatch();
        }
        long end = nowNs + byNs;
        for (int steps = 0; ; steps++) {
            require(steps < 200_000, "timers that never stop");
            long next = host.nextDeadline();
            if (next > end) {
                break;
            }
            nowNs = Math.max(nowNs, next);
            host.runTimers();
            require(full || host.nextDeadline() > nowNs, "a timer that is due was not run");
        }
        nowNs = end;
    }
}
