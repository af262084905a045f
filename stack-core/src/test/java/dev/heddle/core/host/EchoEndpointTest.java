package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.A4;
import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static dev.heddle.core.host.HostPair.MILLISECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.Requirement;
import dev.heddle.core.icmp.IcmpCounter;
import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts that ask each other for echoes: which answers count, and to which request. */
class EchoEndpointTest {

    private static final byte[] DATA = new byte[56];
    private static final IpAddress ROUTER = IpAddress.parse("192.0.2.9");

    private final HostPair net = new HostPair();
    private final EchoEndpoint echo = net.a.echoEndpoint();

    /** What a has sent, which gets lost as long as it is caught. */
    private final List<byte[]> requests = new ArrayList<>();

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    private Failure ask(IpAddress target, int sequence, byte[] data) {
        return echo.send(target, sequence, data, 0, data.length, 64);
    }

    private EchoAnswer answer() {
        return Objects.requireNonNull(echo.receive(), "no answer");
    }

    private void catchRequests() {
        net.lost = packet -> requests.add(Packets.bytesOf(packet));
    }

    /** The identifier and sequence number of a request over IPv4. */
    private static int name(byte[] request) {
        return (request[24] & 0xff) << 24 | (request[25] & 0xff) << 16 | (request[26] & 0xff) << 8 | request[27] & 0xff;
    }

    private void reply(int name, byte[] data, IpAddress from) {
        net.a.inject(net.interfaceA, IcmpHostTest.message(0, 0, name, data, from, A4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.2", "2001:db8::2"})
    @Requirement({"RFC1122:3.2.2.6", "RFC4443:4.2"})
    void a_reply_reaches_who_asked_with_its_round_trip(String target) {
        net.held = true;
        IpAddress asked = IpAddress.parse(target);
        assertThat(ask(asked, 1, DATA)).isEqualTo(Failure.NONE);
        assertThat(echo.receive()).isNull();
        net.advance(3 * MILLISECOND);
        net.deliver();

        assertThat(echo.readiness().isAny(Readiness.READABLE)).isTrue();
        assertThat(answer()).isEqualTo(new EchoAnswer(asked, 1, 56, 64, 3 * MILLISECOND, true, false, null));
        assertThat(echo.receive()).isNull();
        assertThat(echo.readiness().isAny(Readiness.READABLE)).isFalse();
        boolean ipv4 = asked.isIpv4();
        assertThat(net.a.counters().icmp().get(ipv4 ? IcmpCounter.IcmpOutEchos : IcmpCounter.Icmp6OutEchos))
                .isEqualTo(1);
        assertThat(net.a.counters().icmp().get(ipv4 ? IcmpCounter.IcmpInEchoReps : IcmpCounter.Icmp6InEchoReplies))
                .isEqualTo(1);
    }

    @Test
    void who_waits_is_called() {
        List<String> calls = new ArrayList<>();
        echo.readiness().subscribe(() -> calls.add("look"));
        ask(B4, 1, DATA);
        assertThat(calls).containsExactly("look");
        echo.close();
        assertThat(calls).hasSize(2);
        assertThat(echo.readiness().isAny(Readiness.CLOSED)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1472, 1473, 65_487})
    void every_length_comes_back_whole_in_fragments_if_need_be(int bytes) {
        byte[] data = new byte[bytes];
        new Random(bytes).nextBytes(data);
        assertThat(ask(B4, 1, data)).isEqualTo(Failure.NONE);
        assertThat(answer().intact()).isTrue();
        assertThat(ask(B6, 2, data)).isEqualTo(Failure.NONE);
        assertThat(answer().dataBytes()).isEqualTo(bytes);
    }

    @Test
    void more_than_a_packet_can_bring_is_refused() {
        assertThat(ask(B4, 1, new byte[65_507])).isEqualTo(Failure.NONE);
        assertThat(ask(B4, 1, new byte[65_508])).isEqualTo(Failure.MESSAGE_TOO_LONG);
        assertThat(ask(B6, 1, new byte[65_528])).isEqualTo(Failure.MESSAGE_TOO_LONG);
        assertThatThrownBy(() -> ask(B4, 65_536, DATA)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> echo.send(B4, 1, DATA, 0, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_host_hears_itself() {
        net.a.addLoopback();
        for (String own : List.of("192.0.2.1", "2001:db8::1", "127.0.0.1", "::1", "0.0.0.0", "::")) {
            assertThat(ask(IpAddress.parse(own), 1, DATA)).as(own).isEqualTo(Failure.NONE);
            assertThat(answer().isReply()).as(own).isTrue();
        }
        assertThat(net.packets).isZero();
    }

    @Test
    void two_endpoints_do_not_hear_each_others_replies() {
        EchoEndpoint other = net.a.echoEndpoint();
        other.send(B4, 7, DATA, 0, 56, 64);
        assertThat(echo.receive()).isNull();
        ask(B4, 7, DATA);
        assertThat(answer().sequence()).isEqualTo(7);
        assertThat(Objects.requireNonNull(other.receive()).sequence()).isEqualTo(7);
        assertThat(other.receive()).isNull();
    }

    @Test
    void what_answers_no_request_is_nobodys() {
        catchRequests();
        ask(B4, 5, DATA);
        int name = name(requests.getFirst());
        reply(name + 1, DATA, B4); // another sequence number
        reply(name + EchoEndpoint.REQUESTS, DATA, B4); // at the same place
        reply(name + (1 << 16), DATA, B4); // another identifier
        reply(name, DATA, ROUTER); // somebody who was not asked
        assertThat(echo.receive()).isNull();
        reply(name, DATA, B4);
        assertThat(answer().sequence()).isEqualTo(5);
    }

    @Test
    void a_second_reply_and_a_changed_one_are_told_as_what_they_are() {
        catchRequests();
        ask(B4, 5, DATA);
        int name = name(requests.getFirst());
        byte[] changed = DATA.clone();
        changed[9] = 1;
        reply(name, changed, B4);
        assertThat(answer()).satisfies(first -> {
            assertThat(first.intact()).isFalse();
            assertThat(first.duplicate()).isFalse();
        });
        reply(name, DATA, B4);
        assertThat(answer()).satisfies(second -> {
            assertThat(second.intact()).isTrue();
            assertThat(second.duplicate()).isTrue();
        });
        reply(name, new byte[55], B4);
        assertThat(answer().intact()).isFalse();
    }

    @Test
    void an_error_about_a_request_is_told_once_with_who_says_so() {
        catchRequests();
        ask(B4, 5, DATA);
        byte[] quoted = requests.getFirst();
        Packet exceeded = IcmpHostTest.message(11, 0, 0, quoted, ROUTER, A4);
        net.a.inject(net.interfaceA, exceeded);
        assertThat(answer()).satisfies(error -> {
            assertThat(error.from()).isEqualTo(ROUTER);
            assertThat(error.sequence()).isEqualTo(5);
            assertThat(error.error()).isEqualTo(IcmpError.Kind.TIME_EXCEEDED);
            assertThat(error.isReply()).isFalse();
        });
        net.a.inject(net.interfaceA, IcmpHostTest.message(3, 1, 0, quoted, ROUTER, A4));
        assertThat(echo.receive()).isNull();
        // One that was never sent: another sequence number, another host, a reply instead of a request.
        ask(B4, 6, DATA);
        for (int changedByte : new int[] {27, 19, 20}) {
            byte[] invented = requests.getLast().clone();
            invented[changedByte] ^= 3;
            net.a.inject(net.interfaceA, IcmpHostTest.message(3, 1, 0, invented, ROUTER, A4));
            assertThat(echo.receive()).as("byte " + changedByte).isNull();
        }
    }

    @Test
    void answers_that_nobody_reads_do_not_pile_up() {
        catchRequests();
        ask(B4, 5, DATA);
        int name = name(requests.getFirst());
        for (int i = 0; i < EchoEndpoint.ANSWERS + 100; i++) {
            reply(name, DATA, B4);
        }
        int waiting = 0;
        while (echo.receive() != null) {
            waiting++;
        }
        assertThat(waiting).isEqualTo(EchoEndpoint.ANSWERS);
    }

    @Test
    void only_the_latest_requests_are_remembered() {
        catchRequests();
        for (int sequence = 0; sequence <= EchoEndpoint.REQUESTS; sequence++) {
            ask(B4, sequence, DATA);
        }
        reply(name(requests.get(0)), DATA, B4);
        assertThat(echo.receive()).isNull();
        reply(name(requests.get(1)), DATA, B4);
        assertThat(answer().sequence()).isEqualTo(1);
    }

    @Test
    void what_cannot_go_is_said() {
        assertThat(ask(IpAddress.parse("198.51.100.1"), 1, DATA)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(ask(IpAddress.parse("192.0.2.255"), 1, DATA)).isEqualTo(Failure.NOT_PERMITTED);
        assertThat(ask(IpAddress.parse("224.0.0.1"), 1, DATA)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        net.full = true;
        assertThat(ask(B4, 1, DATA)).isEqualTo(Failure.NO_BUFFER_SPACE);
        net.full = false;
        assertThat(net.a.counters().icmp().get(IcmpCounter.IcmpOutEchos)).isZero();
    }

    @Test
    void a_closed_endpoint_asks_and_hears_nothing() {
        catchRequests();
        ask(B4, 5, DATA);
        echo.close();
        reply(name(requests.getFirst()), DATA, B4);
        assertThat(echo.receive()).isNull();
        assertThat(ask(B4, 6, DATA)).isEqualTo(Failure.INVALID_STATE);
        assertThat(requests).hasSize(1);
    }

    @Test
    void a_closed_host_closes_its_endpoints() {
        ask(B4, 1, DATA);
        EchoEndpoint unused = net.a.echoEndpoint();
        net.a.close();
        assertThat(echo.readiness().isAny(Readiness.CLOSED)).isTrue();
        assertThat(echo.receive()).isNull();
        assertThat(unused.send(B4, 1, DATA, 0, 56, 64)).isEqualTo(Failure.NETWORK_DOWN);
    }

    @Test
    void the_hop_limit_is_what_was_asked_for() {
        catchRequests();
        echo.send(B4, 1, DATA, 0, 56, 7);
        assertThat(requests.getFirst()[8]).isEqualTo((byte) 7);
    }
}
