package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.Seg.fin;
import static dev.heddle.core.tcp.Seg.rst;
import static dev.heddle.core.tcp.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import org.junit.jupiter.api.Test;

/** The record that a connection leaves in TIME-WAIT (RFC 9293 3.6.1, RFC 6191, RFC 1337). */
class TimeWaitTest {

    private static final long MS = TcpScript.MS;
    private static final long SECOND = 1_000 * MS;

    private final TcpScript script = new TcpScript();

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void repeated_fin_is_acknowledged_and_restarts_the_timer() {
        inTimeWait();
        long before = script.timeWait().expiresNs();
        script.after(10 * SECOND);
        assertThat(script.injectIntoTimeWait(fin(1).acks(2))).isEqualTo(TimeWait.Verdict.ANSWERED);
        script.expect(ack(2).seq(2));
        assertThat(script.timeWait().expiresNs()).isEqualTo(before + 10 * SECOND);
    }

    @Test
    void bare_ack_is_dropped() {
        inTimeWait();
        assertThat(script.injectIntoTimeWait(ack(2).seq(2))).isEqualTo(TimeWait.Verdict.DROPPED);
        script.expectNothing();
    }

    @Test
    void old_data_is_told_where_we_are() {
        inTimeWait();
        assertThat(script.injectIntoTimeWait(data(0, 1).acks(2))).isEqualTo(TimeWait.Verdict.ANSWERED);
        script.expect(ack(2).seq(2));
    }

    @Test
    @Requirement({"RFC1337:3", "RFC5961:3.2"})
    void exact_reset_removes_and_another_does_not() {
        inTimeWait();
        assertThat(script.injectIntoTimeWait(rst().seq(1))).isEqualTo(TimeWait.Verdict.DROPPED);
        assertThat(script.injectIntoTimeWait(rst().seq(3))).isEqualTo(TimeWait.Verdict.DROPPED);
        assertThat(script.injectIntoTimeWait(rst().seq(2))).isEqualTo(TimeWait.Verdict.REMOVE);
    }

    @Test
    @Requirement("RFC1337:3")
    void no_reset_removes_if_so_configured() {
        script.config(c -> c.timeWaitIgnoresResets(true));
        inTimeWait();
        assertThat(script.injectIntoTimeWait(rst().seq(2))).isEqualTo(TimeWait.Verdict.DROPPED);
        script.expectNothing();
    }

    @Test
    @Requirement("RFC6191:2")
    void syn_with_timestamps_reopens_where_there_were_none() {
        script.config(c -> c.timestamps(true)).established();
        script.close().inject(fin(1).acks(2)).becomesTimeWait().ignoreSent();
        assertThat(script.injectIntoTimeWait(syn().seq(-500_000).timestamps(5, 0)))
                .isEqualTo(TimeWait.Verdict.REOPEN);
        assertThat(script.injectIntoTimeWait(syn().seq(-500_000).noTimestamps()))
                .isEqualTo(TimeWait.Verdict.ANSWERED);
    }

    @Test
    @Requirement("RFC6191:2")
    void the_name_is_free_for_us_a_second_after_the_peers_last_timestamp() {
        script.withTimestamps(1000);
        inTimeWait();
        assertThat(script.timeWait().reusableFromNs(false)).isEqualTo(script.nowNs() + SECOND);
        script.after(500 * MS);
        script.injectIntoTimeWait(fin(1).acks(2).timestamps(1500, 0));
        assertThat(script.timeWait().reusableFromNs(false)).isEqualTo(script.nowNs() + SECOND);
    }

    @Test
    @Requirement({"RFC9293:MAY-2", "RFC6191:2"})
    void syn_with_a_higher_sequence_number_reopens() {
        inTimeWait();
        assertThat(script.injectIntoTimeWait(syn().seq(3))).isEqualTo(TimeWait.Verdict.REOPEN);
        assertThat(script.timeWait().reopenIss() - script.tcb().sendSequence().wire(2))
                .isGreaterThan(65_535);
    }

    @Test
    @Requirement("RFC6191:2")
    void syn_with_an_old_sequence_number_does_not_reopen() {
        inTimeWait();
        assertThat(script.injectIntoTimeWait(syn().seq(0))).isEqualTo(TimeWait.Verdict.ANSWERED);
        script.expect(ack(2).seq(2));
    }

    @Test
    @Requirement({"RFC6191:2", "RFC9293:SHLD-4", "RFC9293:MAY-2"})
    void syn_with_a_later_timestamp_reopens_whatever_its_sequence_number() {
        script.withTimestamps(1000);
        inTimeWait();
        assertThat(script.injectIntoTimeWait(syn().seq(-500_000).timestamps(1001, 0)))
                .isEqualTo(TimeWait.Verdict.REOPEN);
    }

    @Test
    @Requirement("RFC6191:2")
    void syn_with_the_same_timestamp_needs_a_higher_sequence_number() {
        script.withTimestamps(1000);
        inTimeWait();
        assertThat(script.injectIntoTimeWait(syn().seq(1).timestamps(1000, 0))).isEqualTo(TimeWait.Verdict.ANSWERED);
        assertThat(script.injectIntoTimeWait(syn().seq(3).timestamps(1000, 0))).isEqualTo(TimeWait.Verdict.REOPEN);
    }

    @Test
    @Requirement({"RFC6191:2", "RFC9293:SHLD-4"})
    void syn_with_an_earlier_timestamp_does_not_reopen() {
        script.withTimestamps(1000);
        inTimeWait();
        assertThat(script.injectIntoTimeWait(syn().seq(9000).timestamps(999, 0)))
                .isEqualTo(TimeWait.Verdict.ANSWERED);
    }

    @Test
    @Requirement("RFC7323:5.3")
    void old_timestamp_is_a_duplicate() {
        script.withTimestamps(1000);
        inTimeWait();
        assertThat(script.injectIntoTimeWait(fin(1).acks(2).timestamps(999, 0))).isEqualTo(TimeWait.Verdict.ANSWERED);
        script.expectCount(TcpCounter.TcpExtPAWSTimewait, 1);
    }

    @Test
    @Requirement("RFC5961:7")
    void answers_are_limited() {
        script.config(c -> c.challengeAcksPerSecond(1));
        inTimeWait();
        int answers = 0;
        for (int i = 0; i < 10; i++) {
            answers += script.injectIntoTimeWait(data(0, 1).acks(2)) == TimeWait.Verdict.ANSWERED ? 1 : 0;
        }
        assertThat(answers).isLessThanOrEqualTo(1);
    }

    @Test
    @Requirement("RFC9293:3.10.7.4")
    void a_repeated_fin_is_acknowledged_however_many_challenges_there_were() {
        script.config(c -> c.challengeAcksPerSecond(1));
        inTimeWait();
        for (int i = 0; i < 10; i++) {
            script.injectIntoTimeWait(data(0, 1).acks(2));
        }
        script.ignoreSent();
        assertThat(script.injectIntoTimeWait(fin(1).acks(2))).isEqualTo(TimeWait.Verdict.ANSWERED);
        script.expect(ack(2).seq(2));
    }

    private void inTimeWait() {
        script.established().close().inject(fin(1).acks(2)).becomesTimeWait().ignoreSent();
    }
}
