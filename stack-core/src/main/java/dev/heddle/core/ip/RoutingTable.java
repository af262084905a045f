package dev.heddle.core.ip;

import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The routes of a host; an immutable snapshot. Meant for the few dozen routes of a host, not for a router's table. */
public final class RoutingTable {

    public static final RoutingTable EMPTY = new RoutingTable(List.of());

    /** Longest prefix first, then lowest metric; {@link IpPrefix} takes care of the families. */
    private static final Comparator<Route> BEST_FIRST = Comparator.<Route>comparingInt(
                    route -> -route.destination().length())
            .thenComparingInt(Route::metric);

    private final List<Route> routes;
    private final Route[] inOrder;

    private RoutingTable(List<Route> routes) {
        this.routes = routes;
        inOrder = routes.toArray(new Route[0]);
    }

    /**
     * The way to a network.
     *
     * @param destination its host bits are of no meaning and are cleared
     * @param gateway null if the network is on the interface's own link
     * @param metric of routes to the same network the lowest is taken; not negative
     * @param preferredSource the address to send from when the application does not name one
     */
    public record Route(
            IpPrefix destination,
            @Nullable IpAddress gateway,
            int interfaceIndex,
            int metric,
            @Nullable IpAddress preferredSource) {

        public Route {
            destination = destination.network();
            if (metric < 0) {
                throw new IllegalArgumentException("metric must not be negative: " + metric);
            }
            if ((gateway != null && gateway.isIpv4() != destination.isIpv4())
                    || (preferredSource != null && preferredSource.isIpv4() != destination.isIpv4())) {
                throw new IllegalArgumentException("gateway and source must be of the family of " + destination);
            }
        }

        private boolean replaces(Route other) {
            return destination.equals(other.destination)
                    && interfaceIndex == other.interfaceIndex
                    && metric == other.metric
                    && Objects.equals(gateway, other.gateway);
        }
    }

    /** The best route to an address, or null if there is none. */
    public @Nullable Route lookup(long high, long low) {
        for (Route route : inOrder) {
            if (route.destination.contains(high, low)) {
                return route;
            }
        }
        return null;
    }

    /**
     * The best route to an address through an interface that is of use; null if there is none.
     *
     * @param usable asked of interfaces' indices
     */
    public @Nullable Route lookup(long high, long low, IntPredicate usable) {
        for (Route route : inOrder) {
            if (route.destination.contains(high, low) && usable.test(route.interfaceIndex)) {
                return route;
            }
        }
        return null;
    }

    /** The best route to just this network through an interface that is of use; null if there is none. */
    public @Nullable Route alternative(IpPrefix destination, IntPredicate usable) {
        for (Route route : inOrder) {
            if (route.destination.equals(destination) && usable.test(route.interfaceIndex)) {
                return route;
            }
        }
        return null;
    }

    /** The same with one more route; one to the same network by the same way and metric is replaced. */
    public RoutingTable with(Route added) {
        List<Route> all = new ArrayList<>(routes);
        all.removeIf(added::replaces);
        all.add(added);
        all.sort(BEST_FIRST);
        return new RoutingTable(List.copyOf(all));
    }

    /** The same without a route; if it is not there, just the same. */
    public RoutingTable without(Route removed) {
        return new RoutingTable(
                routes.stream().filter(route -> !route.equals(removed)).toList());
    }

    /** The same without the routes through an interface. */
    public RoutingTable without(int interfaceIndex) {
        return new RoutingTable(routes.stream()
                .filter(route -> route.interfaceIndex != interfaceIndex)
                .toList());
    }

    /** All routes, the most specific first. */
    public List<Route> routes() {
        return routes;
    }
}
