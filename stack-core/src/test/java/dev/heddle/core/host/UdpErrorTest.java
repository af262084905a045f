package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.A4;
import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static dev.heddle.core.host.UdpPair.PORT;
import static dev.heddle.core.host.UdpPair.count;
import static dev.heddle.core.host.UdpPair.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.udp.UdpCounter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a UDP endpoint hears of ICMP errors about what it has sent. */
class UdpErrorTest {

    private final UdpPair udp = new UdpPair();
    private final HostPair net = udp.hosts;
    private final DatagramSource source = udp.source;

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Requirement({"RFC1122:4.1.3.3", "RFC4443:3.1"})
    void a_port_that_nobody_has_is_told_to_a_connected_sender_once(boolean six) {
        UdpEndpoint client = udp.connected(six ? B6 : B4, PORT);
        assertThat(client.send(new byte[10], 0, 10)).isEqualTo(Failure.NONE);
        assertThat(client.readiness().isAny(Readiness.SOFT_ERROR)).isTrue();
        assertThat(client.receive(new byte[10], 0, 10, source)).isEqualTo(UdpEndpoint.FAILED);
        assertThat(client.takeFailure()).isEqualTo(Failure.PORT_UNREACHABLE);
        assertThat(client.takeFailure()).isEqualTo(Failure.NONE);
        assertThat(client.readiness().isAny(Readiness.SOFT_ERROR)).isFalse();
        assertThat(client.receive(new byte[10], 0, 10, source)).isEqualTo(UdpEndpoint.NOTHING);
        assertThat(client.send(new byte[10], 0, 10)).isEqualTo(Failure.NONE);
        int packets = net.packets;
        assertThat(client.send(new byte[10], 0, 10)).isEqualTo(Failure.PORT_UNREACHABLE);
        assertThat(net.packets).as("nothing is sent instead").isEqualTo(packets);
        UdpEndpoint server = udp.server();
        assertThat(client.send(new byte[10], 0, 10)).isEqualTo(Failure.NONE);
        assertThat(udp.received(server)).hasSize(10);
    }

    @Test
    void a_sender_that_is_not_connected_or_connected_elsewhere_hears_of_no_error() {
        UdpEndpoint client = net.a.udpEndpoint();
        send(client, "to nobody", B4, PORT);
        assertThat(count(net.b, UdpCounter.UdpNoPorts)).isEqualTo(1);
        assertThat(client.takeFailure()).isEqualTo(Failure.NONE);
        net.held = true;
        assertThat(client.connect(B4, PORT)).isEqualTo(Failure.NONE);
        assertThat(client.send(new byte[10], 0, 10)).isEqualTo(Failure.NONE);
        assertThat(client.connect(B4, PORT + 1)).isEqualTo(Failure.NONE);
        net.deliver();
        assertThat(client.takeFailure()).isEqualTo(Failure.NONE);
    }

    @Test
    @Requirement("RFC1122:3.2.2.1")
    void an_error_that_may_go_away_is_no_failure() {
        UdpEndpoint client = udp.connected(B4, PORT);
        List<byte[]> sent = new ArrayList<>();
        net.lost = packet -> sent.add(Packets.bytesOf(packet));
        assertThat(client.send(new byte[10], 0, 10)).isEqualTo(Failure.NONE);
        net.lost = packet -> false;
        int[] soft = {0, 1, 5};
        for (int code : soft) {
            net.a.inject(net.interfaceA, IcmpHostTest.message(3, code, 0, sent.getFirst(), B4, A4));
        }
        net.a.inject(net.interfaceA, IcmpHostTest.message(11, 0, 0, sent.getFirst(), B4, A4));
        assertThat(client.takeFailure()).isEqualTo(Failure.NONE);
        net.a.inject(net.interfaceA, IcmpHostTest.message(3, 13, 0, sent.getFirst(), B4, A4));
        assertThat(client.takeFailure()).isEqualTo(Failure.HOST_UNREACHABLE);
    }
}
