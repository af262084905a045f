package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.rst;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Probing an idle peer (RFC 9293 3.8.4). */
class KeepAliveTest {

    private static final long MS = TcpScript.MS;
    private static final long SECOND = 1_000 * MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC9293:MUST-25")
    void off_by_default() {
        script.established().expectNoTimer();
    }

    @Test
    @Requirement({"RFC9293:3.8.4", "RFC9293:MUST-26", "RFC9293:MAY-5", "RFC9293:SHLD-12"})
    void idle_peer_is_probed_from_before_the_window() {
        start();
        script.nextTimerAfter(10 * SECOND).expect(ack(1).seq(0)).inject(ack(1)).expectNothing();
        script.after(9 * SECOND).expectNothing().after(SECOND).expect(ack(1).seq(0));
    }

    @Test
    @Requirement("RFC9293:MUST-27")
    void silent_peer_is_given_up_after_the_last_probe() {
        start();
        script.nextTimerAfter(10 * SECOND)
                .expect(ack(1).seq(0))
                .nextTimerAfter(2 * SECOND)
                .expect(ack(1).seq(0));
        script.nextTimerAfter(2 * SECOND)
                .expect(ack(1).seq(0))
                .nextTimerAfter(2 * SECOND)
                .expect(rst().with("."));
        script.expectFailure(Failure.TIMED_OUT);
    }

    @Test
    @Requirement("RFC9293:MUST-26")
    void traffic_puts_the_probe_off() {
        start();
        script.after(9 * SECOND)
                .inject(data(1, 11))
                .ignoreSent()
                .after(9 * SECOND)
                .expectNothing()
                .after(SECOND);
        script.expect(ack(11).seq(0));
    }

    @Test
    @Requirement("RFC9293:MUST-26")
    void what_anybody_can_forge_does_not_put_the_probe_off() {
        start();
        script.after(9 * SECOND)
                // Behind the window, and an acknowledgment of what was never sent.
                .inject(data(10_000_001, 10_000_011))
                .inject(ack(1_000_000))
                .ignoreSent();
        script.after(SECOND).expect(ack(1).seq(0));
    }

    @Test
    void data_in_flight_is_a_probe_of_its_own() {
        start();
        script.write(100).ignoreSent().after(11 * SECOND);
        script.expectCount(TcpCounter.TcpExtTCPKeepAlive, 0);
    }

    @Test
    void switched_on_later_it_starts_then() {
        script.established().after(100 * SECOND);
        start(script);
        script.nextTimerAfter(10 * SECOND).expect(ack(1).seq(0));
    }

    @Test
    @Requirement("RFC9293:3.8.4")
    void the_peers_probe_is_answered() {
        script.established().inject(ack(1).seq(0)).expect(ack(1).seq(1));
    }

    @Test
    @Requirement("RFC9293:MUST-24")
    void switched_off_it_stops() {
        start();
        script.nextTimerAfter(10 * SECOND).expect(ack(1).seq(0)).inject(ack(1));
        script.options(o -> o.keepAlive(false))
                .after(100 * SECOND)
                .expectNothing()
                .expectNoTimer();
    }

    @Test
    @Requirement("RFC9293:MUST-28")
    void two_hours_are_the_default() {
        script.options(o -> o.keepAlive(true)).established();
        script.nextTimerAfter(7200 * SECOND).expect(ack(1).seq(0));
    }

    @Test
    @Requirement("RFC9293:MUST-29")
    void lost_answers_are_tolerated() {
        start();
        script.after(12 * SECOND).expect(ack(1).seq(0), ack(1).seq(0)).inject(ack(1));
        script.expectState(TcpState.ESTABLISHED)
                .after(9 * SECOND)
                .expectNothing()
                .after(5 * SECOND)
                .expect(ack(1).seq(0), ack(1).seq(0), ack(1).seq(0))
                .inject(ack(1))
                .expectState(TcpState.ESTABLISHED);
    }

    @Test
    @Requirement("RFC9293:MUST-29")
    void one_lost_answer_is_tolerated_also_when_the_user_timeout_is_shorter_than_the_idle_time() {
        start(script).options(o -> o.userTimeoutNs(5 * SECOND)).established();
        script.nextTimerAfter(10 * SECOND).expect(ack(1).seq(0));
        script.nextTimerAfter(2 * SECOND).expect(ack(1).seq(0)).inject(ack(1));
        script.after(9 * SECOND).expectNothing().after(SECOND).expect(ack(1).seq(0));
        script.nextTimerAfter(2 * SECOND).expect(ack(1).seq(0));
        script.nextTimerAfter(2 * SECOND).expect(rst().with(".")).expectFailure(Failure.TIMED_OUT);
    }

    @Test
    @Requirement("RFC5482:4.2")
    void a_user_timeout_does_not_wait_for_a_long_interval() {
        start(script)
                .options(o -> o.keepIntervalNs(75 * SECOND).userTimeoutNs(20 * SECOND))
                .established();
        script.nextTimerAfter(10 * SECOND).expect(ack(1).seq(0));
        script.nextTimerAfter(20 * SECOND).expect(ack(1).seq(0));
        script.nextTimerAfter(20 * SECOND).expect(rst().with(".")).expectFailure(Failure.TIMED_OUT);
    }

    private void start() {
        start(script).established();
    }

    private static TcpScript start(TcpScript on) {
        return on.options(o -> o.keepAlive(true)
                .keepIdleNs(10 * SECOND)
                .keepIntervalNs(2 * SECOND)
                .keepCount(3));
    }
}
