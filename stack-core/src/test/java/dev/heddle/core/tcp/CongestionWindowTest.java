package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Slow start, congestion avoidance and idle restart as seen in segments (RFC 5681, RFC 6928). */
class CongestionWindowTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC6928:2")
    void ten_segments_start() {
        script.established().write(50_000);
        assertThat(script.info().unacknowledgedBytes()).isEqualTo(10_000);
    }

    @Test
    @Requirement({"RFC5681:3.1", "RFC9293:MUST-19"})
    void slow_start_grows_by_what_is_acknowledged() {
        script.established().write(50_000).ignoreSent().inject(ack(2001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(12_000);
        assertThat(script.info().unacknowledgedBytes()).isEqualTo(12_000);
    }

    @Test
    @Requirement({"RFC5681:3.1", "RFC9293:MUST-19"})
    void avoidance_grows_by_one_segment_a_window() {
        script.established()
                .write(100_000)
                .inject(ack(1).sack(1001, 5001))
                .inject(ack(script.tcb().sendSequence().nxt));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        long una = script.tcb().sendSequence().una;
        script.inject(ack(una + 4000));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(5000);
        script.inject(ack(una + 5000));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(6000);
    }

    @Test
    @Requirement("RFC7661:4.3")
    void window_that_the_application_does_not_fill_does_not_grow() {
        script.established();
        for (int i = 0; i < 20; i++) {
            script.write(1000).inject(ack(1001 + 1000 * i));
        }
        assertThat(script.info().congestionWindowBytes()).isEqualTo(10_000);
    }

    @Test
    @Requirement("RFC5681:4.1")
    void window_starts_again_after_an_idle_period() {
        script.established().write(50_000);
        for (int i = 1; i <= 5; i++) {
            script.inject(ack(1 + 10_000 * i));
        }
        assertThat(script.info().congestionWindowBytes()).isGreaterThan(20_000);
        script.after(1000 * MS).write(50_000);
        assertThat(script.info().congestionWindowBytes()).isEqualTo(10_000);
    }

    @Test
    @Requirement("RFC1191:6.4")
    void smaller_path_mtu_cuts_segments_anew_and_sends_again() {
        script.established().write(5000).ignoreSent();
        script.tcb().pathChanged(new PathProperties(540, 20, 65_515));
        script.flush();
        assertThat(script.info().sendMssBytes()).isEqualTo(500);
        script.expect(
                data(1, 501),
                data(501, 1001),
                data(1001, 1501),
                data(1501, 2001),
                data(2001, 2501),
                data(2501, 3001),
                data(3001, 3501),
                data(3501, 4001),
                data(4001, 4501),
                data(4501, 5001));
    }
}
