package dev.heddle.core.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The records against a model that keeps each octet by itself. */
class SendRecordsTest {

    private static final int MSS = 10;

    private static final class Octet {
        boolean sacked;
        boolean lost;
        boolean retransmitted;
        long sentNs;

        Octet(long sentNs) {
            this.sentNs = sentNs;
        }
    }

    private final Rack rack = new Rack();
    private final SendRecords records = new SendRecords(this::delivered);
    private long newestDeliveredNs = -1;
    private long newestDeliveredEnd;
    private final List<Octet> model = new ArrayList<>();
    private int una;
    private long nowNs;

    @Property(tries = 300)
    void counters_and_flags_equal_those_of_single_octets(@ForAll long seed) {
        new SendRecordsTest().play(new Random(seed));
    }

    private void play(Random random) {
        for (int step = 0; step < 120; step++) {
            nowNs++;
            rack.acknowledging(nowNs, Clock.NEVER, 0);
            switch (random.nextInt(7)) {
                case 0, 1 -> append(1 + random.nextInt(40));
                case 2 -> acknowledge(random.nextInt(model.size() - una + 1));
                case 3 -> sack(random);
                case 4 -> markLost();
                case 5 -> retransmit(random);
                default -> rarely(random);
            }
            check();
        }
    }

    private void append(int bytes) {
        records.append(model.size(), (long) model.size() + bytes, nowNs);
        for (int i = 0; i < bytes; i++) {
            model.add(new Octet(nowNs));
        }
    }

    private void delivered(long from, long to, long sentNs, boolean retransmitted, boolean selectively) {
        assertThat(model.get((int) from).sentNs).isEqualTo(sentNs);
        assertThat(model.get((int) to - 1).sentNs).isEqualTo(sentNs);
        if (sentNs > newestDeliveredNs || sentNs == newestDeliveredNs && to > newestDeliveredEnd) {
            newestDeliveredNs = sentNs;
            newestDeliveredEnd = to;
        }
        rack.delivered(to, sentNs, false, selectively);
    }

    private void acknowledge(int bytes) {
        long expected = 0;
        for (int i = una; i < una + bytes; i++) {
            expected += model.get(i).sacked ? 0 : 1;
        }
        assertThat(records.acknowledge((long) una + bytes)).isEqualTo(expected);
        una += bytes;
    }

    private void sack(Random random) {
        int left = random.nextInt(model.size() + 1);
        int right = left + random.nextInt(30);
        long expected = 0;
        for (int i = Math.max(left, una); i < Math.min(right, model.size()); i++) {
            Octet octet = model.get(i);
            expected += octet.sacked ? 0 : 1;
            octet.sacked = true;
            octet.lost = false;
            octet.retransmitted = false;
        }
        assertThat(records.sack(left, right)).isEqualTo(expected);
    }

    /** RACK octet by octet: the reordering window is open, so whatever was sent before the newest delivery is lost. */
    private void markLost() {
        long expected = 0;
        for (int i = una; i < model.size(); i++) {
            Octet octet = model.get(i);
            boolean inFlight = !octet.sacked && (!octet.lost || octet.retransmitted);
            boolean before = octet.sentNs < newestDeliveredNs
                    || octet.sentNs == newestDeliveredNs && recordEnd(i) < newestDeliveredEnd;
            if (inFlight && before) {
                octet.lost = true;
                octet.retransmitted = false;
                expected++;
            }
        }
        assertThat(records.markLostByTime(rack, Long.MAX_VALUE)).isEqualTo(expected);
    }

    private long recordEnd(int octet) {
        return records.end(indexOf(octet));
    }

    private int indexOf(int octet) {
        int index = 0;
        while (records.end(index) <= octet) {
            index++;
        }
        return index;
    }

    private void retransmit(Random random) {
        int index = records.firstToRetransmit();
        int expected = -1;
        for (int i = una; i < model.size() && expected < 0; i++) {
            expected = model.get(i).lost && !model.get(i).retransmitted ? i : -1;
        }
        assertThat(index >= 0 ? records.start(index) : -1).isEqualTo(expected);
        if (index >= 0) {
            long bytes = Math.min(1 + random.nextInt(MSS), records.end(index) - records.start(index));
            for (long i = records.start(index); i < records.start(index) + bytes; i++) {
                model.get((int) i).retransmitted = true;
                model.get((int) i).sentNs = nowNs;
            }
            records.retransmitted(index, bytes, nowNs);
            assertThat(records.sentNs(index)).isEqualTo(nowNs);
        }
    }

    private void rarely(Random random) {
        switch (random.nextInt(7)) {
            case 0 -> {
                records.markAllLost();
                lose(model.size());
            }
            case 1 -> {
                int bytes = 1 + random.nextInt(30);
                records.markLostFromStart(bytes);
                lose(una + bytes);
            }
            case 2 -> {
                records.forgetSacks();
                model.forEach(octet -> octet.sacked = false);
                // Ranges that were joined have one time, the latest.
                for (int i = una; i < model.size(); i++) {
                    model.get(i).sentNs = records.sentNs(indexOf(i));
                }
            }
            case 3 -> {
                records.unmarkLost();
                model.forEach(octet -> {
                    octet.lost = false;
                    octet.retransmitted = false;
                });
            }
            default -> {
                // Nothing, so that these stay rare.
            }
        }
    }

    private void lose(int to) {
        for (int i = una; i < Math.min(to, model.size()); i++) {
            Octet octet = model.get(i);
            octet.lost = !octet.sacked;
            octet.retransmitted = false;
        }
    }

    private void check() {
        long sacked = 0;
        long lost = 0;
        long retransmitted = 0;
        for (int i = una; i < model.size(); i++) {
            sacked += model.get(i).sacked ? 1 : 0;
            lost += model.get(i).lost ? 1 : 0;
            retransmitted += model.get(i).retransmitted ? 1 : 0;
        }
        assertThat(records.sackedBytes()).as("SACKed").isEqualTo(sacked);
        assertThat(records.lostBytes()).as("lost").isEqualTo(lost);
        assertThat(records.retransmittedBytes()).as("retransmitted").isEqualTo(retransmitted);
        assertThat(records.inFlightBytes()).isEqualTo(model.size() - una - sacked - lost + retransmitted);
        assertThat(records.isEmpty()).isEqualTo(una == model.size());
        int ranges = 0;
        for (int i = una; i < model.size(); i++) {
            ranges += model.get(i).sacked && (i == una || !model.get(i - 1).sacked) ? 1 : 0;
        }
        assertThat(records.sackedRanges()).as("SACKed ranges").isGreaterThanOrEqualTo(ranges);
        long at = una;
        for (int index = 0; index < records.size(); index++) {
            assertThat(records.start(index)).isEqualTo(at);
            at = records.end(index);
            for (long i = records.start(index); i < at; i++) {
                Octet octet = model.get((int) i);
                assertThat(records.has(index, SendRecords.SACKED)).isEqualTo(octet.sacked);
                assertThat(records.has(index, SendRecords.LOST)).isEqualTo(octet.lost);
                assertThat(records.has(index, SendRecords.RETRANSMITTED)).isEqualTo(octet.retransmitted);
            }
        }
        assertThat(at).isEqualTo(model.size());
    }

    @Test
    void neighbours_sent_together_are_one_record_and_sacked_neighbours_are_joined() {
        SendRecords records = new SendRecords();
        records.append(1, 11, 5);
        records.append(11, 21, 5);
        assertThat(records.size()).isEqualTo(1);
        records.append(21, 31, 6);
        assertThat(records.size()).isEqualTo(2);
        records.sack(5, 15);
        records.sack(15, 25);
        assertThat(records.size()).isEqualTo(3);
    }

    @Test
    void earliest_delivery_is_told_once_and_only_of_octets_sent_once() {
        SendRecords records = new SendRecords();
        records.append(1, 11, 5);
        records.append(11, 21, 6);
        records.sack(11, 21);
        assertThat(records.takeEarliestDeliveredSentNs()).isEqualTo(6);
        assertThat(records.takeEarliestDeliveredSentNs()).isEqualTo(-1);
        records.markFirstLost(10);
        records.retransmitted(0, 10, 9);
        records.acknowledge(21);
        assertThat(records.takeEarliestDeliveredSentNs()).isEqualTo(-1);
    }

    @Test
    void octets_behind_a_retransmitted_hole_tell_no_time() {
        SendRecords records = new SendRecords();
        records.append(1, 11, 5);
        records.append(11, 21, 6);
        records.markFirstLost(10);
        records.retransmitted(0, 10, 9);
        records.acknowledge(21);
        assertThat(records.takeEarliestDeliveredSentNs()).isEqualTo(-1);
    }

    @Test
    void sacks_of_every_other_octet_do_not_make_records_pile_up() {
        SendRecords records = new SendRecords();
        records.append(1, 100_001, 1);
        long sacked = 0;
        for (long octet = 2; octet < 40_000; octet += 2) {
            sacked += records.sack(octet, octet + 1);
        }
        // Of those that segments of 536 octets could make there are few.
        assertThat(records.size()).isLessThanOrEqualTo(2 * (32 + 100_000 / 536) + 1);
        assertThat(records.sackedBytes()).isEqualTo(sacked).isPositive();
        assertThat(records.acknowledge(100_001)).isEqualTo(100_000 - sacked);
        assertThat(records.isEmpty()).isTrue();
    }

    @Test
    void a_peer_that_reneges_cannot_have_records_cut_ever_smaller() {
        SendRecords records = new SendRecords();
        records.append(1, 100_001, 1);
        for (long time = 0; time < 50; time++) {
            for (long octet = 2 + 1_500 * time; octet < 1_500 * time + 1_500; octet += 2) {
                records.sack(octet, octet + 1);
            }
            assertThat(records.isFull()).isTrue();
            records.forgetSacks();
        }
        assertThat(records.size()).isEqualTo(1);
        assertThat(records.sack(10, 20)).isEqualTo(10);
        assertThat(records.inFlightBytes()).isEqualTo(100_000 - 10);
    }

    @Test
    @Requirement("RFC2018:5")
    void every_other_segment_is_recorded_as_small_as_segments_usually_are() {
        SendRecords records = new SendRecords();
        long mss = 536;
        int segments = 2 * SendRecords.MOST_RANGES;
        records.append(1, 1 + segments * mss, 1);
        long sacked = 0;
        for (int i = 1; i < segments; i += 2) {
            sacked += records.sack(1 + i * mss, 1 + (i + 1) * mss);
        }
        assertThat(sacked).isEqualTo(segments / 2 * mss);
        assertThat(records.sackedRanges()).isEqualTo(segments / 2);
    }

    @Test
    @Requirement("RFC2018:5")
    void however_many_were_sent_one_by_one_part_of_one_is_recorded() {
        SendRecords records = new SendRecords();
        for (int i = 0; i < 20_000; i++) {
            records.append(1 + 2 * MSS * i, 1 + 2 * MSS * (i + 1), i);
        }
        assertThat(records.sack(1 + MSS, 1 + 2 * MSS)).isEqualTo(MSS);
        assertThat(records.sackedBytes()).isEqualTo(MSS);
    }

    @Test
    void acks_of_a_large_flight_full_of_holes_look_at_each_record_a_few_times() {
        int segments = 200_000;
        long rttNs = 1_000_000_000;
        Rack rack = new Rack();
        SendRecords records = new SendRecords((from, to, sentNs, retransmitted, selectively) ->
                rack.delivered(to, sentNs, retransmitted, selectively));
        for (int i = 0; i < segments; i++) {
            records.append((long) i * MSS, (long) (i + 1) * MSS, 2L * i);
        }
        // Every other segment is lost, and sent again at once; of these every fifth is lost once more.
        List<Long> sentAgain = new ArrayList<>();
        for (int i = 1; i < segments; i += 2) {
            acknowledgeSelectively(records, rack, (long) i * MSS, 2L * i + rttNs, sentAgain);
        }
        int once = sentAgain.size();
        assertThat(once).isEqualTo(segments / 2);
        for (int i = 1; i < once; i++) {
            if (i % 5 != 0) {
                // Sent again when the segment behind it was SACKed, acknowledged a round trip later.
                acknowledgeSelectively(records, rack, sentAgain.get(i), 2L * (2 * i + 1) + 2 * rttNs, sentAgain);
            }
        }
        assertThat(sentAgain).hasSize(once + once / 5);
    }

    private static void acknowledgeSelectively(
            SendRecords records, Rack rack, long left, long nowNs, List<Long> sentAgain) {
        rack.acknowledging(nowNs, Clock.NEVER, 0);
        records.sack(left, left + MSS);
        records.markLostByTime(rack, nowNs);
        for (int index = records.firstToRetransmit(); index >= 0; index = records.firstToRetransmit()) {
            sentAgain.add(records.start(index));
            records.retransmitted(index, MSS, nowNs);
        }
        // Here, so that a test that fails does not take for ever.
        assertThat(records.visits()).isLessThan(8 * records.end() / MSS);
    }
}
