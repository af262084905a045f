package dev.heddle.core.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PathMtuCacheTest {

    private static final long LIFETIME = PathMtuCache.LIFETIME_NS;

    private final PathMtuCache cache = new PathMtuCache(4);

    private boolean report(long address, int mtu, long nowNs) {
        return cache.reported(0, address, 0, mtu, nowNs);
    }

    private int mtu(long address, long nowNs) {
        return cache.mtu(0, address, 0, nowNs);
    }

    @Test
    @Requirement("RFC8201:5.2")
    void a_report_is_of_one_destination() {
        assertThat(mtu(1, 0)).isZero();
        assertThat(report(1, 1400, 0)).isTrue();
        assertThat(mtu(1, 0)).isEqualTo(1400);
        assertThat(mtu(2, 0)).isZero();
        assertThat(cache.mtu(0, 1, 3, 0)).as("another interface's").isZero();
        assertThat(cache.mtu(5, 1, 0, 0)).isZero();
    }

    @Test
    void a_path_never_becomes_wider_by_a_report() {
        report(1, 1000, 0);
        assertThat(report(1, 1400, 1)).isFalse();
        assertThat(mtu(1, 1)).isEqualTo(1000);
        assertThat(report(1, 900, 1)).isTrue();
        assertThat(mtu(1, 1)).isEqualTo(900);
    }

    @Test
    @Requirement({"RFC1191:6.3", "RFC8201:4"})
    void a_report_is_forgotten_ten_minutes_after_the_last_confirmation() {
        report(1, 1000, 0);
        assertThat(mtu(1, LIFETIME - 1)).isEqualTo(1000);
        assertThat(cache.expiresNs(0, 1, 0, 5)).isEqualTo(LIFETIME);
        assertThat(mtu(1, LIFETIME)).isZero();
        assertThat(cache.expiresNs(0, 1, 0, LIFETIME)).isEqualTo(Long.MAX_VALUE);
        report(2, 1000, 0);
        assertThat(report(2, 1000, LIFETIME / 2)).as("nothing new").isFalse();
        assertThat(mtu(2, LIFETIME)).isEqualTo(1000);
        assertThat(mtu(2, LIFETIME + LIFETIME / 2)).isZero();
        assertThat(report(2, 1400, 2 * LIFETIME))
                .as("wider than what was forgotten")
                .isTrue();
        assertThat(cache.size()).isEqualTo(1);
    }

    @Test
    void only_so_many_are_remembered_and_the_first_ones_go() {
        for (int i = 1; i <= 4; i++) {
            report(i, 1000, i);
        }
        report(1, 900, 5);
        report(5, 1000, 6);
        assertThat(cache.size()).isEqualTo(4);
        assertThat(mtu(2, 6)).isZero();
        assertThat(mtu(1, 6)).isEqualTo(900);
        for (int i = 10; i < 10_000; i++) {
            report(i, 1000, 7);
        }
        assertThat(cache.size()).isEqualTo(4);
    }

    /**
     * A network has 2<sup>32</sup> addresses of each hash, and whoever owns one chooses. The JDK's maps make trees of keys with
     * one hash that are comparable with their own class.
     */
    @Test
    void addresses_with_equal_hashes_have_an_order() {
        Set<PathMtuCache.Destination> ordered = new TreeSet<>();
        Set<Integer> hashes = new HashSet<>();
        for (long i = 0; i < 4096; i++) {
            PathMtuCache.Destination chosen = new PathMtuCache.Destination(1, i << 32 | i, 0);
            ordered.add(chosen);
            hashes.add(chosen.hashCode());
        }
        assertThat(hashes).hasSize(1);
        assertThat(ordered).hasSize(4096);
        assertThat(PathMtuCache.Destination.class.getGenericInterfaces())
                .extracting(Type::getTypeName)
                .containsExactly("java.lang.Comparable<" + PathMtuCache.Destination.class.getName() + ">");
    }
}
