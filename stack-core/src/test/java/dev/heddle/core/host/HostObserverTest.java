package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpEvent;
import dev.heddle.core.tcp.TcpInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
                    callTheHost();
                }

                @Override
                public void dropped(PacketDrop drop) {
                    told.add(drop.why() + " of " + drop.bytes() + " bytes by " + drop.interfaceName() + " from "
                            + drop.source());
                    callTheHost();
                }

                @Override
                public boolean isListening() {
                    return listening;
                }
            })
            .build());

    private boolean listening = true;

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
    void of_a_flood_the_most_that_wait_are_bounded() {
        Reports reports = new Reports();
        int[] calls = new int[1];
        for (int i = 0; i < 5_000; i++) {
            reports.add(() -> calls[0]++);
        }
        reports.addAlways(() -> calls[0] += 1_000_000);
        reports.fire();
        assertThat(calls[0]).isEqualTo(1_001_024);
        assertThat(reports.isDue()).isFalse();
    }

    @Test
    void reports_come_in_their_order_and_one_that_throws_stops_none() {
        List<Throwable> uncaught = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
        try {
            Reports reports = new Reports();
            reports.add(() -> told.add("first"));
            reports.add(() -> {
                throw new IllegalStateException("an observer's mistake");
            });
            reports.add(() -> told.add("last"));
            reports.fire();
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }
        assertThat(told).containsExactly("first", "last");
        assertThat(uncaught).hasSize(1);
    }

    private static Packet segment(Consumer<Packet> change) {
        Packet packet = RawSegment.of(HostPair.A4, 1000, HostPair.B4, 80).syn(1).packet();
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
