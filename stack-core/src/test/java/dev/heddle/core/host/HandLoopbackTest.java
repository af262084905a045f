package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.icmp.IcmpCounter;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.udp.UdpCounter;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandLoopbackTest {

    private final HostPair net = new HostPair();
    private final HostInterface lo = net.b.addLoopback();

    @BeforeEach
    void nothing_leaves_the_host() {
        net.lost = packet -> {
            throw new AssertionError("a packet to the host itself left it");
        };
    }

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.5.6.7", "::1", "192.0.2.2", "2001:db8::2"})
    @Requirement({"RFC1122:3.2.1.3", "RFC4291:2.5.3"})
    void a_host_reaches_itself_by_every_address_that_means_it(String address) {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.b.tcpEndpoint();
        assertThat(client.connect(IpAddress.parse(address), 80)).isEqualTo(Failure.NONE);
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        byte[] data = new byte[50_000];
        data[49_999] = 7;
        int read = 0;
        int written = 0;
        byte[] received = new byte[data.length];
        for (int i = 0; i < 100 && read < data.length; i++) {
            written += client.write(data, written, data.length - written);
            read += Math.max(0, server.read(received, read, data.length - read));
            net.advance(HostPair.MILLISECOND);
        }
        assertThat(received).isEqualTo(data);
        assertThat(server.localAddress()).hasToString(address);
    }

    @Test
    void a_closed_port_refuses_and_the_networks_broadcast_address_is_no_host() {
        TcpEndpoint client = net.b.tcpEndpoint();
        client.connect(IpAddress.parse("127.9.9.9"), 81);
        assertThat(client.failure()).isEqualTo(Failure.REFUSED);
        assertThat(net.b.tcpEndpoint().connect(IpAddress.parse("127.255.255.255"), 80))
                .isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(net.a.tcpEndpoint().connect(IpAddress.LOOPBACK_V4, 80))
                .as("a host without loopback")
                .isEqualTo(Failure.NETWORK_UNREACHABLE);
    }

    @Test
    void a_ping_of_the_host_itself_is_answered_to_itself() {
        byte[] request = {8, 0, (byte) 0xf7, (byte) 0xff, 0, 0, 0, 0};
        net.b.inject(lo, Packets.ip("127.0.0.1", "127.1.2.3", 1, request));
        net.b.inject(lo, Packets.ip("192.0.2.2", "192.0.2.2", 1, request));
        assertThat(net.b.counters().icmp().get(IcmpCounter.IcmpInEchoReps)).isEqualTo(2);
    }

    @Test
    void a_datagram_to_a_closed_port_of_the_host_itself_is_told_without_limit() {
        ByteBuffer b = ByteBuffer.allocate(8);
        UdpHeader.write(b, 0, 1, 2, 8);
        for (int i = 0; i < 100; i++) {
            net.b.inject(lo, Packets.ip("127.0.0.1", "127.1.2.3", 17, b.array()));
        }
        assertThat(net.b.counters().udp().get(UdpCounter.UdpNoPorts)).isEqualTo(100);
        assertThat(net.b.counters().icmp().get(IcmpCounter.IcmpInDestUnreachs)).isEqualTo(100);
        assertThat(net.b.counters().icmp().get(IcmpCounter.IcmpInErrors)).isZero();
    }

    @Test
    void own_addresses_do_not_come_from_the_wire() {
        long before = net.b.counters().icmp().get(IcmpCounter.IcmpInMsgs);
        for (IpAddress own : new IpAddress[] {B4, B6}) {
            int protocol = own.isIpv4() ? 1 : 58;
            net.b.inject(net.interfaceB, Packets.ip(own.toString(), own.toString(), protocol, new byte[8]));
        }
        assertThat(net.b.counters().icmp().get(IcmpCounter.IcmpInMsgs)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.5.6.7", "::1"})
    @Requirement({"RFC1122:3.2.1.3", "RFC4291:2.5.3"})
    void a_connection_from_a_loopback_address_does_not_leave_the_host(String address) {
        IpAddress from = IpAddress.parse(address);
        TcpEndpoint client = net.b.tcpEndpoint();
        assertThat(client.bind(from, 0, false)).isEqualTo(Failure.NONE);
        assertThat(client.connect(from.isIpv4() ? HostPair.A4 : HostPair.A6, 80))
                .isEqualTo(Failure.INVALID_STATE);
        assertThat(client.connect(from, 80))
                .as("the endpoint may be used again")
                .isEqualTo(Failure.NONE);
        assertThat(client.failure()).isEqualTo(Failure.REFUSED);
    }
}
