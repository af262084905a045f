package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.TcpScript.MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** RFC 3168 6.1 packet by packet; segments of 1000 bytes, a window of ten. */
class EcnTest {

    private static final int NOT_ECT = 0;
    private static final int ECT_0 = Ecn.ECT_0;
    private static final int CE = Ecn.CE;

    private final TcpScript script = new TcpScript();

    private static Seg data(long from, int ecn) {
        return Seg.data(from, from + 1000).ecn(ecn);
    }

    private void mode(EcnMode mode) {
        script.config(c -> c.ecn(mode));
    }

    /** An active open whose peer grants ECN. */
    private void establish() {
        mode(EcnMode.ON);
        script.connect().expect(Seg.syn().with("EW").ecn(NOT_ECT));
        script.inject(script.synAckOfPeer().with("E")).expect(Seg.ack(1).ecn(NOT_ECT));
        script.inject(Seg.ack(1)).expectNothing();
    }

    private void write10() {
        script.write(10_000)
                .expect(
                        data(1, ECT_0),
                        data(1001, ECT_0),
                        data(2001, ECT_0),
                        data(3001, ECT_0),
                        data(4001, ECT_0),
                        data(5001, ECT_0),
                        data(6001, ECT_0),
                        data(7001, ECT_0),
                        data(8001, ECT_0),
                        data(9001, ECT_0));
    }

    // --- agreeing

    @Test
    @Requirement({"RFC3168:6.1.1", "RFC9293:SHLD-8"})
    void data_is_ecn_capable_if_both_ends_agree() {
        establish();
        script.write(1000).expect(data(1, ECT_0));
    }

    @Test
    @Requirement("RFC3168:6.1.1")
    void peer_that_does_not_grant_it_or_mirrors_the_flags_gets_data_that_is_not_capable() {
        for (String flags : new String[] {"", "EW", "W"}) {
            TcpScript other =
                    new TcpScript().config(c -> c.ecn(EcnMode.ON)).connect().ignoreSent();
            other.inject(other.synAckOfPeer().with(flags)).ignoreSent();
            other.write(1000).expect(data(1, NOT_ECT));
        }
    }

    @Test
    @Requirement("RFC3168:6.1.1.1")
    void syn_that_is_not_answered_goes_again_without_asking_and_there_is_no_ecn() {
        mode(EcnMode.ON);
        script.connect().expect(Seg.syn().with("EW"));
        script.nextTimerAfter(1000 * MS).expect(Seg.syn());
        // The answer to the first may still come.
        script.inject(script.synAckOfPeer().with("E")).expect(Seg.ack(1));
        script.write(1000).expect(data(1, NOT_ECT));
    }

    @Test
    @Requirement("RFC3168:6.1.1")
    void passive_side_grants_what_is_asked_for_unless_it_is_off() {
        for (EcnMode mode : EcnMode.values()) {
            TcpScript other = new TcpScript().config(c -> c.ecn(mode));
            other.listen(other.synOfPeer().with("EW"));
            String granted = mode == EcnMode.OFF ? "" : "E";
            other.expect(Seg.synAck().with(granted).ecn(NOT_ECT));
            other.inject(Seg.ack(1)).write(1000).expect(data(1, mode == EcnMode.OFF ? NOT_ECT : ECT_0));
        }
    }

    @Test
    @Requirement("RFC3168:6.1.1")
    void passive_side_grants_nothing_that_was_not_asked_for() {
        for (String flags : new String[] {"", "E", "W"}) {
            TcpScript other = new TcpScript().config(c -> c.ecn(EcnMode.ON));
            other.listen(other.synOfPeer().with(flags)).expect(Seg.synAck());
        }
    }

    @Test
    @Requirement("RFC3168:6.1.1")
    void syn_that_comes_again_without_asking_takes_it_back() {
        script.listen(script.synOfPeer().with("EW")).expect(Seg.synAck().with("E"));
        script.injectIntoHalfOpen(script.synOfPeer());
        script.expect(Seg.synAck());
        script.inject(Seg.ack(1)).write(1000).expect(data(1, NOT_ECT));
    }

    @Test
    void passive_is_the_default_and_asks_for_nothing() {
        assertThat(TcpConfig.DEFAULTS.ecn()).isEqualTo(EcnMode.PASSIVE);
        script.connect().expect(Seg.syn());
    }

    // --- the sender

    @Test
    @Requirement("RFC3168:6.1.2")
    void echo_reduces_the_window_once_a_window_and_is_answered_by_cwr_on_the_first_new_data() {
        establish();
        write10();
        script.write(20_000).expectNothing();
        script.inject(Seg.ack(1001).with("E"));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        script.expectNothing();
        script.inject(Seg.ack(3001).with("E"), Seg.ack(5001).with("E"));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        script.expectNothing();
        script.inject(Seg.ack(6001).with("E")).expect(data(10_001, ECT_0).with("W"));
        script.inject(Seg.ack(7001).with("E")).expect(data(11_001, ECT_0));
        // The whole window of the reduction, and still about the same congestion.
        script.inject(Seg.ack(10_001).with("E")).ignoreSent();
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        // Beyond it: new congestion.
        script.inject(Seg.ack(11_001).with("E")).ignoreSent();
        assertThat(script.info().congestionWindowBytes()).isLessThan(5000);
        script.expectCount(TcpCounter.TcpExtTCPDeliveredCE, 11);
    }

    @Test
    @Requirement("RFC3168:6.1.2")
    void loss_in_a_window_that_was_reduced_already_reduces_nothing_more() {
        establish();
        write10();
        script.write(20_000).inject(Seg.ack(1001).with("E")).expectNothing();
        assertThat(script.info().ssthreshBytes()).isEqualTo(5000);
        script.inject(Seg.ack(1001).sack(2001, 5001))
                .expect(Seg.data(1001, 2001).ecn(NOT_ECT));
        assertThat(script.info().recoveryPhase()).isEqualTo("RECOVERY");
        assertThat(script.info().ssthreshBytes()).isEqualTo(5000);
        script.inject(Seg.ack(10_001)).ignoreSent();
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        // What was sent since is another window.
        script.inject(Seg.ack(10_001).sack(11_001, 14_001)).ignoreSent();
        assertThat(script.info().recoveryPhase()).isEqualTo("RECOVERY");
        assertThat(script.info().ssthreshBytes()).isLessThan(5000);
    }

    @Test
    @Requirement("RFC3168:6.1.2")
    void reduction_by_ecn_stays_when_a_loss_in_its_window_turns_out_to_be_none() {
        establish();
        write10();
        script.write(20_000).inject(Seg.ack(1001).with("E"));
        script.inject(Seg.ack(1001).sack(2001, 5001)).expect(Seg.data(1001, 2001));
        script.inject(Seg.ack(5001).sack(1001, 2001)).ignoreSent();
        script.expectCount(TcpCounter.TcpExtTCPDSACKUndo, 1);
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
        assertThat(script.info().ssthreshBytes()).isEqualTo(5000);
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
    }

    @Test
    @Requirement("RFC4015:3.1")
    void recovery_is_not_taken_back_by_an_ack_that_tells_of_congestion() {
        for (String echo : new String[] {"", "E"}) {
            TcpScript other =
                    new TcpScript().config(c -> c.ecn(EcnMode.ON)).connect().ignoreSent();
            other.inject(other.synAckOfPeer().with("E")).ignoreSent();
            other.write(10_000).ignoreSent();
            other.inject(Seg.ack(1).sack(1001, 4001)).expect(Seg.data(1, 1001));
            assertThat(other.info().ssthreshBytes()).isEqualTo(5000);
            other.inject(Seg.ack(4001).sack(1, 1001).with(echo));
            boolean congestion = !echo.isEmpty();
            other.expectCount(TcpCounter.TcpExtTCPDSACKUndo, congestion ? 0 : 1);
            assertThat(other.info().congestionWindowBytes() > 5000).isNotEqualTo(congestion);
        }
    }

    @Test
    @Requirement("RFC4015:3.4")
    void timeout_is_not_taken_back_if_an_ack_of_its_test_tells_of_congestion() {
        for (String echo : new String[] {"", "E"}) {
            TcpScript other =
                    new TcpScript().config(c -> c.ecn(EcnMode.ON)).connect().ignoreSent();
            other.after(10 * MS).inject(other.synAckOfPeer().with("E")).write(30_000);
            other.after(250 * MS).ignoreSent();
            assertThat(other.info().recoveryPhase()).isEqualTo("LOSS");
            other.inject(Seg.ack(1001).with(echo)).inject(Seg.ack(1001).sack(3001, 4001));
            boolean congestion = !echo.isEmpty();
            other.expectCount(TcpCounter.TcpExtTCPSpuriousRTOs, congestion ? 0 : 1);
            assertThat(other.info().congestionWindowBytes() > 5000).isNotEqualTo(congestion);
        }
    }

    @Test
    @Requirement("RFC3168:6.1.2")
    void window_grows_again_when_the_peer_has_seen_cwr() {
        establish();
        write10();
        script.write(40_000).inject(Seg.ack(10_001).with("E")).ignoreSent();
        long reduced = script.info().congestionWindowBytes();
        for (int i = 0; i < 10; i++) {
            script.inject(Seg.ack(11_001 + i * 1000)).ignoreSent();
        }
        assertThat(script.info().congestionWindowBytes()).isGreaterThan(reduced);
    }

    @Test
    @Requirement("RFC3168:6.1.5")
    void retransmissions_are_not_ecn_capable_and_the_reduction_for_loss_says_cwr() {
        establish();
        write10();
        script.write(10_000)
                .inject(Seg.ack(1).sack(1001, 4001))
                .expect(Seg.data(1, 1001).ecn(NOT_ECT));
        // An echo of the same window reduces nothing more.
        long window = script.info().ssthreshBytes();
        script.inject(Seg.ack(6001).with("E"));
        assertThat(script.info().ssthreshBytes()).isEqualTo(window);
        script.inject(Seg.ack(10_001).with("E"));
        script.expectFirstNewData(10_001, "W");
    }

    @Test
    @Requirement("RFC3168:6.1.6")
    void window_probes_are_not_ecn_capable() {
        establish();
        script.inject(Seg.ack(1).window(0)).write(1000).expectNothing();
        script.after(300 * MS).expect(Seg.data(1, 2).ecn(NOT_ECT));
    }

    @Test
    @Requirement("RFC3168:6.1.4")
    void acknowledgements_are_not_ecn_capable() {
        establish();
        script.inject(Seg.data(1, 1001).ecn(ECT_0)).expect(Seg.ack(1001).ecn(NOT_ECT));
    }

    @Test
    void echo_means_nothing_where_ecn_was_not_agreed() {
        script.established().write(10_000).ignoreSent();
        script.inject(Seg.ack(1001).with("E"));
        assertThat(script.info().congestionWindowBytes()).isGreaterThanOrEqualTo(10_000);
    }

    // --- the receiver

    @Test
    @Requirement("RFC3168:6.1.3")
    void mark_is_echoed_at_once_and_on_every_segment_until_cwr() {
        establish();
        script.inject(Seg.data(1, 1001).ecn(CE)).expect(Seg.ack(1001).with("E"));
        script.inject(Seg.data(1001, 2001).ecn(ECT_0)).expect(Seg.ack(2001).with("E"));
        script.write(1000).expect(data(1, ECT_0).with("E"));
        script.inject(Seg.data(2001, 3001).with("W").ecn(ECT_0)).expect(Seg.ack(3001));
        // A segment that says CWR and is marked itself starts the echo again.
        script.inject(Seg.data(3001, 4001).with("W").ecn(CE))
                .expect(Seg.ack(4001).with("E"));
        script.inject(Seg.data(4001, 5001).with("W").ecn(CE))
                .expect(Seg.ack(5001).with("E"));
    }

    @Test
    @Requirement("RFC3168:6.1.3")
    void mark_on_a_super_segment_is_echoed() {
        establish();
        script.inject(Seg.data(1, 8001).gso(1000).ecn(CE)).expect(Seg.ack(8001).with("E"));
    }

    @Test
    void mark_means_nothing_where_ecn_was_not_agreed() {
        script.established().inject(Seg.data(1, 1001).ecn(CE)).expect(Seg.ack(1001));
    }
}
