package dev.heddle.core.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.wire.IpAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class ErrorRateLimitTest {

    private static final long SECOND = 1_000_000_000L;

    private final CounterSet<IcmpCounter> counters = new CounterSet<>(IcmpCounter.class);

    private ErrorRateLimit limit(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        return new ErrorRateLimit(1000, 50, 1, random, counters);
    }

    private static boolean admit(ErrorRateLimit limit, IpAddress to, long nowNs) {
        return limit.admit(to.high(), to.low(), nowNs);
    }

    private static IpAddress host(int number) {
        return IpAddress.ofIpv4(0x0a000000 + number);
    }

    @Test
    @Requirement({"RFC4443:2.4", "RFC1812:4.3.2.8"})
    void one_destination_gets_a_burst_and_then_one_a_second() {
        ErrorRateLimit limit = limit(1);
        long now = SECOND;
        int admitted = 0;
        for (int i = 0; i < 100; i++) {
            admitted += admit(limit, host(1), now) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(6);
        assertThat(counters.get(IcmpCounter.IcmpOutRateLimitHost)).isEqualTo(94);
        for (int i = 0; i < 1000; i++) {
            now += SECOND / 100;
            admitted += admit(limit, host(1), now) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(16);
        assertThat(admit(limit, host(2), now)).as("another one").isTrue();
    }

    @Test
    @Requirement("RFC4443:2.4")
    void the_average_is_kept_on_a_clock_that_began_before_zero() {
        ErrorRateLimit limit = limit(1);
        int admitted = 0;
        for (int i = 0; i < 1000; i++) {
            admitted += admit(limit, host(i), -3600 * SECOND + i * SECOND / 10) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(1000);
    }

    @Test
    @Requirement("RFC4443:2.4")
    void all_together_get_a_burst_and_an_average_that_cannot_be_counted() {
        Set<Integer> bursts = new HashSet<>();
        for (int seed = 0; seed < 20; seed++) {
            ErrorRateLimit limit = limit(seed);
            int admitted = 0;
            for (int i = 0; i < 5000; i++) {
                admitted += admit(limit, host(i), SECOND) ? 1 : 0;
            }
            bursts.add(admitted);
            assertThat(admitted).isBetween(25, 100);
            int second = 0;
            for (int i = 0; i < 10_000; i++) {
                second += admit(limit, host(10_000 + i), SECOND + i * (SECOND / 10_000)) ? 1 : 0;
            }
            assertThat(second).isBetween(850, 1150);
        }
        assertThat(bursts).as("the budget differs").hasSizeGreaterThan(5);
        assertThat(counters.get(IcmpCounter.IcmpOutRateLimitGlobal)).isPositive();
    }

    @Test
    void what_one_destination_is_refused_does_not_cost_the_others() {
        ErrorRateLimit limit = limit(3);
        for (int i = 0; i < 10_000; i++) {
            admit(limit, host(1), SECOND);
        }
        assertThat(admit(limit, host(2), SECOND)).isTrue();
    }

    @Test
    void an_ipv6_network_is_one_destination_and_loopback_none() {
        ErrorRateLimit limit = limit(4);
        int admitted = 0;
        for (int i = 1; i <= 20; i++) {
            admitted += admit(limit, IpAddress.of(0x2001_0db8_0000_0001L, i), SECOND) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(6);
        assertThat(counters.get(IcmpCounter.Icmp6OutRateLimitHost)).isEqualTo(14);
        for (int i = 0; i < 1000; i++) {
            assertThat(admit(limit, IpAddress.LOOPBACK_V6, SECOND)).isTrue();
        }
    }

    @Test
    void destinations_are_remembered_within_bounds() {
        ErrorRateLimit limit = limit(5);
        for (int i = 0; i < 6; i++) {
            admit(limit, host(1), SECOND);
        }
        assertThat(admit(limit, host(1), SECOND)).isFalse();
        for (int i = 2; i < 2000; i++) {
            admit(limit, host(i), SECOND);
        }
        // Forgotten: a full burst again, when the common budget has come back.
        assertThat(admit(limit, host(1), SECOND + SECOND / 10)).isTrue();
    }
}
