package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** What holds a partial segment back (RFC 9293 3.7.4). */
class NagleTest {

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement({"RFC9293:SHLD-7", "RFC9293:MUST-60"})
    void partial_segment_waits_for_the_acknowledgment_of_the_last_one() {
        script.established()
                .write(100)
                .expect(data(1, 101).with("P"))
                .write(100)
                .expectNothing()
                .write(100)
                .expectNothing();
        script.inject(ack(101)).expect(data(101, 301));
    }

    @Test
    @Requirement("RFC9293:SHLD-7")
    void full_segments_in_flight_do_not_hold_a_partial_one_back() {
        script.established().write(1000).expect(data(1, 1001)).write(100).expect(data(1001, 1101));
    }

    @Test
    @Requirement("RFC9293:SHLD-7")
    void full_segment_goes_although_a_partial_one_is_in_flight() {
        script.established()
                .write(100)
                .ignoreSent()
                .write(1500)
                .expect(data(101, 1101))
                .inject(ack(101))
                .expect(data(1101, 1601));
    }

    @Test
    @Requirement("RFC9293:MUST-17")
    void no_delay_sends_at_once() {
        script.options(o -> o.noDelay(true))
                .established()
                .write(100)
                .expect(data(1, 101))
                .write(100)
                .expect(data(101, 201));
    }

    @Test
    void cork_holds_partial_segments_until_it_is_taken_away() {
        script.options(o -> o.cork(true))
                .established()
                .write(1500)
                .expect(data(1, 1001))
                .inject(ack(1001))
                .expectNothing();
        script.options(o -> o.cork(false)).expect(data(1001, 1501));
    }

    @Test
    void cork_does_not_hold_back_what_leaves_no_room_to_complete_the_segment() {
        script.options(o -> o.cork(true).sendBufferBytes(900))
                .established()
                .write(900)
                .expect(data(1, 901))
                .inject(ack(901))
                .write(500)
                .expectNothing();
        script.write(300).expect(data(901, 1701));
    }

    @Test
    @Requirement("RFC9293:3.10.4")
    void fin_releases_what_is_held() {
        script.established()
                .write(100)
                .ignoreSent()
                .write(100)
                .expectNothing()
                .shutdownOutput()
                .expect(data(101, 201).with("F"));
    }

    @Test
    @Requirement("RFC9293:MUST-17")
    void switching_no_delay_on_releases_what_is_held() {
        script.established()
                .write(100)
                .ignoreSent()
                .write(100)
                .expectNothing()
                .options(o -> o.noDelay(true))
                .expect(data(101, 201));
    }
}
