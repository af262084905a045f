package dev.heddle.core.host;

import static dev.heddle.core.host.PortAllocator.Use.BOUND;
import static dev.heddle.core.host.PortAllocator.Use.BOUND_REUSABLE;
import static dev.heddle.core.host.PortAllocator.Use.CONNECTED;
import static dev.heddle.core.host.PortAllocator.Use.LISTENING_REUSABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.Requirement;
import dev.heddle.core.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class PortAllocatorTest {

    private static final IpAddress HERE = IpAddress.parse("192.0.2.1");
    private static final IpAddress ALSO_HERE = IpAddress.parse("192.0.2.2");
    private static final IpAddress HERE_V6 = IpAddress.parse("2001:db8::1");
    private static final IpAddress PEER = IpAddress.parse("198.51.100.7");

    private final PortAllocator ports = allocator(32_768, 60_999, 1);

    private static PortAllocator allocator(int first, int last, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        return new PortAllocator(first, last, new KeyedHash(random), random);
    }

    @Test
    void a_bound_port_excludes_another_binding_of_an_overlapping_address() {
        assertThat(ports.take(HERE, 80, BOUND)).isTrue();
        assertThat(ports.take(HERE, 80, BOUND)).isFalse();
        assertThat(ports.take(IpAddress.ANY_V4, 80, BOUND)).isFalse();
        assertThat(ports.take(IpAddress.ANY_V6, 80, BOUND)).isFalse();
        assertThat(ports.take(ALSO_HERE, 80, BOUND)).isTrue();
        assertThat(ports.take(HERE_V6, 80, BOUND)).isTrue();
        assertThat(ports.take(HERE, 81, BOUND)).isTrue();
    }

    @Test
    void the_wildcard_of_one_family_leaves_the_other_family_alone() {
        assertThat(ports.take(IpAddress.ANY_V4, 80, BOUND)).isTrue();
        assertThat(ports.take(HERE_V6, 80, BOUND)).isTrue();
        assertThat(ports.take(IpAddress.ANY_V6, 80, BOUND)).isFalse();
    }

    @Test
    void reuse_shares_a_port_if_both_allow_it_and_nobody_listens() {
        assertThat(ports.take(HERE, 80, BOUND_REUSABLE)).isTrue();
        assertThat(ports.take(HERE, 80, BOUND)).isFalse();
        assertThat(ports.take(HERE, 80, BOUND_REUSABLE)).isTrue();
        assertThat(ports.listen(HERE, 80, BOUND_REUSABLE)).isTrue();
        assertThat(ports.take(HERE, 80, BOUND_REUSABLE)).isFalse();
        assertThat(ports.listen(HERE, 80, BOUND_REUSABLE))
                .as("a second listener")
                .isFalse();
    }

    @Test
    void a_restarted_server_binds_over_the_connections_of_the_old_one_if_reuse_is_allowed() {
        ports.take(HERE, 80, BOUND_REUSABLE);
        ports.listen(HERE, 80, BOUND_REUSABLE);
        ports.share(HERE, 80, BOUND_REUSABLE);
        ports.release(HERE, 80, LISTENING_REUSABLE);
        assertThat(ports.take(HERE, 80, BOUND)).isFalse();
        assertThat(ports.take(HERE, 80, BOUND_REUSABLE)).isTrue();
    }

    @Test
    void a_port_is_free_again_when_every_use_is_given_back() {
        ports.take(HERE, 80, BOUND);
        ports.share(HERE, 80, BOUND);
        ports.release(HERE, 80, BOUND);
        assertThat(ports.isUsed(80)).isTrue();
        ports.release(HERE, 80, BOUND);
        assertThat(ports.isUsed(80)).isFalse();
        assertThatThrownBy(() -> ports.release(HERE, 80, BOUND)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Requirement("RFC6056:3.2")
    void any_port_comes_from_the_range_until_it_is_exhausted() {
        PortAllocator few = allocator(40_000, 40_009, 1);
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            taken.add(few.takeAny(HERE, BOUND_REUSABLE));
        }
        assertThat(taken).hasSize(10).allMatch(p -> p >= 40_000 && p <= 40_009);
        assertThat(few.takeAny(HERE, BOUND_REUSABLE)).isZero();
        assertThat(few.takeAny(ALSO_HERE, BOUND_REUSABLE)).isNotZero();
    }

    @Test
    @Requirement("RFC6056:3.3.4")
    void connections_to_one_peer_get_different_ports_and_to_two_peers_may_share_one() {
        PortAllocator few = allocator(40_000, 40_009, 1);
        Set<Integer> mine = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            mine.add(few.choose(HERE, PEER, 80, port -> !mine.contains(port)));
        }
        assertThat(mine).hasSize(10).doesNotContain(0);
        assertThat(few.choose(HERE, PEER, 80, port -> !mine.contains(port))).isZero();
        assertThat(few.choose(HERE, PEER, 443, port -> true)).isNotZero();
    }

    @Test
    @Requirement("RFC6056:3.2")
    void a_connection_never_takes_a_port_that_somebody_has_bound() {
        PortAllocator few = allocator(40_000, 40_001, 1);
        few.take(IpAddress.ANY_V6, 40_000, BOUND_REUSABLE);
        assertThat(few.choose(HERE, PEER, 80, port -> true)).isEqualTo(40_001);
        assertThat(few.choose(HERE, PEER, 80, port -> true))
                .as("shared with the first")
                .isEqualTo(40_001);
        few.release(HERE, 40_001, CONNECTED);
        few.release(HERE, 40_001, CONNECTED);
        assertThat(few.isUsed(40_001)).isFalse();
    }

    @Test
    @Requirement("RFC6056:3.3.5")
    void the_next_port_cannot_be_told_from_the_last_by_counting() {
        List<Integer> steps = new ArrayList<>();
        int last = ports.choose(HERE, PEER, 80, port -> true);
        for (int i = 0; i < 64; i++) {
            int next = ports.choose(HERE, PEER, 80, port -> true);
            steps.add(Math.floorMod(next - last, 60_999 - 32_768 + 1));
            last = next;
        }
        assertThat(steps).allMatch(step -> step >= 1 && step <= 8);
        assertThat(new HashSet<>(steps)).hasSizeGreaterThan(3);
        int elsewhere = allocator(32_768, 60_999, 5).choose(HERE, PEER, 80, port -> true);
        int otherPeer = ports.choose(HERE, ALSO_HERE, 80, port -> true);
        assertThat(Set.of(last, elsewhere, otherPeer)).hasSize(3);
    }
}
