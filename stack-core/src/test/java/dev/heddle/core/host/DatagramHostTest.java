package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.A4;
import static dev.heddle.core.host.HostPair.A6;
import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static dev.heddle.core.host.HostPair.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.icmp.IcmpCounter;
import dev.heddle.core.ip.FragmentPackets;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import dev.heddle.core.udp.UdpCounter;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.UdpHeader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a host does with datagrams that are not segments: fragments, errors, pings of every size. */
class DatagramHostTest {

    private final HostPair net = new HostPair();

    /** What b has sent, which gets lost. */
    private final List<byte[]> sent = new ArrayList<>();

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    private void catchEverything() {
        net.lost = packet -> sent.add(Packets.bytesOf(packet));
    }

    private void injectIntoB(List<Packet> packets) {
        packets.forEach(packet -> net.b.inject(net.interfaceB, packet));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] echo(boolean six, byte[] data) {
        ByteBuffer b = ByteBuffer.allocate(IcmpMessage.HEADER_BYTES + data.length);
        IcmpMessage.write(b, 0, six ? 128 : 8, 0, 0x1234_0001);
        b.put(IcmpMessage.HEADER_BYTES, data);
        long pseudo = six ? Checksum.pseudoHeader(A6.high(), A6.low(), B6.high(), B6.low(), 58, b.capacity()) : 0;
        IcmpMessage.checksum(b, 0, Checksum.finish(Checksum.add(b, 0, b.capacity(), pseudo)));
        return b.array();
    }

    private static byte[] datagram(IpAddress from, IpAddress to, int payloadBytes) {
        int length = UdpHeader.HEADER_BYTES + payloadBytes;
        ByteBuffer b = ByteBuffer.allocate(length);
        UdpHeader.write(b, 0, 4000, 5000, length);
        long pseudo = Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), 17, length);
        UdpHeader.checksum(b, 0, Checksum.finish(Checksum.add(b, 0, length, pseudo)));
        return b.array();
    }

    private static String text(IpAddress address) {
        return address.toString();
    }

    /** What the fragments carry behind their headers, in their order. */
    private static byte[] together(List<byte[]> fragments, int headerBytes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        fragments.forEach(f -> all.write(f, headerBytes, f.length - headerBytes));
        return all.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 65_400})
    @Requirement({"RFC1122:3.2.2.6", "RFC1122:3.3.2", "RFC1122:3.3.3"})
    void a_large_ping_gets_its_whole_reply_over_ipv4(int bytes) {
        catchEverything();
        byte[] data = random(bytes);
        List<Packet> request = FragmentPackets.all(text(A4), text(B4), 1, 77, 1500, echo(false, data));
        Collections.shuffle(request, new Random(1));
        injectIntoB(request);
        assertThat(sent).hasSize((8 + bytes + 1479) / 1480);
        byte[] reply = together(sent, 20);
        assertThat(reply[0]).isZero();
        assertThat(Arrays.copyOfRange(reply, 8, reply.length)).isEqualTo(data);
        assertThat(sent).allSatisfy(f -> assertThat(f.length).isLessThanOrEqualTo(1500));
        assertThat(net.b.counters().ip().get(IpCounter.IpReasmOKs)).isEqualTo(1);
        assertThat(net.b.counters().ip().get(IpCounter.IpFragOKs)).isEqualTo(1);
        assertThat(net.b.counters().ip().get(IpCounter.IpFragCreates)).isEqualTo(sent.size());
        assertThat(net.b.counters().ip().get(IpCounter.IpOutRequests)).isEqualTo(1);
        assertThat(net.b.bufferPool().usedBytes()).isZero();
        // The other host can put it together again.
        sent.forEach(f -> net.a.inject(net.interfaceA, Packets.of(f)));
        assertThat(net.a.counters().icmp().get(IcmpCounter.IcmpInEchoReps)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 65_400})
    @Requirement({"RFC4443:4.2", "RFC8200:4.5", "RFC8200:5"})
    void a_large_ping_gets_its_whole_reply_over_ipv6(int bytes) {
        catchEverything();
        byte[] data = random(bytes);
        List<Packet> request = FragmentPackets.all(text(A6), text(B6), 58, 77, 1280, echo(true, data));
        Collections.shuffle(request, new Random(1));
        injectIntoB(request);
        byte[] reply = together(sent, 48);
        assertThat(reply[0]).isEqualTo((byte) 129);
        assertThat(Arrays.copyOfRange(reply, 8, reply.length)).isEqualTo(data);
        assertThat(net.b.counters().ip().get(IpCounter.Ip6FragOKs)).isEqualTo(1);
        assertThat(net.b.counters().ip().get(IpCounter.Ip6FragCreates)).isEqualTo(sent.size());
        sent.forEach(f -> net.a.inject(net.interfaceA, Packets.of(f)));
        assertThat(net.a.counters().icmp().get(IcmpCounter.Icmp6InEchoReplies)).isEqualTo(1);
    }

    @Test
    void fragments_that_a_full_link_refuses_go_out_when_it_has_room() {
        catchEverything();
        net.full = true;
        injectIntoB(FragmentPackets.all(text(A4), text(B4), 1, 77, 1500, echo(false, random(8000))));
        assertThat(sent).isEmpty();
        net.full = false;
        net.b.linkReady(net.interfaceB);
        assertThat(sent).hasSize(6);
        assertThat(net.b.counters().ip().get(IpCounter.IpFragOKs)).isEqualTo(1);
    }

    @Test
    @Requirement("RFC6864:4.3")
    void each_pair_of_hosts_has_identifications_of_its_own_that_differ_from_each_other() {
        catchEverything();
        for (int i = 0; i < 3; i++) {
            injectIntoB(List.of(Packets.ip(text(A4), text(B4), 1, echo(false, random(10)))));
        }
        int first = ByteBuffer.wrap(sent.get(0)).getShort(4) & 0xffff;
        assertThat(ByteBuffer.wrap(sent.get(1)).getShort(4) & 0xffff).isEqualTo((first + 1) & 0xffff);
        injectIntoB(List.of(Packets.ip("192.0.2.9", text(B4), 1, echo(false, random(10)))));
        int other = ByteBuffer.wrap(sent.get(3)).getShort(4) & 0xffff;
        assertThat((other - first) & 0xffff)
                .as("what is sent to others cannot be counted")
                .isGreaterThan(100);
    }

    @Test
    void a_segment_in_fragments_reaches_its_connection() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        catchEverything();
        client.write(random(1000), 0, 1000);
        byte[] segment = sent.getFirst();
        byte[] payload = Arrays.copyOfRange(segment, 20, segment.length);
        List<Packet> fragments = FragmentPackets.all(text(A4), text(B4), 6, 5, 300, payload);
        net.lost = packet -> false;
        Collections.reverse(fragments);
        injectIntoB(fragments);
        byte[] received = new byte[2000];
        assertThat(server.read(received, 0, 2000)).isEqualTo(1000);
        assertThat(Arrays.copyOf(received, 1000)).isEqualTo(random(1000));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Requirement({"RFC1122:3.3.2", "RFC8200:4.5"})
    void the_hosts_own_timer_gives_fragments_up_and_tells_the_sender(boolean six) {
        catchEverything();
        String from = text(six ? A6 : A4);
        String to = text(six ? B6 : B4);
        assertThat(net.b.nextDeadline()).isEqualTo(Clock.NEVER);
        injectIntoB(List.of(FragmentPackets.of(from, to, 17, 1, 0, true, new byte[1000])));
        assertThat(net.b.nextDeadline()).isEqualTo(net.now() + (six ? 60 : 30) * SECOND);
        assertThat(net.b.bufferPool().usedBytes()).isPositive();
        net.advance((six ? 60 : 30) * SECOND - 1);
        assertThat(sent).isEmpty();
        net.advance(1);
        assertThat(sent).hasSize(1);
        byte[] error = sent.getFirst();
        int at = six ? 40 : 20;
        assertThat(error[at]).isEqualTo((byte) (six ? 3 : 11));
        assertThat(error[at + 1]).isEqualTo((byte) 1);
        assertThat(error.length).isEqualTo(six ? 40 + 8 + 1048 : 576);
        assertThat(net.b.bufferPool().usedBytes()).isZero();
        assertThat(net.b.nextDeadline()).isEqualTo(Clock.NEVER);
        injectIntoB(List.of(FragmentPackets.of(from, to, 17, 2, 1000, true, new byte[1000])));
        net.advance(61 * SECOND);
        assertThat(sent).as("the first fragment never came").hasSize(1);
        assertThat(net.b.bufferPool().usedBytes()).isZero();
    }

    @Test
    void fragments_that_wait_are_given_back_by_close() {
        injectIntoB(List.of(FragmentPackets.of(text(A4), text(B4), 17, 1, 0, true, new byte[1000])));
        injectIntoB(List.of(FragmentPackets.of(text(A6), text(B6), 17, 1, 0, true, new byte[1000])));
        assertThat(net.b.bufferPool().usedBytes()).isPositive();
    }

    @Test
    void a_flood_of_fragments_leaves_connections_their_memory() {
        TcpListener listener = net.listen(80);
        for (int i = 0; i < 20_000; i++) {
            String from = "198.51." + i / 200 + "." + (1 + i % 200);
            injectIntoB(List.of(FragmentPackets.of(from, text(B4), 17, i, 8, true, new byte[1400])));
            assertThat(net.b.bufferPool().usedBytes()).isLessThanOrEqualTo(4 << 20);
        }
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        client.write(new byte[5000], 0, 5000);
        net.advance(SECOND);
        assertThat(server.available()).isEqualTo(5000);
        client.abort();
        net.advance(61 * SECOND);
        server.close();
        assertThat(net.b.bufferPool().usedBytes()).isZero();
    }

    @Test
    @Requirement({"RFC1122:3.2.2.1", "RFC1122:4.1.3.1", "RFC4443:3.1", "RFC4443:3.4"})
    void datagrams_that_nobody_takes_are_told_to_their_senders() {
        catchEverything();
        injectIntoB(List.of(Packets.ip(text(A4), text(B4), 17, datagram(A4, B4, 10))));
        injectIntoB(List.of(Packets.ip(text(A6), text(B6), 17, datagram(A6, B6, 10))));
        injectIntoB(List.of(Packets.ip(text(A4), text(B4), 132, new byte[10])));
        injectIntoB(List.of(Packets.ip(text(A6), text(B6), 132, new byte[10])));
        assertThat(sent).hasSize(4);
        assertThat(Arrays.copyOfRange(sent.get(0), 20, 22)).containsExactly(3, 3);
        assertThat(Arrays.copyOfRange(sent.get(1), 40, 42)).containsExactly(1, 4);
        assertThat(Arrays.copyOfRange(sent.get(2), 20, 22)).containsExactly(3, 2);
        assertThat(Arrays.copyOfRange(sent.get(3), 40, 42)).containsExactly(4, 1);
        assertThat(ByteBuffer.wrap(sent.get(3)).getInt(44))
                .as("the next header field")
                .isEqualTo(6);
        assertThat(net.b.counters().udp().get(UdpCounter.UdpNoPorts)).isEqualTo(1);
        assertThat(net.b.counters().snapshot())
                .containsEntry("Udp6NoPorts", 1L)
                .containsEntry("IcmpOutDestUnreachs", 2L);
        // The other host takes all four for what they are.
        sent.forEach(f -> net.a.inject(net.interfaceA, Packets.of(f)));
        assertThat(net.a.counters().icmp().get(IcmpCounter.IcmpInDestUnreachs)).isEqualTo(2);
        assertThat(net.a.counters().icmp().get(IcmpCounter.Icmp6InParmProblems)).isEqualTo(1);
        assertThat(net.a.counters().icmp().get(IcmpCounter.IcmpInErrors)).isZero();
        assertThat(sent).as("nobody answers an error").hasSize(4);
    }

    @Test
    void a_datagram_in_fragments_for_nobody_is_told_once() {
        catchEverything();
        injectIntoB(FragmentPackets.all(text(A4), text(B4), 17, 9, 1500, datagram(A4, B4, 20_000)));
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst()).hasSize(576);
        assertThat(net.b.bufferPool().usedBytes()).isZero();
    }

    @Test
    @Requirement({"RFC1122:3.2.2", "RFC4443:2.4"})
    void errors_are_limited_and_never_sent_for_groups() {
        catchEverything();
        IpAddress all = IpAddress.parse("192.0.2.255");
        injectIntoB(List.of(Packets.ip(text(A4), "192.0.2.255", 17, datagram(A4, all, 10))));
        assertThat(net.b.counters().udp().get(UdpCounter.UdpNoPorts)).isEqualTo(1);
        assertThat(sent).isEmpty();
        for (int i = 0; i < 200; i++) {
            injectIntoB(List.of(Packets.ip(text(A4), text(B4), 17, datagram(A4, B4, 10))));
        }
        assertThat(sent).hasSize(6);
        assertThat(net.b.counters().icmp().get(IcmpCounter.IcmpOutRateLimitHost))
                .isEqualTo(194);
        net.advance(10 * SECOND);
        injectIntoB(List.of(Packets.ip(text(A4), text(B4), 17, datagram(A4, B4, 10))));
        assertThat(sent).hasSize(7);
    }

    @Test
    @Requirement("RFC8200:4.5")
    void a_malformed_fragment_is_told_to_its_sender() {
        catchEverything();
        injectIntoB(List.of(FragmentPackets.of(text(A6), text(B6), 17, 1, 0, true, new byte[15])));
        assertThat(Arrays.copyOfRange(sent.getFirst(), 40, 42)).containsExactly(4, 0);
        assertThat(ByteBuffer.wrap(sent.getFirst()).getInt(44)).isEqualTo(4);
    }

    /** The lengths of the packets in which b answers a ping of so many bytes of data. */
    private List<Integer> lengthsOfReply(boolean six, int bytes) {
        sent.clear();
        injectIntoB(List.of(Packets.ip(
                six ? text(A6) : text(A4), six ? text(B6) : text(B4), six ? 58 : 1, echo(six, random(bytes)))));
        return sent.stream().map(packet -> packet.length).toList();
    }

    private void packetTooBig(boolean six, int mtu, byte[] quoted) {
        byte[] quote = Arrays.copyOf(quoted, Math.min(quoted.length, 500));
        net.b.inject(
                net.interfaceB,
                six ? IcmpHostTest.message(2, 0, mtu, quote, A6, B6) : IcmpHostTest.message(3, 4, mtu, quote, A4, B4));
    }

    @Test
    @Requirement({"RFC8201:4", "RFC8201:5.2"})
    void an_ipv6_datagram_that_was_too_big_makes_later_ones_fit_and_tcp_does_not_hear_of_it() {
        catchEverything();
        assertThat(lengthsOfReply(true, 1452)).containsExactly(1500);
        byte[] reply = sent.getFirst();
        // What no router can have meant.
        packetTooBig(true, 1279, reply);
        packetTooBig(true, 1500, reply);
        assertThat(lengthsOfReply(true, 1452)).containsExactly(1500);

        packetTooBig(true, 1300, reply);
        // 48 bytes of headers, and multiples of eight.
        assertThat(lengthsOfReply(true, 1452)).containsExactly(1296, 48 + 212);
        assertThat(lengthsOfReply(true, 1252)).containsExactly(1300);
        Paths paths = net.b.outbound().paths();
        assertThat(paths.mtu(A6.high(), A6.low(), 0, 1500, net.now())).isEqualTo(1500);
        // A fragment of the reply that is too big again.
        assertThat(lengthsOfReply(true, 1452)).hasSize(2);
        packetTooBig(true, 1280, sent.getFirst());
        assertThat(lengthsOfReply(true, 1252)).containsExactly(1280, 48 + 28);
        net.advance(600 * SECOND);
        assertThat(lengthsOfReply(true, 1452)).containsExactly(1500);
    }

    @Test
    void an_ipv4_datagram_may_be_fragmented_so_that_none_is_too_big() {
        catchEverything();
        assertThat(lengthsOfReply(false, 1472)).containsExactly(1500);
        packetTooBig(false, 1300, sent.getFirst());
        assertThat(lengthsOfReply(false, 1472)).containsExactly(1500);
    }

    @Test
    @Requirement("RFC1191:3")
    void what_tcp_has_found_out_of_a_path_serves_datagrams_too() {
        catchEverything();
        Paths paths = net.b.outbound().paths();
        paths.narrowed(A4.high(), A4.low(), 0, 1000, net.now());
        assertThat(lengthsOfReply(false, 1472)).containsExactly(996, 20 + 504);
        paths.narrowed(A4.high(), A4.low(), 0, 100, net.now());
        assertThat(lengthsOfReply(false, 1472)).containsExactly(548, 548, 20 + 424);
    }
}
