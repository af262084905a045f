package dev.heddle.core.link;

import static dev.heddle.core.link.TestPackets.checksumsAreRight;
import static dev.heddle.core.link.TestPackets.payload;
import static dev.heddle.core.link.TestPackets.see;
import static dev.heddle.core.link.TestPackets.segment;
import static dev.heddle.core.wire.TcpHeader.ACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.Checksum;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultyLinkTest {

    private static final long MS = 1_000_000;
    private static final LinkCapabilities OFFLOADS = new LinkCapabilities(1500, Packet.MAX_LENGTH, true);

    private volatile long nowNs;
    private final Clock clock = () -> nowNs;
    private final BufferPool account = new BufferPool(16 << 20, 16 * 1024);
    private final PacketPool packets = new PacketPool(account);
    private final Packet into = new Packet(Packet.MAX_LENGTH);
    private MemoryLink.Pair pair = MemoryLink.pair("a", "b", OFFLOADS, clock, 4 << 20, packets);
    private FaultyLink link = faulty(1, Faults.NONE);

    private FaultyLink faulty(long seed, Faults faults) {
        return new FaultyLink(pair.a(), clock, new SplittableRandom(seed), faults, packets);
    }

    @AfterEach
    void everything_goes_back() {
        link.close();
        pair.close();
        assertThat(account.usedBytes()).isZero();
    }

    private static Packet numbered(int number) {
        byte[] payload = new byte[960];
        payload[0] = (byte) (number >> 8);
        payload[1] = (byte) number;
        return segment(true, ACK, payload, 0);
    }

    @Test
    void ecn_capable_packets_are_marked_instead_of_dropped_and_their_checksums_stay_right() {
        link.faults(Faults.builder().marking(1).build());
        for (boolean ipv4 : new boolean[] {true, false}) {
            link.transmit(segment(ipv4, ACK, payload(4000), 960));
            int arrived = 0;
            while (pair.b().receive(into)) {
                int word = into.buffer().getShort(into.offset()) & 0xffff;
                assertThat(word >>> (ipv4 ? 0 : 4) & 3).as("codepoint").isEqualTo(3);
                assertThat(checksumsAreRight(ipv4, into)).isTrue();
                arrived++;
            }
            assertThat(arrived).isEqualTo(5);
        }
        assertThat(link.transmitCounters().get(FaultCounter.MARKED)).isEqualTo(10);
        Packet notCapable = segment(true, ACK, payload(100), 0);
        int at = notCapable.offset();
        ByteBuffer bytes = notCapable.buffer();
        bytes.put(at + 1, (byte) 0).putShort(at + 10, (short) 0);
        bytes.putShort(at + 10, (short) Checksum.finish(Checksum.add(bytes, at, 20, 0)));
        link.transmit(notCapable);
        assertThat(pair.b().receive(into)).isTrue();
        assertThat(into.buffer().get(into.offset() + 1) & 3).isZero();
        assertThat(checksumsAreRight(true, into)).isTrue();
    }

    private static int number(Packet packet) {
        int at = packet.offset() + TestPackets.headerBytes(true);
        return packet.buffer().getShort(at) & 0xffff;
    }

    /** What the far end has got by now, and when it is asked. */
    private List<Integer> arrived() {
        List<Integer> numbers = new ArrayList<>();
        while (pair.b().receive(into)) {
            numbers.add(number(into));
        }
        return numbers;
    }

    /** Lets time pass from deadline to deadline as a pump would, and returns "time:number" of what arrives. */
    private List<String> run() {
        return runUntil(Clock.NEVER - 1);
    }

    private List<String> runUntil(long endNs) {
        List<String> trace = new ArrayList<>();
        while (true) {
            assertThat(link.receive(into)).isFalse();
            for (int number : arrived()) {
                trace.add(nowNs + ":" + number);
            }
            long next = link.nextDeadline();
            if (next > endNs) {
                return trace;
            }
            assertThat(next).isGreaterThan(nowNs);
            nowNs = next;
        }
    }

    private static long timeNs(String entry) {
        return Long.parseLong(entry.substring(0, entry.indexOf(':')));
    }

    @Test
    void a_perfect_wire_passes_packets_at_once_with_complete_checksums() {
        assertThat(link.capabilities()).isEqualTo(LinkCapabilities.plain(1500));
        link.transmit(numbered(7));
        assertThat(pair.b().receive(into)).isTrue();
        assertThat(see(true, into).payload()).hasSize(960);
        assertThat(into.checksumTrusted()).isFalse();
        assertThat(link.nextDeadline()).isEqualTo(Clock.NEVER);
    }

    @Test
    void super_segments_are_cut_whichever_way_they_go() {
        byte[] payload = payload(5000);
        link.transmit(segment(false, ACK, payload, 1000));
        pair.b().transmit(segment(false, ACK, payload, 1000));
        for (Link end : List.of(pair.b(), link)) {
            byte[] joined = new byte[5000];
            for (int i = 0; i < 5; i++) {
                assertThat(end.receive(into)).isTrue();
                assertThat(into.checksumTrusted()).isFalse();
                System.arraycopy(see(false, into).payload(), 0, joined, i * 1000, 1000);
            }
            assertThat(end.receive(into)).isFalse();
            assertThat(joined).isEqualTo(payload);
        }
    }

    @Test
    void a_delayed_packet_leaves_when_its_time_has_come_in_the_pumps_hands() {
        link.faults(Faults.builder().delayNs(20 * MS).build());
        link.transmit(numbered(1));
        nowNs = 5 * MS;
        link.transmit(numbered(2));
        assertThat(link.nextDeadline()).isEqualTo(20 * MS);
        nowNs = 20 * MS - 1;
        assertThat(link.receive(into)).isFalse();
        assertThat(arrived()).isEmpty();
        nowNs = 20 * MS;
        link.awaitWork(0);
        assertThat(arrived()).containsExactly(1);
        assertThat(link.nextDeadline()).isEqualTo(25 * MS);
        nowNs = 25 * MS;
        assertThat(link.receive(into)).isFalse();
        assertThat(arrived()).containsExactly(2);
        assertThat(link.nextDeadline()).isEqualTo(Clock.NEVER);
    }

    @Test
    void received_packets_are_delayed_too_and_are_a_deadline() {
        link.receiveFaults(Faults.builder().delayNs(3 * MS).build());
        pair.b().transmit(numbered(4));
        assertThat(link.receive(into)).isFalse();
        assertThat(link.nextDeadline()).isEqualTo(3 * MS);
        nowNs = 3 * MS;
        assertThat(link.receive(into)).isTrue();
        assertThat(number(into)).isEqualTo(4);
    }

    @Test
    void a_wire_with_a_rate_sends_one_after_the_other_and_drops_what_the_queue_cannot_hold() {
        // 1,012 bytes (20 IP, 32 TCP, 960 payload) at 8.096 Mbit/s: one a millisecond.
        link.faults(
                Faults.builder().bitsPerSecond(8_096_000).queueBytes(3 * 1012).build());
        for (int i = 0; i < 6; i++) {
            link.transmit(numbered(i));
        }
        assertThat(run()).containsExactly("1000000:0", "2000000:1", "3000000:2");
        assertThat(link.transmitCounters().get(FaultCounter.QUEUE_FULL)).isEqualTo(3);
        link.transmit(numbered(9));
        assertThat(run()).containsExactly("4000000:9");
    }

    @Test
    void a_rate_that_changes_is_that_of_the_packets_to_come_and_makes_the_queue_no_longer() {
        link.faults(
                Faults.builder().bitsPerSecond(8_096_000).queueBytes(3 * 1012).build());
        link.transmit(numbered(0));
        link.transmit(numbered(1));
        link.faults(link.transmitFaults().with().bitsPerSecond(80_960_000).build());
        link.transmit(numbered(2));
        link.transmit(numbered(3));
        assertThat(link.transmitCounters().get(FaultCounter.QUEUE_FULL)).isEqualTo(1);
        assertThat(run()).containsExactly("1000000:0", "2000000:1", "2100000:2");
        link.transmit(numbered(4));
        link.faults(link.transmitFaults().with().bitsPerSecond(8_096_000).build());
        link.transmit(numbered(5));
        link.transmit(numbered(6));
        link.transmit(numbered(7));
        assertThat(run()).containsExactly("2200000:4", "3200000:5", "4200000:6");
        assertThat(link.transmitCounters().get(FaultCounter.QUEUE_FULL)).isEqualTo(2);
    }

    @Test
    void a_reordered_packet_is_overtaken() {
        link.faults(Faults.builder().reordering(1).reorderDelayNs(2 * MS).build());
        link.transmit(numbered(1));
        link.faults(Faults.NONE);
        link.transmit(numbered(2));
        assertThat(run()).containsExactly("0:2", "2000000:1");
        assertThat(link.transmitCounters().get(FaultCounter.REORDERED)).isEqualTo(1);
    }

    @Test
    void jitter_spreads_packets_and_keeps_their_order() {
        link.faults(Faults.builder().delayNs(10 * MS).jitterNs(5 * MS).build());
        List<String> trace = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            trace.addAll(runUntil(i * MS / 10));
            nowNs = i * MS / 10;
            link.transmit(numbered(i));
        }
        trace.addAll(run());
        for (int i = 0; i < 200; i++) {
            assertThat(trace.get(i)).endsWith(":" + i);
            long traveledNs = timeNs(trace.get(i)) - i * MS / 10;
            assertThat(traveledNs).isBetween(10 * MS, 15 * MS);
        }
        assertThat(trace.stream().map(FaultyLinkTest::timeNs).distinct().count())
                .isGreaterThan(10);
    }

    @Test
    void faults_come_as_often_as_they_should() {
        link.transmitFaults(Faults.builder().loss(0.1).duplication(0.05).build());
        int count = 20_000;
        int arrivals = 0;
        for (int i = 0; i < count; i++) {
            link.transmit(numbered(i));
            arrivals += arrived().size();
        }
        double lost = link.transmitCounters().get(FaultCounter.LOST);
        double duplicated = link.transmitCounters().get(FaultCounter.DUPLICATED);
        assertThat(lost / count).isCloseTo(0.1, within(0.01));
        assertThat(duplicated / (count - lost)).isCloseTo(0.05, within(0.006));
        assertThat(arrivals).isEqualTo((int) (count - lost + duplicated));
        assertThat(link.transmitCounters().get(FaultCounter.OFFERED)).isEqualTo(count);
        assertThat(link.transmitCounters().get(FaultCounter.DELIVERED)).isEqualTo(arrivals);
        assertThat(link.receiveCounters().get(FaultCounter.OFFERED)).isZero();
    }

    @Test
    void every_corruption_is_caught_by_a_checksum() {
        link.faults(Faults.builder().corruption(1).build());
        for (int i = 0; i < 500; i++) {
            boolean ipv4 = i % 2 == 0;
            link.transmit(segment(ipv4, ACK, payload(i), 0));
            assertThat(pair.b().receive(into)).isTrue();
            assertThat(into.checksumTrusted()).isFalse();
            assertThat(checksumsAreRight(ipv4, into)).isFalse();
            // Also what the device vouched for.
            Packet trusted = segment(ipv4, ACK, payload(i), 0);
            trusted.checksumTrusted(true);
            pair.b().transmit(trusted);
            assertThat(link.receive(into)).isTrue();
            assertThat(into.checksumTrusted()).isFalse();
            assertThat(checksumsAreRight(ipv4, into)).isFalse();
        }
        assertThat(link.transmitCounters().get(FaultCounter.CORRUPTED)).isEqualTo(500);
    }

    private List<String> trace(long seed) {
        nowNs = 0;
        pair.close();
        link.close();
        pair = MemoryLink.pair("a", "b", OFFLOADS, clock, 4 << 20, packets);
        link = faulty(
                seed,
                Faults.builder()
                        .loss(0.05)
                        .duplication(0.05)
                        .reordering(0.1)
                        .reorderDelayNs(3 * MS)
                        .delayNs(10 * MS)
                        .jitterNs(2 * MS)
                        .bitsPerSecond(100_000_000)
                        .build());
        List<String> trace = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            trace.addAll(runUntil(i * MS / 20));
            nowNs = i * MS / 20;
            link.transmit(numbered(i));
        }
        trace.addAll(run());
        return trace;
    }

    @Test
    void the_same_seed_gives_the_same_faults_and_another_seed_others() {
        List<String> first = trace(42);
        assertThat(trace(42)).isEqualTo(first);
        assertThat(trace(43)).isNotEqualTo(first);
    }

    @Test
    void what_one_direction_carries_does_not_change_the_other() {
        link.faults(Faults.builder().loss(0.5).build());
        List<Integer> alone = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            link.transmit(numbered(i));
            alone.addAll(arrived());
        }
        link = faulty(1, Faults.builder().loss(0.5).build());
        List<Integer> together = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            pair.b().transmit(numbered(i));
            link.receive(into);
            link.transmit(numbered(i));
            together.addAll(arrived());
        }
        assertThat(together).isEqualTo(alone);
    }

    @Test
    void a_full_inner_link_holds_packets_back_and_loses_none() {
        pair.close();
        pair = MemoryLink.pair("a", "b", OFFLOADS, clock, MemoryLink.minQueueBytes(), packets);
        link = faulty(1, Faults.NONE);
        int taken = 0;
        while (link.transmit(numbered(taken))) {
            taken++;
        }
        assertThat(link.nextDeadline()).as("room, not time, is waited for").isEqualTo(Clock.NEVER);
        List<Integer> all = new ArrayList<>(arrived());
        link.awaitWork(Clock.NEVER);
        all.addAll(arrived());
        Integer[] expected = new Integer[taken];
        Arrays.setAll(expected, i -> i);
        assertThat(all).containsExactly(expected);
        assertThat(link.transmit(numbered(1))).isTrue();
        assertThat(arrived()).containsExactly(1);
    }

    @Test
    void a_sleeping_pump_learns_of_an_earlier_deadline() throws Exception {
        Clock real = Clock.system();
        try (MemoryLink.Pair cable = MemoryLink.pair("a", "b", OFFLOADS, real);
                FaultyLink slow = new FaultyLink(
                        cable.a(),
                        real,
                        new SplittableRandom(1),
                        Faults.builder().delayNs(5 * MS).build())) {
            Thread pump = Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        slow.awaitWork(Clock.NEVER);
                    }
                } catch (LinkDownException e) {
                    // The test is over.
                }
            });
            while (pump.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            long sentNs = real.nanoTime();
            slow.transmit(numbered(1));
            Packet scratch = new Packet(Packet.MAX_LENGTH);
            while (!cable.b().receive(scratch)) {
                cable.b().awaitWork(Clock.NEVER);
            }
            assertThat(real.nanoTime() - sentNs).isGreaterThanOrEqualTo(5 * MS);
            cable.a().close();
            pump.join();
        }
    }

    @Test
    void packets_on_the_wire_are_charged_and_dropped_without_memory() {
        link.faults(Faults.builder().delayNs(MS).build());
        long before = account.usedBytes();
        link.transmit(numbered(1));
        assertThat(account.usedBytes() - before).isEqualTo(PacketPool.chargeForLength(1012));
        long rest = account.limitBytes() - account.usedBytes();
        assertThat(account.charge(rest)).isTrue();
        assertThat(link.transmit(numbered(2))).isTrue();
        assertThat(link.transmitCounters().get(FaultCounter.OUT_OF_MEMORY)).isEqualTo(1);
        account.discharge(rest);
        assertThat(run()).containsExactly("1000000:1");
    }

    @Test
    void what_only_claims_to_be_a_super_segment_is_dropped_and_counted() {
        Packet wrong = segment(true, ACK, payload(3000), 1000);
        wrong.incompleteChecksum(2000, 16);
        pair.b().transmit(wrong);
        Packet outside = segment(true, ACK, payload(10), 0);
        outside.incompleteChecksum(60, 30);
        pair.b().transmit(outside);
        assertThat(link.receive(into)).isFalse();
        assertThat(link.receiveCounters().get(FaultCounter.MALFORMED)).isEqualTo(2);
    }

    @Test
    void closing_and_failure_pass_through() {
        link.faults(Faults.builder().delayNs(MS).build());
        link.transmit(numbered(1));
        link.wakeup();
        link.awaitWork(Clock.NEVER);
        link.close();
        assertThatThrownBy(() -> link.transmit(numbered(1))).isInstanceOf(LinkDownException.class);
        assertThatThrownBy(() -> link.receive(into)).isInstanceOf(LinkDownException.class);
        assertThatThrownBy(() -> link.awaitWork(Clock.NEVER)).isInstanceOf(LinkDownException.class);
        assertThatThrownBy(() -> pair.b().receive(into)).isInstanceOf(LinkDownException.class);
    }

    @Test
    void impossible_faults_are_refused() {
        assertThatThrownBy(() -> Faults.builder().loss(1.5).build()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Faults.builder().corruption(Double.NaN).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Faults.builder().delayNs(-1).build()).isInstanceOf(IllegalArgumentException.class);
    }
}
