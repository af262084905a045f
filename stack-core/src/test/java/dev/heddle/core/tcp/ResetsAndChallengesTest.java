package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.fin;
import static dev.heddle.core.tcp.Seg.rst;
import static dev.heddle.core.tcp.Seg.syn;
import static dev.heddle.core.tcp.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Blind attacks and stray resets (RFC 5961). */
class ResetsAndChallengesTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC5961:3.2")
    void reset_at_rcv_nxt_ends_the_connection() {
        script.established()
                .write(100)
                .inject(rst().seq(1))
                .expectFailure(Failure.RESET)
                .expectNoMemory();
        script.expectCount(TcpCounter.TcpEstabResets, 1);
    }

    @Test
    @Requirement("RFC5961:3.2")
    void reset_elsewhere_in_the_window_is_challenged() {
        script.established().inject(rst().seq(2)).expect(ack(1).seq(1)).expectState(TcpState.ESTABLISHED);
        script.expectCount(TcpCounter.TcpExtTCPChallengeACK, 1);
    }

    @Test
    @Requirement("RFC5961:3.2")
    void reset_outside_the_window_is_dropped() {
        script.established()
                .inject(rst().seq(0), rst().seq(65_537), rst().seq(-5))
                .expectNothing();
        script.expectState(TcpState.ESTABLISHED);
    }

    @Test
    @Requirement("RFC5961:4.2")
    void syn_in_the_window_is_challenged() {
        script.established().inject(syn().seq(10)).expect(ack(1).seq(1)).expectState(TcpState.ESTABLISHED);
        script.expectCount(TcpCounter.TcpExtTCPSYNChallenge, 1);
    }

    @Test
    @Requirement("RFC5961:4.2")
    void syn_outside_the_window_is_challenged() {
        script.established().inject(syn().seq(-100_000)).expect(ack(1).seq(1)).expectState(TcpState.ESTABLISHED);
    }

    @Test
    @Requirement("RFC5961:4.2")
    void repeated_syn_ack_is_answered() {
        script.established().inject(synAck()).expect(ack(1).seq(1)).expectState(TcpState.ESTABLISHED);
    }

    @Test
    @Requirement({"RFC5961:5.2", "RFC9293:3.10.7.4"})
    void ack_of_what_was_never_sent_is_challenged() {
        script.established().inject(data(1, 101).acks(2)).expect(ack(1).seq(1));
        assertThat(script.tcb().available()).isZero();
    }

    @Test
    @Requirement({"RFC5961:5.2", "RFC9293:MAY-12"})
    void ack_older_than_the_largest_window_is_challenged() {
        script.peerWindow(2048).established().write(2000).inject(ack(2001)).ignoreSent();
        script.inject(data(1, 101).acks(-1000)).expect(ack(1));
        assertThat(script.tcb().available()).isZero();
    }

    @Test
    @Requirement("RFC5961:5.2")
    void old_ack_within_the_largest_window_carries_text() {
        script.peerWindow(2048).established().write(2000).inject(ack(2001)).ignoreSent();
        script.inject(data(1, 101).acks(1)).expect(ack(101)).read(100);
    }

    @Test
    @Requirement("RFC5961:7")
    void challenges_are_limited() {
        script.config(c -> c.challengeAcksPerSecond(10)).established();
        for (int i = 0; i < 100; i++) {
            script.inject(rst().seq(2));
        }
        long challenges = script.counters.get(TcpCounter.TcpExtTCPChallengeACK);
        assertThat(challenges).isBetween(5L, 15L);
        script.expectCount(TcpCounter.TcpExtTCPACKSkippedChallenge, 100 - challenges);
        script.ignoreSent().after(1000 * MS).inject(rst().seq(2)).expect(ack(1));
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void reset_in_last_ack_is_an_orderly_end() {
        script.established()
                .inject(fin(1))
                .ignoreSent()
                .close()
                .ignoreSent()
                .inject(rst().seq(2))
                .expectFailure(Failure.NONE);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void reset_in_closing_is_an_orderly_end() {
        script.established()
                .close()
                .inject(fin(1).acks(1))
                .ignoreSent()
                .inject(rst().seq(2))
                .expectFailure(Failure.NONE);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void reset_in_fin_wait_2_is_a_failure() {
        script.established()
                .close()
                .inject(ack(2))
                .ignoreSent()
                .inject(rst().seq(1))
                .expectFailure(Failure.RESET);
    }

    @Test
    @Requirement({"RFC5927:5.2", "RFC9293:MUST-56"})
    void soft_and_hard_icmp_errors_do_not_abort_an_established_connection() {
        script.established().write(100);
        script.tcb()
                .icmpError(
                        true,
                        Failure.PORT_UNREACHABLE,
                        script.tcb().sendSequence().wire(1));
        script.expectState(TcpState.ESTABLISHED);
    }

    @Test
    void unread_data_survives_a_reset() {
        script.established()
                .inject(data(1, 101))
                .ignoreSent()
                .inject(rst().seq(101))
                .expectFailure(Failure.RESET)
                .read(100);
    }

    @Test
    @Requirement("RFC9293:SHLD-2")
    void reset_may_carry_text() {
        script.established().inject(data(1, 31).with("R")).expectNothing().expectFailure(Failure.RESET);
    }
}
