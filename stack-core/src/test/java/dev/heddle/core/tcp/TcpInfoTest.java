package dev.heddle.core.tcp;

import static dev.heddle.core.tcp.Seg.ack;
import static dev.heddle.core.tcp.Seg.data;
import static dev.heddle.core.tcp.TcpScript.MS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a connection says of itself, as Linux's {@code tcp_info} means it. */
class TcpInfoTest {

    private final TcpScript script = new TcpScript();

    private SendLimit limit() {
        return script.info().limit();
    }

    @Test
    void application_that_has_sent_all_is_the_limit_until_it_is_acknowledged() {
        script.established();
        assertThat(limit()).isEqualTo(SendLimit.NOTHING);
        script.write(1000);
        assertThat(limit()).isEqualTo(SendLimit.APPLICATION);
        script.after(10 * MS).inject(ack(1001));
        assertThat(limit()).isEqualTo(SendLimit.NOTHING);
        assertThat(script.info().timing().busyNs()).isEqualTo(10 * MS);
        script.after(1000 * MS);
        assertThat(script.info().timing().busyNs()).isEqualTo(10 * MS);
    }

    @Test
    void congestion_window_is_the_limit() {
        script.established().write(20_000);
        assertThat(limit()).isEqualTo(SendLimit.CONGESTION_WINDOW);
        script.after(20 * MS);
        assertThat(script.info().timing().busyNs()).isEqualTo(20 * MS);
        assertThat(script.info().timing().receiveWindowLimitedNs()).isZero();
    }

    @Test
    void receive_window_is_the_limit_and_its_time_is_counted() {
        script.peerWindow(2048).established().write(5000);
        assertThat(limit()).isEqualTo(SendLimit.RECEIVE_WINDOW);
        script.after(30 * MS).inject(ack(2001).window(0)).after(20 * MS);
        assertThat(limit()).isEqualTo(SendLimit.RECEIVE_WINDOW);
        assertThat(script.info().timing().receiveWindowLimitedNs()).isEqualTo(50 * MS);
        script.inject(ack(2001).window(60_000)).after(10 * MS);
        assertThat(limit()).isEqualTo(SendLimit.APPLICATION);
        assertThat(script.info().timing().receiveWindowLimitedNs()).isEqualTo(50 * MS);
        assertThat(script.info().timing().busyNs()).isEqualTo(60 * MS);
    }

    @Test
    void send_buffer_is_the_limit_and_its_time_is_counted() {
        script.options(o -> o.sendBufferBytes(3000)).established().write(3000);
        assertThat(limit()).isEqualTo(SendLimit.SEND_BUFFER);
        script.after(30 * MS).inject(ack(3001));
        assertThat(script.info().timing().sendBufferLimitedNs()).isEqualTo(30 * MS);
        assertThat(limit()).isEqualTo(SendLimit.NOTHING);
    }

    @Test
    void nagle_is_the_limit() {
        script.established().write(100).write(100);
        assertThat(limit()).isEqualTo(SendLimit.COALESCING);
    }

    @Test
    void pace_is_the_limit() {
        script.options(o -> o.maxPacingRateBytesPerSecond(100_000))
                .established()
                .write(9000);
        assertThat(limit()).isEqualTo(SendLimit.PACING);
        assertThat(script.info().congestion().maxPacingRateBytesPerSecond()).isEqualTo(100_000);
    }

    @Test
    void full_link_is_the_limit() {
        script.established().linkFull(true).write(1000);
        assertThat(limit()).isEqualTo(SendLimit.LINK);
    }

    @Test
    void traffic_is_counted_both_ways_in_segments_of_the_mss() {
        script.established();
        TcpInfo.Traffic before = script.info().traffic();
        script.write(2500).inject(data(1, 1001).acks(2501)).read(1000);
        TcpInfo.Traffic traffic = script.info().traffic();
        assertThat(traffic.dataSegmentsSent()).isEqualTo(3);
        assertThat(traffic.segmentsSent() - before.segmentsSent()).isEqualTo(4);
        assertThat(traffic.sentBytes()).isEqualTo(2500);
        assertThat(traffic.acknowledgedBytes()).isEqualTo(2500);
        assertThat(traffic.deliveredBytes()).isEqualTo(2500);
        assertThat(traffic.dataSegmentsReceived()).isEqualTo(1);
        assertThat(traffic.segmentsReceived() - before.segmentsReceived()).isEqualTo(1);
        assertThat(traffic.receivedBytes()).isEqualTo(1000);
    }

    @Test
    void losses_show_as_long_as_they_last_and_are_counted_for_ever() {
        script.connect().after(20 * MS).answered().write(10_000).ignoreSent();
        assertThat(script.info().congestion().state()).isEqualTo(CongestionState.OPEN);
        script.after(20 * MS);
        script.inject(ack(1).sack(1001, 2001));
        assertThat(script.info().congestion().state()).isEqualTo(CongestionState.DISORDER);
        assertThat(script.info().loss().sackedBytes()).isEqualTo(1000);
        script.inject(ack(1).sack(1001, 3001), ack(1).sack(1001, 4001));
        assertThat(script.info().congestion().state()).isEqualTo(CongestionState.RECOVERY);
        assertThat(script.info().loss().retransmittedInFlightBytes()).isEqualTo(1000);
        assertThat(script.info().loss().retransmittedSegments()).isEqualTo(1);
        script.inject(ack(10_001));
        assertThat(script.info().congestion().state()).isEqualTo(CongestionState.OPEN);
        assertThat(script.info().loss().retransmittedInFlightBytes()).isZero();
        assertThat(script.info().loss().retransmittedSegments()).isEqualTo(1);
        assertThat(script.info().traffic().retransmittedBytes()).isEqualTo(1000);
    }

    @Test
    void timeouts_are_counted_with_the_time_until_they_are_repaired() {
        script.established().write(1000).ignoreSent();
        long rtoNs = script.info().timing().rtoNs();
        script.after(rtoNs);
        assertThat(script.info().congestion().state()).isEqualTo(CongestionState.LOSS);
        assertThat(script.info().trouble().retransmits()).isEqualTo(1);
        assertThat(script.info().trouble().backOffs()).isEqualTo(1);
        script.after(40 * MS).inject(ack(1001));
        TcpInfo info = script.info();
        assertThat(info.congestion().state()).isEqualTo(CongestionState.OPEN);
        assertThat(info.trouble().retransmits()).isZero();
        assertThat(info.loss().timeouts()).isEqualTo(1);
        assertThat(info.loss().timeoutRecoveries()).isEqualTo(1);
        assertThat(info.loss().timeoutRecoveryNs()).isEqualTo(40 * MS);
    }

    @Test
    void receiving_side_tells_its_buffer_its_gaps_and_when_something_came() {
        script.established().inject(data(1001, 2001));
        assertThat(script.info().receiving().outOfOrderSegments()).isEqualTo(1);
        long arrivedNs = script.nowNs();
        script.after(50 * MS);
        TcpInfo info = script.info();
        assertThat(info.timing().lastDataReceivedAtNs()).isEqualTo(arrivedNs);
        assertThat(info.receiving().bufferBytes()).isEqualTo(65_535);
        assertThat(info.receiving().windowBytes())
                .isEqualTo(script.tcb().receiveSequence().window());
        script.write(100);
        assertThat(script.info().timing().lastDataSentAtNs()).isEqualTo(script.nowNs());
        assertThat(script.info().timing().lastArrivalAtNs()).isEqualTo(arrivedNs);
    }
}
