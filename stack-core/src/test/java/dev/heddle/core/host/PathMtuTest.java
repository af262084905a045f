package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.A4;
import static dev.heddle.core.host.HostPair.A6;
import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static dev.heddle.core.host.HostPair.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Path MTU discovery between two hosts with a narrow link in the middle, and against those who only claim there is one. */
@Timeout(60)
class PathMtuTest {

    private static final int PORT = 80;

    private final HostPair net = new HostPair();

    /** What the router between the hosts wants to tell a. */
    private final Queue<Packet> reports = new ArrayDeque<>();

    private int longestThrough;

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    private static Packet packetTooBig(boolean ipv4, int mtu, byte[] quoted) {
        byte[] quote = Arrays.copyOf(quoted, Math.min(quoted.length, 200));
        return ipv4 ? IcmpHostTest.message(3, 4, mtu, quote, B4, A4) : IcmpHostTest.message(2, 0, mtu, quote, B6, A6);
    }

    /** From now on the link between the hosts takes packets of this size, and says so. */
    private void narrow(boolean ipv4, int mtu) {
        net.lost = packet -> {
            if (packet.length() > mtu) {
                reports.add(packetTooBig(ipv4, mtu, Packets.bytesOf(packet)));
                return true;
            }
            longestThrough = Math.max(longestThrough, packet.length());
            return false;
        };
    }

    private void deliverReports() {
        for (Packet report = reports.poll(); report != null; report = reports.poll()) {
            net.a.inject(net.interfaceA, report);
        }
    }

    private void send(TcpEndpoint from, TcpEndpoint to, int bytes) {
        int written = 0;
        int read = 0;
        byte[] buffer = new byte[bytes];
        for (int steps = 0; read < bytes; steps++) {
            assertThat(steps).isLessThan(1_000);
            written += from.write(buffer, 0, bytes - written);
            deliverReports();
            int n = to.read(buffer, 0, bytes - read);
            read += n;
            if (n == 0) {
                net.advance(SECOND / 10);
            }
        }
    }

    private static int mtuOf(TcpEndpoint endpoint) {
        return Objects.requireNonNull(endpoint.info()).pathMtu();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement({"RFC1191:3", "RFC8201:4", "RFC8201:5.2"})
    void what_one_connection_finds_out_all_to_that_host_know(boolean ipv4) {
        IpAddress peer = ipv4 ? B4 : B6;
        TcpListener listener = net.listen(PORT);
        TcpEndpoint first = net.connect(peer, PORT);
        TcpEndpoint firstServer = Objects.requireNonNull(listener.tryAccept());
        TcpEndpoint other = net.connect(peer, PORT);
        TcpEndpoint otherServer = Objects.requireNonNull(listener.tryAccept());
        TcpEndpoint otherFamily = net.connect(ipv4 ? B6 : B4, PORT);
        Objects.requireNonNull(listener.tryAccept());
        narrow(ipv4, 1300);
        send(first, firstServer, 50_000);
        assertThat(mtuOf(first)).isEqualTo(1300);
        assertThat(longestThrough).isEqualTo(1300);

        // It asks before it sends.
        other.write(new byte[5000], 0, 5000);
        assertThat(reports).isEmpty();
        assertThat(mtuOf(other)).isEqualTo(1300);
        assertThat(otherServer.available()).isEqualTo(5000);

        List<TcpHeader> syns = new ArrayList<>();
        net.lost = packet -> {
            syns.add(RawSegment.headerOf(packet));
            return false;
        };
        TcpEndpoint later = net.connect(peer, PORT);
        assertThat(mtuOf(later)).isEqualTo(1300);
        assertThat(syns.getFirst().options().mss())
                .as("the way back is another way")
                .isEqualTo(ipv4 ? 1460 : 1440);
        otherFamily.write(new byte[10], 0, 10);
        assertThat(mtuOf(otherFamily)).isEqualTo(1500);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement({"RFC1191:6.3", "RFC8201:4"})
    void after_ten_minutes_the_full_size_is_tried_again(boolean ipv4) {
        TcpListener listener = net.listen(PORT);
        TcpEndpoint client = net.connect(ipv4 ? B4 : B6, PORT);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        narrow(ipv4, 1400);
        send(client, server, 50_000);
        assertThat(mtuOf(client)).isEqualTo(1400);
        net.advance(599 * SECOND);
        send(client, server, 5_000);
        assertThat(mtuOf(client)).isEqualTo(1400);
        net.advance(2 * SECOND);
        // Still narrow: one more report.
        send(client, server, 50_000);
        assertThat(mtuOf(client)).isEqualTo(1400);
        narrow(ipv4, 1500);
        longestThrough = 0;
        net.advance(601 * SECOND);
        send(client, server, 50_000);
        assertThat(mtuOf(client)).isEqualTo(1500);
        assertThat(longestThrough).isEqualTo(1500);
    }

    @Test
    @Requirement("RFC1191:3")
    void every_tcp_packet_over_ipv4_says_do_not_fragment() {
        List<Integer> fragmentFields = new ArrayList<>();
        net.lost = packet -> {
            fragmentFields.add(packet.buffer().getShort(packet.offset() + 6) & 0xffff);
            return false;
        };
        TcpListener listener = net.listen(PORT);
        TcpEndpoint client = net.connect(B4, PORT);
        send(client, Objects.requireNonNull(listener.tryAccept()), 10_000);
        client.abort();
        assertThat(fragmentFields).hasSizeGreaterThan(8).containsOnly(0x4000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement({"RFC5927:7", "RFC8201:4"})
    void forged_reports_change_nothing(boolean ipv4) {
        TcpListener listener = net.listen(PORT);
        TcpEndpoint client = net.connect(ipv4 ? B4 : B6, PORT);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        List<byte[]> sent = new ArrayList<>();
        net.lost = packet -> sent.add(Packets.bytesOf(packet));
        client.write(new byte[3000], 0, 3000);
        byte[] genuine = sent.getFirst();
        int tcp = ipv4 ? 20 : 40;

        // A number that is not in flight.
        byte[] sequence = genuine.clone();
        ByteBuffer.wrap(sequence).putInt(tcp + 4, ByteBuffer.wrap(genuine).getInt(tcp + 4) + 100_000);
        report(ipv4, 600, sequence);
        // A connection that does not exist.
        byte[] port = genuine.clone();
        port[tcp] ^= 0x11;
        report(ipv4, 600, port);
        // A link that would have taken the packet.
        report(ipv4, 9000, genuine);
        report(ipv4, 1500, genuine);
        if (!ipv4) {
            // RFC 8201 4: less than IPv6's least.
            report(false, 1279, genuine);
            report(false, 68, genuine);
            report(false, 0, genuine);
        }
        assertThat(mtuOf(client)).isEqualTo(1500);
        TcpEndpoint later = net.a.tcpEndpoint();
        later.connect(ipv4 ? B4 : B6, PORT);
        assertThat(mtuOf(later)).isEqualTo(1500);
        later.abort();
        net.lost = packet -> false;
        net.advance(5 * SECOND);
        assertThat(server.available()).isEqualTo(3000);
    }

    private void report(boolean ipv4, int mtu, byte[] quoted) {
        net.a.inject(net.interfaceA, packetTooBig(ipv4, mtu, quoted));
    }

    @Test
    @Requirement("RFC5927:7.1")
    void a_flood_of_reports_with_guessed_numbers_does_not_slow_a_transfer_down() {
        TcpListener listener = net.listen(PORT);
        TcpEndpoint client = net.connect(B4, PORT);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        List<byte[]> sent = new ArrayList<>();
        net.lost = packet -> {
            sent.add(Packets.bytesOf(packet));
            return false;
        };
        send(client, server, 20_000);
        byte[] quoted = sent.getFirst();
        int next = ByteBuffer.wrap(quoted).getInt(24);
        net.lost = packet -> false;
        for (int i = 0; i < 5_000; i++) {
            ByteBuffer.wrap(quoted).putInt(24, next + i * 800_000);
            report(true, 68, quoted);
        }
        send(client, server, 20_000);
        TcpInfo info = Objects.requireNonNull(client.info());
        assertThat(info.pathMtu()).isEqualTo(1500);
        assertThat(info.retransmittedBytes()).isZero();
    }

    @Test
    void a_report_that_was_believed_is_there_for_every_protocol() {
        TcpListener listener = net.listen(PORT);
        TcpEndpoint client = net.connect(B4, PORT);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        narrow(true, 1200);
        send(client, server, 10_000);
        Paths paths = net.a.outbound().paths();
        assertThat(paths.mtu(B4.high(), B4.low(), 0, 1500, net.now())).isEqualTo(1200);
        assertThat(paths.mtu(B4.high(), B4.low(), 0, 1000, net.now())).isEqualTo(1000);
        assertThat(paths.mtu(B6.high(), B6.low(), 0, 1500, net.now())).isEqualTo(1500);
        assertThat(paths.mtu(B4.high(), B4.low(), 0, 1500, net.now() + 600 * SECOND))
                .isEqualTo(1500);
    }

    @Test
    @Requirement({"RFC1191:3", "RFC6864:4.3"})
    void on_a_path_too_narrow_for_tcp_routers_fragment() {
        List<Integer> identifications = new ArrayList<>();
        net.lost = packet -> {
            boolean tooBig = packet.length() > 300;
            int fragmentField = packet.buffer().getShort(packet.offset() + 6) & 0xffff;
            if (tooBig && fragmentField == 0x4000) {
                reports.add(packetTooBig(true, 300, Packets.bytesOf(packet)));
                return true;
            }
            if (tooBig) {
                // The router makes fragments of it, which b puts together.
                assertThat(fragmentField).isZero();
                longestThrough = Math.max(longestThrough, packet.length());
                identifications.add(packet.buffer().getShort(packet.offset() + 4) & 0xffff);
            }
            return false;
        };
        TcpListener listener = net.listen(PORT);
        TcpEndpoint client = net.connect(B4, PORT);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        send(client, server, 20_000);
        assertThat(mtuOf(client)).isEqualTo(552);
        assertThat(longestThrough).isEqualTo(552);
        assertThat(identifications).hasSizeGreaterThan(38).doesNotHaveDuplicates();

        TcpEndpoint later = net.connect(B4, PORT);
        send(later, Objects.requireNonNull(listener.tryAccept()), 5_000);
        assertThat(reports).isEmpty();
    }
}
