package dev.heddle.core.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heddle.core.Requirement;
import dev.heddle.core.ip.RoutingTable.Route;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoutingTableTest {

    private static Route route(String destination, @Nullable String gateway, int interfaceIndex, int metric) {
        return new Route(
                IpPrefix.parse(destination),
                gateway == null ? null : IpAddress.parse(gateway),
                interfaceIndex,
                metric,
                null);
    }

    private static @Nullable Route lookup(RoutingTable table, String address) {
        IpAddress to = IpAddress.parse(address);
        return table.lookup(to.high(), to.low());
    }

    @Test
    void longest_prefix_wins_in_each_family() {
        Route connected = route("192.0.2.2/24", null, 1, 0);
        Route fallback = route("0.0.0.0/0", "192.0.2.1", 1, 0);
        Route single = route("192.0.2.9", "192.0.2.7", 1, 0);
        Route six = route("::/0", "2001:db8::1", 2, 0);
        RoutingTable table =
                RoutingTable.EMPTY.with(fallback).with(connected).with(six).with(single);

        assertThat(lookup(table, "192.0.2.77")).isEqualTo(connected);
        assertThat(lookup(table, "192.0.2.9")).isEqualTo(single);
        assertThat(lookup(table, "8.8.8.8")).isEqualTo(fallback);
        assertThat(lookup(table, "2001:db8::5")).isEqualTo(six);
        assertThat(lookup(table.without(six), "2001:db8::5")).isNull();
        assertThat(lookup(table.without(1), "8.8.8.8")).isNull();
        assertThat(lookup(RoutingTable.EMPTY, "8.8.8.8")).isNull();
    }

    @Test
    void lower_metric_wins_among_equal_prefixes() {
        Route slow = route("0.0.0.0/0", "192.0.2.1", 1, 100);
        Route fast = route("0.0.0.0/0", "198.51.100.1", 2, 10);
        RoutingTable table = RoutingTable.EMPTY.with(slow).with(fast);
        assertThat(lookup(table, "8.8.8.8")).isEqualTo(fast);
        assertThat(lookup(table.without(fast), "8.8.8.8")).isEqualTo(slow);
    }

    @Test
    @Requirement("RFC1122:3.3.1.2")
    void of_several_default_routes_the_next_serves_while_the_best_is_of_no_use() {
        Route first = route("0.0.0.0/0", "192.0.2.1", 1, 10);
        Route second = route("0.0.0.0/0", "198.51.100.1", 2, 20);
        Route single = route("203.0.113.0/24", "192.0.2.7", 1, 99);
        RoutingTable table = RoutingTable.EMPTY.with(second).with(first).with(single);
        IpAddress to = IpAddress.parse("203.0.113.5");
        assertThat(table.lookup(to.high(), to.low(), index -> true)).isEqualTo(single);
        assertThat(table.lookup(to.high(), to.low(), index -> index != 1)).isEqualTo(second);
        assertThat(table.lookup(to.high(), to.low(), index -> false)).isNull();
        IpAddress far = IpAddress.parse("8.8.8.8");
        assertThat(table.lookup(far.high(), far.low(), index -> true)).isEqualTo(first);
        assertThat(table.lookup(far.high(), far.low(), index -> index == 2)).isEqualTo(second);
    }

    @Test
    void same_route_is_replaced_not_doubled() {
        Route plain = route("198.51.100.0/24", "192.0.2.1", 1, 5);
        Route sourced = new Route(plain.destination(), plain.gateway(), 1, 5, IpAddress.parse("192.0.2.2"));
        RoutingTable table = RoutingTable.EMPTY.with(plain).with(sourced);
        assertThat(table.routes()).containsExactly(sourced);
    }

    @Test
    void tables_never_change() {
        RoutingTable one = RoutingTable.EMPTY.with(route("10.0.0.0/8", null, 1, 0));
        RoutingTable two = one.with(route("10.1.0.0/16", null, 2, 0));
        assertThat(RoutingTable.EMPTY.routes()).isEmpty();
        assertThat(one.routes()).hasSize(1);
        assertThat(two.routes()).hasSize(2);
    }

    @Test
    void mixed_families_and_negative_metrics_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> route("10.0.0.0/8", "::1", 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> route("10.0.0.0/8", null, 1, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Route(IpPrefix.parse("::/0"), null, 1, 0, IpAddress.LOOPBACK_V4));
    }

    @Property(tries = 300)
    void agrees_with_looking_at_every_route(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Route> all = new ArrayList<>();
        RoutingTable table = RoutingTable.EMPTY;
        for (int i = 0; i < 20; i++) {
            // few distinct bits, so that prefixes nest
            Route route = new Route(
                    new IpPrefix(IpAddress.ofIpv4(random.nextInt() & 0x8181_8181), random.nextInt(33)),
                    null,
                    1,
                    i,
                    null);
            all.add(route);
            table = table.with(route);
        }
        for (int i = 0; i < 50; i++) {
            IpAddress to = IpAddress.ofIpv4(random.nextInt() & 0x8181_8181);
            Route best = null;
            for (Route route : all) {
                if (route.destination().contains(to)
                        && (best == null
                                || route.destination().length()
                                        > best.destination().length())) {
                    best = route;
                }
            }
            assertThat(table.lookup(to.high(), to.low())).isEqualTo(best);
        }
    }
}
