package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;

import org.junit.jupiter.api.Test;

/** More to come: partial segments wait for the rest, 200 ms at most, as on Linux. */
class CorkTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    void what_is_held_goes_after_200_ms() {
        script.options(o -> o.cork(true)).established().write(300).expectNothing();
        script.after(50 * MS).write(300).expectNothing();
        script.nextTimerAfter(150 * MS).expect(data(1, 601).with("P"));
    }

    @Test
    void what_comes_after_that_is_held_anew() {
        script.options(o -> o.cork(true))
                .established()
                .write(300)
                .after(200 * MS)
                .expect(data(1, 301));
        script.inject(ack(301))
                .write(300)
                .expectNothing()
                .nextTimerAfter(200 * MS)
                .expect(data(301, 601));
    }

    @Test
    void the_time_counts_from_when_the_segment_began() {
        script.options(o -> o.cork(true))
                .established()
                .write(300)
                .after(150 * MS)
                .expectNothing();
        script.write(900)
                .expect(data(1, 1001))
                .inject(ack(1001))
                .nextTimerAfter(200 * MS)
                .expect(data(1001, 1201));
    }

    @Test
    void a_write_with_more_to_come_waits_for_the_next_one() {
        script.established()
                .writeMore(300)
                .expectNothing()
                .write(200)
                .expect(data(1, 501).with("P"));
    }

    @Test
    void a_write_with_more_to_come_does_not_wait_for_ever() {
        script.established()
                .writeMore(300)
                .expectNothing()
                .nextTimerAfter(200 * MS)
                .expect(data(1, 301));
    }

    @Test
    void a_write_with_more_to_come_still_sends_full_segments() {
        script.established().writeMore(1300).expect(data(1, 1001)).shutdownOutput();
        script.expect(data(1001, 1301).with("FP"));
    }

    @Test
    void without_a_cork_there_is_no_timer() {
        script.established().write(300).inject(ack(301)).expectNoTimer();
    }
}
