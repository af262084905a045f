package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host with two links, and a default route through each. */
class SeveralLinksTest {

    private static final IpPrefix EVERYTHING = IpPrefix.parse("0.0.0.0/0");
    private static final IpAddress FAR = IpAddress.parse("203.0.113.1");
    private static final IpAddress GATEWAY_0 = IpAddress.parse("192.0.2.1");
    private static final IpAddress GATEWAY_1 = IpAddress.parse("198.51.100.1");

    private final Host host = Host.create(
            HostConfig.builder().memoryLimitBytes(16 << 20).build(),
            () -> 1,
            RandomGeneratorFactory.of("L64X128MixRandom").create(1));
    private final List<String> packets = new ArrayList<>();
    private final Set<String> broken = new HashSet<>();
    private final HostInterface first = add("e0", "192.0.2.2/24");
    private final HostInterface second = add("e1", "198.51.100.2/24");

    private HostInterface add(String name, String address) {
        return host.addInterface(
                name,
                LinkCapabilities.plain(1500),
                packet -> {
                    if (broken.contains(name)) {
                        throw new LinkDownException(name);
                    }
                    packets.add(name);
                    return true;
                },
                List.of(IpPrefix.parse(address)));
    }

    @BeforeEach
    void default_routes() {
        host.addRoute(EVERYTHING, GATEWAY_1, second, 20);
        host.addRoute(EVERYTHING, GATEWAY_0, first, 10);
    }

    @AfterEach
    void nothing_is_left() {
        host.close();
        assertThat(host.bufferPool().usedBytes()).isZero();
    }

    /** Where a connection goes and whence it comes: the interface and the address. */
    private String connect(IpAddress to) {
        packets.clear();
        TcpEndpoint endpoint = host.tcpEndpoint();
        Failure failure = endpoint.connect(to, 80);
        return failure == Failure.NONE ? packets + " " + endpoint.localAddress() : failure.name();
    }

    @Test
    @Requirement({"RFC1122:3.3.1.2", "RFC6724:5"})
    void the_lowest_metric_leads_and_the_next_serves_when_its_link_is_down() {
        assertThat(connect(FAR)).isEqualTo("[e0] 192.0.2.2");
        broken.add("e0");
        connect(FAR); // finds out
        assertThat(first.isUp()).isFalse();
        assertThat(connect(FAR)).isEqualTo("[e1] 198.51.100.2");
        assertThat(connect(IpAddress.parse("192.0.2.77")))
                .as("even to the network of the link that is down")
                .isEqualTo("[e1] 198.51.100.2");
        broken.add("e1");
        connect(FAR);
        assertThat(connect(FAR)).isEqualTo("NETWORK_DOWN");
    }

    @Test
    void the_longest_prefix_comes_before_the_lowest_metric() {
        host.addRoute(IpPrefix.parse("203.0.113.0/24"), GATEWAY_1, second, 99);
        assertThat(connect(FAR)).isEqualTo("[e1] 198.51.100.2");
        assertThat(host.removeRoute(IpPrefix.parse("203.0.113.9/24"), GATEWAY_1, second))
                .isTrue();
        assertThat(connect(FAR)).isEqualTo("[e0] 192.0.2.2");
    }

    @Test
    void without_a_route_the_network_is_unreachable() {
        assertThat(host.removeRoute(EVERYTHING, GATEWAY_0, first)).isTrue();
        assertThat(connect(FAR)).isEqualTo("[e1] 198.51.100.2");
        assertThat(host.removeRoute(EVERYTHING, GATEWAY_0, first)).isFalse();
        assertThat(host.removeRoute(EVERYTHING, GATEWAY_1, second)).isTrue();
        assertThat(connect(FAR)).isEqualTo("NETWORK_UNREACHABLE");
        assertThat(connect(IpAddress.parse("192.0.2.77"))).isEqualTo("[e0] 192.0.2.2");
    }

    @Test
    void who_is_known_on_one_link_only_is_answered_there() {
        HostInterface near = add("e2", "fe80::2/64");
        HostInterface other = add("e3", "fe80::3/64");
        IpAddress peer = IpAddress.parse("fe80::99");
        host.inject(other, IcmpHostTest.message(128, 0, 1, new byte[8], peer, IpAddress.parse("fe80::3")));
        host.inject(near, IcmpHostTest.message(128, 0, 1, new byte[8], peer, IpAddress.parse("fe80::2")));
        assertThat(packets).containsExactly("e3", "e2");
        // The same for what nobody takes: of an unknown protocol.
        host.inject(other, Packets.ip("fe80::99", "fe80::3", 132, new byte[8]));
        assertThat(packets).containsExactly("e3", "e2", "e3");
    }
}
