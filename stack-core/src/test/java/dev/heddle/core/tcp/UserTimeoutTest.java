package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** How long a peer may be silent: R1, R2 and the user timeout (RFC 9293 3.8.3, RFC 5482). */
class UserTimeoutTest {

    private static final long MS = TcpScript.MS;
    private static final long SECOND = 1_000 * MS;

    private final TcpScript script = new TcpScript();

    // --- R1 and R2

    @Test
    @Requirement({"RFC9293:MUST-20", "RFC9293:SHLD-9", "RFC9293:SHLD-10", "RFC9293:MUST-47"})
    void the_third_retransmission_is_told_and_an_answer_ends_it() {
        script.established().write(100);
        expireRetransmission();
        expireRetransmission();
        assertThat(script.tcb().takeSoftErrorNews()).isFalse();
        assertThat(script.output.adviceGiven).isZero();
        expireRetransmission();
        assertThat(script.tcb().takeSoftErrorNews()).isTrue();
        assertThat(script.output.adviceGiven).isEqualTo(1);
        assertThat(script.info().softFailure()).isEqualTo(Failure.TIMED_OUT);
        script.inject(ack(101));
        assertThat(script.tcb().softFailure()).isEqualTo(Failure.NONE);
    }

    @Test
    @Requirement({"RFC9293:MUST-22", "RFC9293:SHLD-9"})
    void the_third_syn_too() {
        script.connect().after(3 * SECOND);
        assertThat(script.tcb().softFailure()).isEqualTo(Failure.NONE);
        script.after(4 * SECOND);
        assertThat(script.tcb().softFailure()).isEqualTo(Failure.TIMED_OUT);
        script.ignoreSent().answered();
        assertThat(script.tcb().softFailure()).isEqualTo(Failure.NONE);
    }

    @Test
    @Requirement({"RFC9293:SHLD-11", "RFC9293:MUST-20"})
    void data_is_retransmitted_for_more_than_100_seconds() {
        script.established().write(100).after(100 * SECOND).expectState(TcpState.ESTABLISHED);
        script.after(1_000 * SECOND).expectFailure(Failure.TIMED_OUT);
        script.expectCount(TcpCounter.TcpExtTCPAbortOnTimeout, 1).expectCount(TcpCounter.TcpExtTCPTimeouts, 15);
    }

    @Test
    @Requirement("RFC9293:MUST-21")
    void the_application_can_wait_longer_than_the_retries() {
        script.options(o -> o.userTimeoutNs(3600 * SECOND)).established().write(100);
        script.after(3590 * SECOND).expectState(TcpState.ESTABLISHED);
        script.after(10 * SECOND).expectFailure(Failure.TIMED_OUT);
    }

    @Test
    @Requirement("RFC9293:MUST-21")
    void the_application_can_wait_for_ever() {
        script.options(o -> o.userTimeoutNs(Long.MAX_VALUE).keepAlive(true).keepIdleNs(Long.MAX_VALUE))
                .established()
                .write(100);
        script.after(100_000 * SECOND).expectState(TcpState.ESTABLISHED);
        script.expectCount(TcpCounter.TcpExtTCPKeepAlive, 0);
    }

    @Test
    @Requirement({"RFC9293:MUST-21", "RFC9293:3.10.8"})
    void the_application_can_give_up_a_connection_attempt_earlier() {
        script.options(o -> o.userTimeoutNs(5 * SECOND))
                .connect()
                .after(4999 * MS)
                .expectState(TcpState.SYN_SENT);
        script.after(MS).expectFailure(Failure.TIMED_OUT);
    }

    @Test
    @Requirement("RFC5482:4.2")
    void keepalive_gives_up_with_the_user_timeout() {
        script.options(o -> o.keepAlive(true)
                        .keepIdleNs(10 * SECOND)
                        .keepIntervalNs(SECOND)
                        .keepCount(2)
                        .userTimeoutNs(20 * SECOND))
                .established();
        script.after(19 * SECOND)
                .expectState(TcpState.ESTABLISHED)
                .after(SECOND)
                .expectFailure(Failure.TIMED_OUT);
        script.expectCount(TcpCounter.TcpExtTCPKeepAlive, 10);
    }

    @Test
    @Requirement({"RFC5482:3", "RFC9293:MUST-37"})
    void the_time_in_which_nothing_was_there_to_send_does_not_count() {
        script.options(o -> o.userTimeoutNs(20 * SECOND))
                .established()
                .write(1_000)
                .ignoreSent();
        script.inject(ack(1_001).window(0)).after(60 * SECOND);
        script.write(500).after(SECOND).expectState(TcpState.ESTABLISHED);
        script.ignoreSent().after(19 * SECOND).expectState(TcpState.ESTABLISHED);
        script.after(SECOND).expectFailure(Failure.TIMED_OUT);
    }

    // --- the option

    @Test
    @Requirement("RFC5482:3")
    void off_by_default() {
        script.connect().expect(syn()).inject(script.synAckOfPeer().userTimeout(500));
        script.expect(ack(1));
        assertThat(script.info().userTimeoutNs()).isZero();
        assertThat(script.info().peerUserTimeoutNs()).isZero();
    }

    @Test
    @Requirement({"RFC5482:3", "RFC5482:3.3"})
    void it_goes_with_the_syn_and_the_first_segment_behind_it() {
        script.config(c -> c.userTimeoutOption(UserTimeoutOption.ON.advertising(300 * SECOND)));
        script.connect().expect(syn().userTimeout(300));
        script.inject(script.synAckOfPeer()).expect(ack(1).userTimeout(300));
        script.write(100).expect(data(1, 101));
    }

    @Test
    @Requirement("RFC5482:3")
    void it_goes_again_when_the_application_changes_its_timeout() {
        startWithOption();
        script.options(o -> o.userTimeoutNs(120 * SECOND)).expect(ack(1).userTimeout(120));
        script.options(o -> o.userTimeoutNs(120 * SECOND)).expectNothing();
    }

    @Test
    @Requirement("RFC5482:3.3")
    void what_seconds_cannot_say_is_said_in_minutes() {
        script.config(c -> c.userTimeoutOption(UserTimeoutOption.ON.advertising(40_000 * SECOND)));
        // 40,000 s are 666 minutes and two thirds, rounded up.
        script.connect().expect(syn().userTimeout(667 * 60));
    }

    @Test
    @Requirement("RFC5482:3.1")
    void the_longer_of_both_is_adopted_within_the_limits() {
        script.config(c -> c.userTimeoutOption(
                UserTimeoutOption.ON.advertising(300 * SECOND).within(100 * SECOND, 1_000 * SECOND)));
        script.connect().inject(script.synAckOfPeer());
        assertThat(script.info().userTimeoutNs()).isZero();
        script.inject(ack(1).userTimeout(50));
        assertThat(script.info().userTimeoutNs()).isEqualTo(300 * SECOND);
        script.inject(ack(1).userTimeout(500));
        assertThat(script.info().userTimeoutNs()).isEqualTo(500 * SECOND);
        script.inject(ack(1).userTimeout(5_000));
        assertThat(script.info().userTimeoutNs()).isEqualTo(1_000 * SECOND);
        script.ignoreSent().write(100).after(999 * SECOND).expectState(TcpState.ESTABLISHED);
        script.after(SECOND).expectFailure(Failure.TIMED_OUT);
    }

    @Test
    @Requirement("RFC5482:3.1")
    void a_short_timeout_is_raised_to_the_lower_limit() {
        script.config(c -> c.userTimeoutOption(UserTimeoutOption.ON.advertising(SECOND)));
        script.connect().inject(script.synAckOfPeer(), ack(1).userTimeout(1));
        assertThat(script.info().userTimeoutNs()).isEqualTo(100 * SECOND);
    }

    @Test
    @Requirement("RFC5482:3.1")
    void what_the_application_has_set_is_not_changed_but_the_peers_wish_can_be_seen() {
        script.options(o -> o.userTimeoutNs(60 * SECOND));
        startWithOption();
        script.inject(ack(1).userTimeout(500));
        assertThat(script.info().userTimeoutNs()).isEqualTo(60 * SECOND);
        assertThat(script.info().peerUserTimeoutNs()).isEqualTo(500 * SECOND);
    }

    @Test
    @Requirement("RFC5482:3.4")
    void the_reserved_value_is_ignored() {
        startWithOption();
        script.inject(ack(1).userTimeout(0));
        script.inject(ack(1).userTimeout(0x8000));
        assertThat(script.info().userTimeoutNs()).isZero();
    }

    private void startWithOption() {
        script.config(c -> c.userTimeoutOption(UserTimeoutOption.ON));
        script.connect().inject(script.synAckOfPeer()).ignoreSent();
    }

    private void expireRetransmission() {
        script.nextTimerAfter(script.info().rtoNs()).ignoreSent();
    }
}
