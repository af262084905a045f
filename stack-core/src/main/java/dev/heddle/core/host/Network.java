package dev.heddle.core.host;

import dev.heddle.core.ip.IpLocalAddresses;
import dev.heddle.core.ip.RoutingTable;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.PacketSink;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A host's place in the network: its interfaces, the addresses it has there, and the routes through them. Snapshots, for any
 * thread to read without a lock.
 */
final class Network {

    private final Host host;

    /** Guards changes of the three snapshots below; a leaf. */
    private final ReentrantLock configuration = new ReentrantLock();

    /** In the order of their indices, which begin at 1. */
    private volatile List<HostInterface> interfaces = List.of();

    private volatile IpLocalAddresses localAddresses = IpLocalAddresses.EMPTY;
    private volatile RoutingTable routes = RoutingTable.EMPTY;

    /** Whether the interface of an index works. */
    private final IntPredicate isUp;

    private final DoubtedWays doubted = new DoubtedWays();

    Network(Host host) {
        this.host = host;
        isUp = index -> {
            HostInterface named = networkInterface(index);
            return named != null && named.isUp();
        };
    }

    /** As {@link Host#addInterface}. */
    HostInterface add(String name, LinkCapabilities capabilities, PacketSink sink, List<IpPrefix> addresses) {
        configuration.lock();
        try {
            int index = interfaces.size() + 1;
            HostInterface added = new HostInterface(host, index, name, capabilities, sink, addresses);
            List<HostInterface> all = new ArrayList<>(interfaces);
            all.add(added);
            interfaces = List.copyOf(all);
            for (IpPrefix prefix : addresses) {
                localAddresses = localAddresses.with(prefix);
                routes = routes.with(new RoutingTable.Route(prefix.network(), null, index, 0, prefix.address()));
            }
            return added;
        } finally {
            configuration.unlock();
        }
    }

    /** As {@link Host#addRoute}. */
    void addRoute(RoutingTable.Route route) {
        configuration.lock();
        try {
            routes = routes.with(route);
        } finally {
            configuration.unlock();
        }
    }

    /** As {@link Host#removeRoute}. */
    boolean removeRoute(IpPrefix destination, @Nullable IpAddress gateway, HostInterface via) {
        IpPrefix network = destination.network();
        configuration.lock();
        try {
            RoutingTable before = routes;
            for (RoutingTable.Route route : before.routes()) {
                if (route.destination().equals(network)
                        && Objects.equals(route.gateway(), gateway)
                        && route.interfaceIndex() == via.index()) {
                    routes = routes.without(route);
                }
            }
            return routes.routes().size() < before.routes().size();
        } finally {
            configuration.unlock();
        }
    }

    /**
     * The best route to an address of those whose interface is up (RFC 1122 3.3.1.2); if all are down the best of them, so that
     * who asks learns that the network is down. One by which nothing comes back is passed over as long as there is another to
     * the same network. Null if there is none.
     */
    RoutingTable.@Nullable Route routeTo(long high, long low) {
        RoutingTable table = routes;
        RoutingTable.Route route = table.lookup(high, low, isUp);
        if (route == null) {
            return table.lookup(high, low);
        }
        return doubted.concern(high, low) ? notDoubted(table, route, high, low) : route;
    }

    private RoutingTable.Route notDoubted(RoutingTable table, RoutingTable.Route best, long high, long low) {
        long nowNs = host.clock().nanoTime();
        RoutingTable.Route other = table.alternative(
                best.destination(), index -> isUp.test(index) && !doubted.contains(high, low, index, nowNs));
        return other == null ? best : other;
    }

    /**
     * Negative advice (RFC 1122 3.3.1.4): nothing comes back from an address by the route in use.
     *
     * @param triedNs when the adviser has last sent something
     * @return whether there is another route to try
     */
    boolean unanswered(long high, long low, long triedNs, long nowNs) {
        if (triedNs < doubted.latestNs(high, low)) {
            // Others have changed the way since, and what is sent now goes by it: who has not tried it must not change
            // it back.
            return false;
        }
        RoutingTable table = routes;
        RoutingTable.Route used = routeTo(high, low);
        if (used == null || table.alternative(used.destination(), other -> isOtherWay(used, other)) == null) {
            return false;
        }
        if (table.alternative(
                        used.destination(),
                        other -> isOtherWay(used, other) && !doubted.contains(high, low, other, nowNs))
                == null) {
            // All were tried: begin again.
            table.routes().stream()
                    .filter(route -> route.destination().equals(used.destination()))
                    .forEach(route -> doubted.remove(high, low, route.interfaceIndex(), nowNs));
        }
        doubted.add(high, low, used.interfaceIndex(), nowNs);
        return true;
    }

    private boolean isOtherWay(RoutingTable.Route used, int interfaceIndex) {
        return interfaceIndex != used.interfaceIndex() && isUp.test(interfaceIndex);
    }

    /** The interfaces in the order of their addition. */
    List<HostInterface> interfaces() {
        return interfaces;
    }

    /** The interface of an index; null if there is none. */
    @Nullable HostInterface networkInterface(int index) {
        List<HostInterface> all = interfaces;
        return index > 0 && index <= all.size() ? all.get(index - 1) : null;
    }

    /** The interface that leads back to this host; null if there is none. */
    @Nullable HostInterface loopback() {
        for (HostInterface each : interfaces) {
            if (each.isLoopback()) {
                return each;
            }
        }
        return null;
    }

    RoutingTable routes() {
        return routes;
    }

    IpLocalAddresses localAddresses() {
        return localAddresses;
    }

    /** Whether a packet to the address stays in this host. */
    boolean isLocal(IpAddress address) {
        return localAddresses.contains(address.high(), address.low()) || address.isLoopback() && loopback() != null;
    }
}
