package dev.heddle.core.link;

import static dev.heddle.core.link.TestPackets.bytesOf;
import static dev.heddle.core.link.TestPackets.payload;
import static dev.heddle.core.link.TestPackets.segment;
import static dev.heddle.core.wire.TcpHeader.ACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.buffer.StreamBuffer;
import dev.heddle.core.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MemoryLinkTest {

    private static final LinkCapabilities OFFLOADS = new LinkCapabilities(1500, Packet.MAX_LENGTH, true);

    private final Clock clock = Clock.system();
    private final BufferPool account = new BufferPool(8 << 20, 16 * 1024);
    private final PacketPool packets = new PacketPool(account);
    private final MemoryLink.Pair pair =
            MemoryLink.pair("a", "b", OFFLOADS, clock, MemoryLink.minQueueBytes(), packets);
    private final Packet into = new Packet(Packet.MAX_LENGTH);

    @AfterEach
    void everything_goes_back() {
        pair.close();
        assertThat(account.usedBytes()).isZero();
    }

    private static Packet small(int length) {
        Packet packet = new Packet(length);
        packet.head(Packet.HEADROOM, length);
        packet.buffer().put(Packet.HEADROOM, payload(length));
        return packet;
    }

    private void fill(MemoryLink from) {
        while (from.transmit(small(100))) {}
    }

    @Test
    void carries_packets_in_order_in_both_directions() {
        assertThat(pair.a().transmit(small(10))).isTrue();
        assertThat(pair.a().transmit(small(11))).isTrue();
        assertThat(pair.b().transmit(small(12))).isTrue();
        assertThat(pair.b().receive(into)).isTrue();
        assertThat(bytesOf(into)).isEqualTo(payload(10));
        assertThat(pair.b().receive(into)).isTrue();
        assertThat(bytesOf(into)).isEqualTo(payload(11));
        assertThat(pair.b().receive(into)).isFalse();
        assertThat(pair.a().receive(into)).isTrue();
        assertThat(bytesOf(into)).isEqualTo(payload(12));
    }

    @Test
    void a_super_segment_travels_as_it_is_and_is_copied_at_once() {
        StreamBuffer stream = TestPackets.stream();
        byte[] payload = payload(20_000);
        Packet sent = TestPackets.slicedSegment(false, ACK, payload, 1000, 10, stream);
        byte[] expected = bytesOf(sent);
        assertThat(pair.a().transmit(sent)).isTrue();
        stream.write(0, new byte[19_990], 0, 19_990);
        assertThat(pair.b().receive(into)).isTrue();
        assertThat(bytesOf(into)).isEqualTo(expected);
        assertThat(into.gsoSize()).isEqualTo(1000);
        assertThat(into.checksumStart()).isEqualTo(40);
        assertThat(into.checksumOffset()).isEqualTo(16);
        assertThat(into.checksumTrusted()).isTrue();
    }

    @Test
    void what_the_capabilities_do_not_offer_is_refused() {
        try (MemoryLink.Pair plain = MemoryLink.pair("a", "b", LinkCapabilities.plain(1500), clock)) {
            assertThatThrownBy(() -> plain.a().transmit(small(1501))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> plain.a().transmit(segment(true, ACK, payload(3000), 1000)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> plain.a().transmit(segment(true, ACK, payload(10), 0)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_full_queue_refuses_and_loses_nothing() {
        int sent = 0;
        while (pair.a().transmit(small(100 + sent))) {
            sent++;
        }
        assertThat(sent).isEqualTo(MemoryLink.minQueueBytes() / PacketPool.chargeForLength(100));
        assertThat(account.usedBytes()).isEqualTo((long) sent * PacketPool.chargeForLength(100));
        for (int i = 0; i < sent; i++) {
            assertThat(pair.b().receive(into)).isTrue();
            assertThat(bytesOf(into)).isEqualTo(payload(100 + i));
        }
        assertThat(pair.b().receive(into)).isFalse();
        assertThat(account.usedBytes()).isZero();
        assertThat(pair.a().transmit(small(5))).isTrue();
    }

    @Test
    void the_refused_sender_is_woken_when_there_is_room_again() throws Exception {
        fill(pair.a());
        CompletableFuture<Void> waiting =
                CompletableFuture.runAsync(() -> pair.a().awaitWork(Clock.NEVER));
        assertThatThrownBy(() -> waiting.get(50, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        while (pair.b().receive(into)) {}
        waiting.get();
        assertThat(pair.a().transmit(small(1))).isTrue();
    }

    @Test
    void a_packet_wakes_the_other_end() throws Exception {
        CompletableFuture<Boolean> received = CompletableFuture.supplyAsync(() -> {
            pair.b().awaitWork(Clock.NEVER);
            return pair.b().receive(into);
        });
        pair.a().transmit(small(9));
        assertThat(received.get()).isTrue();
    }

    @Test
    void a_wakeup_before_the_wait_is_not_lost_and_counts_once() {
        pair.a().wakeup();
        pair.a().wakeup();
        pair.a().awaitWork(Clock.NEVER);
        long before = clock.nanoTime();
        pair.a().awaitWork(before + 2_000_000);
        assertThat(clock.nanoTime() - before).isGreaterThanOrEqualTo(2_000_000);
    }

    @Test
    void waiting_ends_at_its_time_even_for_an_interrupted_thread() {
        Thread.currentThread().interrupt();
        long before = clock.nanoTime();
        pair.a().awaitWork(before + 3_000_000);
        assertThat(clock.nanoTime() - before).isGreaterThanOrEqualTo(3_000_000);
        assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    }

    @Test
    void closing_ends_a_wait_at_either_end() {
        CompletableFuture<Void> a = CompletableFuture.runAsync(() -> pair.a().awaitWork(Clock.NEVER));
        CompletableFuture<Void> b = CompletableFuture.runAsync(() -> pair.b().awaitWork(Clock.NEVER));
        pair.a().close();
        assertThatThrownBy(a::get).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(LinkDownException.class);
        assertThatThrownBy(b::get).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(LinkDownException.class);
    }

    @Test
    void what_had_arrived_can_be_read_after_the_other_end_closed() {
        pair.a().transmit(small(3));
        pair.b().transmit(small(4));
        pair.a().close();
        pair.a().close();
        pair.b().awaitWork(Clock.NEVER);
        assertThat(pair.b().receive(into)).isTrue();
        assertThat(bytesOf(into)).isEqualTo(payload(3));
        assertThatThrownBy(() -> pair.b().receive(into)).isInstanceOf(LinkDownException.class);
        assertThatThrownBy(() -> pair.b().awaitWork(Clock.NEVER)).isInstanceOf(LinkDownException.class);
        assertThatThrownBy(() -> pair.b().transmit(small(1))).isInstanceOf(LinkDownException.class);
        assertThatThrownBy(() -> pair.a().receive(into)).isInstanceOf(LinkDownException.class);
        assertThatThrownBy(() -> pair.a().transmit(small(1))).isInstanceOf(LinkDownException.class);
    }

    @Test
    void without_memory_a_packet_is_refused_and_the_pump_tries_again_after_a_millisecond() {
        AtomicLong nowNs = new AtomicLong(5);
        try (MemoryLink.Pair starved =
                MemoryLink.pair("a", "b", OFFLOADS, nowNs::get, MemoryLink.minQueueBytes(), packets)) {
            assertThat(account.charge(account.limitBytes())).isTrue();
            assertThat(starved.a().transmit(small(1))).isFalse();
            starved.a().awaitWork(Clock.NEVER); // returns so that the pump looks at the deadline
            assertThat(starved.a().nextDeadline()).isEqualTo(1_000_005);
            nowNs.set(1_000_005);
            starved.a().awaitWork(Clock.NEVER);
            assertThat(starved.a().nextDeadline()).isEqualTo(Clock.NEVER);
            account.discharge(account.limitBytes());
            assertThat(starved.a().transmit(small(1))).isTrue();
        }
    }

    @Test
    void two_threads_exchange_every_packet() throws Exception {
        int count = 20_000;
        CompletableFuture<Integer> echo = CompletableFuture.supplyAsync(() -> {
            Packet packet = new Packet(Packet.MAX_LENGTH);
            int echoed = 0;
            while (echoed < count) {
                if (!pair.b().receive(packet)) {
                    pair.b().awaitWork(Clock.NEVER);
                    continue;
                }
                while (!pair.b().transmit(packet)) {
                    pair.b().awaitWork(clock.nanoTime() + 1_000_000);
                }
                echoed++;
            }
            return echoed;
        });
        Packet out = small(4);
        int sent = 0;
        int received = 0;
        while (received < count) {
            boolean moved = false;
            if (sent < count) {
                out.buffer().putInt(Packet.HEADROOM, sent);
                if (pair.a().transmit(out)) {
                    sent++;
                    moved = true;
                }
            }
            while (pair.a().receive(into)) {
                assertThat(into.buffer().getInt(into.offset())).isEqualTo(received);
                received++;
                moved = true;
            }
            if (!moved) {
                pair.a().awaitWork(Clock.NEVER);
            }
        }
        assertThat(echo.get()).isEqualTo(count);
    }
}
