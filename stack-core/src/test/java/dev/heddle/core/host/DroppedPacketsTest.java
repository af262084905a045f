package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.Chunk;
import dev.heddle.core.ip.FragmentPackets;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.udp.UdpCounter;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a host drops of what comes is told once, with the counter that has counted it. */
class DroppedPacketsTest {

    private static final String A = "192.0.2.1";
    private static final String B = "192.0.2.2";
    private static final String A6 = "2001:db8::1";
    private static final String B6 = "2001:db8::2";

    private final List<PacketDrop> drops = new ArrayList<>();

    private final HostObserver observer = new HostObserver() {
        @Override
        public void dropped(PacketDrop drop) {
            drops.add(drop);
        }
    };

    private final HostPair hosts = new HostPair(
            HostConfig.builder().memoryLimitBytes(64 << 20).observer(observer).build());

    @BeforeEach
    void nobody_hears_of_it() {
        hosts.lost = packet -> true;
    }

    @Test
    void datagrams_for_a_port_that_nobody_has() {
        inject(Packets.ip(A, B, 17, datagram(true, 4)));
        inject(Packets.ip(A6, B6, 17, datagram(false, 0)));
        assertThat(drops)
                .containsExactly(
                        drop(UdpCounter.UdpNoPorts, 17, 32),
                        new PacketDrop(
                                PacketDrop.Direction.IN,
                                UdpCounter.Udp6NoPorts,
                                "b0",
                                HostPair.A6,
                                HostPair.B6,
                                17,
                                48));
    }

    @Test
    void datagrams_that_a_queue_has_no_room_for() {
        UdpEndpoint endpoint = hosts.b.udpEndpoint();
        assertThat(endpoint.bind(HostPair.B4, 4711, false)).isEqualTo(Failure.NONE);
        for (int sent = 0; drops.isEmpty(); sent++) {
            assertThat(sent).isLessThan(100_000);
            inject(Packets.ip(A, B, 17, datagram(true, 1000)));
        }
        assertThat(drops).containsExactly(drop(UdpCounter.UdpRcvbufErrors, 17, 1028));
        assertThat(hosts.b.counters().udp().get(UdpCounter.UdpRcvbufErrors)).isEqualTo(1);
    }

    @Test
    void datagram_that_is_too_short() {
        inject(Packets.ip(A, B, 17, new byte[3]));
        assertThat(drops).containsExactly(drop(Refusal.UDP_TRUNCATED, 17, 23));
    }

    @Test
    void message_with_a_wrong_checksum() {
        inject(Packets.ip(A, B, 1, new byte[] {8, 0, 1, 1, 0, 0, 0, 0}));
        assertThat(drops).containsExactly(drop(Refusal.ICMP_CHECKSUM, 1, 28));
    }

    @Test
    void transports_that_nobody_knows() {
        inject(Packets.ip(A, B, 132, new byte[10]));
        inject(Packets.ip(A6, B6, 132, new byte[10]));
        assertThat(drops)
                .containsExactly(
                        drop(IpCounter.IpInUnknownProtos, 132, 30),
                        new PacketDrop(
                                PacketDrop.Direction.IN,
                                IpCounter.Ip6InUnknownProtos,
                                "b0",
                                HostPair.A6,
                                HostPair.B6,
                                132,
                                50));
    }

    @Test
    void packet_for_another_host() {
        inject(Packets.ip(A, "192.0.2.77", 17, datagram(true, 4)));
        assertThat(drops)
                .containsExactly(new PacketDrop(
                        PacketDrop.Direction.IN,
                        IpCounter.IpInAddrErrors,
                        "b0",
                        HostPair.A4,
                        IpAddress.parse("192.0.2.77"),
                        17,
                        32));
    }

    @Test
    void fragment_that_overlaps_another() {
        inject(FragmentPackets.of(A, B, 17, 1, 0, true, new byte[16]));
        assertThat(drops).isEmpty();
        inject(FragmentPackets.of(A, B, 17, 1, 8, true, new byte[16]));
        assertThat(drops).containsExactly(drop(Refusal.FRAGMENT_OVERLAP, 17, 36));
    }

    @Test
    void segments_to_which_no_way_leads_back() {
        inject(RawSegment.between(IpAddress.parse("198.51.100.1"), 1000, HostPair.B4, 80)
                .syn(1)
                .packet());
        assertThat(drops)
                .as("nobody listens: a reset, which does not get far")
                .allMatch(drop -> drop.direction() == PacketDrop.Direction.OUT)
                .hasSize(1);
        drops.clear();
        hosts.listen(80);
        inject(RawSegment.between(IpAddress.parse("198.51.100.1"), 1000, HostPair.B4, 80)
                .syn(1)
                .packet());
        assertThat(drops)
                .containsExactly(new PacketDrop(
                        PacketDrop.Direction.IN,
                        TcpCounter.TcpExtListenDrops,
                        null,
                        IpAddress.parse("198.51.100.1"),
                        HostPair.B4,
                        6,
                        40));
    }

    @Test
    void handshake_that_makes_room_for_a_newer_one() {
        HostPair flooded = new HostPair(HostConfig.builder()
                .memoryLimitBytes(64 << 20)
                .tcp(TcpConfig.builder()
                        .synCookies(TcpConfig.CookieUse.NEVER)
                        .maxSynBacklog(2)
                        .build())
                .observer(observer)
                .build());
        flooded.lost = packet -> true;
        flooded.listen(80);
        int port = 1000;
        while (drops.isEmpty()) {
            assertThat(port).isLessThan(60_000);
            flooded.b.inject(
                    flooded.interfaceB,
                    RawSegment.between(HostPair.A4, port++, HostPair.B4, 80)
                            .syn(1)
                            .packet());
        }
        assertThat(drops)
                .containsExactly(new PacketDrop(
                        PacketDrop.Direction.IN,
                        TcpCounter.TcpExtTCPReqQFullDrop,
                        null,
                        HostPair.A4,
                        HostPair.B4,
                        6,
                        PacketDrop.UNKNOWN));
    }

    @Test
    void segment_whose_connection_is_never_found() {
        hosts.lost = packet -> false;
        TcpListener listener = hosts.listen(80);
        TcpEndpoint client = hosts.connect(HostPair.B4, 80);
        SocketPair pair = SocketPair.of(HostPair.B4, 80, HostPair.A4, client.localPort(), 0);
        TableEntry connection = Objects.requireNonNull(hosts.b.table().find(pair));
        Objects.requireNonNull(listener.tryAccept()).abort();
        hosts.b.table().addIfAbsent(connection);
        inject(RawSegment.between(HostPair.A4, client.localPort(), HostPair.B4, 80)
                .ack(1, 1)
                .packet());
        assertThat(drops)
                .containsExactly(new PacketDrop(
                        PacketDrop.Direction.IN, TcpCounter.TcpInErrs, null, HostPair.A4, HostPair.B4, 6, 40));
        assertThat(hosts.b.counters().tcp().get(TcpCounter.TcpInErrs)).isEqualTo(1);
    }

    @Test
    void packet_that_comes_while_another_is_sent_and_finds_no_memory() {
        List<Chunk> held = new ArrayList<>();
        boolean[] first = {true};
        hosts.lost = packet -> {
            if (first[0]) {
                first[0] = false;
                for (Chunk chunk = hosts.b.bufferPool().acquire(0);
                        chunk != null;
                        chunk = hosts.b.bufferPool().acquire(0)) {
                    held.add(chunk);
                }
                // A few find packets that were used before.
                for (int i = 0; i < 100; i++) {
                    inject(Packets.ip(A6, B6, 17, datagram(false, 1000)));
                }
                held.forEach(hosts.b.bufferPool()::release);
            }
            return true;
        };
        inject(Packets.ip(A, B, 17, datagram(true, 4)));
        assertThat(first[0]).isFalse();
        assertThat(drops)
                .hasSize(101)
                .contains(new PacketDrop(PacketDrop.Direction.IN, IpCounter.Ip6InDiscards, "b0", null, null, -1, 1048));
        assertThat(hosts.b.counters().ip().get(IpCounter.Ip6InDiscards))
                .isPositive()
                .isEqualTo(drops.stream()
                        .filter(drop -> drop.why() == IpCounter.Ip6InDiscards)
                        .count());
    }

    @Test
    void what_is_right_is_no_drop() {
        UdpEndpoint endpoint = hosts.b.udpEndpoint();
        assertThat(endpoint.bind(HostPair.B4, 4711, false)).isEqualTo(Failure.NONE);
        inject(Packets.ip(A, B, 17, datagram(true, 4)));
        inject(Packets.ip(A, B, 1, new byte[] {8, 0, (byte) 0xf7, (byte) 0xff, 0, 0, 0, 0}));
        assertThat(drops).isEmpty();
    }

    private void inject(Packet packet) {
        hosts.b.inject(hosts.interfaceB, packet);
    }

    private static PacketDrop drop(Enum<?> why, int protocol, int bytes) {
        return new PacketDrop(PacketDrop.Direction.IN, why, "b0", HostPair.A4, HostPair.B4, protocol, bytes);
    }

    private static byte[] datagram(boolean ipv4, int payloadBytes) {
        int length = UdpHeader.HEADER_BYTES + payloadBytes;
        ByteBuffer b = ByteBuffer.allocate(length);
        UdpHeader.write(b, 0, 4000, 4711, length);
        IpAddress from = ipv4 ? HostPair.A4 : HostPair.A6;
        IpAddress to = ipv4 ? HostPair.B4 : HostPair.B6;
        long pseudo = Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), 17, length);
        UdpHeader.checksum(b, 0, Checksum.finish(Checksum.add(b, 0, length, pseudo)));
        return b.array();
    }
}
