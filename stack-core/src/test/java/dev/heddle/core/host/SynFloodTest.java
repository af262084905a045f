package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.A4;
import static dev.heddle.core.host.HostPair.A6;
import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static dev.heddle.core.host.HostPair.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.EcnMode;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpConfig.CookieUse;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A listener under a flood of SYNs whose senders do not exist (RFC 4987). */
@Timeout(60)
class SynFloodTest {

    private static final int PORT = 80;

    /** What a listener with the backlog of {@link HostPair#listen(int)} remembers: one more, as Linux counts. */
    private static final int MOST_HALF_OPEN = 17;

    private HostPair net = new HostPair();
    private final SplittableRandom random = new SplittableRandom(4987);

    private void config(Consumer<TcpConfig.Builder> change) {
        TcpConfig.Builder builder = TcpConfig.builder();
        change.accept(builder);
        net = new HostPair(builder.build());
    }

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    private void routes() {
        net.b.addRoute(IpPrefix.parse("0.0.0.0/0"), A4, net.interfaceB);
        net.b.addRoute(IpPrefix.parse("::/0"), A6, net.interfaceB);
    }

    private static IpAddress stranger(boolean ipv4, int number) {
        return ipv4
                ? IpAddress.parse("10." + (number >> 16 & 0xff) + "." + (number >> 8 & 0xff) + "." + (number & 0xff))
                : IpAddress.parse("2001:db8:bad::" + Integer.toHexString(number & 0xffff));
    }

    private void flood(boolean ipv4, int syns) {
        for (int i = 0; i < syns; i++) {
            net.b.inject(
                    net.interfaceB,
                    RawSegment.between(stranger(ipv4, i), 1024 + random.nextInt(60_000), ipv4 ? B4 : B6, PORT)
                            .syn(random.nextInt())
                            .mss(1460)
                            .packet());
        }
    }

    private long count(TcpCounter counter) {
        return net.b.counters().tcp().get(counter);
    }

    /** The answers that b gives while something happens, lost on their way. */
    private List<TcpHeader> answersTo(Runnable happening) {
        List<TcpHeader> answers = new ArrayList<>();
        net.lost = packet -> answers.add(RawSegment.headerOf(packet));
        happening.run();
        net.lost = packet -> false;
        return answers;
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    @Requirement("RFC4987:3.6")
    void a_legitimate_client_gets_in(boolean ipv4, boolean timestamps) {
        config(c -> c.timestamps(timestamps));
        routes();
        TcpListener listener = net.listen(PORT);
        flood(ipv4, 5_000);
        assertThat(listener.halfOpenCount()).isEqualTo(MOST_HALF_OPEN);
        assertThat(net.b.table().size()).as("what the flood has left").isEqualTo(MOST_HALF_OPEN);
        assertThat(count(TcpCounter.TcpExtSyncookiesSent)).isEqualTo(5_000 - MOST_HALF_OPEN);
        assertThat(count(TcpCounter.TcpExtTCPReqQFullDoCookies)).isEqualTo(5_000 - MOST_HALF_OPEN);

        TcpEndpoint client = net.connect(ipv4 ? B4 : B6, PORT);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        assertThat(count(TcpCounter.TcpExtSyncookiesRecv)).isEqualTo(1);
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(server.state()).isEqualTo(TcpState.ESTABLISHED);
        TcpInfo info = Objects.requireNonNull(server.info());
        assertThat(info.timestamps()).isEqualTo(timestamps);
        assertThat(info.sack()).as("only a timestamp brings it back").isEqualTo(timestamps);
        assertThat(info.windowScaling()).isEqualTo(timestamps);
        assertThat(Objects.requireNonNull(client.info()).windowScaling()).isEqualTo(timestamps);
        assertThat(Objects.requireNonNull(client.info()).sack()).isEqualTo(timestamps);
        assertThat(info.sendMssBytes()).isEqualTo((ipv4 ? 1460 : 1440) - (timestamps ? 12 : 0));
        transfer(client, server);
        transfer(server, client);
        client.close();
        server.close();
    }

    /** More than an unscaled window. */
    private void transfer(TcpEndpoint from, TcpEndpoint to) {
        byte[] sent = new byte[200_000];
        random.nextBytes(sent);
        byte[] received = new byte[sent.length];
        int written = 0;
        int read = 0;
        for (int steps = 0; read < sent.length; steps++) {
            assertThat(steps).isLessThan(10_000);
            written += from.write(sent, written, sent.length - written);
            int n = to.read(received, read, received.length - read);
            read += n;
            if (n == 0) {
                net.advance(SECOND / 100);
            }
        }
        assertThat(received).isEqualTo(sent);
    }

    @Test
    void the_peers_window_scale_is_the_one_it_announced() {
        config(c -> c.synCookies(CookieUse.ALWAYS));
        TcpListener listener = net.listen(PORT);
        for (int shift = 0; shift <= 14; shift++) {
            RawSegment peer =
                    RawSegment.between(A4, 9000 + shift, B4, PORT).mss(1400).windowScale(shift);
            List<TcpHeader> answers = answersTo(() -> net.b.inject(
                    net.interfaceB, peer.syn(77).timestamps(1000, 0).packet()));
            TcpHeader synAck = answers.getFirst();
            assertThat(synAck.options().windowScale()).isGreaterThanOrEqualTo(0);
            RawSegment ack = RawSegment.between(A4, 9000 + shift, B4, PORT)
                    .ack(78, synAck.sequence() + 1)
                    .timestamps(1001, synAck.options().timestampValue());
            net.b.inject(net.interfaceB, ack.packet());
            TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
            TcpInfo info = Objects.requireNonNull(server.info());
            assertThat(info.sendWindowBytes()).isEqualTo(65_535L << shift);
            assertThat(info.sack()).isFalse();
            assertThat(info.sendMssBytes()).isEqualTo(1380 - 12);
            server.abort();
        }
    }

    @Test
    @Requirement("RFC3168:6.1.1")
    void a_cookie_remembers_that_ecn_was_agreed() {
        config(c -> c.synCookies(CookieUse.ALWAYS).ecn(EcnMode.ON));
        TcpListener listener = net.listen(PORT);
        net.connect(B4, PORT);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        List<Integer> codepoints = new ArrayList<>();
        net.lost = packet -> codepoints.add(packet.buffer().get(packet.offset() + 1) & 3);
        server.write(new byte[100], 0, 100);
        assertThat(codepoints).as("ECN-capable transport").containsExactly(2);
    }

    @Test
    void without_pressure_there_are_no_cookies_and_no_ack_is_taken_for_one() {
        net.listen(PORT);
        net.connect(B4, PORT);
        List<TcpHeader> answers = answersTo(() -> net.b.inject(
                net.interfaceB, RawSegment.between(A4, 5555, B4, PORT).ack(1, 2).packet()));
        assertThat(answers).singleElement().matches(TcpHeader::isRst);
        assertThat(count(TcpCounter.TcpExtSyncookiesSent)).isZero();
        assertThat(count(TcpCounter.TcpExtSyncookiesFailed)).isZero();
    }

    @Test
    void switched_off_the_oldest_handshake_makes_room() {
        config(c -> c.synCookies(CookieUse.NEVER));
        routes();
        TcpListener listener = net.listen(PORT);
        flood(true, 1_000);
        assertThat(listener.halfOpenCount()).isEqualTo(MOST_HALF_OPEN);
        assertThat(count(TcpCounter.TcpExtTCPReqQFullDrop)).isEqualTo(1_000 - MOST_HALF_OPEN);
        assertThat(count(TcpCounter.TcpExtSyncookiesSent)).isZero();
        // Whoever answers before so many others have come still gets in.
        assertThat(net.connect(B4, PORT).state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(listener.tryAccept()).isNotNull();
    }

    @Test
    void switched_on_for_good_no_handshake_is_ever_remembered() {
        config(c -> c.synCookies(CookieUse.ALWAYS));
        TcpListener listener = net.listen(PORT);
        for (int i = 0; i < 5; i++) {
            net.connect(B4, PORT);
            assertThat(listener.halfOpenCount()).isZero();
            assertThat(listener.tryAccept()).isNotNull();
        }
        assertThat(count(TcpCounter.TcpExtSyncookiesRecv)).isEqualTo(5);
    }

    @Test
    @Requirement("RFC4987:3.6")
    void a_flood_of_acks_with_guessed_cookies_makes_nothing_but_resets() {
        routes();
        TcpListener listener = net.listen(PORT);
        flood(true, 100);
        int before = net.b.table().size();
        List<TcpHeader> answers = answersTo(() -> {
            for (int i = 0; i < 10_000; i++) {
                net.b.inject(
                        net.interfaceB,
                        RawSegment.between(stranger(true, i), 2000, B4, PORT)
                                .ack(random.nextInt(), random.nextInt())
                                .packet());
            }
        });
        assertThat(answers).hasSize(10_000).allMatch(TcpHeader::isRst);
        assertThat(count(TcpCounter.TcpExtSyncookiesFailed)).isEqualTo(10_000);
        assertThat(net.b.table().size()).isEqualTo(before);
        assertThat(listener.tryAccept()).isNull();
        assertThat(net.b.bufferPool().usedBytes()).isZero();
    }

    @Test
    void a_cookie_that_comes_too_late_is_answered_with_a_reset() {
        config(c -> c.synCookies(CookieUse.ALWAYS));
        TcpListener listener = net.listen(PORT);
        RawSegment peer = RawSegment.between(A4, 9000, B4, PORT);
        TcpHeader synAck = answersTo(
                        () -> net.b.inject(net.interfaceB, peer.syn(77).packet()))
                .getFirst();
        net.advance(100 * SECOND);
        // So that cookies are still expected.
        net.connect(B4, PORT).abort();
        net.advance(30 * SECOND);
        List<TcpHeader> answers = answersTo(() ->
                net.b.inject(net.interfaceB, peer.ack(78, synAck.sequence() + 1).packet()));
        assertThat(answers).singleElement().matches(TcpHeader::isRst);
        assertThat(count(TcpCounter.TcpExtSyncookiesFailed)).isEqualTo(1);
        listener.close();
    }

    @Test
    void cookies_are_no_longer_looked_at_when_the_last_one_has_expired() {
        config(c -> c.synCookies(CookieUse.ALWAYS));
        net.listen(PORT);
        RawSegment peer = RawSegment.between(A4, 9000, B4, PORT);
        answersTo(() -> net.b.inject(net.interfaceB, peer.syn(77).packet()));
        net.advance(129 * SECOND);
        List<TcpHeader> answers =
                answersTo(() -> net.b.inject(net.interfaceB, peer.ack(78, 1).packet()));
        assertThat(answers).singleElement().matches(TcpHeader::isRst);
        assertThat(count(TcpCounter.TcpExtSyncookiesFailed)).isZero();
    }

    @Test
    void when_the_completing_ack_is_lost_the_first_data_brings_the_cookie() {
        config(c -> c.synCookies(CookieUse.ALWAYS));
        TcpListener listener = net.listen(PORT);
        RawSegment peer = RawSegment.between(A4, 9000, B4, PORT);
        TcpHeader synAck = answersTo(
                        () -> net.b.inject(net.interfaceB, peer.syn(77).packet()))
                .getFirst();
        net.b.inject(
                net.interfaceB,
                peer.ack(78, synAck.sequence() + 1)
                        .payload((byte) 'h', (byte) 'i')
                        .packet());
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        assertThat(server.available()).isEqualTo(2);
        server.abort();
    }

    @Test
    void a_cookie_that_finds_the_accept_queue_full_stays_good() {
        config(c -> c.synCookies(CookieUse.ALWAYS));
        TcpListener listener = net.listen(PORT, 0);
        RawSegment peer = RawSegment.between(A4, 9000, B4, PORT);
        TcpHeader synAck = answersTo(
                        () -> net.b.inject(net.interfaceB, peer.syn(77).packet()))
                .getFirst();
        net.connect(B4, PORT);
        RawSegment data = peer.ack(78, synAck.sequence() + 1).payload((byte) 1);
        assertThat(answersTo(() -> net.b.inject(net.interfaceB, data.packet()))).isEmpty();
        assertThat(count(TcpCounter.TcpExtListenOverflows)).isEqualTo(1);
        assertThat(net.b.table().size()).isEqualTo(1);
        Objects.requireNonNull(listener.tryAccept());
        net.b.inject(net.interfaceB, data.packet());
        assertThat(Objects.requireNonNull(listener.tryAccept()).remotePort()).isEqualTo(9000);
    }

    @Test
    void a_cookie_that_finds_the_accept_queue_full_is_reset_if_so_configured() {
        config(c -> c.synCookies(CookieUse.ALWAYS).abortOnOverflow(true));
        net.listen(PORT, 0);
        RawSegment peer = RawSegment.between(A4, 9000, B4, PORT);
        TcpHeader synAck = answersTo(
                        () -> net.b.inject(net.interfaceB, peer.syn(77).packet()))
                .getFirst();
        net.connect(B4, PORT);
        List<TcpHeader> answers = answersTo(() ->
                net.b.inject(net.interfaceB, peer.ack(78, synAck.sequence() + 1).packet()));
        assertThat(answers).singleElement().matches(TcpHeader::isRst);
        assertThat(count(TcpCounter.TcpExtListenOverflows)).isEqualTo(1);
        assertThat(count(TcpCounter.TcpExtEmbryonicRsts)).isEqualTo(1);
    }

    @Test
    void a_repeated_completing_ack_makes_one_connection() {
        config(c -> c.synCookies(CookieUse.ALWAYS));
        TcpListener listener = net.listen(PORT);
        RawSegment peer = RawSegment.between(A4, 9000, B4, PORT);
        TcpHeader synAck = answersTo(
                        () -> net.b.inject(net.interfaceB, peer.syn(77).packet()))
                .getFirst();
        RawSegment ack = peer.ack(78, synAck.sequence() + 1);
        net.b.inject(net.interfaceB, ack.packet());
        net.b.inject(net.interfaceB, ack.packet());
        assertThat(listener.tryAccept()).isNotNull();
        assertThat(listener.tryAccept()).isNull();
        assertThat(count(TcpCounter.TcpPassiveOpens)).isEqualTo(1);
    }

    @Test
    void handshakes_that_do_not_answer_go_sooner_under_pressure() {
        routes();
        TcpListener listener = net.listen(PORT);
        flood(true, MOST_HALF_OPEN);
        // Two repetitions and the wait for the third: 1 + 2 + 4 seconds, instead of 63 seconds for five.
        net.advance(6 * SECOND);
        assertThat(listener.halfOpenCount()).isEqualTo(MOST_HALF_OPEN);
        net.advance(2 * SECOND);
        assertThat(listener.halfOpenCount()).isLessThanOrEqualTo(MOST_HALF_OPEN / 2 + 1);
        net.advance(60 * SECOND);
        assertThat(listener.halfOpenCount()).isZero();
        assertThat(net.b.table().size()).isZero();
    }

    @Test
    void when_the_flood_is_over_handshakes_are_remembered_again() {
        routes();
        TcpListener listener = net.listen(PORT);
        flood(false, 100);
        net.advance(100 * SECOND);
        assertThat(listener.halfOpenCount()).isZero();
        long sent = count(TcpCounter.TcpExtSyncookiesSent);
        TcpEndpoint client = net.connect(B6, PORT);
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(count(TcpCounter.TcpExtSyncookiesSent)).isEqualTo(sent);
        assertThat(count(TcpCounter.TcpExtSyncookiesRecv)).isZero();
    }

    @ParameterizedTest
    @EnumSource(CookieUse.class)
    void a_backlog_without_limit_gets_handshakes_through(CookieUse use) {
        config(c -> c.synCookies(use));
        TcpListener listener = net.listen(PORT, Integer.MAX_VALUE);
        assertThat(net.connect(B4, PORT).state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(listener.tryAccept()).isNotNull();
        assertThat(count(TcpCounter.TcpExtSyncookiesSent)).isEqualTo(use == CookieUse.ALWAYS ? 1 : 0);
    }

    @Test
    @Requirement("RFC4987:3.6")
    void a_cookie_is_good_although_the_syn_came_again_when_there_was_room() {
        routes();
        TcpListener listener = net.listen(PORT);
        flood(true, MOST_HALF_OPEN - 1);
        RawSegment last = RawSegment.between(stranger(true, 77), 2000, B4, PORT);
        net.b.inject(net.interfaceB, last.syn(500).packet());
        List<Packet> slow = new ArrayList<>();
        net.lost = packet -> {
            if (RawSegment.headerOf(packet).destinationPort() == PORT) {
                return false;
            }
            Packet copy = new Packet(1500);
            copy.copyOf(packet);
            slow.add(copy);
            return true;
        };
        TcpEndpoint client = net.connect(B4, PORT);
        assertThat(count(TcpCounter.TcpExtSyncookiesSent)).isEqualTo(1);
        assertThat(slow).hasSize(1);
        net.b.inject(net.interfaceB, last.rst(501).packet());
        net.advance(SECOND);
        assertThat(count(TcpCounter.TcpExtSyncookiesSent)).isEqualTo(1);
        assertThat(listener.halfOpenCount()).isEqualTo(MOST_HALF_OPEN);
        net.lost = packet -> false;

        net.a.inject(net.interfaceA, slow.getFirst());
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        assertThat(listener.tryAccept()).isNull();
        assertThat(listener.halfOpenCount()).isEqualTo(MOST_HALF_OPEN - 1);
        assertThat(count(TcpCounter.TcpExtSyncookiesRecv)).isEqualTo(1);
        transfer(client, server);
    }
}
