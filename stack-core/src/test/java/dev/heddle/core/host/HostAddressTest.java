package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.A4;
import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which local address a connection has, and which remote addresses and ports an OPEN takes (RFC 9293 3.9.1.1). */
class HostAddressTest {

    private static final IpAddress SECOND_A4 = IpAddress.parse("198.51.100.1");
    private static final IpAddress BEHIND_SECOND = IpAddress.parse("198.51.100.77");

    private final HostPair net = new HostPair();

    /** Source addresses of what a sent. */
    private final List<IpAddress> sources = new ArrayList<>();

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    private static IpAddress ipv4Source(Packet packet) {
        return IpAddress.ofIpv4(packet.buffer().getInt(packet.offset() + 12));
    }

    private HostInterface secondInterface() {
        return net.a.addInterface(
                "a1",
                LinkCapabilities.plain(1500),
                packet -> {
                    sources.add(ipv4Source(packet));
                    return true;
                },
                List.of(IpPrefix.parse("198.51.100.1/24")));
    }

    private void watch(IpAddress source) {
        net.lost = packet -> {
            if (ipv4Source(packet).equals(source)) {
                sources.add(source);
            }
            return false;
        };
    }

    @Test
    @Requirement("RFC9293:MUST-44")
    void without_a_local_address_the_route_gives_the_source() {
        secondInterface();
        TcpEndpoint client = net.connect(BEHIND_SECOND, 80);
        assertThat(client.localAddress()).isEqualTo(SECOND_A4);
        assertThat(sources).containsExactly(SECOND_A4);
        client.abort();
    }

    @Test
    @Requirement("RFC9293:MUST-43")
    void given_local_address_is_that_of_the_syn() {
        secondInterface();
        TcpEndpoint client = net.a.tcpEndpoint();
        assertThat(client.bind(SECOND_A4, 0, false)).isEqualTo(Failure.NONE);
        watch(SECOND_A4);
        assertThat(client.connect(B4, 80)).isEqualTo(Failure.NONE);
        assertThat(client.localAddress()).isEqualTo(SECOND_A4);
        assertThat(sources).isNotEmpty().containsOnly(SECOND_A4);
        client.abort();
    }

    @Test
    @Requirement("RFC9293:MUST-45")
    void connection_keeps_its_local_address_when_the_route_changes() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        // A better route with another preferred source.
        HostInterface second = secondInterface();
        net.a.addRoute(IpPrefix.parse("192.0.2.2/32"), null, second);
        assertThat(client.write(new byte[10], 0, 10)).isEqualTo(10);
        assertThat(sources).as("what went out on the new way").containsExactly(A4);
        assertThat(client.localAddress()).isEqualTo(A4);
        client.abort();
        server.abort();
    }

    @ParameterizedTest
    @ValueSource(strings = {"255.255.255.255", "192.0.2.255", "224.0.0.1", "239.1.2.3", "ff02::1", "ff0e::101"})
    @Requirement("RFC9293:MUST-46")
    void opening_to_a_group_or_broadcast_is_an_error(String address) {
        // There is a way there.
        net.a.addRoute(IpPrefix.parse("0.0.0.0/0"), B4, net.interfaceA);
        net.a.addRoute(IpPrefix.parse("::/0"), B6, net.interfaceA);
        TcpEndpoint client = net.a.tcpEndpoint();
        assertThat(client.connect(IpAddress.parse(address), 80)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(net.packets).isZero();
        assertThat(net.a.endpoints()).isEmpty();
    }

    @Test
    @Requirement("RFC9293:MUST-41")
    void second_listener_is_an_error_and_leaves_connections_and_the_first_alone() {
        TcpListener first = net.listen(80);
        TcpEndpoint before = net.connect(B4, 80);
        TcpEndpoint second = net.b.tcpEndpoint();
        assertThat(second.bind(IpAddress.ANY_V6, 80, true)).isEqualTo(Failure.ADDRESS_IN_USE);
        second.close();
        TcpEndpoint after = net.connect(B6, 80);
        assertThat(before.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(Objects.requireNonNull(first.tryAccept()).state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(Objects.requireNonNull(first.tryAccept()).state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(after.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    @Test
    @Requirement("RFC9293:MUST-42")
    void one_can_listen_on_a_port_from_which_a_connection_is_being_opened() {
        TcpEndpoint opening = net.b.tcpEndpoint();
        assertThat(opening.bind(B4, 5000, true)).isEqualTo(Failure.NONE);
        net.lost = packet -> true;
        assertThat(opening.connect(A4, 6000)).isEqualTo(Failure.NONE);
        assertThat(opening.state()).isEqualTo(TcpState.SYN_SENT);
        net.lost = packet -> false;
        TcpListener listener = net.listen(5000);
        TcpEndpoint client = net.connect(B4, 5000);
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(listener.tryAccept()).isNotNull();
        assertThat(opening.state()).isEqualTo(TcpState.SYN_SENT);
        opening.abort();
    }

    @Test
    @Requirement("RFC9293:MUST-42")
    void listener_goes_on_while_handshakes_of_its_port_are_half_open() {
        TcpListener first = net.listen(80);
        net.lost = packet -> ipv4Source(packet).equals(B4);
        TcpEndpoint halfOpen = net.connect(B4, 80);
        assertThat(first.halfOpenCount()).isEqualTo(1);
        net.lost = packet -> false;
        TcpEndpoint client = net.connect(B4, 80);
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(first.tryAccept()).isNotNull();
        assertThat(halfOpen.state()).isEqualTo(TcpState.SYN_SENT);
        halfOpen.abort();
    }

    @Test
    @Requirement("RFC9293:MUST-15")
    void without_an_mss_option_1220_bytes_are_sent_over_ipv6() {
        TcpListener listener = net.listen(80);
        net.lost = packet -> {
            dropMssOption(packet);
            return false;
        };
        TcpEndpoint client = net.connect(B6, 80);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        TcpInfo info = Objects.requireNonNull(client.info());
        assertThat(info.sendMssBytes() + 12).as("with the timestamps").isEqualTo(1220);
        server.abort();
    }

    /** Makes no-operations of the MSS option of an IPv6 SYN, which stands first; the checksum is not complete yet or changes with it. */
    private static void dropMssOption(Packet packet) {
        int tcp = packet.offset() + 40;
        boolean syn = (packet.buffer().get(tcp + 13) & 2) != 0;
        if (!syn) {
            return;
        }
        int old = sum(packet, tcp + 20);
        packet.buffer().putInt(tcp + 20, 0x01010101);
        int now = sum(packet, tcp + 20);
        int checksum = ~packet.buffer().getShort(tcp + 16) & 0xffff;
        int changed = checksum + now + (~old & 0xffff);
        changed = (changed & 0xffff) + (changed >>> 16);
        changed = (changed & 0xffff) + (changed >>> 16);
        packet.buffer().putShort(tcp + 16, (short) ~changed);
    }

    private static int sum(Packet packet, int at) {
        int sum = (packet.buffer().getShort(at) & 0xffff) + (packet.buffer().getShort(at + 2) & 0xffff);
        return (sum & 0xffff) + (sum >>> 16);
    }
}
