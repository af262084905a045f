package dev.heddle.it;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes a router of the kernel that Heddle's TUN leads to, with a narrow link to a host behind it. That host says that it
 * takes segments as long as Heddle's own link does, so that only the router knows better.
 */
final class Router implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Namespace near;
    private final Namespace far;

    private Router(Namespace near, Namespace far) {
        this.near = near;
        this.far = far;
    }

    /**
     * Adds the link and the host behind it.
     *
     * @param mtu the link's, in bytes; below IPv6's least there is only IPv4
     */
    static Router behind(TwoHosts hosts, int mtu) {
        Namespace near = hosts.namespace();
        Namespace far = Namespace.create();
        try {
            String name = "hdv" + ProcessHandle.current().pid() % 1_000_000 + "n" + COUNT.incrementAndGet();
            String peer = name + "p";
            near.ip("link", "add", name, "mtu", String.valueOf(mtu), "type", "veth", "peer", "name", peer);
            near.ip("link", "set", peer, "netns", far.name());
            far.ip("link", "set", peer, "mtu", String.valueOf(mtu));
            near.sysctl("net.ipv4.ip_forward", "1");
            near.sysctl("net.ipv6.conf.all.forwarding", "1");
            for (Family family : families(mtu)) {
                near.address(family, family.routerWithPrefix(), name);
                far.address(family, family.farWithPrefix(), peer);
            }
            near.ip("link", "set", name, "up");
            far.ip("link", "set", peer, "up");
            for (Family family : families(mtu)) {
                String router = family.router().getHostAddress();
                String mss = String.valueOf(1500 - family.ipHeaderBytes() - 20);
                far.ip(family.option(), "route", "add", "default", "via", router, "advmss", mss);
            }
            return new Router(near, far);
        } catch (RuntimeException | Error e) {
            far.close();
            throw e;
        }
    }

    private static List<Family> families(int mtu) {
        return mtu < Family.IPV6_MIN_MTU ? List.of(Family.IPV4) : List.of(Family.values());
    }

    /** The namespace of the host behind the router. */
    Namespace far() {
        return far;
    }

    /** How many packets the router found too long for the narrow link, and told so. */
    long tooBig(Family family) {
        return near.count(family == Family.IPV4 ? "IpFragFails" : "Icmp6OutPktTooBigs");
    }

    /** How many fragments the router made. */
    long fragments() {
        return near.count("IpFragCreates");
    }

    /** Removes the host and, with its end, the link. */
    @Override
    public void close() {
        far.close();
    }
}
