package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.A4;
import static dev.heddle.core.host.HostPair.A6;
import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static dev.heddle.core.host.HostPair.SECOND;
import static dev.heddle.core.host.UdpPair.PORT;
import static dev.heddle.core.host.UdpPair.bound;
import static dev.heddle.core.host.UdpPair.count;
import static dev.heddle.core.host.UdpPair.random;
import static dev.heddle.core.host.UdpPair.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.Requirement;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.udp.UdpCounter;
import dev.heddle.core.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** UDP endpoints of two hosts: what becomes of their datagrams, of long ones and of too many, and of the endpoints in the end. */
class UdpEndpointTest {

    private final UdpPair udp = new UdpPair();
    private final HostPair net = udp.hosts;
    private final DatagramSource source = udp.source;

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    private static IpAddress address(String text) {
        return IpAddress.parse(text);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.2, 192.0.2.1", "2001:db8::2, 2001:db8::1"})
    @Requirement("RFC1122:4.1.3.5")
    void a_datagram_arrives_with_its_senders_name_and_an_answer_goes_there(String to, String from) {
        UdpEndpoint server = udp.server();
        UdpEndpoint client = net.a.udpEndpoint();
        assertThat(client.localPort()).isZero();
        assertThat(client.localAddress()).isNull();
        send(client, "hello", address(to), PORT);
        assertThat(client.localPort()).isBetween(32_768, 60_999);
        assertThat(client.localAddress()).isEqualTo(IpAddress.ANY_V6);
        assertThat(server.readiness().isAny(Readiness.READABLE)).isTrue();
        assertThat(udp.receivedText(server)).isEqualTo("hello");
        assertThat(server.readiness().isAny(Readiness.READABLE)).isFalse();
        assertThat(source.address()).isEqualTo(address(from));
        assertThat(source.port()).isEqualTo(client.localPort());
        assertThat(source.destination()).isEqualTo(address(to));
        send(server, "hello yourself", source.address(), source.port());
        assertThat(udp.receivedText(client)).isEqualTo("hello yourself");
        assertThat(udp.receivedText(client)).isEqualTo("nothing");
        boolean ipv4 = address(to).isIpv4();
        assertThat(count(net.a, ipv4 ? UdpCounter.UdpOutDatagrams : UdpCounter.Udp6OutDatagrams))
                .isEqualTo(1);
        assertThat(count(net.b, ipv4 ? UdpCounter.UdpInDatagrams : UdpCounter.Udp6InDatagrams))
                .isEqualTo(1);
    }

    @Test
    void datagrams_come_one_by_one_in_their_order_whatever_their_lengths() {
        UdpEndpoint server = udp.server();
        UdpEndpoint client = net.a.udpEndpoint();
        int[] lengths = {0, 1, 1472, 0, 30_000, 7};
        for (int length : lengths) {
            send(client, random(length), B4, PORT);
        }
        for (int length : lengths) {
            assertThat(udp.received(server)).isEqualTo(random(length));
        }
        assertThat(udp.received(server)).isNull();
        assertThat(net.b.bufferPool().usedBytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.2, 65507", "2001:db8::2, 65487"})
    @Requirement({"RFC1122:3.3.3", "RFC8200:4.5"})
    void the_longest_datagrams_go_in_fragments(String to, int most) {
        UdpEndpoint server = udp.server();
        UdpEndpoint client = net.a.udpEndpoint();
        for (int length : new int[] {1453, 1473, 60_000, most}) {
            send(client, random(length), address(to), PORT);
            assertThat(udp.received(server)).isEqualTo(random(length));
        }
        assertThat(net.packets).isGreaterThan(85);
        assertThat(net.a.bufferPool().usedBytes()).isZero();
    }

    @Test
    void a_datagram_that_no_length_field_can_tell_is_refused() {
        UdpEndpoint client = net.a.udpEndpoint();
        byte[] bytes = new byte[70_000];
        assertThat(client.send(bytes, 0, 65_508, B4, PORT)).isEqualTo(Failure.MESSAGE_TOO_LONG);
        assertThat(client.send(bytes, 0, 65_528, B6, PORT)).isEqualTo(Failure.MESSAGE_TOO_LONG);
        assertThat(net.packets).isZero();
        assertThat(count(net.a, UdpCounter.UdpOutDatagrams)).isZero();
    }

    @Test
    void what_is_longer_than_asked_for_is_lost_but_not_what_comes_behind() {
        UdpEndpoint server = udp.server();
        UdpEndpoint client = net.a.udpEndpoint();
        send(client, "0123456789", B4, PORT);
        send(client, "abc", B4, PORT);
        byte[] buffer = new byte[10];
        assertThat(server.receive(buffer, 2, 4, source)).isEqualTo(4);
        assertThat(buffer).containsExactly(0, 0, '0', '1', '2', '3', 0, 0, 0, 0);
        assertThat(source.datagramBytes()).isEqualTo(10);
        assertThat(server.receive(buffer, 0, 0, source)).isZero();
        assertThat(source.datagramBytes()).isEqualTo(3);
        assertThat(server.receive(buffer, 0, 0, source)).isEqualTo(UdpEndpoint.NOTHING);
    }

    @Test
    void hop_limit_and_traffic_class_are_those_of_the_options() {
        UdpEndpoint client = net.a.udpEndpoint();
        client.options(client.options().withHopLimit(3).withTrafficClass(0xb9));
        List<byte[]> sent = new ArrayList<>();
        net.lost = packet -> sent.add(Packets.bytesOf(packet));
        send(client, "4", B4, PORT);
        send(client, "6", B6, PORT);
        send(client, random(2000), B4, PORT);
        assertThat(sent.get(0)[1]).isEqualTo((byte) 0xb9);
        assertThat(sent.get(0)[8]).isEqualTo((byte) 3);
        assertThat(ByteBuffer.wrap(sent.get(1)).getInt(0) >>> 20).isEqualTo(0x6b9);
        assertThat(sent.get(1)[7]).isEqualTo((byte) 3);
        assertThat(sent.get(3)[1]).isEqualTo((byte) 0xb9);
        assertThat(sent.get(3)[8]).isEqualTo((byte) 3);
        assertThat(ByteBuffer.wrap(sent.get(0)).getShort(6) & 0x4000)
                .as("a router may fragment it")
                .isZero();
    }

    @Test
    void what_waits_is_bounded_by_the_receive_buffer_and_counted_beyond() {
        UdpEndpoint server = udp.server();
        server.options(server.options().withReceiveBufferBytes(10_000));
        UdpEndpoint client = net.a.udpEndpoint();
        for (int i = 0; i < 1_000; i++) {
            send(client, random(960), B4, PORT);
        }
        assertThat(net.b.bufferPool().usedBytes()).isLessThanOrEqualTo(16_384);
        assertThat(count(net.b, UdpCounter.UdpInDatagrams)).isEqualTo(10);
        assertThat(count(net.b, UdpCounter.UdpRcvbufErrors)).isEqualTo(990);
        assertThat(count(net.b, UdpCounter.UdpInErrors)).isEqualTo(990);
        for (int i = 0; i < 10; i++) {
            assertThat(udp.received(server)).hasSize(960);
        }
        assertThat(udp.received(server)).isNull();
        // One always may, however long.
        send(client, random(30_000), B4, PORT);
        send(client, random(1), B4, PORT);
        assertThat(udp.received(server)).hasSize(30_000);
        assertThat(udp.received(server)).isNull();
    }

    @Test
    void nobody_hears_where_there_is_no_way() {
        UdpEndpoint client = net.a.udpEndpoint();
        byte[] one = {1};
        assertThat(client.send(one, 0, 1, address("198.51.100.1"), 1)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(client.send(one, 0, 1, address("2001:db8:1::1"), 1)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(client.send(one, 0, 1, IpAddress.LOOPBACK_V4, 1)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(client.send(one, 0, 1, address("224.0.0.1"), 1)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(client.send(one, 0, 1, address("ff02::1"), 1)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(client.send(one, 0, 1, B4, 0)).isEqualTo(Failure.INVALID_STATE);
        assertThat(client.connect(B4, 0)).isEqualTo(Failure.INVALID_STATE);
        assertThat(client.connect(address("198.51.100.1"), 1)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(client.remoteAddress()).isNull();
        UdpEndpoint ipv4 = bound(net.a, A4, 0);
        assertThat(ipv4.send(one, 0, 1, B6, 1)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        UdpEndpoint ipv6 = bound(net.a, A6, 0);
        assertThat(ipv6.send(one, 0, 1, B4, 1)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(net.packets).isZero();
    }

    @Test
    @Requirement("RFC1122:3.2.1.3")
    void a_loopback_address_is_not_seen_outside() {
        net.b.addLoopback();
        UdpEndpoint inside = bound(net.b, IpAddress.LOOPBACK_V4, 0);
        assertThat(inside.send(new byte[1], 0, 1, A4, 1)).isEqualTo(Failure.INVALID_STATE);
        assertThat(inside.connect(A4, 1)).isEqualTo(Failure.INVALID_STATE);
        assertThat(net.packets).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.5.6.7", "::1", "192.0.2.2", "2001:db8::2", "0.0.0.0", "::"})
    void a_host_reaches_itself(String to) {
        net.b.addLoopback();
        UdpEndpoint server = udp.server();
        UdpEndpoint client = net.b.udpEndpoint();
        for (int length : new int[] {10, 2000, 65_000}) {
            send(client, random(length), address(to), PORT);
            assertThat(udp.received(server)).isEqualTo(random(length));
        }
        send(server, "back", source.address(), source.port());
        assertThat(udp.receivedText(client)).isEqualTo("back");
        server.close();
        assertThat(client.connect(address(to), PORT)).isEqualTo(Failure.NONE);
        assertThat(client.send(new byte[1], 0, 1)).isEqualTo(Failure.NONE);
        assertThat(client.takeFailure()).isEqualTo(Failure.PORT_UNREACHABLE);
        assertThat(net.packets).isZero();
    }

    @Test
    void a_broadcast_needs_permission_and_reaches_everybody_at_the_port() {
        UdpEndpoint first = net.b.udpEndpoint();
        UdpEndpoint second = net.b.udpEndpoint();
        UdpEndpoint elsewhere = net.b.udpEndpoint();
        assertThat(first.bind(IpAddress.ANY_V6, PORT, true)).isEqualTo(Failure.NONE);
        assertThat(second.bind(IpAddress.ANY_V4, PORT, true)).isEqualTo(Failure.NONE);
        assertThat(elsewhere.bind(B4, PORT, true)).isEqualTo(Failure.NONE);
        IpAddress everybody = address("192.0.2.255");
        UdpEndpoint client = bound(net.a, A4, 0);
        assertThat(client.send(new byte[1], 0, 1, everybody, PORT)).isEqualTo(Failure.NOT_PERMITTED);
        assertThat(client.connect(everybody, PORT)).isEqualTo(Failure.NOT_PERMITTED);
        client.options(client.options().withBroadcast(true));
        send(client, "all", everybody, PORT);
        send(client, "all of the link", address("255.255.255.255"), PORT);
        for (UdpEndpoint each : List.of(first, second)) {
            assertThat(udp.receivedText(each)).isEqualTo("all");
            assertThat(source.destination()).isEqualTo(everybody);
            assertThat(udp.receivedText(each)).isEqualTo("all of the link");
        }
        assertThat(udp.receivedText(elsewhere)).isEqualTo("nothing");
        send(client, "nobody", everybody, PORT + 1);
        assertThat(count(net.b, UdpCounter.UdpNoPorts)).isEqualTo(1);
    }

    @Test
    void a_datagram_that_a_full_link_refuses_waits_and_no_other_is_taken_until_it_has_gone() {
        UdpEndpoint server = udp.server();
        UdpEndpoint client = net.a.udpEndpoint();
        UdpEndpoint other = net.a.udpEndpoint();
        int[] woken = new int[1];
        client.readiness().subscribe(() -> woken[0]++);
        net.full = true;
        send(client, random(60_000), B4, PORT);
        assertThat(client.send(new byte[1], 0, 1, B4, PORT)).isEqualTo(Failure.NO_ROOM);
        assertThat(other.send(new byte[1], 0, 1, B4, PORT)).isEqualTo(Failure.NO_ROOM);
        assertThat(client.readiness().isAny(Readiness.WRITABLE)).isFalse();
        net.a.linkReady(net.interfaceA);
        assertThat(client.readiness().isAny(Readiness.WRITABLE)).isFalse();
        assertThat(woken[0]).isZero();
        net.full = false;
        net.a.linkReady(net.interfaceA);
        assertThat(client.readiness().isAny(Readiness.WRITABLE)).isTrue();
        assertThat(other.readiness().isAny(Readiness.WRITABLE)).isTrue();
        assertThat(woken[0]).isPositive();
        assertThat(udp.received(server)).isEqualTo(random(60_000));
        send(client, random(1), B4, PORT);
        assertThat(udp.received(server)).hasSize(1);
        assertThat(net.a.counters().ip().get(IpCounter.IpFragFails)).isZero();
        net.full = true;
        send(client, random(60_000), B4, PORT);
        assertThat(net.a.bufferPool().usedBytes()).isPositive();
    }

    @Test
    void close_discards_what_waits_and_everything_behind_it_fails() {
        UdpEndpoint server = udp.server();
        send(net.a.udpEndpoint(), random(5000), B4, PORT);
        assertThat(net.b.bufferPool().usedBytes()).isPositive();
        int[] woken = new int[1];
        server.readiness().subscribe(() -> woken[0]++);
        server.close();
        server.close();
        assertThat(net.b.bufferPool().usedBytes()).isZero();
        assertThat(net.b.datagramEndpoints()).isEmpty();
        assertThat(server.readiness().bits()).isEqualTo(Readiness.CLOSED);
        assertThat(woken[0]).isPositive();
        assertThat(server.receive(new byte[1], 0, 1, source)).isEqualTo(UdpEndpoint.NOTHING);
        assertThat(server.send(new byte[1], 0, 1, A4, 1)).isEqualTo(Failure.INVALID_STATE);
        assertThat(server.connect(A4, 1)).isEqualTo(Failure.INVALID_STATE);
        assertThat(server.localPort()).isEqualTo(PORT);
    }

    @Test
    void a_closed_host_has_closed_its_endpoints_and_binds_no_more() {
        UdpEndpoint server = udp.server();
        UdpEndpoint unbound = net.b.udpEndpoint();
        net.b.close();
        assertThat(server.readiness().isAny(Readiness.CLOSED)).isTrue();
        assertThat(unbound.bind(IpAddress.ANY_V6, 1, false)).isEqualTo(Failure.NETWORK_DOWN);
        assertThat(unbound.send(new byte[1], 0, 1, A4, 1)).isEqualTo(Failure.NETWORK_DOWN);
    }

    @Test
    void a_call_from_inside_a_sink_is_refused_but_for_close() {
        UdpEndpoint server = udp.server();
        UdpEndpoint client = net.a.udpEndpoint();
        net.lost = packet -> {
            assertThatThrownBy(() -> server.send(new byte[1], 0, 1, A4, 1)).isInstanceOf(IllegalStateException.class);
            server.close();
            assertThat(server.readiness().isAny(Readiness.CLOSED)).isFalse();
            return true;
        };
        send(client, "x", B4, PORT);
        assertThat(server.readiness().isAny(Readiness.CLOSED)).isTrue();
    }

    @Test
    void a_host_lists_its_endpoints() {
        udp.server();
        UdpEndpoint client = udp.connected(B4, PORT);
        assertThat(client.send(random(100), 0, 100)).isEqualTo(Failure.NONE);
        assertThat(net.b.datagramEndpoints())
                .containsExactly(new DatagramEndpointInfo(IpAddress.ANY_V6, PORT, null, 0, 140));
        assertThat(net.a.datagramEndpoints())
                .containsExactly(new DatagramEndpointInfo(A4, client.localPort(), B4, PORT, 0));
        net.advance(SECOND);
    }
}
