package dev.heddle.net;

import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.HostInterface;
import dev.heddle.core.host.HostObserver;
import dev.heddle.core.host.LinkPump;
import dev.heddle.core.host.LoopbackLink;
import dev.heddle.core.link.Link;
import dev.heddle.core.tcp.congestion.CongestionControls;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.jfr.FlightRecorderObserver;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Describes a {@link NetworkStack}. The links belong to the builder from the moment they are given: {@link #build}
 * hands them to the stack, or closes them if it fails.
 */
public final class NetworkStackBuilder {

    private static final Logger LOG = LoggerFactory.getLogger(NetworkStack.class);

    private final List<LinkPlan> plans = new ArrayList<>();
    private final List<String> gateways = new ArrayList<>();
    private final NamePlan names = new NamePlan();
    private HostConfig hostConfig = HostConfig.DEFAULTS;
    private RandomGenerator random = new SecureRandom();

    NetworkStackBuilder() {}

    /** Adds a link; the addresses that follow are its. The link must use {@link Clock#system}. */
    public NetworkStackBuilder link(Link link) {
        plans.add(new LinkPlan(Objects.requireNonNull(link), new ArrayList<>()));
        return this;
    }

    /**
     * Gives the link that was added last an address, with the length of its network's prefix.
     *
     * @param addressAndPrefix such as {@code 192.0.2.2/24} or {@code 2001:db8::2/64}
     * @throws IllegalStateException if there is no link yet
     */
    public NetworkStackBuilder address(String addressAndPrefix) {
        if (plans.isEmpty()) {
            throw new IllegalStateException("add a link before the address " + addressAndPrefix);
        }
        plans.getLast().addresses.add(Objects.requireNonNull(addressAndPrefix));
        return this;
    }

    /**
     * Where packets go that are for none of the links' networks. Of several gateways of one address family the first serves,
     * and the next ones in their order while the links of those before are down.
     *
     * @param gateway an address of one of the links' networks
     */
    public NetworkStackBuilder defaultGateway(String gateway) {
        gateways.add(Objects.requireNonNull(gateway));
        return this;
    }

    /**
     * Adds a DNS server, which the stack asks for names by its own sockets: by UDP, and by TCP what is too long for that. The
     * servers must know the same names: the next one is asked if one does not answer, or cannot. Without a server and without a
     * {@linkplain #hosts hosts file}, names are the business of {@link java.net.InetAddress} as everywhere in the JVM.
     *
     * @param addressAndPort an address, such as {@code 192.0.2.53} or {@code 2001:db8::53}; with another port than 53 {@code
     *     192.0.2.53:5353} or {@code [2001:db8::53]:5353}
     * @throws IllegalArgumentException if it is none
     * @see NetworkStack#resolver
     */
    public NetworkStackBuilder dns(String addressAndPort) {
        names.server(addressAndPort);
        return this;
    }

    /**
     * How long a lookup waits for each DNS server, 6 seconds if nothing is said: a third of it the first time, and the rest after
     * the others have been asked. So a lookup ends after this time for each server, whatever it asks for. More than a
     * day counts as one.
     *
     * @throws IllegalArgumentException if it is less than a millisecond
     */
    public NetworkStackBuilder dnsTimeout(Duration perServer) {
        names.timeout(perServer);
        return this;
    }

    /** Adds a domain in which names without a dot are looked for first, and others when they are not found as they are. */
    public NetworkStackBuilder searchDomain(String domain) {
        names.searchDomain(Objects.requireNonNull(domain));
        return this;
    }

    /**
     * Where names are looked for before the DNS is asked: a file as {@code /etc/hosts}. Later changes count.
     *
     * @see NetworkStack#resolver
     */
    public NetworkStackBuilder hosts(Path file) {
        names.hosts(Objects.requireNonNull(file));
        return this;
    }

    /** Replaces the configuration of the host, TCP's and registered algorithms included. */
    public NetworkStackBuilder hostConfig(HostConfig config) {
        hostConfig = Objects.requireNonNull(config);
        return this;
    }

    /** Replaces the source of secrets, for simulations that shall be repeated. Thread-safe. */
    NetworkStackBuilder random(RandomGenerator generator) {
        random = generator;
        return this;
    }

    /**
     * Adds a congestion control algorithm, for connections that name it by {@link HeddleSocketOptions#TCP_CONGESTION}.
     *
     * @param factory makes the algorithm of one connection
     */
    public NetworkStackBuilder congestionControl(String name, CongestionControls.Factory factory) {
        hostConfig = hostConfig.with().congestionControl(name, factory).build();
        return this;
    }

    /**
     * Makes the stack and starts it. It reaches itself by its own addresses and by loopback's.
     *
     * @throws IllegalArgumentException if an address or a domain is malformed, a gateway is not on a link, or the hosts file
     *     cannot be read
     * @throws IllegalStateException if there is no link
     */
    public NetworkStack build() {
        List<AttachedLink> attached = new ArrayList<>();
        Host host = null;
        try {
            if (plans.isEmpty()) {
                throw new IllegalStateException("a stack needs a link");
            }
            List<List<IpPrefix>> addresses =
                    plans.stream().map(LinkPlan::prefixes).toList();
            List<Gateway> defaults = gateways.stream()
                    .map(gateway -> gateway(IpAddress.parse(gateway), addresses))
                    .toList();
            Clock clock = Clock.system();
            HostObserver observer = FlightRecorderObserver.beside(hostConfig.observer());
            host = Host.create(hostConfig.with().observer(observer).build(), clock, random);
            List<HostInterface> interfaces = new ArrayList<>();
            for (int i = 0; i < plans.size(); i++) {
                Link link = plans.get(i).link;
                HostInterface added = host.addInterface(link.name(), link.capabilities(), link, addresses.get(i));
                interfaces.add(added);
                attached.add(new AttachedLink(link, new LinkPump(host, added, link, clock)));
            }
            for (int order = 0; order < defaults.size(); order++) {
                Gateway gateway = defaults.get(order);
                host.addRoute(gateway.everything(), gateway.address, interfaces.get(gateway.link), order);
            }
            attached.add(loopback(host, clock));
            attached.forEach(link -> link.pump().start());
            plans.forEach(plan -> LOG.debug("started {} on {}", plan.addresses, plan.link.name()));
            return new NetworkStack(host, attached, names);
        } catch (RuntimeException | Error e) {
            abandon(host, attached);
            throw e;
        }
    }

    /** The stack's way to itself: 127.0.0.0/8, ::1 and its own addresses. */
    private static AttachedLink loopback(Host host, Clock clock) {
        LoopbackLink link = new LoopbackLink(clock);
        HostInterface added = host.addInterface(link.name(), link.capabilities(), link, LoopbackLink.ADDRESSES);
        return new AttachedLink(link, new LinkPump(host, added, link, clock));
    }

    private void abandon(@Nullable Host host, List<AttachedLink> attached) {
        attached.forEach(AttachedLink::close);
        if (host != null) {
            host.close();
        }
        plans.forEach(plan -> plan.link.close());
    }

    private static Gateway gateway(IpAddress address, List<List<IpPrefix>> addresses) {
        for (int link = 0; link < addresses.size(); link++) {
            for (IpPrefix prefix : addresses.get(link)) {
                if (prefix.contains(address)) {
                    return new Gateway(address, link);
                }
            }
        }
        throw new IllegalArgumentException("gateway " + address + " is on no link's network");
    }

    private record LinkPlan(Link link, List<String> addresses) {
        List<IpPrefix> prefixes() {
            return addresses.stream().map(IpPrefix::parse).toList();
        }
    }

    private record Gateway(IpAddress address, int link) {
        IpPrefix everything() {
            return address.isIpv4() ? new IpPrefix(IpAddress.ANY_V4, 0) : new IpPrefix(IpAddress.ANY_V6, 0);
        }
    }
}
