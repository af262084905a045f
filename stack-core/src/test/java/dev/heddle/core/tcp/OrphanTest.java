package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.fin;
import static dev.heddle.core.tcp.Seg.rst;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.Chunk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections that their applications have closed may not use up the host (Linux's tcp_max_orphans and tcp_check_oom). */
class OrphanTest {

    private static final long MS = TcpScript.MS;

    private final TcpScript script = new TcpScript();

    @Test
    void an_orphan_counts_until_the_peer_has_closed_too() {
        script.established().close().expect(fin(1));
        assertThat(script.orphans.count()).isEqualTo(1);
        script.inject(ack(2)).inject(fin(1)).expectState(TcpState.TIME_WAIT);
        assertThat(script.orphans.count()).isZero();
        script.after(60_000 * MS);
        assertThat(script.orphans.count()).isZero();
    }

    @Test
    void an_orphan_that_is_reset_counts_no_more() {
        script.established().close().ignoreSent().inject(rst().seq(1)).expectState(TcpState.CLOSED);
        assertThat(script.orphans.count()).isZero();
    }

    @Test
    void a_half_closed_connection_is_no_orphan() {
        script.established().shutdownOutput();
        assertThat(script.orphans.count()).isZero();
    }

    @Test
    void one_too_many_is_reset() {
        script.config(c -> c.maxOrphans(0)).established().close();
        script.expect(rst().with(".").seq(1).acks(1)).expectFailure(Failure.ABORTED);
        script.expectCount(TcpCounter.TcpExtTCPAbortOnMemory, 1);
        assertThat(script.orphans.count()).isZero();
    }

    @Test
    void an_orphan_that_holds_memory_is_reset_when_memory_is_short() {
        script.established().write(500).ignoreSent();
        List<Chunk> held = script.exhaustMemory();
        script.close().expect(rst().with(".").seq(501).acks(1)).expectCount(TcpCounter.TcpExtTCPAbortOnMemory, 1);
        held.forEach(script.pool::release);
        script.expectNoMemory();
    }

    @Test
    void an_orphan_keeps_its_share_of_the_memory_as_long_as_there_is_some() {
        script.established().write(500).ignoreSent();
        List<Chunk> held = script.exhaustMemory();
        // The greedy have used up what they may, and what is guaranteed to others is there.
        int reserve = held.size() / 8;
        held.subList(0, reserve).forEach(script.pool::release);
        assertThat(script.pool.isShort()).isTrue();
        script.close().expect(fin(501));
        script.nextTimerAfter(script.info().rtoNs()).ignoreSent().expectState(TcpState.FIN_WAIT_1);
        script.inject(ack(502)).expectState(TcpState.FIN_WAIT_2);
        held.subList(reserve, held.size()).forEach(script.pool::release);
        script.expectNoMemory();
    }

    @Test
    void an_orphan_without_memory_may_stay_when_memory_is_short() {
        script.established();
        List<Chunk> held = script.exhaustMemory();
        script.close().expect(fin(1)).expectState(TcpState.FIN_WAIT_1);
        held.forEach(script.pool::release);
    }

    @Test
    void an_orphan_whose_fin_alone_waits_behind_a_closed_window_ends_although_its_probes_are_answered() {
        script.established().write(500).inject(ack(501).window(0)).ignoreSent().close();
        for (int i = 0; i < 400 && script.tcb().state() != TcpState.CLOSED; i++) {
            script.after(5_000 * MS).inject(ack(501).window(0)).ignoreSent();
        }
        script.expectFailure(Failure.ABORTED).expectCount(TcpCounter.TcpExtTCPAbortOnMemory, 1);
    }

    @Test
    void an_orphan_is_looked_at_again_when_its_timer_expires() {
        script.established().write(500).close().expect(data(1, 501).with("P"), fin(501));
        List<Chunk> held = script.exhaustMemory();
        script.nextTimerAfter(script.info().rtoNs())
                .expect(rst().with(".").seq(502).acks(1));
        script.expectCount(TcpCounter.TcpExtTCPAbortOnMemory, 1);
        held.forEach(script.pool::release);
    }
}
