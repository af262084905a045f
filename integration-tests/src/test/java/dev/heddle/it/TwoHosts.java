package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.core.host.EndpointInfo;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.link.Link;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.demo.http.WebServer;
import dev.heddle.net.NetworkStack;
import dev.heddle.net.NetworkStackBuilder;
import dev.heddle.tun.TunLink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Heddle on one end of a TUN and the kernel, in a namespace of its own, on the other. The interface is opened in the
 * tests' namespace and moved from there, so that this machine's own network is not touched.
 *
 * <p>A test ends its connections; closing then removes everything and fails if anything is left.
 */
final class TwoHosts implements AutoCloseable {

    private static final int HTTP_PORT = 80;
    private static final Duration QUIET_TIMEOUT = Duration.ofSeconds(10);

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Namespace namespace;
    private final String interfaceName;
    private final NetworkStack stack;
    private @Nullable WebServer web;

    private TwoHosts(Namespace namespace, String interfaceName, NetworkStack stack) {
        this.namespace = namespace;
        this.interfaceName = interfaceName;
        this.stack = stack;
    }

    /** A TUN of the usual MTU between Heddle and a new namespace. */
    static TwoHosts connect(Offloads offloads) {
        return plan(offloads).connect();
    }

    /** Begins to describe hosts that are not the usual ones. */
    static Plan plan(Offloads offloads) {
        return new Plan(offloads);
    }

    /** What two hosts are to be like. */
    static final class Plan {

        private final Offloads offloads;
        private UnaryOperator<Link> decoration = tun -> tun;
        private HostConfig config = HostConfig.DEFAULTS;
        private int mtu = 1500;

        private Plan(Offloads offloads) {
            this.offloads = offloads;
        }

        /** What stands between Heddle and the TUN. */
        Plan link(UnaryOperator<Link> decoratedTun) {
            decoration = decoratedTun;
            return this;
        }

        /** Heddle's configuration. */
        Plan config(HostConfig hostConfig) {
            config = hostConfig;
            return this;
        }

        /** The MTU of both ends in bytes; below IPv6's least there is only IPv4. */
        Plan mtu(int bytes) {
            mtu = bytes;
            return this;
        }

        private List<Family> families() {
            return mtu < Family.IPV6_MIN_MTU ? List.of(Family.IPV4) : List.of(Family.values());
        }

        TwoHosts connect() {
            Namespace namespace = Namespace.create();
            String name = "hdl" + ProcessHandle.current().pid() % 1_000_000 + "n" + COUNT.incrementAndGet();
            NetworkStack stack = null;
            try {
                stack = stack(name);
                Command.of("ip", "link", "set", name, "netns", namespace.name()).runOrFail();
                families().forEach(family -> namespace.address(family, family.kernelWithPrefix(), name));
                namespace.ip("link", "set", name, "up");
                return new TwoHosts(namespace, name, stack);
            } catch (RuntimeException | Error e) {
                if (stack != null) {
                    stack.close(Duration.ZERO);
                }
                namespace.close();
                throw e;
            }
        }

        private NetworkStack stack(String name) {
            Link tun = TunLink.builder(name)
                    .up(false)
                    .mtu(mtu)
                    .offload(offloads == Offloads.ON)
                    .open();
            NetworkStackBuilder builder =
                    NetworkStack.builder().hostConfig(config).link(decoration.apply(tun));
            for (Family family : families()) {
                // The kernel is the gateway, for tests that put something behind it.
                builder.address(family.heddleWithPrefix())
                        .defaultGateway(family.kernel().getHostAddress());
            }
            return builder.build();
        }
    }

    NetworkStack stack() {
        return stack;
    }

    Namespace namespace() {
        return namespace;
    }

    /** Starts the web server of the demonstration on Heddle's sockets, on port 80 of all its addresses. */
    TwoHosts serve(Path directory) {
        try {
            web = new WebServer(stack.serverSocketFactory(), null, HTTP_PORT, new TestSite(directory));
            return this;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    WebServer web() {
        if (web == null) {
            throw new IllegalStateException("nothing is served");
        }
        return web;
    }

    /** Where the kernel finds a path of the web server. */
    String url(Family family, String path) {
        return "http://" + family.heddleInUrl() + path;
    }

    /** Starts {@code curl} in the namespace. */
    Curl curl(String... arguments) {
        return new Curl(namespace, List.of(arguments));
    }

    String interfaceName() {
        return interfaceName;
    }

    /** Takes the interface down; its addresses stay. */
    void linkDown() {
        namespace.sysctl("net.ipv6.conf." + interfaceName + ".keep_addr_on_down", "1");
        namespace.ip("link", "set", interfaceName, "down");
    }

    void linkUp() {
        namespace.ip("link", "set", interfaceName, "up");
    }

    /** Removes the interface under Heddle's feet. */
    void removeInterface() {
        namespace.ip("link", "delete", interfaceName);
    }

    /** How many endpoints there are in each state, listeners and TIME-WAIT left out. */
    Map<TcpState, Long> connections() {
        return stack.host().endpoints().stream()
                .map(EndpointInfo::state)
                .filter(state -> state != TcpState.LISTEN && state != TcpState.TIME_WAIT)
                .collect(Collectors.groupingBy(state -> state, TreeMap::new, Collectors.counting()));
    }

    /** The figures of Heddle's connections. */
    List<TcpInfo> infos() {
        return stack.host().endpoints().stream()
                .map(EndpointInfo::info)
                .filter(Objects::nonNull)
                .toList();
    }

    /** What Heddle counted, under the names of {@code nstat}. */
    long count(String counter) {
        return stack.counters().snapshot().getOrDefault(counter, 0L);
    }

    /** Waits until no connection is left on Heddle's side. */
    void awaitNoConnections() {
        await().atMost(QUIET_TIMEOUT)
                .untilAsserted(
                        () -> assertThat(connections()).as("connections left").isEmpty());
    }

    @Override
    public void close() {
        try {
            try (stack) {
                awaitNoConnections();
            } finally {
                if (web != null) {
                    web.close();
                }
            }
            assertThat(stack.host().endpoints())
                    .as("endpoints of a closed stack")
                    .isEmpty();
            assertThat(stack.host().datagramEndpoints())
                    .as("UDP endpoints of a closed stack")
                    .isEmpty();
            assertThat(stack.host().bufferPool().usedBytes())
                    .as("buffers of a closed stack")
                    .isZero();
            assertThat(namespace.interfaces()).as("interfaces left").doesNotContain(interfaceName);
            assertThat(Namespace.ownInterfaces()).as("interfaces left").doesNotContain(interfaceName);
        } finally {
            namespace.close();
        }
        assertThat(Namespace.names()).as("namespaces left").doesNotContain(namespace.name());
    }
}
