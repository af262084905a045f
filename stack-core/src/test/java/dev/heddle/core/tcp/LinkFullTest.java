package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.fin;
import static dev.heddle.core.tcp.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** A link that refuses segments: they are sent later, nothing is lost. */
class LinkFullTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    void syn_is_sent_when_the_link_has_room() {
        script.linkFull(true).connect().expectNothing();
        assertThat(script.tcb().wantsOutput()).isTrue();
        script.linkFull(false).flush().expect(syn());
        assertThat(script.tcb().wantsOutput()).isFalse();
    }

    @Test
    void data_is_sent_when_the_link_has_room() {
        script.established().linkFull(true).write(3000).expectNothing();
        assertThat(script.tcb().wantsOutput()).isTrue();
        script.linkFull(false).flush().expect(data(1, 1001), data(1001, 2001), data(2001, 3001));
    }

    @Test
    void ack_is_sent_when_the_link_has_room() {
        script.established()
                .linkFull(true)
                .inject(data(1, 101))
                .expectNothing()
                .linkFull(false)
                .flush()
                .expect(ack(101));
    }

    @Test
    void fin_is_sent_when_the_link_has_room() {
        script.established()
                .linkFull(true)
                .close()
                .expectNothing()
                .linkFull(false)
                .flush()
                .expect(fin(1));
    }

    @Test
    @Requirement("RFC6675:5")
    void fast_retransmission_is_sent_when_the_link_has_room() {
        script.established()
                .write(20_000)
                .ignoreSent()
                .linkFull(true)
                .inject(ack(1).sack(1001, 4001))
                .expectNothing();
        script.linkFull(false).flush().expect(data(1, 1001));
    }

    @Test
    @Requirement("RFC6298:5.4")
    void timed_out_segment_is_sent_when_the_link_has_room() {
        script.established()
                .write(3000)
                .ignoreSent()
                .linkFull(true)
                .after(250 * MS)
                .linkFull(false)
                .flush()
                .expect(data(1, 1001));
    }

    @Test
    void ack_in_time_wait_is_sent_when_the_link_has_room() {
        script.established()
                .close()
                .ignoreSent()
                .linkFull(true)
                .inject(fin(1).acks(2))
                .expectNothing();
        script.linkFull(false).flush().expect(ack(2));
    }

    @Test
    void what_the_link_refuses_is_not_counted_as_sent() {
        script.established();
        long before = script.counters.get(TcpCounter.TcpOutSegs);
        script.linkFull(true).write(3000).flush().flush().expectNothing();
        assertThat(script.counters.get(TcpCounter.TcpOutSegs)).isEqualTo(before);
        script.linkFull(false).flush().ignoreSent();
        assertThat(script.counters.get(TcpCounter.TcpOutSegs)).isEqualTo(before + 3);
    }
}
