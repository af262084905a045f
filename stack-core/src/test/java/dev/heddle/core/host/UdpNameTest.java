package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.A4;
import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static dev.heddle.core.host.UdpPair.PORT;
import static dev.heddle.core.host.UdpPair.bound;
import static dev.heddle.core.host.UdpPair.count;
import static dev.heddle.core.host.UdpPair.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.udp.Delivery;
import dev.heddle.core.udp.UdpCounter;
import dev.heddle.core.udp.UdpOutput;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.UdpHeader;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The names that UDP endpoints have, and which of them gets a datagram. */
class UdpNameTest {

    private final UdpPair udp = new UdpPair();
    private final HostPair net = udp.hosts;

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    private static IpAddress address(String text) {
        return IpAddress.parse(text);
    }

    @Test
    void the_most_exact_name_gets_the_datagram() {
        IpAddress other = address("192.0.2.1");
        UdpEndpoint connected = net.b.udpEndpoint();
        UdpEndpoint specific = net.b.udpEndpoint();
        UdpEndpoint onlyIpv4 = net.b.udpEndpoint();
        UdpEndpoint both = net.b.udpEndpoint();
        // Of equals the last would win.
        assertThat(connected.bind(IpAddress.ANY_V6, PORT, true)).isEqualTo(Failure.NONE);
        assertThat(specific.bind(B4, PORT, true)).isEqualTo(Failure.NONE);
        assertThat(onlyIpv4.bind(IpAddress.ANY_V4, PORT, true)).isEqualTo(Failure.NONE);
        assertThat(both.bind(IpAddress.ANY_V6, PORT, true)).isEqualTo(Failure.NONE);
        assertThat(connected.connect(other, 7)).isEqualTo(Failure.NONE);
        UdpEndpoint peer = bound(net.a, A4, 7);
        UdpEndpoint stranger = bound(net.a, A4, 8);
        List<UdpEndpoint> all = List.of(connected, specific, onlyIpv4, both);
        for (int i = 0; i < all.size(); i++) {
            send(peer, "from 7", B4, PORT);
            assertThat(udp.receivedText(all.get(i))).as("step %s", i).isEqualTo("from 7");
            if (i == 0) {
                send(stranger, "from 8", B4, PORT);
                assertThat(udp.receivedText(specific)).isEqualTo("from 8");
                send(net.a.udpEndpoint(), "ipv6", B6, PORT);
                assertThat(udp.receivedText(both)).isEqualTo("ipv6");
            }
            all.get(i).close();
        }
        assertThat(peer.send(new byte[1], 0, 1, B4, PORT)).isEqualTo(Failure.NONE);
        assertThat(count(net.b, UdpCounter.UdpNoPorts)).isEqualTo(1);
    }

    @Test
    void of_equals_the_last_bound_gets_the_datagram() {
        UdpEndpoint first = net.b.udpEndpoint();
        UdpEndpoint last = net.b.udpEndpoint();
        assertThat(first.bind(IpAddress.ANY_V6, PORT, true)).isEqualTo(Failure.NONE);
        assertThat(last.bind(IpAddress.ANY_V6, PORT, true)).isEqualTo(Failure.NONE);
        UdpEndpoint client = net.a.udpEndpoint();
        send(client, "one", B4, PORT);
        assertThat(udp.receivedText(first)).isEqualTo("nothing");
        assertThat(udp.receivedText(last)).isEqualTo("one");
        last.close();
        send(client, "two", B4, PORT);
        assertThat(udp.receivedText(first)).isEqualTo("two");
    }

    @Test
    void a_port_is_bound_once_and_again_when_it_was_given_back() {
        UdpEndpoint server = udp.server();
        assertThat(net.b.udpEndpoint().bind(IpAddress.ANY_V6, PORT, false)).isEqualTo(Failure.ADDRESS_IN_USE);
        assertThat(net.b.udpEndpoint().bind(B4, PORT, false)).isEqualTo(Failure.ADDRESS_IN_USE);
        assertThat(net.b.udpEndpoint().bind(B4, PORT, true)).isEqualTo(Failure.ADDRESS_IN_USE);
        assertThat(net.b.udpEndpoint().bind(A4, 1, false)).isEqualTo(Failure.ADDRESS_NOT_AVAILABLE);
        assertThat(server.bind(B4, 1, false)).isEqualTo(Failure.INVALID_STATE);
        TcpListener ofTcp = net.listen(PORT);
        assertThat(ofTcp.localPort()).as("another protocol's ports").isEqualTo(PORT);
        server.close();
        assertThat(server.localPort()).isEqualTo(PORT);
        assertThat(server.bind(B4, 1, false)).isEqualTo(Failure.INVALID_STATE);
        udp.server().close();
    }

    @Test
    @Requirement("RFC6056:3.2")
    void every_ephemeral_port_can_be_used_and_then_there_is_none() {
        HostPair few =
                new HostPair(TcpConfig.builder().ephemeralPorts(40_000, 40_099).build());
        UdpEndpoint last = bound(few.a, A4, 0);
        for (int i = 1; i < 100; i++) {
            last = bound(few.a, A4, 0);
        }
        assertThat(few.a.udpEndpoint().bind(A4, 0, false)).isEqualTo(Failure.ADDRESS_IN_USE);
        assertThat(few.a.udpEndpoint().send(new byte[1], 0, 1, B4, 1)).isEqualTo(Failure.ADDRESS_IN_USE);
        assertThat(few.a.datagramEndpoints())
                .hasSize(100)
                .allSatisfy(endpoint -> assertThat(endpoint.localPort()).isBetween(40_000, 40_099));
        int port = last.localPort();
        last.close();
        assertThat(bound(few.a, A4, 0).localPort()).isEqualTo(port);
        few.closeAndCheck();
    }

    @Test
    void a_connected_endpoint_hears_its_peer_only_until_it_is_disconnected() {
        UdpEndpoint client = bound(net.a, IpAddress.ANY_V6, 7);
        UdpEndpoint stranger = bound(net.b, B4, 6000);
        UdpEndpoint server = udp.server();
        send(stranger, "before", A4, 7);
        assertThat(client.connect(B4, PORT)).isEqualTo(Failure.NONE);
        assertThat(client.localAddress()).isEqualTo(A4);
        assertThat(client.remoteAddress()).isEqualTo(B4);
        assertThat(client.remotePort()).isEqualTo(PORT);
        assertThat(udp.receivedText(client)).as("came before the connection").isEqualTo("nothing");
        send(stranger, "stranger", A4, 7);
        send(server, "peer", A4, 7);
        assertThat(udp.receivedText(client)).isEqualTo("peer");
        assertThat(udp.receivedText(client)).isEqualTo("nothing");
        assertThat(client.send(new byte[3], 0, 3)).isEqualTo(Failure.NONE);
        assertThat(udp.received(server)).hasSize(3);
        client.disconnect();
        assertThat(client.remoteAddress()).isNull();
        assertThat(client.localAddress()).isEqualTo(IpAddress.ANY_V6);
        assertThat(client.localPort()).isEqualTo(7);
        assertThat(client.send(new byte[3], 0, 3)).isEqualTo(Failure.INVALID_STATE);
        send(stranger, "stranger again", A4, 7);
        assertThat(udp.receivedText(client)).isEqualTo("stranger again");
    }

    @Test
    void a_datagram_that_was_found_for_a_name_is_not_taken_under_another() {
        UdpEndpoint server = udp.server();
        DatagramName former = server.name();
        assertThat(server.connect(A4, 7)).isEqualTo(Failure.NONE);
        Packet packet = new Packet(100);
        UdpOutput.write(packet, 8, PORT, new byte[4], 0, 4);
        UdpHeader header = new UdpHeader();
        header.wrap(packet.buffer(), packet.offset(), packet.length());
        Batch batch = net.interfaceB.driver().batch();
        assertThat(server.arrives(packet, header, former, batch)).isNull();
        server.failed(Failure.PORT_UNREACHABLE, former, batch);
        assertThat(server.takeFailure()).isEqualTo(Failure.NONE);
        assertThat(server.arrives(packet, header, server.name(), batch)).isEqualTo(Delivery.DELIVERED);
        server.close();
        assertThat(server.arrives(packet, header, server.name(), batch)).isNull();
        assertThat(net.b.bufferPool().usedBytes()).isZero();
    }
}
