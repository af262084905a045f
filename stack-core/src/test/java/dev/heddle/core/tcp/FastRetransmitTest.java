package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

class FastRetransmitTest {

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC5681:3.2")
    void third_duplicate_ack_retransmits_the_first_unacknowledged_segment() {
        script.established()
                .write(4000)
                .expect(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001))
                .inject(ack(1).sack(1001, 2001), ack(1).sack(1001, 3001), ack(1).sack(1001, 4001))
                .expect(data(1, 1001))
                .inject(ack(4001))
                .expectNothing();
        assertThat(script.info().recoveryPhase()).isEqualTo("OPEN");
    }

    @Test
    @Requirement("RFC6582:3.2")
    void partial_acknowledgement_without_sack_retransmits_the_next_hole() {
        script.peerWithoutSack()
                .established()
                .write(5000)
                .ignoreSent()
                .inject(ack(1), ack(1))
                .expectNothing()
                .inject(ack(1))
                .expect(data(1, 1001))
                .inject(ack(2001))
                .expect(data(2001, 3001))
                .inject(ack(5001))
                .expectNothing();
    }

    @Test
    @Requirement({"RFC6298:2.2", "RFC6298:5.5"})
    void retransmission_timeout_sends_the_first_segment_again_and_backs_off() {
        script.connect()
                .after(10 * TcpScript.MS)
                .answered()
                .write(2000)
                .ignoreSent()
                .nextTimerAfter(210 * TcpScript.MS)
                .expect(data(1, 1001))
                .nextTimerAfter(420 * TcpScript.MS)
                .expect(data(1, 1001))
                .inject(ack(1001))
                .expect(data(1001, 2001));
    }
}
