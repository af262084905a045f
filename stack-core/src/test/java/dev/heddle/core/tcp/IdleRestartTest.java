package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** After an idle period the network is asked anew what it bears (RFC 5681 4.1). */
class IdleRestartTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    /** The window has grown to 20 segments, and everything is acknowledged. */
    @BeforeEach
    void grow() {
        script.established()
                .write(20_000)
                .inject(ack(10_001))
                .inject(ack(20_001))
                .ignoreSent();
        assertThat(script.info().congestionWindowBytes()).isEqualTo(20_000);
    }

    @Test
    @Requirement("RFC5681:4.1")
    void an_idle_period_longer_than_the_rto_takes_the_window_back_to_the_initial_one() {
        script.after(script.info().rtoNs() + MS).write(20_000).expect(segments(20_001, 10));
        script.inject(ack(22_001)).expect(segments(30_001, 4));
    }

    @Test
    @Requirement("RFC5681:4.1")
    void a_shorter_pause_takes_nothing() {
        script.after(script.info().rtoNs() - MS).write(20_000).expect(segments(20_001, 20));
    }

    @Test
    @Requirement("RFC5681:4.1")
    void what_arrives_does_not_count_as_activity() {
        script.after(script.info().rtoNs()).inject(data(1, 101)).ignoreSent().after(MS);
        script.write(20_000).expect(segments(20_001, 10));
    }

    @Test
    @Requirement("RFC5681:4.1")
    void waiting_for_an_acknowledgment_is_not_idle() {
        script.write(500).ignoreSent().after(script.info().rtoNs() - MS);
        script.write(15_000).inject(ack(20_501)).ignoreSent();
        assertThat(script.info().congestionWindowBytes()).isGreaterThanOrEqualTo(20_000);
    }

    private static Seg[] segments(long from, int count) {
        Seg[] all = new Seg[count];
        for (int i = 0; i < count; i++) {
            all[i] = data(from + 1000L * i, from + 1000L * (i + 1));
        }
        return all;
    }
}
