package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.A4;
import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.MILLISECOND;
import static dev.heddle.core.host.HostPair.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpConfig.TimeWaitReuse;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names that are used again while TIME-WAIT remembers them (RFC 6191), and what happens when it must remember too many. */
@Timeout(60)
class TimeWaitReuseTest {

    private static final int PORT = 80;

    /** With one port there is one name. */
    private static TcpConfig.Builder onePort() {
        return TcpConfig.builder().ephemeralPorts(40_000, 40_000);
    }

    /** A connection that a ends first: it is a that waits. */
    private static void openAndClose(HostPair net, TcpListener listener) {
        TcpEndpoint client = net.connect(B4, PORT);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        client.close();
        server.close();
    }

    private static TcpState stateAtA(HostPair net) {
        return net.a.endpoints().getFirst().state();
    }

    private static long count(Host host, TcpCounter counter) {
        return host.counters().tcp().get(counter);
    }

    @Test
    @Requirement("RFC6191:2")
    void an_active_open_takes_the_name_of_a_time_wait_after_a_second() {
        HostPair net =
                new HostPair(onePort().timeWaitReuse(TimeWaitReuse.ALWAYS).build());
        TcpListener listener = net.listen(PORT);
        openAndClose(net, listener);
        assertThat(stateAtA(net)).isEqualTo(TcpState.TIME_WAIT);
        assertThat(net.a.tcpEndpoint().connect(B4, PORT)).isEqualTo(Failure.ADDRESS_NOT_AVAILABLE);
        net.advance(SECOND - MILLISECOND);
        assertThat(net.a.tcpEndpoint().connect(B4, PORT)).isEqualTo(Failure.ADDRESS_NOT_AVAILABLE);
        net.advance(MILLISECOND);
        TcpEndpoint second = net.connect(B4, PORT);
        assertThat(second.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(count(net.a, TcpCounter.TcpExtTWRecycled)).isEqualTo(1);
        assertThat(net.a.table().size()).isEqualTo(1);
        second.write(new byte[3000], 0, 3000);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        assertThat(server.available()).isEqualTo(3000);
        // The record's time was up long before: it must not end the connection that has its name.
        net.advance(100 * SECOND);
        assertThat(second.state()).isEqualTo(TcpState.ESTABLISHED);
        second.close();
        server.close();
        net.advance(61 * SECOND);
        assertThat(net.a.ports().isUsed(40_000)).isFalse();
        net.closeAndCheck();
    }

    @Test
    @Requirement("RFC9293:MAY-2")
    void the_second_connection_begins_beyond_what_the_first_has_sent() {
        HostPair net =
                new HostPair(onePort().timeWaitReuse(TimeWaitReuse.ALWAYS).build());
        TcpListener listener = net.listen(PORT);
        List<TcpHeader> sent = new ArrayList<>();
        net.lost = packet -> {
            sent.add(RawSegment.headerOf(packet));
            return false;
        };
        TcpEndpoint client = net.connect(B4, PORT);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        // Faster than the clock of initial sequence numbers.
        byte[] much = new byte[60_000];
        for (int i = 0; i < 20; i++) {
            client.write(much, 0, much.length);
            net.advance(MILLISECOND);
            server.read(much, 0, much.length);
        }
        client.close();
        server.close();
        int last = sent.stream()
                .filter(h -> h.destinationPort() == PORT)
                .mapToInt(TcpHeader::sequence)
                .max()
                .orElseThrow();
        net.advance(SECOND);
        sent.clear();
        net.connect(B4, PORT);
        TcpHeader syn = sent.getFirst();
        assertThat(syn.isSyn()).isTrue();
        assertThat(syn.sequence() - last).isPositive();
        net.closeAndCheck();
    }

    @Test
    void by_default_only_a_connection_to_the_host_itself_takes_the_name_of_a_time_wait() {
        HostPair net = new HostPair(onePort().build());
        TcpListener listener = net.listen(PORT);
        openAndClose(net, listener);
        net.advance(30 * SECOND);
        assertThat(net.a.tcpEndpoint().connect(B4, PORT)).isEqualTo(Failure.ADDRESS_NOT_AVAILABLE);
        net.closeAndCheck();

        long[] nowNs = {SECOND};
        Host host = Host.create(
                HostConfig.builder().tcp(onePort().build()).build(),
                () -> nowNs[0],
                RandomGeneratorFactory.of("L64X128MixRandom").create(5));
        HostInterface[] loopback = new HostInterface[1];
        loopback[0] = host.addInterface(
                "lo",
                LinkCapabilities.plain(1500),
                packet -> {
                    host.inject(Objects.requireNonNull(loopback[0]), copyOf(packet));
                    return true;
                },
                List.of(IpPrefix.parse("127.0.0.1/8")));
        TcpEndpoint endpoint = host.tcpEndpoint();
        endpoint.bind(IpAddress.LOOPBACK_V4, PORT, true);
        TcpListener local = endpoint.listen(5);
        for (int i = 0; i < 3; i++) {
            TcpEndpoint client = host.tcpEndpoint();
            assertThat(client.connect(IpAddress.LOOPBACK_V4, PORT)).isEqualTo(Failure.NONE);
            TcpEndpoint server = Objects.requireNonNull(local.tryAccept());
            assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
            client.close();
            server.close();
            nowNs[0] += SECOND;
        }
        assertThat(count(host, TcpCounter.TcpExtTWRecycled)).isEqualTo(2);
        host.close();
        assertThat(host.bufferPool().usedBytes()).isZero();
    }

    private static Packet copyOf(Packet packet) {
        Packet copy = new Packet(packet.length());
        copy.copyOf(packet);
        return copy;
    }

    @Test
    @Requirement("RFC6191:2")
    void an_application_that_asks_for_the_name_of_a_time_wait_has_it_at_once() {
        HostPair net = new HostPair();
        TcpListener listener = net.listen(PORT);
        for (int i = 0; i < 3; i++) {
            TcpEndpoint client = net.a.tcpEndpoint();
            assertThat(client.bind(IpAddress.ANY_V4, 40_000, true)).isEqualTo(Failure.NONE);
            assertThat(client.connect(B4, PORT)).isEqualTo(Failure.NONE);
            net.deliver();
            assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
            TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
            client.write(new byte[100], 0, 100);
            net.deliver();
            assertThat(server.read(new byte[200], 0, 200)).isEqualTo(100);
            client.close();
            server.close();
            net.deliver();
            assertThat(stateAtA(net)).isEqualTo(TcpState.TIME_WAIT);
        }
        assertThat(count(net.a, TcpCounter.TcpExtTWRecycled)).isEqualTo(2);
        net.advance(61 * SECOND);
        assertThat(net.a.ports().isUsed(40_000)).isFalse();
        net.closeAndCheck();
    }

    @Test
    void without_timestamps_a_time_wait_keeps_its_name() {
        HostPair net = new HostPair(
                onePort().timeWaitReuse(TimeWaitReuse.ALWAYS).timestamps(false).build());
        TcpListener listener = net.listen(PORT);
        openAndClose(net, listener);
        net.advance(59 * SECOND);
        assertThat(net.a.tcpEndpoint().connect(B4, PORT)).isEqualTo(Failure.ADDRESS_NOT_AVAILABLE);
        net.advance(2 * SECOND);
        assertThat(net.connect(B4, PORT).state()).isEqualTo(TcpState.ESTABLISHED);
        net.closeAndCheck();
    }

    @Test
    @Requirement({"RFC6191:2", "RFC9293:MAY-2"})
    void a_listener_gives_the_name_to_a_client_that_comes_back() {
        HostPair net = new HostPair(onePort().build());
        TcpListener listener = net.listen(PORT);
        for (int i = 0; i < 5; i++) {
            TcpEndpoint client = net.connect(B4, PORT);
            assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
            // The server ends it, so it is the server that waits.
            TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
            server.close();
            client.close();
            net.advance(2 * MILLISECOND);
        }
        assertThat(count(net.b, TcpCounter.TcpExtTWRecycled)).isEqualTo(4);
        assertThat(net.b.table().size()).isEqualTo(1);
        net.closeAndCheck();
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void where_nobody_listens_any_more_a_client_that_comes_back_is_refused() {
        HostPair net = new HostPair(onePort().build());
        TcpListener listener = net.listen(PORT);
        TcpEndpoint client = net.connect(B4, PORT);
        Objects.requireNonNull(listener.tryAccept()).close();
        client.close();
        listener.close();
        net.advance(2 * MILLISECOND);
        assertThat(net.b.endpoints().getFirst().state()).isEqualTo(TcpState.TIME_WAIT);
        // The SYN is challenged, its sender resets the record, and what it repeats finds nothing.
        TcpEndpoint again = net.connect(B4, PORT);
        net.advance(2 * SECOND);
        assertThat(again.failure()).isEqualTo(Failure.REFUSED);
        assertThat(net.b.endpoints()).isEmpty();
        net.closeAndCheck();
    }

    @Test
    void under_a_syn_flood_whoever_comes_back_from_time_wait_needs_no_cookie() {
        HostPair net =
                new HostPair(onePort().synCookies(TcpConfig.CookieUse.ALWAYS).build());
        TcpListener listener = net.listen(PORT);
        for (int i = 0; i < 2; i++) {
            TcpEndpoint client = net.connect(B4, PORT);
            assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
            Objects.requireNonNull(listener.tryAccept()).close();
            client.close();
            net.advance(2 * MILLISECOND);
        }
        assertThat(count(net.b, TcpCounter.TcpExtSyncookiesSent)).isEqualTo(1);
        assertThat(count(net.b, TcpCounter.TcpExtTWRecycled)).isEqualTo(1);
        net.closeAndCheck();
    }

    @Test
    void exhaustion_of_time_wait_costs_the_oldest_records_and_nothing_else() {
        HostPair net = new HostPair(TcpConfig.builder().maxTimeWait(100).build());
        TcpListener listener = net.listen(PORT);
        for (int i = 0; i < 1000; i++) {
            TcpEndpoint client = net.connect(B4, PORT);
            TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
            server.close();
            client.close();
            assertThat(net.b.table().size()).isLessThanOrEqualTo(101);
        }
        assertThat(net.b.table().size()).isEqualTo(100);
        // A port may come twice, and then its record was reopened.
        assertThat(count(net.b, TcpCounter.TcpExtTCPTimeWaitOverflow) + count(net.b, TcpCounter.TcpExtTWRecycled))
                .isEqualTo(900);
        assertThat(net.b.bufferPool().usedBytes()).isZero();
        net.advance(61 * SECOND);
        assertThat(net.b.table().size()).isZero();
        assertThat(count(net.b, TcpCounter.TcpExtTW)).isEqualTo(100);
        net.closeAndCheck();
    }

    @Test
    void forged_segments_for_a_time_wait_neither_end_it_nor_make_it_last() {
        HostPair net = new HostPair(
                onePort().timeWaitIgnoresResets(true).challengeAcksPerSecond(10).build());
        TcpListener listener = net.listen(PORT);
        openAndClose(net, listener);
        List<TcpHeader> answers = new ArrayList<>();
        net.lost = packet -> answers.add(RawSegment.headerOf(packet));
        for (int i = 0; i < 1000; i++) {
            int sequence = i * 4_294_967;
            net.a.inject(
                    net.interfaceA,
                    RawSegment.between(B4, PORT, A4, 40_000).rst(sequence).packet());
            net.a.inject(
                    net.interfaceA,
                    RawSegment.between(B4, PORT, A4, 40_000).syn(sequence).packet());
            net.a.inject(
                    net.interfaceA,
                    RawSegment.between(B4, PORT, A4, 40_000).ack(sequence, i).packet());
        }
        assertThat(answers).hasSizeLessThanOrEqualTo(15).noneMatch(TcpHeader::isRst);
        assertThat(stateAtA(net)).isEqualTo(TcpState.TIME_WAIT);
        net.advance(61 * SECOND);
        assertThat(net.a.endpoints()).isEmpty();
        net.closeAndCheck();
    }
}
