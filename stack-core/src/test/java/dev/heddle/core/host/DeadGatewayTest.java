package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host with two default routes, the better of which leads into nothing without saying so. */
class DeadGatewayTest {

    private static final IpPrefix EVERYTHING = IpPrefix.parse("0.0.0.0/0");
    private static final IpAddress FAR = IpAddress.parse("203.0.113.1");
    private static final IpAddress ALSO_FAR = IpAddress.parse("203.0.113.2");

    private final HostPair net = new HostPair();

    /** The ways that packets to far addresses took, and whether they arrive. */
    private final List<Integer> ways = new ArrayList<>();

    private boolean firstWorks;
    private boolean secondWorks = true;
    private boolean secondIsFull;

    private final HostInterface far = net.b.addInterface(
            "b1",
            LinkCapabilities.plain(1500),
            packet -> true,
            List.of(IpPrefix.parse("203.0.113.1/32"), IpPrefix.parse("203.0.113.2/32")));

    private final HostInterface second = net.a.addInterface(
            "a1",
            LinkCapabilities.plain(1500),
            packet -> {
                if (secondIsFull) {
                    return false;
                }
                ways.add(2);
                if (secondWorks) {
                    Packet copy = new Packet(1500);
                    copy.copyOf(packet);
                    net.b.inject(far, copy);
                }
                return true;
            },
            List.of(IpPrefix.parse("198.51.100.1/24")));

    @BeforeEach
    void two_default_routes() {
        net.a.addRoute(EVERYTHING, IpAddress.parse("192.0.2.254"), net.interfaceA, 10);
        net.a.addRoute(EVERYTHING, IpAddress.parse("198.51.100.254"), second, 20);
        net.lost = packet -> {
            boolean toFar = (packet.buffer().getInt(packet.offset() + 16) & 0xffffff00) == 0xcb007100;
            if (toFar) {
                ways.add(1);
            }
            return toFar && !firstWorks;
        };
    }

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    @Test
    @Requirement({"RFC9293:MUST-20", "RFC1122:3.3.1.4"})
    void an_attempt_that_nobody_answers_tries_the_other_gateway() {
        net.listen(80);
        TcpEndpoint client = net.connect(FAR, 80);
        net.advance(6 * SECOND);
        assertThat(client.state()).isEqualTo(TcpState.SYN_SENT);
        assertThat(ways).containsExactly(1, 1, 1);
        net.advance(2 * SECOND);
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(ways.subList(3, ways.size())).containsOnly(2);

        // Other addresses are not concerned, and after ten minutes this one is not either.
        ways.clear();
        net.connect(ALSO_FAR, 80).abort();
        assertThat(ways).containsOnly(1);
        ways.clear();
        client.write(new byte[10], 0, 10);
        assertThat(ways).containsOnly(2);
        firstWorks = true;
        net.advance(600 * SECOND);
        ways.clear();
        client.write(new byte[10], 0, 10);
        assertThat(ways).containsOnly(1);
    }

    @Test
    @Requirement({"RFC9293:MUST-20", "RFC1122:3.3.1.4"})
    void a_connection_outlives_its_gateway() {
        firstWorks = true;
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(FAR, 80);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        firstWorks = false;
        client.write(new byte[100], 0, 100);
        assertThat(server.available()).isZero();
        net.advance(5 * SECOND);
        assertThat(server.available()).isEqualTo(100);
        assertThat(client.localAddress()).isEqualTo(HostPair.A4);
    }

    @Test
    void a_connection_that_goes_another_way_than_it_comes_waits_for_room_where_it_goes() {
        firstWorks = true;
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(FAR, 80);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        firstWorks = false;
        client.write(new byte[100], 0, 100);
        net.advance(5 * SECOND);
        assertThat(server.available()).isEqualTo(100);
        for (int round = 2; round < 4; round++) {
            secondIsFull = true;
            client.write(new byte[100], 0, 100);
            net.a.linkReady(second);
            assertThat(server.available()).isEqualTo(100 * (round - 1));
            secondIsFull = false;
            net.a.linkReady(second);
            assertThat(server.available()).isEqualTo(100 * round);
        }
    }

    @Test
    @Requirement("RFC1122:3.3.1.4")
    void when_both_seem_dead_they_take_turns() {
        secondWorks = false;
        TcpEndpoint client = net.connect(FAR, 80);
        net.advance(100 * SECOND);
        assertThat(client.state()).isEqualTo(TcpState.SYN_SENT);
        assertThat(ways).containsExactly(1, 1, 1, 2, 1, 2, 1);
    }

    @Test
    void a_peer_without_another_way_to_it_is_asked_on_the_only_one() {
        assertThat(net.a.removeRoute(EVERYTHING, IpAddress.parse("198.51.100.254"), second))
                .isTrue();
        net.connect(FAR, 80);
        net.advance(100 * SECOND);
        assertThat(ways).hasSize(7).containsOnly(1);
    }

    @Test
    void a_silent_neighbour_is_not_looked_for_behind_a_gateway() {
        int before = net.packets;
        net.lost = packet -> true;
        net.connect(IpAddress.parse("192.0.2.77"), 80);
        net.advance(100 * SECOND);
        assertThat(net.packets - before).isEqualTo(7);
        assertThat(ways).isEmpty();
    }

    @Test
    @Requirement({"RFC9293:MUST-20", "RFC1122:3.3.1.4"})
    void connections_that_lose_their_gateway_together_go_the_other_way_together() {
        firstWorks = true;
        TcpListener listener = net.listen(80);
        List<TcpEndpoint> clients = new ArrayList<>();
        List<TcpEndpoint> servers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(net.connect(FAR, 80));
            servers.add(Objects.requireNonNull(listener.tryAccept()));
        }
        firstWorks = false;
        clients.forEach(client -> client.write(new byte[100], 0, 100));
        net.advance(5 * SECOND);
        assertThat(servers).allMatch(server -> server.available() == 100);
        ways.clear();
        clients.forEach(client -> client.write(new byte[100], 0, 100));
        assertThat(ways).containsOnly(2);
    }

    @Test
    @Requirement("RFC1122:3.3.1.4")
    void attempts_that_begin_together_find_the_other_gateway_together() {
        net.listen(80);
        TcpEndpoint one = net.connect(FAR, 80);
        TcpEndpoint other = net.connect(FAR, 80);
        net.advance(8 * SECOND);
        assertThat(one.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(other.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    @Test
    @Requirement("RFC1122:3.3.1.4")
    void as_many_peers_as_a_server_has_go_the_other_way() {
        List<IpAddress> peers = new ArrayList<>();
        for (int i = 10; i < 160; i++) {
            peers.add(IpAddress.parse("203.0.113." + i));
        }
        net.b.addInterface(
                "b2",
                LinkCapabilities.plain(1500),
                packet -> true,
                peers.stream().map(peer -> IpPrefix.parse(peer + "/32")).toList());
        net.listen(80, 200);
        List<TcpEndpoint> clients =
                peers.stream().map(peer -> net.connect(peer, 80)).toList();
        net.advance(8 * SECOND);
        assertThat(clients).allMatch(client -> client.state() == TcpState.ESTABLISHED);
        ways.clear();
        clients.forEach(client -> client.write(new byte[10], 0, 10));
        assertThat(ways).containsOnly(2);
    }

    @Test
    void a_syn_that_may_be_forged_does_not_change_the_way_of_him_whose_address_it_has() {
        TcpEndpoint endpoint = net.a.tcpEndpoint();
        endpoint.bind(IpAddress.ANY_V6, 80, false);
        TcpListener listener = endpoint.listen(1);
        net.a.inject(
                second, RawSegment.between(FAR, 5000, HostPair.A4, 80).syn(1).packet());
        net.advance(60 * SECOND);
        assertThat(listener.halfOpenCount()).isEqualTo(1);
        assertThat(ways).hasSizeGreaterThan(4).containsOnly(1);
        ways.clear();
        net.connect(FAR, 80);
        assertThat(ways).containsOnly(1);
    }

    @Test
    @Requirement("RFC1122:3.3.1.4")
    void a_connection_that_rests_outlives_its_gateway_if_it_is_kept_alive() {
        firstWorks = true;
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(FAR, 80);
        client.options(client.options()
                .with()
                .keepAlive(true)
                .keepIdleNs(10 * SECOND)
                .keepIntervalNs(SECOND)
                .keepCount(5)
                .build());
        assertThat(listener.tryAccept()).isNotNull();
        firstWorks = false;
        ways.clear();
        net.advance(30 * SECOND);
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(ways).startsWith(1, 1, 2);
    }
}
