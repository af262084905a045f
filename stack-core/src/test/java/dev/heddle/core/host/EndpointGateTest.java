package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EndpointGateTest {

    private static final int HANDOVERS = 200_000;

    private final BufferPool pool = new BufferPool(64 << 20, 4096);
    private final PacketPool packets = new PacketPool(pool);

    /** Counts in plain fields what it is brought, so that a missing exclusion shows. */
    private final class CountingRoom implements EndpointGate.Room {
        final EndpointGate gate = new EndpointGate(this, new Backlog(packets, 8 << 20));
        final ConcurrentLinkedQueue<Long> strays = new ConcurrentLinkedQueue<>();
        final AtomicInteger visitsAsked = new AtomicInteger();
        final AtomicInteger drops = new AtomicInteger();
        final AtomicInteger wakes = new AtomicInteger();
        final AtomicInteger tells = new AtomicInteger();
        final long[] lastOfProducer = new long[8];
        final AtomicBoolean inside = new AtomicBoolean();
        boolean failing;
        boolean over;
        boolean disordered;
        boolean overlapped;
        long handled;
        int settled;
        int timers;
        long handledBeforeNetworkDown = -1;

        /** What others may read when all is quiet. */
        final AtomicLong published = new AtomicLong();

        @Override
        public boolean packetArrives(Packet packet) {
            if (failing) {
                throw new IllegalStateException("as it should");
            }
            enterRoom();
            if (!over) {
                int producer = (int) packet.sourceLow;
                disordered |= packet.arrivalNs <= lastOfProducer[producer];
                lastOfProducer[producer] = packet.arrivalNs;
                handled++;
                published.set(handled);
            }
            leaveRoom();
            return !over;
        }

        @Override
        public void signalled(int bits) {
            enterRoom();
            if ((bits & EndpointGate.TIMERS) != 0) {
                timers++;
            }
            if ((bits & EndpointGate.NETWORK_DOWN) != 0) {
                handledBeforeNetworkDown = handled;
            }
            leaveRoom();
        }

        @Override
        public boolean settle() {
            enterRoom();
            settled++;
            leaveRoom();
            return (settled & 1) == 0;
        }

        @Override
        public void wake(@Nullable Batch batch) {
            assertThat(gate.isInside()).isFalse();
            wakes.incrementAndGet();
        }

        @Override
        public void tell(@Nullable Batch batch) {
            assertThat(gate.isInside()).isFalse();
            tells.incrementAndGet();
        }

        @Override
        public void stray(Packet packet, @Nullable Batch batch) {
            assertThat(gate.isInside()).isFalse();
            strays.add(packet.arrivalNs);
        }

        @Override
        public void visitLater() {
            visitsAsked.incrementAndGet();
        }

        @Override
        public void backlogDrop(Packet packet) {
            drops.incrementAndGet();
        }

        private void enterRoom() {
            overlapped |= !inside.compareAndSet(false, true);
        }

        private void leaveRoom() {
            inside.set(false);
        }
    }

    private static Packet packet(int producer, long number) {
        Packet packet = new Packet(100);
        packet.head(Packet.HEADROOM, 40);
        packet.sourceLow = producer;
        packet.arrivalNs = number;
        return packet;
    }

    @Test
    void a_thread_that_is_inside_cannot_enter_again() {
        CountingRoom room = new CountingRoom();
        room.gate.enter();
        assertThatThrownBy(room.gate::enter).isInstanceOf(IllegalStateException.class);
        room.gate.leave();
        room.gate.enter();
        room.gate.leave();
        assertThat(room.settled).isEqualTo(2);
    }

    @Test
    void what_there_is_to_tell_is_told_also_where_nobody_is_to_be_woken() {
        CountingRoom room = new CountingRoom();
        room.gate.enter();
        room.gate.leave();
        assertThat(room.wakes.get()).isZero();
        assertThat(room.tells.get()).isEqualTo(1);
        room.gate.signal(EndpointGate.FLUSH, null);
        assertThat(room.wakes.get()).isEqualTo(1);
        assertThat(room.tells.get()).isEqualTo(2);
    }

    @Test
    void a_packet_that_comes_while_the_same_thread_is_inside_waits_for_the_leave() {
        CountingRoom room = new CountingRoom();
        room.gate.enter();
        assertThat(room.gate.packet(packet(0, 1), null)).isTrue();
        room.gate.signal(EndpointGate.TIMERS, null);
        assertThat(room.handled).isZero();
        assertThat(pool.usedBytes()).isPositive();
        room.gate.leave();
        assertThat(room.handled).isEqualTo(1);
        assertThat(room.timers).isEqualTo(1);
        assertThat(room.settled).as("one flush for all of it").isEqualTo(1);
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void a_backlog_beyond_its_budget_drops_and_counts() {
        CountingRoom room = new CountingRoom();
        room.gate.enter();
        int sent = 20_000;
        for (int i = 1; i <= sent; i++) {
            room.gate.packet(packet(0, i), null);
        }
        room.gate.leave();
        while (room.visitsAsked.getAndSet(0) > 0) {
            room.gate.signal(EndpointGate.FLUSH, null);
        }
        assertThat(room.drops.get()).isPositive();
        assertThat(room.handled + room.drops.get()).isEqualTo(sent);
        assertThat(room.disordered).isFalse();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void one_visit_is_bounded_and_asks_for_another() {
        CountingRoom room = new CountingRoom();
        room.gate.enter();
        for (int i = 1; i <= 100; i++) {
            room.gate.packet(packet(0, i), null);
        }
        room.gate.leave();
        assertThat(room.handled).isEqualTo(64);
        assertThat(room.visitsAsked.get()).isEqualTo(1);
        room.gate.signal(EndpointGate.FLUSH, null);
        assertThat(room.handled).isEqualTo(100);
    }

    @Test
    void a_link_that_fails_does_not_overtake_what_it_has_brought() {
        CountingRoom room = new CountingRoom();
        room.gate.enter();
        for (int i = 1; i <= 100; i++) {
            room.gate.packet(packet(0, i), null);
        }
        room.gate.signal(EndpointGate.NETWORK_DOWN, null);
        room.gate.leave();
        assertThat(room.handledBeforeNetworkDown).as("not handled yet").isNegative();
        room.gate.signal(EndpointGate.FLUSH, null);
        assertThat(room.handledBeforeNetworkDown).isEqualTo(100);
    }

    @Test
    void packets_left_in_the_backlog_of_an_ended_connection_are_dispatched_again_without_the_lock() {
        CountingRoom room = new CountingRoom();
        room.gate.enter();
        room.gate.packet(packet(0, 1), null);
        room.gate.packet(packet(0, 2), null);
        room.over = true;
        room.gate.leave();
        assertThat(room.strays).containsExactly(1L, 2L);
        assertThat(room.gate.packet(packet(0, 3), null)).isFalse();
        assertThat(pool.usedBytes()).isZero();
    }

    /** Each round races one hand-over against one leave, and nothing may be left when both are done. */
    @Test
    void no_handover_is_ever_stranded() throws InterruptedException {
        CountingRoom room = new CountingRoom();
        AtomicLong holderRound = new AtomicLong();
        AtomicLong bringerRound = new AtomicLong();
        long stranded = 0;
        Packet packet = packet(0, 0);
        Thread bringer = Thread.ofPlatform().start(() -> {
            for (long round = 1; round <= HANDOVERS; round++) {
                await(holderRound, 2 * round - 1);
                packet.arrivalNs = round;
                bringerRound.set(2 * round - 1);
                if ((round & 3) == 0) {
                    room.gate.signal(EndpointGate.TIMERS, null);
                }
                room.gate.packet(packet, null);
                bringerRound.set(2 * round);
                await(holderRound, 2 * round);
            }
        });
        for (long round = 1; round <= HANDOVERS; round++) {
            room.gate.enter();
            holderRound.set(2 * round - 1);
            await(bringerRound, 2 * round - 1);
            room.gate.leave();
            await(bringerRound, 2 * round);
            // Neither has anything under way: whatever is not handled now never would be.
            if (room.published.get() != round) {
                stranded++;
                room.gate.signal(EndpointGate.FLUSH, null);
            }
            holderRound.set(2 * round);
        }
        bringer.join();
        assertThat(stranded).isZero();
        assertThat(room.timers).isEqualTo(HANDOVERS / 4);
        assertThat(room.overlapped || room.disordered).isFalse();
        assertThat(pool.usedBytes()).isZero();
    }

    private static void await(AtomicLong counter, long value) {
        for (int spins = 0; counter.get() < value; spins++) {
            if ((spins & 0xff) == 0xff) {
                // A spinning thread must not keep the other one from its core.
                LockSupport.parkNanos(1000);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void many_pumps_and_applications_share_a_gate_in_order_and_one_at_a_time() throws InterruptedException {
        CountingRoom room = new CountingRoom();
        int producers = 3;
        int perProducer = 100_000;
        CountDownLatch produced = new CountDownLatch(producers);
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int producer = p;
            threads.add(Thread.ofPlatform().start(() -> {
                Packet packet = packet(producer, 0);
                for (long i = 1; i <= perProducer; i++) {
                    packet.arrivalNs = i;
                    room.gate.packet(packet, null);
                    if ((i & 63) == 0) {
                        room.gate.signal(EndpointGate.FLUSH, null);
                    }
                }
                produced.countDown();
            }));
        }
        AtomicLong entries = new AtomicLong();
        for (int a = 0; a < 2; a++) {
            threads.add(Thread.ofVirtual().start(() -> {
                while (!done.get()) {
                    room.gate.enter();
                    entries.incrementAndGet();
                    room.gate.leave();
                    Thread.onSpinWait();
                }
            }));
        }
        // The pump: visits what was left over.
        while (!produced.await(1, TimeUnit.MILLISECONDS)) {
            if (room.visitsAsked.getAndSet(0) > 0) {
                room.gate.signal(EndpointGate.FLUSH, null);
            }
        }
        done.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        while (room.visitsAsked.getAndSet(0) > 0) {
            room.gate.signal(EndpointGate.FLUSH, null);
        }
        assertThat(room.handled + room.drops.get()).isEqualTo((long) producers * perProducer);
        assertThat(room.disordered).isFalse();
        assertThat(room.overlapped).isFalse();
        assertThat(entries.get()).isPositive();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void a_packet_of_the_backlog_whose_handling_fails_is_given_back() {
        CountingRoom room = new CountingRoom();
        room.gate.enter();
        room.gate.packet(packet(0, 1), null);
        assertThat(pool.usedBytes()).isPositive();
        room.failing = true;
        assertThatThrownBy(room.gate::leave).hasMessage("as it should");
        assertThat(pool.usedBytes()).isZero();
        room.failing = false;
        room.gate.packet(packet(0, 2), null);
        assertThat(room.handled).isEqualTo(1);
    }
}
