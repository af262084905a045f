package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.ip.FragmentPackets;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpEvent;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.wire.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HostObserverTest {

    private final List<String> told = new ArrayList<>();

    private final HostPair hosts = new HostPair(HostConfig.builder()
            .memoryLimitBytes(64 << 20)
            .observer(new HostObserver() {
                @Override
                public void opened(SocketPair pair) {
                    told.add("opened to port " + pair.remotePort());
                    callTheHost();
                }

                @Override
                public void closed(SocketPair pair, TcpInfo last, Failure why) {
                    told.add("closed to port " + pair.remotePort() + " after " + last.receivedBytes() + " bytes, "
                            + why);
                    callTheHost();
                }

                @Override
                public void happened(SocketPair pair, TcpEvent event) {
                    told.add(event.toString());
                    lastPair = pair;
                    callTheHost();
                }

                @Override
                public void dropped(PacketDrop drop) {
                    drops.add(drop);
                    told.add(drop.why() + " of " + drop.bytes() + " bytes by " + drop.interfaceName() + " from "
                            + drop.source());
                    callTheHost();
                }

                @Override
                public boolean isListening() {
                    if (broken) {
                        throw new IllegalStateException("an observer's mistake");
                    }
                    return listening;
                }
            })
            .build());

    private boolean listening = true;

    /** Of what has happened last. */
    private @Nullable SocketPair lastPair;

    private boolean broken;

    private final List<PacketDrop> drops = new ArrayList<>();

    /** With a lock held this would throw, since gates are not re-entrant. */
    private void callTheHost() {
        hosts.a.tcpEndpoint().close();
        connected.forEach(TcpEndpoint::info);
    }

    private final List<TcpEndpoint> connected = new ArrayList<>();

    @Test
    void both_ends_of_an_orderly_connection_are_told() {
        TcpListener listener = listen();
        TcpEndpoint client = connect();
        TcpEndpoint server = listener.tryAccept();
        connected.add(server);
        int port = client.localPort();
        assertThat(told).containsExactlyInAnyOrder("opened to port 80", "opened to port " + port);

        told.clear();
        assertThat(client.write(new byte[300], 0, 300)).isEqualTo(300);
        assertThat(server.read(new byte[300], 0, 300)).isEqualTo(300);
        client.close();
        assertThat(told).isEmpty();
        server.close();
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "closed to port 80 after 0 bytes, NONE", "closed to port " + port + " after 300 bytes, NONE");
    }

    @Test
    void refused_connection_was_never_open() {
        connect();
        assertThat(told).containsExactly("closed to port 80 after 0 bytes, REFUSED");
    }

    @Test
    void reset_names_itself() {
        TcpListener listener = listen();
        TcpEndpoint client = connect();
        TcpEndpoint server = listener.tryAccept();
        told.clear();
        server.abort();
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "closed to port 80 after 0 bytes, RESET",
                        "closed to port " + client.localPort() + " after 0 bytes, ABORTED");
    }

    @Test
    void packets_that_are_not_right_are_told_with_what_is_wrong_and_whom_they_name() {
        hosts.b.inject(hosts.interfaceB, segment(packet -> packet.buffer().put(packet.offset(), (byte) 0x55)));
        hosts.b.inject(hosts.interfaceB, segment(packet -> {
            int checksum = packet.offset() + 10;
            packet.buffer().putShort(checksum, (short) ~packet.buffer().getShort(checksum));
        }));
        hosts.b.inject(hosts.interfaceB, segment(packet -> {
            int checksum = packet.offset() + 20 + 16;
            packet.buffer().putShort(checksum, (short) ~packet.buffer().getShort(checksum));
        }));
        assertThat(told)
                .containsExactly(
                        "IP_VERSION of 40 bytes by b0 from null",
                        "IPV4_CHECKSUM of 40 bytes by b0 from null",
                        "TCP_CHECKSUM of 40 bytes by b0 from 192.0.2.1");
    }

    @Test
    void what_is_right_is_not_told_again_for_the_packet_before_it() {
        listen();
        hosts.b.inject(hosts.interfaceB, segment(packet -> packet.buffer().put(packet.offset(), (byte) 0x55)));
        told.clear();
        connect();
        assertThat(told).noneMatch(line -> line.contains("bytes by"));
    }

    @Test
    void connections_that_a_listener_has_no_room_for_are_told() {
        TcpEndpoint bound = hosts.b.tcpEndpoint();
        assertThat(bound.bind(HostPair.B4, 80, false)).isEqualTo(Failure.NONE);
        bound.listen(1);
        for (int i = 0; i < 4; i++) {
            connect();
        }
        assertThat(told).contains("TcpExtListenOverflows of 60 bytes by null from 192.0.2.1");
    }

    @Test
    void nothing_is_kept_for_an_observer_that_does_not_listen() {
        listening = false;
        TcpListener listener = listen();
        TcpEndpoint client = connect();
        hosts.b.inject(hosts.interfaceB, segment(packet -> packet.buffer().put(packet.offset(), (byte) 0x55)));
        listener.tryAccept().abort();
        assertThat(client.read(new byte[1], 0, 1)).isEqualTo(TcpEndpoint.FAILED);
        assertThat(told).isEmpty();
    }

    @Test
    void loss_on_the_way_is_told_after_the_lock_is_left() {
        TcpListener listener = listen();
        TcpEndpoint client = connect();
        connected.add(listener.tryAccept());
        told.clear();
        hosts.lost = packet -> true;
        client.write(new byte[300], 0, 300);
        hosts.advance(HostPair.SECOND);
        assertThat(told)
                .anyMatch(line -> line.startsWith("Retransmitted[") && line.contains("bytes=300"))
                .anyMatch(line -> line.startsWith("TimedOut["));
    }

    @Test
    void observer_that_cannot_say_whether_it_listens_hears_nothing_and_does_no_harm() {
        broken = true;
        TcpListener listener = listen();
        TcpEndpoint client = connect();
        hosts.b.inject(hosts.interfaceB, segment(packet -> packet.buffer().put(packet.offset(), (byte) 0x55)));
        TcpEndpoint server = listener.tryAccept();
        assertThat(server).isNotNull();
        assertThat(client.write(new byte[300], 0, 300)).isEqualTo(300);
        assertThat(server.read(new byte[300], 0, 300)).isEqualTo(300);
        server.abort();
        assertThat(client.read(new byte[1], 0, 1)).isEqualTo(TcpEndpoint.FAILED);
        assertThat(told).isEmpty();
    }

    @Test
    void connection_that_opens_and_ends_in_one_batch_was_open() {
        int[] iss = new int[1];
        hosts.lost = packet -> {
            iss[0] = RawSegment.headerOf(packet).sequence();
            return true;
        };
        TcpEndpoint client = connect();
        int port = client.localPort();
        hosts.a.beginBatch(hosts.interfaceA);
        hosts.a.inject(
                hosts.interfaceA,
                RawSegment.between(HostPair.B4, 80, HostPair.A4, port)
                        .synAck(5000, iss[0] + 1)
                        .packet());
        hosts.a.inject(
                hosts.interfaceA,
                RawSegment.between(HostPair.B4, 80, HostPair.A4, port).rst(5001).packet());
        hosts.a.endBatch(hosts.interfaceA);
        assertThat(told).containsExactly("opened to port 80", "closed to port 80 after 0 bytes, RESET");
    }

    @Test
    void fragments_that_make_room_for_newer_ones_are_told_and_the_newer_ones_are_not() {
        for (int id = 1; drops.isEmpty(); id++) {
            assertThat(id).isLessThan(100_000);
            int protocol = id == 1 ? 253 : 17;
            hosts.b.inject(
                    hosts.interfaceB, FragmentPackets.of("192.0.2.1", "192.0.2.2", protocol, id, 0, true, new byte[8]));
        }
        assertThat(drops)
                .containsExactly(new PacketDrop(
                        PacketDrop.Direction.IN, Refusal.FRAGMENT_MEMORY, null, HostPair.A4, HostPair.B4, 253, 28));
    }

    @Test
    void fragments_that_wait_too_long_are_told() {
        hosts.b.inject(hosts.interfaceB, FragmentPackets.of("192.0.2.1", "192.0.2.2", 17, 1, 0, true, new byte[16]));
        hosts.b.inject(
                hosts.interfaceB, FragmentPackets.of("2001:db8::1", "2001:db8::2", 17, 1, 8, true, new byte[16]));
        hosts.advance(61 * HostPair.SECOND);
        assertThat(drops)
                .containsExactlyInAnyOrder(
                        new PacketDrop(
                                PacketDrop.Direction.IN,
                                IpCounter.IpReasmTimeout,
                                null,
                                HostPair.A4,
                                HostPair.B4,
                                17,
                                36),
                        new PacketDrop(
                                PacketDrop.Direction.IN,
                                IpCounter.Ip6ReasmTimeout,
                                null,
                                HostPair.A6,
                                HostPair.B6,
                                -1,
                                64));
    }

    @Test
    void handshake_that_a_peer_does_not_answer_is_told() {
        listen();
        hosts.lost = packet -> true;
        hosts.b.inject(hosts.interfaceB, segment(packet -> {}));
        hosts.advance(HostPair.SECOND + HostPair.SECOND / 2);
        assertThat(told).hasSize(2);
        assertThat(told.get(0)).isEqualTo("TimedOut[rtoNs=1000000000, unanswered=1, outstandingBytes=0]");
        assertThat(told.get(1)).startsWith("Retransmitted[").contains("bytes=0", "TcpExtTCPSynRetrans");
    }

    @Test
    void segment_that_a_handshake_drops_for_its_timestamp_is_told() {
        listen();
        int[] iss = new int[1];
        hosts.lost = packet -> {
            iss[0] = RawSegment.headerOf(packet).sequence();
            return true;
        };
        RawSegment peer = RawSegment.between(HostPair.A4, 1000, HostPair.B4, 80);
        hosts.b.inject(hosts.interfaceB, peer.syn(1).timestamps(500, 0).packet());
        hosts.b.inject(
                hosts.interfaceB, peer.ack(2, iss[0] + 1).timestamps(400, 0).packet());
        assertThat(told).containsExactly("Dropped[why=TcpExtPAWSEstab, bytes=0]");
    }

    @Test
    void segment_of_before_that_comes_in_time_wait_is_told() {
        TcpListener listener = listen();
        TcpEndpoint client = connect();
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        Packet[] old = new Packet[1];
        hosts.lost = packet -> {
            if (old[0] == null && RawSegment.headerOf(packet).sourcePort() == 80) {
                old[0] = new Packet(packet.length());
                old[0].copyOf(packet);
            }
            return false;
        };
        hosts.advance(HostPair.SECOND);
        server.write(new byte[7], 0, 7);
        hosts.advance(HostPair.SECOND);
        assertThat(client.read(new byte[7], 0, 7)).isEqualTo(7);
        client.close();
        server.close();
        told.clear();
        hosts.a.inject(hosts.interfaceA, Objects.requireNonNull(old[0]));
        assertThat(told).containsExactly("Dropped[why=TcpExtPAWSTimewait, bytes=7]");
        assertThat(lastPair).isEqualTo(SocketPair.of(HostPair.A4, client.localPort(), HostPair.B4, 80, 0));
    }

    @Test
    void segment_that_finds_no_room_in_a_backlog_is_told_by_its_text() {
        TcpListener listener = listen();
        TcpEndpoint client = connect();
        connected.add(listener.tryAccept());
        told.clear();
        TcpConnection connection = connectionAtB(client);
        connection.backlogDrop(wrapped(RawSegment.between(HostPair.A4, client.localPort(), HostPair.B4, 80)
                .ack(1, 1)
                .payload(new byte[5])));
        // What comes next enters the connection.
        assertThat(client.write(new byte[1], 0, 1)).isEqualTo(1);
        assertThat(told).containsExactly("Dropped[why=TcpExtTCPBacklogDrop, bytes=5]");
    }

    @Test
    void what_a_thread_outside_of_any_batch_has_dropped_is_told_at_once() {
        TcpEndpoint bound = hosts.b.tcpEndpoint();
        assertThat(bound.bind(HostPair.B4, 80, false)).isEqualTo(Failure.NONE);
        bound.listen(1);
        TcpEndpoint client = connect();
        connect();
        told.clear();
        // A segment of a connection that has ended, found in its backlog by the application's thread.
        connectionAtB(client)
                .stray(
                        wrapped(RawSegment.between(HostPair.A4, 1000, HostPair.B4, 80)
                                .syn(1)),
                        null);
        assertThat(told).containsExactly("TcpExtListenOverflows of 40 bytes by null from 192.0.2.1");
    }

    private TcpConnection connectionAtB(TcpEndpoint client) {
        SocketPair pair = SocketPair.of(HostPair.B4, 80, HostPair.A4, client.localPort(), 0);
        return (TcpConnection) Objects.requireNonNull(hosts.b.table().find(pair));
    }

    private static Packet wrapped(RawSegment segment) {
        Packet packet = segment.packet();
        packet.sourceLow = HostPair.A4.low();
        packet.destinationLow = HostPair.B4.low();
        assertThat(packet.tcp().wrap(packet.buffer(), packet.offset() + 20, packet.length() - 20))
                .isEqualTo(Refusal.NONE);
        return packet;
    }

    private static Packet segment(Consumer<Packet> change) {
        Packet packet =
                RawSegment.between(HostPair.A4, 1000, HostPair.B4, 80).syn(1).packet();
        change.accept(packet);
        return packet;
    }

    private TcpListener listen() {
        TcpEndpoint bound = hosts.b.tcpEndpoint();
        assertThat(bound.bind(HostPair.B4, 80, false)).isEqualTo(Failure.NONE);
        return bound.listen(5);
    }

    private TcpEndpoint connect() {
        TcpEndpoint client = hosts.a.tcpEndpoint();
        connected.add(client);
        assertThat(client.connect(HostPair.B4, 80)).isEqualTo(Failure.NONE);
        return client;
    }
}
