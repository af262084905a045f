package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.fin;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** When what arrived is acknowledged (RFC 9293 3.8.6.3, RFC 5681 4.2). */
class AcknowledgingTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    void first_segments_are_acknowledged_at_once() {
        script.established();
        for (int i = 0; i < 16; i++) {
            script.inject(data(1 + 100 * i, 101 + 100 * i)).expect(ack(101 + 100 * i));
        }
        script.inject(data(1601, 1701)).expectNothing();
    }

    @Test
    @Requirement({"RFC9293:SHLD-18", "RFC9293:MUST-40"})
    void then_a_single_segment_waits_40_ms() {
        script.established();
        past();
        script.inject(data(1601, 2601)).expectNothing().nextTimerAfter(40 * MS).expect(ack(2601));
        script.expectCount(TcpCounter.TcpExtDelayedACKs, 1).expectNoTimer();
    }

    @Test
    @Requirement({"RFC9293:SHLD-19", "RFC5681:4.2"})
    void every_second_full_sized_segment_is_acknowledged_at_once() {
        script.established();
        past();
        script.inject(data(1601, 2601)).expectNothing().inject(data(2601, 3601)).expect(ack(3601));
        script.inject(data(3601, 4601))
                .expectNothing()
                .inject(data(4601, 5601))
                .expect(ack(5601))
                .expectNoTimer();
    }

    @Test
    @Requirement("RFC9293:MUST-40")
    void delay_counts_from_the_first_unacknowledged_segment() {
        script.established();
        past();
        script.inject(data(1601, 1701))
                .after(30 * MS)
                .inject(data(1701, 1801))
                .nextTimerAfter(10 * MS)
                .expect(ack(1801));
    }

    @Test
    @Requirement("RFC9293:3.8.6.3")
    void data_carries_the_acknowledgment() {
        script.established();
        past();
        script.inject(data(1601, 2601))
                .write(100)
                .expect(data(1, 101).acks(2601))
                .after(100 * MS)
                .expectNothing();
    }

    @Test
    @Requirement({"RFC9293:SHLD-18", "RFC9293:MUST-58"})
    void one_ack_for_a_batch() {
        script.established()
                .inject(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001))
                .expect(ack(4001));
    }

    @Test
    @Requirement("RFC9293:SHLD-19")
    void super_segment_is_acknowledged_at_once() {
        script.established();
        past();
        script.inject(data(1601, 5601).gso(1000)).expect(ack(5601));
    }

    @Test
    @Requirement("RFC9293:SHLD-19")
    void super_segment_of_one_and_a_bit_counts_by_its_segment_size() {
        script.established();
        past();
        script.inject(data(1601, 2801).gso(1000)).expect(ack(2801));
    }

    @Test
    @Requirement({"RFC5681:4.2", "RFC9293:MAY-13"})
    void out_of_order_is_acknowledged_at_once() {
        script.established();
        past();
        script.inject(data(2601, 3601)).expect(ack(1601).sack(2601, 3601));
    }

    @Test
    @Requirement("RFC5681:4.2")
    void filling_a_gap_is_acknowledged_at_once() {
        script.established();
        past();
        script.inject(data(2601, 3601))
                .ignoreSent()
                .inject(data(1601, 2601))
                .expect(ack(3601).noSack());
    }

    @Test
    @Requirement("RFC5681:4.2")
    void filling_part_of_a_gap_is_acknowledged_at_once() {
        script.established();
        past();
        script.inject(data(3601, 4601))
                .ignoreSent()
                .inject(data(1601, 2601))
                .expect(ack(2601).sack(3601, 4601));
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void duplicate_is_acknowledged_at_once() {
        script.established();
        past();
        script.inject(data(1501, 1601)).expect(ack(1601));
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void fin_is_acknowledged_at_once() {
        script.established();
        past();
        script.inject(fin(1601)).expect(ack(1602));
    }

    @Test
    void quick_ack_option_never_delays() {
        script.options(o -> o.quickAck(true)).established();
        past();
        script.inject(data(1601, 1611)).expect(ack(1611));
    }

    @Test
    void conversation_delays_from_the_start_of_its_second_exchange() {
        script.established()
                .linkFull(true)
                .inject(data(1, 101))
                .linkFull(false)
                .write(50)
                .expect(data(1, 51).acks(101));
        script.inject(data(101, 201).acks(51))
                .expectNothing()
                .nextTimerAfter(40 * MS)
                .expect(ack(201));
    }

    @Test
    @Requirement({"RFC9293:MUST-59", "RFC9293:SHLD-31"})
    void batch_out_of_order_is_put_in_order_before_it_is_acknowledged() {
        script.established()
                .inject(data(2001, 3001), data(1001, 2001), data(1, 1001))
                .expect(ack(3001).noSack())
                .read(3000);
    }

    @Test
    @Requirement("RFC9293:SHLD-31")
    void segments_beyond_a_gap_are_kept_until_it_is_filled() {
        script.established()
                .inject(data(1001, 2001))
                .inject(data(3001, 4001))
                .inject(data(1, 1001))
                .ignoreSent()
                .read(2000);
        script.inject(data(2001, 3001)).expect(ack(4001)).read(2000);
    }

    /** Beyond the quick ACKs of a connection's start. */
    private void past() {
        for (int i = 0; i < 16; i++) {
            script.inject(data(1 + 100 * i, 101 + 100 * i));
        }
        script.ignoreSent();
    }
}
