package dev.heddle.core.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** draft-cheng-iccrg-delivery-rate-estimation in numbers: segments of 1000 bytes, a path of 10 ms. */
class DeliveryRateTest {

    private static final long MS = 1_000_000;
    private static final long MIN_RTT = 10 * MS;

    private final SendRecords records = new SendRecords();
    private final DeliveryRateEstimator rate = records.deliveryRate();

    private void send(long from, long to, long atMs) {
        records.append(from, to, atMs * MS);
    }

    private void acknowledge(long una, long atMs) {
        records.acknowledge(una);
        rate.sample(atMs * MS, MIN_RTT);
    }

    @Test
    void rate_is_what_was_delivered_since_the_newest_delivered_segment_was_sent() {
        send(1, 1001, 100);
        send(1001, 2001, 101);
        acknowledge(1001, 110);
        assertThat(rate.sampleBytes()).isEqualTo(1000);
        assertThat(rate.sampleIntervalNs()).isEqualTo(10 * MS);
        // Sent when 1000 had been delivered at 110 ms.
        send(2001, 4001, 110);
        acknowledge(2001, 111);
        assertThat(rate.sampleBytes()).isEqualTo(2000);
        assertThat(rate.sampleIntervalNs()).isEqualTo(11 * MS);
        acknowledge(4001, 125);
        assertThat(rate.sampleBytes()).isEqualTo(3000);
        assertThat(rate.samplePriorDelivered()).isEqualTo(1000);
        assertThat(rate.sampleIntervalNs()).isEqualTo(15 * MS);
        assertThat(rate.bytesPerSecond()).isEqualTo(200_000);
    }

    @Test
    void acknowledgements_that_were_compressed_do_not_raise_the_rate_above_that_of_sending() {
        send(1, 1001, 100);
        acknowledge(1001, 120);
        // A segment each 10 ms, but the ACKs of the last two come in one moment.
        send(1001, 2001, 120);
        send(2001, 3001, 130);
        send(3001, 4001, 140);
        acknowledge(2001, 150);
        acknowledge(4001, 151);
        // Sent at 140 with nothing newly delivered since 120: 31 ms of acknowledging, 20 of sending.
        assertThat(rate.sampleIntervalNs()).isEqualTo(31 * MS);
        assertThat(rate.sampleBytes()).isEqualTo(3000);
    }

    @Test
    void send_phase_counts_where_it_is_the_longer_one() {
        send(1, 1001, 100);
        send(1001, 2001, 100);
        send(2001, 3001, 150);
        acknowledge(1001, 160);
        // The newest was sent 50 ms after its flight began, and delivered 1 ms after the one before.
        send(3001, 4001, 160);
        acknowledge(3001, 161);
        assertThat(rate.sampleIntervalNs()).isEqualTo(61 * MS);
        acknowledge(4001, 171);
        // Its flight began at 100 ms, when the newest segment delivered by 160 ms was sent; delivered so far at 160.
        assertThat(rate.sampleIntervalNs()).isEqualTo(60 * MS);
        assertThat(rate.sampleBytes()).isEqualTo(3000);
    }

    @Test
    void interval_shorter_than_any_round_trip_is_no_measure() {
        send(1, 1001, 100);
        acknowledge(1001, 109);
        assertThat(rate.sampleBytes()).isEqualTo(1000);
        assertThat(rate.sampleIntervalNs()).isEqualTo(-1);
        assertThat(rate.bytesPerSecond()).isZero();
    }

    @Test
    void samples_are_application_limited_until_what_was_in_flight_is_delivered() {
        send(1, 1001, 100);
        rate.applicationLimited(1000);
        send(1001, 2001, 101);
        acknowledge(1001, 112);
        assertThat(rate.isSampleApplicationLimited()).isFalse();
        acknowledge(2001, 113);
        assertThat(rate.isSampleApplicationLimited()).isTrue();
        assertThat(rate.isApplicationLimited()).isFalse();
        send(2001, 3001, 113);
        acknowledge(3001, 125);
        assertThat(rate.isSampleApplicationLimited()).isFalse();
    }

    @Test
    void rate_that_the_application_set_counts_only_if_it_is_the_best() {
        send(1, 11_001, 100);
        acknowledge(11_001, 110);
        assertThat(rate.bytesPerSecond()).isEqualTo(1_100_000);
        rate.applicationLimited(0);
        send(11_001, 12_001, 200);
        acknowledge(12_001, 210);
        assertThat(rate.isSampleApplicationLimited()).isTrue();
        assertThat(rate.bytesPerSecond()).isEqualTo(1_100_000);
        assertThat(rate.isRateApplicationLimited()).isFalse();
    }

    @Test
    void selective_acknowledgements_deliver_once() {
        send(1, 1001, 100);
        send(1001, 3001, 101);
        records.sack(2001, 3001);
        rate.sample(111 * MS, MIN_RTT);
        assertThat(rate.deliveredBytes()).isEqualTo(1000);
        records.markFirstLost(1000);
        records.retransmitted(0, 1000, 111 * MS);
        acknowledge(3001, 122);
        assertThat(rate.deliveredBytes()).isEqualTo(3000);
        assertThat(rate.isSampleRetransmission()).isTrue();
        assertThat(rate.sampleBytes()).isEqualTo(2000);
        assertThat(rate.samplePriorDelivered()).isEqualTo(1000);
    }

    @Test
    void both_parts_of_a_split_record_remember_their_sending() {
        send(1, 1001, 100);
        acknowledge(1001, 110);
        send(1001, 9001, 110);
        for (long left = 2001; left < 9001; left += 2000) {
            records.sack(left, left + 1000);
            rate.sample(121 * MS, MIN_RTT);
            assertThat(rate.samplePriorDelivered()).isEqualTo(1000);
        }
        acknowledge(9001, 125);
        assertThat(rate.samplePriorDelivered()).isEqualTo(1000);
        assertThat(rate.sampleBytes()).isEqualTo(8000);
        assertThat(rate.sampleIntervalNs()).isEqualTo(15 * MS);
    }
}
