package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.Chunk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a connection tells of what befalls it. */
class TcpEventsTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    void repaired_loss_is_told_from_its_discovery_to_its_repair() {
        sent(10_000);
        script.inject(ack(1).sack(1001, 4001)).expect(data(1, 1001));
        script.inject(ack(10_001));
        assertThat(script.events.take())
                .containsExactly(
                        new TcpEvent.RecoveryEntered(TcpEvent.Loss.REPORTED, 6000, 5000, 5000),
                        new TcpEvent.Retransmitted(wire(1), 1000, TcpCounter.TcpExtTCPFastRetrans),
                        new TcpEvent.RecoveryLeft(TcpEvent.Outcome.REPAIRED, 5000));
    }

    @Test
    void timeout_and_its_backed_off_repetition_are_one_recovery() {
        sent(3000);
        script.after(3000 * MS);
        List<TcpEvent> told = script.events.take();
        List<TcpEvent> timeouts = told.stream()
                .filter(event -> event instanceof TcpEvent.TimedOut)
                .toList();
        assertThat(timeouts).hasSizeGreaterThan(2);
        TcpEvent.TimedOut first = (TcpEvent.TimedOut) timeouts.get(0);
        TcpEvent.TimedOut second = (TcpEvent.TimedOut) timeouts.get(1);
        assertThat(first.unanswered()).isEqualTo(1);
        assertThat(first.outstandingBytes()).isEqualTo(3000);
        assertThat(second.unanswered()).isEqualTo(2);
        assertThat(second.rtoNs()).isEqualTo(2 * first.rtoNs());
        assertThat(told)
                .filteredOn(event -> event instanceof TcpEvent.RecoveryEntered)
                .containsExactly(new TcpEvent.RecoveryEntered(TcpEvent.Loss.TIMEOUT, 0, 1000, 2000));
        script.inject(ack(3001));
        assertThat(script.events.take())
                .last()
                .isInstanceOfSatisfying(
                        TcpEvent.RecoveryLeft.class,
                        left -> assertThat(left.outcome()).isEqualTo(TcpEvent.Outcome.REPAIRED));
    }

    @Test
    void timeout_in_a_recovery_ends_it() {
        sent(10_000);
        script.inject(ack(1).sack(1001, 4001)).ignoreSent().after(2000 * MS);
        assertThat(script.events.take())
                .filteredOn(
                        event -> event instanceof TcpEvent.RecoveryLeft || event instanceof TcpEvent.RecoveryEntered)
                .extracting(event -> event instanceof TcpEvent.RecoveryLeft left ? left.outcome() : event.getClass())
                .containsExactly(
                        TcpEvent.RecoveryEntered.class, TcpEvent.Outcome.TIMED_OUT, TcpEvent.RecoveryEntered.class);
    }

    @Test
    void recovery_in_which_the_connection_ends_is_left_with_it() {
        sent(10_000);
        script.inject(ack(1).sack(1001, 4001)).ignoreSent();
        script.events.take();
        script.inject(Seg.rst().seq(1)).inject(Seg.rst().seq(1));
        assertThat(script.tcb().failure()).isEqualTo(Failure.RESET);
        assertThat(script.events.take())
                .containsExactly(new TcpEvent.RecoveryLeft(TcpEvent.Outcome.CONNECTION_ENDED, 5000));
    }

    @Test
    void timeouts_that_nobody_answers_are_a_recovery_that_is_left_when_the_connection_is_given_up() {
        script.config(c -> c.dataRetries(3));
        sent(1000);
        script.after(60_000 * MS);
        assertThat(script.tcb().failure()).isEqualTo(Failure.TIMED_OUT);
        assertThat(script.events.take())
                .filteredOn(
                        event -> event instanceof TcpEvent.RecoveryLeft || event instanceof TcpEvent.RecoveryEntered)
                .hasExactlyElementsOfTypes(TcpEvent.RecoveryEntered.class, TcpEvent.RecoveryLeft.class)
                .last()
                .isEqualTo(new TcpEvent.RecoveryLeft(TcpEvent.Outcome.CONNECTION_ENDED, 1000));
    }

    @Test
    void connection_that_ends_without_a_recovery_leaves_none() {
        sent(3000);
        script.abort();
        assertThat(script.events.take()).isEmpty();
    }

    @Test
    void recovery_that_was_for_nothing_says_so() {
        script.withTimestamps(500)
                .connect()
                .after(10 * MS)
                .answered()
                .write(9880)
                .ignoreSent();
        int sentAt = script.tcb().emitter().negotiated().timestamp(script.nowNs());
        script.after(10 * MS)
                .inject(ack(1).sack(989, 3953).timestamps(500, sentAt))
                .expect(data(1, 989));
        // The echo is of the first transmission (RFC 4015).
        script.after(MS).inject(ack(3953).timestamps(500, sentAt));
        assertThat(script.events.take())
                .last()
                .isEqualTo(new TcpEvent.RecoveryLeft(TcpEvent.Outcome.FOR_NOTHING, 9880));
    }

    @Test
    void syn_that_is_not_answered_goes_out_again() {
        script.connect().after(1500 * MS);
        assertThat(script.events.take())
                .containsExactly(
                        new TcpEvent.TimedOut(1000 * MS, 1, 0),
                        new TcpEvent.Retransmitted(wire(0), 0, TcpCounter.TcpExtTCPSynRetrans));
    }

    @Test
    void window_of_the_peer_that_closes_and_opens() {
        script.peerWindow(2048).established().write(5000).ignoreSent();
        script.inject(ack(2001).window(0)).inject(ack(2001).window(0));
        assertThat(script.events.take()).containsExactly(new TcpEvent.WindowClosed(TcpEvent.Side.PEERS));
        script.inject(ack(2001).window(64_000));
        assertThat(script.events.take()).containsExactly(new TcpEvent.WindowOpened(TcpEvent.Side.PEERS, 64_000));
    }

    @Test
    void window_of_ours_that_closes_and_opens_and_what_is_dropped_meanwhile() {
        script.config(c -> c.windowScaling(false))
                .options(o -> o.receiveBufferBytes(4000))
                .established();
        script.inject(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001));
        assertThat(script.events.take()).containsExactly(new TcpEvent.WindowClosed(TcpEvent.Side.OURS));
        script.inject(data(4001, 4501));
        assertThat(script.events.take()).containsExactly(new TcpEvent.Dropped(TcpCounter.TcpExtTCPZeroWindowDrop, 500));
        script.ignoreSent().read(4000);
        assertThat(script.events.take()).containsExactly(new TcpEvent.WindowOpened(TcpEvent.Side.OURS, 4000));
    }

    @Test
    void data_that_finds_no_memory() {
        script.established();
        List<Chunk> held = script.exhaustMemory();
        script.inject(data(1, 1001)).inject(data(2001, 3001));
        assertThat(script.events.take())
                .containsExactly(
                        new TcpEvent.Dropped(TcpCounter.TcpExtTCPRcvQDrop, 1000),
                        new TcpEvent.Dropped(TcpCounter.TcpExtTCPOFODrop, 1000));
        held.forEach(script.pool::release);
    }

    @Test
    void data_ahead_of_a_gap_that_makes_room_for_data_in_order() {
        script.established()
                .inject(data(10_001, 11_001), data(12_001, 12_501), Seg.fin(12_501))
                .ignoreSent();
        List<Chunk> held = script.exhaustMemory();
        script.inject(data(1, 1001));
        assertThat(script.events.take()).containsExactly(new TcpEvent.Dropped(TcpCounter.TcpExtOfoPruned, 1500));
        held.forEach(script.pool::release);
    }

    @Test
    void old_duplicate() {
        script.withTimestamps(1000).established();
        script.inject(data(1, 101).timestamps(999, 0));
        assertThat(script.events.take()).containsExactly(new TcpEvent.Dropped(TcpCounter.TcpExtPAWSEstab, 100));
    }

    @Test
    void recovery_that_is_found_to_be_for_nothing_when_it_is_over_is_left_once() {
        sent(10_000);
        script.inject(ack(1).sack(1001, 4001)).ignoreSent();
        script.inject(ack(10_001));
        script.inject(ack(10_001).sack(1, 1001)).expectCount(TcpCounter.TcpExtTCPDSACKUndo, 1);
        assertThat(script.events.take())
                .filteredOn(event -> event instanceof TcpEvent.RecoveryLeft)
                .containsExactly(new TcpEvent.RecoveryLeft(TcpEvent.Outcome.REPAIRED, 5000));
    }

    @Test
    void loss_that_a_probe_has_repaired_is_a_recovery_that_is_over_at_once() {
        script.config(c -> c.tailLossProbe(true));
        sent(4000);
        script.inject(ack(3001)).after(250 * MS).inject(ack(4001)).expectCount(TcpCounter.TcpExtTCPLossProbes, 1);
        script.events.take();
        script.write(1000).after(50 * MS).inject(ack(5001)).expectCount(TcpCounter.TcpExtTCPLossProbeRecovery, 1);
        assertThat(script.events.take())
                .hasExactlyElementsOfTypes(TcpEvent.RecoveryEntered.class, TcpEvent.RecoveryLeft.class)
                .first()
                .isInstanceOfSatisfying(TcpEvent.RecoveryEntered.class, entered -> {
                    assertThat(entered.loss()).isEqualTo(TcpEvent.Loss.REPORTED);
                    assertThat(entered.congestionWindowBytes())
                            .isLessThan(10_000)
                            .isEqualTo(entered.slowStartThresholdBytes());
                });
    }

    @Test
    void fin_that_is_sent_again_is_no_text() {
        script.connect()
                .after(10 * MS)
                .answered()
                .write(300)
                .ignoreSent()
                .shutdownOutput()
                .after(2000 * MS);
        assertThat(script.events.take())
                .filteredOn(event -> event instanceof TcpEvent.Retransmitted)
                .first()
                .isEqualTo(new TcpEvent.Retransmitted(wire(1), 300, TcpCounter.TcpExtTCPSlowStartRetrans));
        script.inject(ack(301)).ignoreSent().after(2000 * MS);
        assertThat(script.events.take())
                .filteredOn(event -> event instanceof TcpEvent.Retransmitted)
                .first()
                .isEqualTo(new TcpEvent.Retransmitted(wire(301), 0, TcpCounter.TcpExtTCPSlowStartRetrans));
        assertThat(script.tcb().info(script.nowNs()).retransmittedBytes() % 300).isZero();
    }

    @Test
    void window_of_the_peer_that_was_closed_from_the_beginning() {
        script.peerWindow(0).established();
        assertThat(script.events.take()).containsExactly(new TcpEvent.WindowClosed(TcpEvent.Side.PEERS));
        script.inject(ack(1).window(1024));
        assertThat(script.events.take()).containsExactly(new TcpEvent.WindowOpened(TcpEvent.Side.PEERS, 1024));
    }

    @Test
    void window_of_ours_that_was_closed_from_the_beginning() {
        List<Chunk> held = script.exhaustMemory();
        script.listen(Seg.syn().mss(1000));
        held.forEach(script.pool::release);
        script.inject(ack(1));
        assertThat(script.events.take()).containsExactly(new TcpEvent.WindowClosed(TcpEvent.Side.OURS));
        script.inject(data(1, 2));
        assertThat(script.events.take())
                .contains(new TcpEvent.WindowOpened(
                        TcpEvent.Side.OURS, script.tcb().receiveSequence().window()));
    }

    @Test
    void window_that_our_syn_did_not_open_and_the_acknowledgment_of_the_peers_does() {
        List<Chunk> held = script.exhaustMemory();
        script.connect();
        held.forEach(script.pool::release);
        script.answered();
        assertThat(script.events.take())
                .containsExactly(
                        new TcpEvent.WindowClosed(TcpEvent.Side.OURS),
                        new TcpEvent.WindowOpened(
                                TcpEvent.Side.OURS,
                                script.tcb().receiveSequence().window()));
    }

    private int wire(long offset) {
        return script.tcb().sendSequence().wire(offset);
    }

    private void sent(int bytes) {
        script.connect().after(10 * MS).answered().write(bytes).ignoreSent().after(10 * MS);
    }
}
