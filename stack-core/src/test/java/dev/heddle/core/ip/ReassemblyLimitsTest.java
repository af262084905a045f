package dev.heddle.core.ip;

import static dev.heddle.core.ip.ReassemblingHost.A4;
import static dev.heddle.core.ip.ReassemblingHost.A6;
import static dev.heddle.core.ip.ReassemblingHost.ANY;
import static dev.heddle.core.ip.ReassemblingHost.B4;
import static dev.heddle.core.ip.ReassemblingHost.B6;
import static dev.heddle.core.ip.ReassemblingHost.SECOND;
import static dev.heddle.core.ip.ReassemblingHost.random;
import static dev.heddle.core.ip.ReassemblingHost.v4;
import static dev.heddle.core.ip.ReassemblingHost.v6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.Refusal;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds of what waits for the rest of its datagram: fragments without end, too many, too long, or without memory. */
class ReassemblyLimitsTest {

    private final ReassemblingHost host = new ReassemblingHost();

    @AfterEach
    @AfterProperty
    void nothing_is_left() {
        host.closeAndCheck();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_flood_of_fragments_that_never_complete_stays_within_its_memory(boolean six) {
        Reassembly family = six ? host.ipv6 : host.ipv4;
        for (int i = 0; i < 20_000; i++) {
            String from =
                    six ? "2001:db8:" + Integer.toHexString(i) + "::1" : "198.51." + i / 200 + "." + (1 + i % 200);
            host.arrive(FragmentPackets.of(from, six ? B6 : B4, ANY, i, 8 * (i % 100), true, new byte[1200]));
            assertThat(family.heldBytes()).isLessThanOrEqualTo(4 << 20);
            assertThat(host.memory.usedBytes()).isLessThanOrEqualTo(4 << 20);
        }
        assertThat(family.heldBytes()).isGreaterThan(2 << 20);
        assertThat(host.refusals.get(Refusal.FRAGMENT_MEMORY)).isGreaterThan(15_000);
        // The flood is over: the next one is served.
        assertThat(host.arriveAll(
                        six
                                ? FragmentPackets.all(A6, B6, ANY, 1, 1280, random(20_000, 1))
                                : FragmentPackets.all(A4, B4, ANY, 1, 1280, random(20_000, 1))))
                .isNotNull();
        host.nowNs += 60 * SECOND;
        family.expire(host.nowNs).forEach(late -> host.packets.release(late.first()));
        assertThat(family.heldBytes()).isZero();
        assertThat(host.memory.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void who_floods_loses_his_own_fragments_only(boolean six) {
        List<Packet> honest = six
                ? FragmentPackets.all("2001:db8:9::1", B6, ANY, 1, 1280, random(20_000, 1))
                : FragmentPackets.all("192.0.2.7", B4, ANY, 1, 1280, random(20_000, 1));
        Packet last = honest.removeLast();
        host.arriveAll(honest);
        for (int i = 0; i < 5000; i++) {
            // Over IPv6 the flooder has a network of addresses.
            String from = six ? "2001:db8:666::" + Integer.toHexString(i + 1) : "192.0.2.66";
            host.arrive(FragmentPackets.of(from, six ? B6 : B4, ANY, i, 0, true, new byte[1200]));
        }
        assertThat((six ? host.ipv6 : host.ipv4).heldBytes()).isLessThan((1 << 20) + 100_000);
        assertThat(host.arrive(last)).isNotNull();
    }

    @Test
    void a_datagram_in_too_many_fragments_is_given_up() {
        for (int i = 0; i < 257; i++) {
            host.arrive(v4(1, 8 * i, true, 8));
        }
        assertThat(host.refusals.get(Refusal.FRAGMENT_COUNT)).isEqualTo(1);
        assertThat(host.memory.usedBytes()).isZero();
    }

    @Test
    void a_long_fragment_takes_little_more_than_its_length() {
        host.arrive(v4(1, 0, true, 8960));
        assertThat(host.memory.usedBytes()).isLessThan(14_000);
        assertThat(host.ipv4.heldBytes()).isGreaterThanOrEqualTo(host.memory.usedBytes());
    }

    @Test
    void without_memory_a_datagram_is_given_up_whole() {
        BufferPool little = new BufferPool(16 * 1024, 1024);
        ReassemblingHost poor = new ReassemblingHost(little);
        for (int i = 0; i < 9; i++) {
            poor.arrive(v4(1, 1200 * i, true, 1200));
        }
        assertThat(poor.refusals.get(Refusal.FRAGMENT_MEMORY)).isPositive();
        assertThat(little.usedBytes()).isLessThan(8000);
        poor.closeAndCheck();
        // There is room for the fragments, but not for what they would make.
        poor = new ReassemblingHost(little);
        assertThat(poor.arriveAll(FragmentPackets.all(A4, B4, ANY, 2, 1220, random(3000, 1))))
                .isNull();
        assertThat(little.usedBytes()).isZero();
        poor.closeAndCheck();
    }

    /** Few names, offsets that meet, lengths that contradict each other, time that passes. */
    @Property(tries = 300)
    void no_stream_of_fragments_breaks_the_bounds(@ForAll long seed, @ForAll boolean six) {
        Random random = new Random(seed);
        Reassembly family = six ? host.ipv6 : host.ipv4;
        for (int i = 0; i < 300; i++) {
            boolean more = random.nextInt(5) > 0;
            int offset = 8 * (random.nextInt(20) == 0 ? 8190 - random.nextInt(20) : random.nextInt(12));
            int length = more ? 8 * (1 + random.nextInt(6)) : 1 + random.nextInt(40);
            byte[] whole = host.arrive(
                    six ? v6(random.nextInt(4), offset, more, length) : v4(random.nextInt(4), offset, more, length));
            if (whole != null) {
                assertThat(whole.length).isLessThanOrEqualTo(65_535);
            }
            assertThat(host.memory.usedBytes()).isLessThanOrEqualTo(family.heldBytes());
            if (random.nextInt(10) == 0) {
                host.nowNs += random.nextInt(20) * SECOND;
                family.expire(host.nowNs).forEach(late -> host.packets.release(late.first()));
            }
        }
        family.expire(host.nowNs + 60 * SECOND).forEach(late -> host.packets.release(late.first()));
        assertThat(family.heldBytes()).isZero();
        assertThat(family.nextDeadlineNs()).isEqualTo(Clock.NEVER);
    }
}
