package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** ICMP errors that end an attempt, and those that only name a reason (RFC 9293 3.9.2.2, RFC 5927). */
class SoftErrorTest {

    private static final long SECOND = 1_000 * TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement({"RFC9293:MUST-54", "RFC9293:SHLD-26"})
    void a_hard_error_ends_an_attempt_at_once() {
        script.connect().icmpError(true, Failure.PORT_UNREACHABLE, 0).expectFailure(Failure.PORT_UNREACHABLE);
        script.expectCount(TcpCounter.TcpAttemptFails, 1);
    }

    @Test
    @Requirement({"RFC9293:MUST-56", "RFC9293:SHLD-25", "RFC9293:MUST-47"})
    void a_soft_error_is_told_and_the_attempt_goes_on() {
        script.connect().icmpError(false, Failure.HOST_UNREACHABLE, 0).expectState(TcpState.SYN_SENT);
        assertThat(script.tcb().takeSoftErrorNews()).isTrue();
        assertThat(script.tcb().softFailure()).isEqualTo(Failure.HOST_UNREACHABLE);
        script.ignoreSent().nextTimerAfter(SECOND).expect(syn());
        script.answered();
        assertThat(script.tcb().softFailure()).isEqualTo(Failure.NONE);
    }

    @Test
    void a_soft_error_ends_an_attempt_if_that_is_wanted() {
        script.config(c -> c.softErrorsEndAttempts(true)).connect();
        script.icmpError(false, Failure.HOST_UNREACHABLE, 0).expectFailure(Failure.HOST_UNREACHABLE);
        script.expectCount(TcpCounter.TcpAttemptFails, 1);
    }

    @Test
    @Requirement("RFC9293:MUST-56")
    void no_soft_error_ends_a_synchronized_connection_even_so() {
        script.config(c -> c.softErrorsEndAttempts(true)).established().write(100);
        script.icmpError(false, Failure.HOST_UNREACHABLE, 1).expectState(TcpState.ESTABLISHED);
    }

    @Test
    @Requirement({"RFC9293:SHLD-26", "RFC5927:5.2"})
    void a_hard_error_ends_a_simultaneous_open_too() {
        script.connect().inject(syn()).expectState(TcpState.SYN_RECEIVED);
        script.icmpError(true, Failure.PORT_UNREACHABLE, 0).expectFailure(Failure.PORT_UNREACHABLE);
    }

    @Test
    @Requirement({"RFC5927:5.2", "RFC9293:SHLD-25"})
    void no_error_ends_a_synchronized_connection() {
        script.established().write(100).icmpError(true, Failure.PORT_UNREACHABLE, 1);
        script.expectState(TcpState.ESTABLISHED);
        assertThat(script.info().softFailure()).isEqualTo(Failure.PORT_UNREACHABLE);
        script.inject(ack(101));
        assertThat(script.info().softFailure()).isEqualTo(Failure.NONE);
    }

    @Test
    @Requirement("RFC5927:4.1")
    void an_error_that_quotes_nothing_in_flight_is_a_strangers() {
        script.established().write(100).icmpError(false, Failure.HOST_UNREACHABLE, 101);
        script.icmpError(false, Failure.HOST_UNREACHABLE, 0);
        assertThat(script.tcb().takeSoftErrorNews()).isFalse();
        script.inject(ack(101)).icmpError(false, Failure.HOST_UNREACHABLE, 1);
        assertThat(script.tcb().takeSoftErrorNews()).isFalse();
    }

    @Test
    @Requirement("RFC9293:SHLD-9")
    void what_icmp_said_is_not_hidden_by_silence() {
        script.established()
                .write(100)
                .icmpError(false, Failure.NETWORK_UNREACHABLE, 1)
                .after(10 * SECOND);
        assertThat(script.tcb().softFailure()).isEqualTo(Failure.NETWORK_UNREACHABLE);
        script.after(1_000 * SECOND).expectFailure(Failure.NETWORK_UNREACHABLE);
    }
}
