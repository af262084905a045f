package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static dev.heddle.core.host.HostPair.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.Requirement;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpListenerTest {

    private static final int FLAGS_OFFSET_V4 = 20 + 13;

    private final HostPair net = new HostPair();

    private static boolean isSynAck(Packet packet) {
        return (packet.buffer().get(packet.offset() + FLAGS_OFFSET_V4) & 0x12) == 0x12;
    }

    private static boolean isBareAck(Packet packet) {
        return (packet.buffer().get(packet.offset() + FLAGS_OFFSET_V4) & 0x3f) == 0x10;
    }

    @Test
    void a_full_accept_queue_drops_syns_and_the_connection_completes_when_there_is_room() {
        TcpListener listener = net.listen(80, 1);
        for (int i = 0; i < 2; i++) {
            assertThat(net.connect(B4, 80).state()).isEqualTo(TcpState.ESTABLISHED);
        }
        // As on Linux one more than the backlog waits; then not even SYNs are answered.
        TcpEndpoint late = net.a.tcpEndpoint();
        assertThat(late.connect(B4, 80)).isEqualTo(Failure.NONE);
        assertThat(late.state()).isEqualTo(TcpState.SYN_SENT);
        assertThat(net.b.counters().tcp().get(TcpCounter.TcpExtListenOverflows)).isPositive();
        Objects.requireNonNull(listener.tryAccept());
        net.advance(SECOND);
        assertThat(late.state()).isEqualTo(TcpState.ESTABLISHED);
        net.closeAndCheck();
    }

    @Test
    void a_handshake_that_finds_the_queue_full_at_its_end_is_repeated_by_its_syn_ack() {
        TcpListener listener = net.listen(80, 0);
        List<Packet> acks = new ArrayList<>();
        // Both handshakes begin before either ends.
        net.lost = packet -> {
            if (isBareAck(packet)) {
                Packet copy = new Packet(packet.length());
                copy.copyOf(packet);
                acks.add(copy);
                return true;
            }
            return false;
        };
        net.connect(B4, 80);
        TcpEndpoint second = net.connect(B4, 80);
        net.lost = packet -> false;
        assertThat(listener.halfOpenCount()).isEqualTo(2);
        acks.forEach(ack -> net.b.inject(net.interfaceB, ack));
        assertThat(listener.halfOpenCount()).isEqualTo(1);
        assertThat(net.b.counters().tcp().get(TcpCounter.TcpExtListenOverflows)).isEqualTo(1);
        Objects.requireNonNull(listener.tryAccept());
        net.advance(SECOND);
        TcpEndpoint accepted = Objects.requireNonNull(listener.tryAccept());
        assertThat(accepted.remotePort()).isEqualTo(second.localPort());
        assertThat(accepted.state()).isEqualTo(TcpState.ESTABLISHED);
        net.closeAndCheck();
    }

    @Test
    void a_handshake_that_finds_the_queue_full_for_good_is_given_up() {
        TcpListener listener = net.listen(80, 0);
        net.lost = TcpListenerTest::isBareAck;
        TcpEndpoint first = net.connect(B4, 80);
        TcpEndpoint second = net.connect(B4, 80);
        net.lost = packet -> false;
        // The data of both brings the ACK again and again: the first fills the queue.
        first.write(new byte[10], 0, 10);
        second.write(new byte[10], 0, 10);
        net.advance(63 * SECOND);
        assertThat(listener.halfOpenCount()).isZero();
        assertThat(net.b.counters().tcp().get(TcpCounter.TcpExtListenOverflows)).isGreaterThan(5);
        assertThat(net.b.counters().tcp().get(TcpCounter.TcpExtListenDrops)).isGreaterThan(5);
        net.advance(120 * SECOND);
        assertThat(second.failure()).as("what it sends now meets nobody").isEqualTo(Failure.RESET);
        net.closeAndCheck();
    }

    @Test
    void with_abort_on_overflow_a_handshake_that_finds_the_queue_full_is_reset() {
        HostPair strict = new HostPair(TcpConfig.builder().abortOnOverflow(true).build());
        TcpListener listener = strict.listen(80, 0);
        strict.held = true;
        TcpEndpoint first = strict.connect(B4, 80);
        TcpEndpoint second = strict.connect(B4, 80);
        // SYNs, then SYN-ACKs, then ACKs: the second one finds no place.
        strict.deliver();
        assertThat(first.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(second.failure()).isEqualTo(Failure.RESET);
        assertThat(listener.halfOpenCount()).isZero();
        assertThat(strict.b.counters().tcp().get(TcpCounter.TcpExtEmbryonicRsts))
                .isEqualTo(1);
        assertThat(strict.b.counters().tcp().get(TcpCounter.TcpExtListenOverflows))
                .isEqualTo(1);
        strict.closeAndCheck();
    }

    @Test
    void half_open_handshakes_are_bounded_and_the_oldest_goes() {
        HostPair few = new HostPair(TcpConfig.builder()
                .maxSynBacklog(3)
                .synCookies(TcpConfig.CookieUse.NEVER)
                .build());
        TcpListener listener = few.listen(80);
        few.lost = TcpListenerTest::isSynAck;
        for (int i = 0; i < 5; i++) {
            few.connect(B4, 80);
        }
        assertThat(listener.halfOpenCount()).isEqualTo(3);
        assertThat(few.b.table().size()).isEqualTo(3);
        assertThat(few.b.counters().tcp().get(TcpCounter.TcpExtTCPReqQFullDrop)).isEqualTo(2);
        few.lost = packet -> false;
        few.advance(SECOND);
        assertThat(listener.halfOpenCount()).isZero();
        few.closeAndCheck();
    }

    @Test
    void a_handshake_that_is_never_completed_is_given_up() {
        TcpListener listener = net.listen(80);
        net.lost = TcpListenerTest::isBareAck;
        TcpEndpoint client = net.connect(B4, 80);
        client.abort();
        net.lost = packet -> true;
        TcpEndpoint silent = net.a.tcpEndpoint();
        net.lost = TcpListenerTest::isSynAck;
        silent.connect(B4, 80);
        net.lost = packet -> true;
        net.advance(200 * SECOND);
        assertThat(listener.halfOpenCount()).isZero();
        assertThat(net.b.endpoints()).singleElement().matches(e -> e.state() == TcpState.LISTEN);
        net.closeAndCheck();
    }

    @Test
    @Requirement("RFC9293:MUST-43")
    void a_listener_at_an_address_comes_before_one_at_the_wildcard() {
        TcpListener everywhere = net.listen(80);
        TcpEndpoint endpoint = net.b.tcpEndpoint();
        assertThat(endpoint.bind(B4, 80, true)).as("a listener excludes").isEqualTo(Failure.ADDRESS_IN_USE);
        everywhere.close();
        assertThat(endpoint.bind(B4, 80, true)).isEqualTo(Failure.NONE);
        TcpListener specific = endpoint.listen(5);
        TcpEndpoint other = net.b.tcpEndpoint();
        assertThat(other.bind(B6, 80, true)).isEqualTo(Failure.NONE);
        TcpListener v6 = other.listen(5);
        net.connect(B4, 80);
        net.connect(B6, 80);
        assertThat(specific.tryAccept()).isNotNull();
        assertThat(v6.tryAccept()).isNotNull();
        assertThat(specific.tryAccept()).isNull();
        net.closeAndCheck();
    }

    @Test
    void the_wildcard_of_ipv6_accepts_ipv4_and_that_of_ipv4_does_not_accept_ipv6() {
        TcpListener dual = net.listen(80);
        net.connect(B4, 80);
        net.connect(B6, 80);
        assertThat(dual.tryAccept()).isNotNull();
        assertThat(dual.tryAccept()).isNotNull();
        TcpEndpoint endpoint = net.b.tcpEndpoint();
        endpoint.bind(IpAddress.ANY_V4, 81, false);
        TcpListener v4 = endpoint.listen(5);
        assertThat(net.connect(B6, 81).failure()).isEqualTo(Failure.REFUSED);
        net.connect(B4, 81);
        assertThat(v4.tryAccept()).isNotNull();
        net.closeAndCheck();
    }

    @Test
    void closing_a_listener_resets_what_nobody_accepted_and_keeps_what_was() {
        TcpListener listener = net.listen(80);
        TcpEndpoint first = net.connect(B4, 80);
        TcpEndpoint accepted = Objects.requireNonNull(listener.tryAccept());
        TcpEndpoint second = net.connect(B4, 80);
        listener.close();
        listener.close();
        assertThat(second.failure()).isEqualTo(Failure.RESET);
        assertThat(first.write(new byte[10], 0, 10)).isEqualTo(10);
        assertThat(accepted.available()).isEqualTo(10);
        assertThat(net.connect(B4, 80).failure()).isEqualTo(Failure.REFUSED);
        assertThat(net.listen(80).localPort())
                .as("reuse over what was accepted")
                .isEqualTo(80);
        net.closeAndCheck();
    }

    @Test
    void only_a_bound_endpoint_can_listen_and_is_spent_then() {
        TcpEndpoint endpoint = net.b.tcpEndpoint();
        assertThatThrownBy(() -> endpoint.listen(1)).isInstanceOf(IllegalStateException.class);
        endpoint.bind(B4, 0, false);
        TcpListener listener = endpoint.listen(1);
        assertThat(listener.localPort()).isBetween(32_768, 60_999);
        assertThat(endpoint.connect(B4, 80)).isEqualTo(Failure.INVALID_STATE);
        endpoint.close();
        net.connect(B4, listener.localPort());
        assertThat(listener.tryAccept()).isNotNull();
        net.closeAndCheck();
    }

    @Test
    void accepted_connections_start_with_the_listeners_options() {
        TcpListener listener = net.listen(80);
        listener.options(listener.options()
                .with()
                .noDelay(true)
                .receiveBufferBytes(10_000)
                .build());
        net.connect(B4, 80);
        TcpEndpoint accepted = Objects.requireNonNull(listener.tryAccept());
        assertThat(accepted.options().noDelay()).isTrue();
        assertThat(accepted.options().receiveBufferBytes()).isEqualTo(10_000);
        net.closeAndCheck();
    }
}
