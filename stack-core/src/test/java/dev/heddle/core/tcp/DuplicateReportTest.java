package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.fin;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The D-SACK blocks that are sent: the examples of RFC 2883 4, each packet in a batch of its own. */
class DuplicateReportTest {

    private final TcpScript script = new TcpScript();

    @BeforeEach
    void establish() {
        script.options(o -> o.quickAck(true)).established();
    }

    /** What the examples call sequence number n. */
    private static long at(int n) {
        return 1L + n;
    }

    private static Seg segment(int from, int to) {
        return data(at(from), at(to));
    }

    private void received(int from, int to) {
        script.inject(segment(from, to)).ignoreSent();
    }

    @Test
    @Requirement("RFC2883:4.1.1")
    void example_1_a_duplicate_segment() {
        received(0, 3000);
        received(3000, 3500);
        received(3500, 4000);
        script.inject(segment(3000, 3500)).expect(ack(at(4000)).sack(at(3000), at(3500)));
        script.expectCount(TcpCounter.TcpExtTCPDSACKOldSent, 1);
    }

    @Test
    @Requirement("RFC2883:4.1.2")
    void example_2_an_out_of_order_segment_and_a_duplicate() {
        received(0, 4000);
        received(4500, 5000);
        script.inject(segment(3000, 3500))
                .expect(ack(at(4000)).sack(at(3000), at(3500)).sack(at(4500), at(5000)));
    }

    @Test
    @Requirement("RFC2883:4.1.3")
    void example_3_a_duplicate_of_an_out_of_order_segment() {
        received(0, 4000);
        script.inject(segment(4500, 5000)).expect(ack(at(4000)).sack(at(4500), at(5000)));
        script.inject(segment(5000, 5500)).expect(ack(at(4000)).sack(at(4500), at(5500)));
        script.inject(segment(5000, 5500))
                .expect(ack(at(4000)).sack(at(5000), at(5500)).sack(at(4500), at(5500)));
        script.expectCount(TcpCounter.TcpExtTCPDSACKOfoSent, 1);
    }

    @Test
    @Requirement("RFC2883:4.2.1")
    void example_4_a_single_duplicate_subsegment() {
        received(0, 1000);
        received(2000, 2500);
        script.inject(segment(1000, 1500)).expect(ack(at(1500)).sack(at(2000), at(2500)));
        script.inject(segment(1000, 2000)).expect(ack(at(2500)).sack(at(1000), at(1500)));
    }

    @Test
    @Requirement("RFC2883:4.2.2")
    void example_5_two_duplicate_subsegments_covered_by_the_acknowledgment() {
        received(0, 1000);
        received(3000, 3500);
        script.inject(segment(1000, 1500)).expect(ack(at(1500)).sack(at(3000), at(3500)));
        script.inject(segment(2000, 2500))
                .expect(ack(at(1500)).sack(at(2000), at(2500)).sack(at(3000), at(3500)));
        script.inject(segment(1000, 2500))
                .expect(ack(at(2500)).sack(at(1000), at(1500)).sack(at(3000), at(3500)));
    }

    @Test
    @Requirement("RFC2883:4.2.3")
    void example_6_two_duplicate_subsegments_above_the_acknowledgment() {
        received(0, 1000);
        received(3500, 4000);
        received(1500, 2000);
        script.inject(segment(2500, 3000))
                .expect(ack(at(1000))
                        .sack(at(2500), at(3000))
                        .sack(at(1500), at(2000))
                        .sack(at(3500), at(4000)));
        script.inject(segment(1500, 3000))
                .expect(ack(at(1000))
                        .sack(at(1500), at(2000))
                        .sack(at(1500), at(3000))
                        .sack(at(3500), at(4000)));
    }

    @Test
    @Requirement("RFC2883:4")
    void duplicate_is_told_once() {
        received(0, 1000);
        script.inject(segment(0, 1000)).expect(ack(at(1000)).sack(at(0), at(1000)));
        script.inject(segment(1000, 2000)).expect(ack(at(2000)).noSack());
    }

    @Test
    @Requirement("RFC2883:4")
    void each_duplicate_of_a_batch_has_an_ack_of_its_own() {
        received(0, 4000);
        script.inject(segment(0, 1000), segment(2000, 3000))
                .expect(ack(at(4000)).sack(at(0), at(1000)), ack(at(4000)).sack(at(2000), at(3000)));
    }

    @Test
    @Requirement("RFC2883:4")
    void refused_report_is_sent_when_the_link_has_room() {
        received(0, 4000);
        script.linkFull(true)
                .inject(segment(0, 1000), segment(2000, 3000))
                .expectNothing()
                .linkFull(false)
                .flush()
                .expect(ack(at(4000)).sack(at(0), at(1000)), ack(at(4000)).sack(at(2000), at(3000)));
    }

    @Test
    @Requirement("RFC2883:4")
    void duplicate_of_a_fin_is_reported_with_its_octet() {
        received(0, 1000);
        script.inject(fin(at(1000))).ignoreSent();
        script.inject(data(at(500), at(1000)).with("F")).expect(ack(at(1001)).sack(at(500), at(1001)));
    }

    @Test
    @Requirement("RFC2883:4")
    void no_report_unless_sack_was_negotiated() {
        TcpScript plain = new TcpScript().peerWithoutSack().established();
        plain.inject(data(1, 1001))
                .ignoreSent()
                .inject(data(1, 1001))
                .expect(ack(1001).noSack());
    }
}
