package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.A4;
import static dev.heddle.core.host.HostPair.A6;
import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.icmp.IcmpCounter;
import dev.heddle.core.ip.IpOutput;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IcmpHostTest {

    private final HostPair net = new HostPair();

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    /** An ICMP message from the one host to the other, whatever the type. */
    static Packet message(int type, int code, int rest, byte[] body, IpAddress from, IpAddress to) {
        int protocol = to.isIpv4() ? IcmpMessage.PROTOCOL_V4 : IcmpMessage.PROTOCOL_V6;
        int length = IcmpMessage.HEADER_BYTES + body.length;
        Packet packet = new Packet(1500);
        ByteBuffer b = packet.buffer();
        packet.head(Packet.HEADROOM, length);
        IcmpMessage.write(b, Packet.HEADROOM, type, code, rest);
        b.put(Packet.HEADROOM + IcmpMessage.HEADER_BYTES, body);
        long pseudo =
                to.isIpv4() ? 0 : Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), protocol, length);
        IcmpMessage.checksum(b, Packet.HEADROOM, Checksum.finish(Checksum.add(b, Packet.HEADROOM, length, pseudo)));
        IpOutput.prepend(packet, from.high(), from.low(), to.high(), to.low(), protocol, 0, 64, 1, 0);
        return packet;
    }

    @Test
    @Requirement("RFC1122:3.2.2.6")
    void an_echo_request_is_answered_over_both_families() {
        List<byte[]> answers = new ArrayList<>();
        net.lost = packet -> answers.add(Packets.bytesOf(packet));
        byte[] data = {1, 2, 3, 4, 5};
        net.b.inject(net.interfaceB, message(8, 0, 0x1234_0001, data, A4, B4));
        net.b.inject(net.interfaceB, message(128, 0, 0x1234_0002, data, A6, B6));
        assertThat(answers).hasSize(2);
        assertThat(answers.get(0)).startsWith(0x45).endsWith(data).hasSize(20 + 8 + 5);
        assertThat(answers.get(0)[20]).isZero();
        assertThat(answers.get(1)).startsWith(0x60).endsWith(data).hasSize(40 + 8 + 5);
        assertThat(answers.get(1)[40]).isEqualTo((byte) 129);
        assertThat(net.b.counters().icmp().get(IcmpCounter.IcmpOutEchoReps)).isEqualTo(1);
        net.a.inject(net.interfaceA, message(8, 0, 1, data, B4, A4));
        assertThat(answers).hasSize(3);
    }

    @Test
    @Requirement("RFC9293:MUST-54")
    void an_unreachable_port_ends_an_attempt_but_not_a_connection() {
        List<byte[]> sent = new ArrayList<>();
        net.lost = packet -> sent.add(Packets.bytesOf(packet));
        TcpEndpoint client = net.connect(B4, 80);
        net.a.inject(net.interfaceA, message(3, 3, 0, sent.getFirst(), B4, A4));
        assertThat(client.failure()).isEqualTo(Failure.PORT_UNREACHABLE);
        assertThat(client.readiness().isAny(Readiness.FAILED)).isTrue();

        net.lost = packet -> false;
        TcpListener listener = net.listen(80);
        TcpEndpoint established = net.connect(B4, 80);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        net.lost = packet -> sent.add(Packets.bytesOf(packet));
        established.write(new byte[10], 0, 10);
        net.a.inject(net.interfaceA, message(3, 3, 0, sent.getLast(), B4, A4));
        net.lost = packet -> false;
        assertThat(established.state()).isEqualTo(TcpState.ESTABLISHED);
        net.advance(HostPair.SECOND);
        assertThat(server.available()).isEqualTo(10);
    }

    @Test
    @Requirement({"RFC9293:SHLD-26", "RFC9293:MUST-56", "RFC5927:4.1"})
    void a_hard_error_ends_a_handshake_and_a_soft_one_or_a_strangers_does_not() {
        net.listen(80);
        List<byte[]> sent = new ArrayList<>();
        net.lost = packet -> {
            sent.add(Packets.bytesOf(packet));
            return sent.size() > 1;
        };
        net.connect(B4, 80);
        byte[] synAck = sent.get(1);
        net.b.inject(net.interfaceB, message(3, 1, 0, synAck, A4, B4));
        byte[] guessed = synAck.clone();
        guessed[20 + 4] ^= 0x40;
        net.b.inject(net.interfaceB, message(3, 3, 0, guessed, A4, B4));
        assertThat(net.b.endpoints()).hasSize(2);
        net.b.inject(net.interfaceB, message(3, 3, 0, synAck, A4, B4));
        assertThat(net.b.endpoints()).hasSize(1);
    }

    @Test
    @Requirement("RFC1191:3")
    void a_packet_that_was_too_big_is_cut_smaller_and_sent_again() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        List<byte[]> dropped = new ArrayList<>();
        // The narrow link of a router on the way.
        net.lost = packet -> packet.length() > 1000 && dropped.add(Packets.bytesOf(packet));
        client.write(new byte[5000], 0, 5000);
        assertThat(server.available()).isZero();
        net.a.inject(net.interfaceA, message(3, 4, 1000, Arrays.copyOf(dropped.getFirst(), 100), B4, A4));
        net.advance(HostPair.SECOND);
        assertThat(server.available()).isEqualTo(5000);
        assertThat(Objects.requireNonNull(client.info()).pathMtu()).isEqualTo(1000);
    }

    @Test
    @Requirement("RFC5927:7")
    void a_smaller_mtu_for_a_segment_that_was_never_sent_is_not_believed() {
        net.listen(80);
        List<byte[]> sent = new ArrayList<>();
        net.lost = packet -> {
            sent.add(Packets.bytesOf(packet));
            return false;
        };
        TcpEndpoint client = net.connect(B4, 80);
        byte[] syn = sent.getFirst();
        syn[20 + 4] ^= 0x40;
        net.a.inject(net.interfaceA, message(3, 4, 600, syn, B4, A4));
        assertThat(Objects.requireNonNull(client.info()).pathMtu()).isEqualTo(1500);
    }
}
