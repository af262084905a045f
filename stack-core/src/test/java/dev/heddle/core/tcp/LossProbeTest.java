package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.fin;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** Tail loss probes (RFC 8985 7) as traces: a round trip of 50 ms, and so a probe after 100 ms and an RTO of 250 ms. */
class LossProbeTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript().config(c -> c.tailLossProbe(true));

    private void established() {
        script.connect().after(50 * MS).answered();
    }

    @Test
    @Requirement({"RFC8985:3.4", "RFC8985:7.3", "RFC8985:7.4.1"})
    void figure_1_three_of_four_segments_are_lost() {
        established();
        script.write(4000).ignoreSent().after(50 * MS).inject(ack(1001)).expectNothing();
        script.nextTimerAfter(100 * MS).expect(data(3001, 4001));
        // PRR lets one of the two lost segments go, the other when the first has arrived.
        script.after(50 * MS).inject(ack(1001).sack(3001, 4001)).expect(data(1001, 2001));
        script.after(50 * MS).inject(ack(2001).sack(3001, 4001)).expect(data(2001, 3001));
        script.after(50 * MS).inject(ack(4001)).expectNothing();
        script.expectCount(TcpCounter.TcpExtTCPLossProbes, 1)
                .expectCount(TcpCounter.TcpExtTCPSackRecovery, 1)
                .expectCount(TcpCounter.TcpExtTCPTimeouts, 0)
                .expectNoTimer();
    }

    @Test
    @Requirement({"RFC8985:7.2", "RFC8985:7.4.2"})
    void loss_that_the_probe_repaired_halves_the_window() {
        established();
        script.write(4000).ignoreSent().after(50 * MS).inject(ack(3001));
        // A single segment: 100 ms and the longest delay of an ACK, but not later than the RTO would be.
        script.nextTimerAfter(250 * MS).expect(data(3001, 4001));
        script.after(50 * MS).inject(ack(4001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(10_000);
        script.write(1000).after(50 * MS).inject(ack(5001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(2000);
        script.expectCount(TcpCounter.TcpExtTCPLossProbeRecovery, 1).expectCount(TcpCounter.TcpExtTCPTimeouts, 0);
    }

    @Test
    @Requirement("RFC8985:7.4.2")
    void probe_that_was_not_needed_leaves_the_window() {
        established();
        script.write(4000).ignoreSent().after(50 * MS).inject(ack(3001));
        script.nextTimerAfter(250 * MS)
                .expect(data(3001, 4001))
                .inject(ack(4001), ack(4001).sack(3001, 4001));
        script.write(1000).after(50 * MS).inject(ack(5001));
        assertThat(script.info().congestionWindowBytes()).isEqualTo(10_000);
        script.expectCount(TcpCounter.TcpExtTCPLossProbeRecovery, 0);
    }

    @Test
    @Requirement("RFC8985:7.3")
    void new_data_is_sent_rather_than_old_even_beyond_the_congestion_window() {
        established();
        script.write(20_000).ignoreSent().nextTimerAfter(100 * MS).expect(data(10_001, 11_001));
        assertThat(script.info().unacknowledgedBytes()).isEqualTo(11_000);
    }

    @Test
    @Requirement("RFC8985:7.3")
    void peers_window_is_respected() {
        script.peerWindow(4096);
        established();
        script.write(20_000).ignoreSent().nextTimerAfter(100 * MS).expect(data(4001, 4097));
    }

    @Test
    @Requirement("RFC8985:7.3")
    void retransmission_timer_follows_a_probe_that_is_not_answered() {
        established();
        script.write(4000).ignoreSent().nextTimerAfter(100 * MS).expect(data(3001, 4001));
        script.nextTimerAfter(250 * MS).expect(data(1, 1001)).expectCount(TcpCounter.TcpExtTCPTimeouts, 1);
    }

    @Test
    @Requirement("RFC8985:7.3")
    void no_second_probe_before_something_was_measured() {
        established();
        script.write(4000).ignoreSent().nextTimerAfter(100 * MS).expect(data(3001, 4001));
        // Octets that were sent twice measure nothing.
        script.after(50 * MS).inject(ack(4001)).write(1000).ignoreSent();
        script.nextTimerAfter(250 * MS).expectNothing().nextTimerAfter(250 * MS).expect(data(4001, 5001));
        script.expectCount(TcpCounter.TcpExtTCPLossProbes, 1);
    }

    @Test
    @Requirement("RFC8985:7.2")
    void sacked_segments_call_the_probe_off() {
        established();
        script.write(4000).ignoreSent().after(50 * MS).inject(ack(1).sack(1001, 2001));
        script.nextTimerAfter(12_500_000).expect(data(1, 1001));
        script.after(200 * MS).expectCount(TcpCounter.TcpExtTCPLossProbes, 0);
    }

    @Test
    @Requirement("RFC8985:4")
    void no_probe_without_sack() {
        script.peerWithoutSack();
        established();
        script.write(4000).ignoreSent().nextTimerAfter(250 * MS).expect(data(1, 1001));
    }

    @Test
    @Requirement("RFC8985:7.3")
    void lost_fin_is_probed_for() {
        established();
        script.write(1000).close().ignoreSent().after(50 * MS).inject(ack(1001));
        script.nextTimerAfter(250 * MS).expect(fin(1001)).expectCount(TcpCounter.TcpExtTCPTimeouts, 0);
    }

    @Test
    @Requirement("RFC8985:7.3")
    void refused_probe_is_sent_when_the_link_has_room() {
        established();
        script.write(4000).ignoreSent().linkFull(true).after(100 * MS).expectNothing();
        assertThat(script.tcb().wantsOutput()).isTrue();
        script.linkFull(false).flush().expect(data(3001, 4001));
        script.expectCount(TcpCounter.TcpExtTCPLossProbes, 1);
    }
}
