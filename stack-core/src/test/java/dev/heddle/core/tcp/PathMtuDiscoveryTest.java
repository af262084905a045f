package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Which reports of a narrow path a connection believes, and what it does then (RFC 1191, RFC 5927 7, RFC 4821 7.7). */
class PathMtuDiscoveryTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript().mtu(1500).peerMss(1460);

    private void packetTooBig(int mtu, int quotedBytes, long quotedOffset) {
        script.tcb().packetTooBig(mtu, quotedBytes, script.tcb().sendSequence().wire(quotedOffset));
        script.flush();
    }

    private void expectMtu(int bytes) {
        assertThat(script.info().pathMtu()).isEqualTo(bytes);
    }

    /** Segments of this size have arrived. */
    private void provenFullSize() {
        script.established().write(1460).expect(data(1, 1461)).inject(ack(1461));
    }

    @Test
    @Requirement({"RFC1191:6.4", "RFC8201:5.4"})
    void what_was_too_big_is_sent_again_in_smaller_segments_without_a_congestion_signal() {
        script.established().write(2920).expect(data(1, 1461), data(1461, 2921));
        long window = script.info().congestionWindowBytes();
        packetTooBig(1000, 1500, 1);
        script.expect(data(1, 961), data(961, 1921), data(1921, 2881), data(2881, 2921));
        expectMtu(1000);
        assertThat(script.info().congestionWindowBytes()).isGreaterThanOrEqualTo(960 * (window / 1460));
        assertThat(script.info().ssthreshBytes()).isEqualTo(Long.MAX_VALUE);
        script.expectCount(TcpCounter.TcpExtTCPTimeouts, 0);
    }

    @Test
    @Requirement("RFC1191:7.1")
    void a_router_that_does_not_say_its_mtu_makes_us_try_the_next_plateau() {
        script.established().write(1460).ignoreSent();
        packetTooBig(0, 1500, 1);
        expectMtu(1492);
        packetTooBig(0, 1492, 1);
        expectMtu(1006);
        packetTooBig(0, 1006, 1);
        expectMtu(552);
        expectFragmenting(true);
    }

    private void expectFragmenting(boolean expected) {
        assertThat(script.tcb().emitter().path().fragmenting()).isEqualTo(expected);
    }

    @Test
    void a_path_narrower_than_tcp_makes_segments_for_has_them_fragmented() {
        script.peerMss(512).established().write(1000).expect(data(1, 513), data(513, 1001));
        packetTooBig(552, 552, 1);
        script.expectNothing();
        expectFragmenting(false);
        packetTooBig(296, 552, 1);
        // The same again, now without "do not fragment", and each on its own.
        script.expect(data(1, 513), data(513, 1001));
        expectMtu(552);
        expectFragmenting(true);
        packetTooBig(296, 552, 1);
        script.expectNothing();
        script.inject(ack(1001)).write(512).ignoreSent();
        assertThat(script.tcb().emitter().maxPayloadBytes(1001)).isEqualTo(512);
    }

    @Test
    @Requirement("RFC5927:4.1")
    void a_report_that_quotes_nothing_in_flight_is_ignored() {
        script.established().write(1460).expect(data(1, 1461));
        packetTooBig(1000, 1500, 1461);
        packetTooBig(1000, 1500, 0);
        packetTooBig(1000, 1500, -5000);
        packetTooBig(1000, 1500, 1_000_000);
        script.expectNothing();
        expectMtu(1500);
        script.inject(ack(1461));
        packetTooBig(1000, 1500, 1);
        expectMtu(1500);
    }

    @Test
    @Requirement("RFC5927:7.2")
    void a_report_of_an_mtu_that_would_have_taken_the_packet_is_ignored() {
        script.established().write(1460).expect(data(1, 1461));
        packetTooBig(1500, 1500, 1);
        packetTooBig(9000, 1500, 1);
        packetTooBig(1000, 1000, 1);
        packetTooBig(1499, 60, 1);
        script.expectNothing();
        expectMtu(1500);
    }

    @Test
    @Requirement("RFC5927:7.2")
    void a_report_of_an_mtu_that_no_packet_of_ours_exceeds_is_ignored() {
        script.peerMss(1000).established().write(1000).expect(data(1, 1001));
        packetTooBig(1200, 1500, 1);
        script.expectNothing();
        expectMtu(1500);
    }

    @Test
    @Requirement("RFC5927:7.1")
    void a_tiny_mtu_does_not_make_tiny_segments() {
        script.established().write(1460).ignoreSent();
        packetTooBig(68, 1500, 1);
        expectMtu(552);
        script.expect(data(1, 513), data(513, 1025), data(1025, 1461));
    }

    @Test
    @Requirement("RFC5927:7.2")
    void when_such_segments_have_arrived_before_a_report_waits_and_progress_refutes_it() {
        provenFullSize();
        script.write(1460).expect(data(1461, 2921));
        packetTooBig(600, 1500, 1461);
        script.expectNothing();
        expectMtu(1500);
        script.inject(ack(2921)).write(1460).ignoreSent().after(2_000 * MS);
        assertThat(script.counters.get(TcpCounter.TcpExtTCPTimeouts)).isPositive();
        expectMtu(1500);
    }

    @Test
    @Requirement("RFC5927:7.2")
    void when_such_segments_have_arrived_before_a_report_is_believed_after_a_timeout() {
        provenFullSize();
        script.write(1460).expect(data(1461, 2921));
        packetTooBig(600, 1500, 1461);
        script.expectNothing().after(1_000 * MS);
        expectMtu(600);
        assertThat(script.info().sendMssBytes()).isEqualTo(560);
    }

    @Test
    @Requirement("RFC5927:7.2")
    void a_report_that_was_refuted_does_not_make_a_later_one_worse() {
        provenFullSize();
        script.write(1460).ignoreSent();
        packetTooBig(600, 1500, 1461);
        script.inject(ack(2921)).write(1460).ignoreSent();
        packetTooBig(1400, 1500, 2921);
        script.after(1_000 * MS);
        expectMtu(1400);
    }

    @Test
    @Requirement("RFC5927:7.2")
    void the_smaller_size_is_proven_anew() {
        provenFullSize();
        script.write(1460).ignoreSent();
        packetTooBig(1000, 1500, 1461);
        script.after(1_000 * MS).ignoreSent().inject(ack(2921));
        expectMtu(1000);
        // Nothing of 960 bytes was sent for the first time and acknowledged: the path may be narrower still.
        script.write(960).ignoreSent();
        packetTooBig(800, 1000, 2921);
        expectMtu(800);
        script.inject(ack(3881))
                .write(760)
                .ignoreSent()
                .inject(ack(4641))
                .write(760)
                .ignoreSent();
        packetTooBig(600, 800, 4641);
        expectMtu(800);
    }

    @Test
    void a_handshake_has_nothing_that_is_too_big() {
        script.connect();
        packetTooBig(552, 1500, 0);
        expectMtu(1500);
    }

    @Test
    @Requirement("RFC4821:7.7")
    void a_path_that_swallows_large_segments_without_a_word_is_found_out_if_asked_for() {
        script.config(c -> c.mtuProbing(true)).established().write(1460).ignoreSent();
        script.after(650 * MS).expect(data(1, 1461), data(1, 1461));
        script.after(1_000 * MS).expect(data(1, 1025));
        expectMtu(1064);
        script.after(1_600 * MS).expect(data(1, 513));
        expectMtu(552);
        script.after(10_000 * MS);
        expectMtu(552);
        script.ignoreSent().inject(ack(513)).expect(data(513, 1025), data(1025, 1461));
    }

    @Test
    void without_being_asked_for_timeouts_say_nothing_about_the_path() {
        script.established().write(1460).ignoreSent().after(60_000 * MS);
        expectMtu(1500);
    }

    @Test
    void small_segments_that_disappear_say_nothing_about_the_path() {
        script.config(c -> c.mtuProbing(true))
                .established()
                .write(1000)
                .ignoreSent()
                .after(60_000 * MS);
        expectMtu(1500);
    }

    @Test
    @Requirement("RFC1191:3.1")
    void what_is_announced_is_not_what_the_way_out_takes() {
        script.connect();
        script.tcb().pathChanged(script.tcb().emitter().path().withMtu(1000));
        assertThat(script.tcb().emitter().announcedMss()).isEqualTo(1460);
        script.answered();
        assertThat(script.info().sendMssBytes()).isEqualTo(960);
    }
}
