package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.ip.FragmentPackets;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpState;
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

    private static final int NARROW = 1500;

    private final List<PacketDrop> drops = new ArrayList<>();

    private final Host host = Host.create(
            HostConfig.builder()
                    .memoryLimitBytes(16 << 20)
                    .observer(new HostObserver() {
                        @Override
                        public void dropped(PacketDrop drop) {
                            drops.add(drop);
                        }
                    })
                    .build(),
            this::now,
            RandomGeneratorFactory.of("L64X128MixRandom").create(1));
    private final List<String> packets = new ArrayList<>();
    private final List<Packet> last = new ArrayList<>();
    private int longestByNarrow;
    private final Set<String> broken = new HashSet<>();
    private final HostInterface first = add("e0", "192.0.2.2/24");
    private final HostInterface second = add("e1", "198.51.100.2/24");

    private long nowNs = 1;

    /** Happens when the host asks for the time next. */
    private Runnable meanwhile = () -> {};

    private long now() {
        Runnable happening = meanwhile;
        meanwhile = () -> {};
        happening.run();
        return nowNs;
    }

    private HostInterface add(String name, String address) {
        return add(name, address, NARROW);
    }

    private HostInterface add(String name, String address, int mtu) {
        return host.addInterface(
                name,
                LinkCapabilities.plain(mtu),
                packet -> {
                    if (broken.contains(name)) {
                        throw new LinkDownException(name);
                    }
                    packets.add(name);
                    Packet copy = new Packet(mtu);
                    copy.copyOf(packet);
                    last.add(copy);
                    if (mtu == NARROW) {
                        longestByNarrow = Math.max(longestByNarrow, packet.length());
                    }
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
    void a_connection_sends_smaller_segments_when_its_route_leads_through_a_narrower_link() {
        TcpEndpoint endpoint = connectedByWideLink();
        assertThat(endpoint.write(new byte[80_000], 0, 80_000)).isEqualTo(80_000);
        assertThat(packets).containsOnly("wide");
        host.addRoute(IpPrefix.parse("10.0.0.9/32"), GATEWAY_1, second);
        packets.clear();
        acknowledgeFirst();
        assertThat(packets).isNotEmpty().containsOnly("e1");
        assertThat(longestByNarrow).isEqualTo(NARROW);
        assertThat(endpoint.info().sendMssBytes()).isEqualTo(NARROW - 40);
        assertThat(host.removeRoute(IpPrefix.parse("10.0.0.9/32"), GATEWAY_1, second))
                .isTrue();
        endpoint.write(new byte[1], 0, 1);
        assertThat(endpoint.info().sendMssBytes()).isEqualTo(9000 - 40);
    }

    @Test
    void what_is_too_long_for_the_other_link_when_one_breaks_is_sent_again_in_pieces_that_fit() {
        TcpEndpoint endpoint = connectedByWideLink();
        broken.add("wide");
        // The first segment finds out, and the next are on their way already.
        assertThat(endpoint.write(new byte[80_000], 0, 80_000)).isEqualTo(80_000);
        long tooLong = host.counters().ip().get(IpCounter.IpFragFails);
        assertThat(tooLong).isPositive();
        assertThat(drops)
                .filteredOn(drop -> drop.why() == IpCounter.IpFragFails)
                .hasSize((int) tooLong);
        assertThat(endpoint.write(new byte[1], 0, 1)).isEqualTo(1);
        assertThat(packets).isNotEmpty().containsOnly("e0");
        assertThat(longestByNarrow).isEqualTo(NARROW);
        assertThat(endpoint.info().sendMssBytes()).isEqualTo(NARROW - 40);
    }

    /** To 10.0.0.9, which is on the wide link. */
    private TcpEndpoint connectedByWideLink() {
        HostInterface wide = add("wide", "10.0.0.2/24", 9000);
        TcpEndpoint endpoint = host.tcpEndpoint();
        endpoint.options(endpoint.options().with().sendBufferBytes(100_000).build());
        assertThat(endpoint.connect(IpAddress.parse("10.0.0.9"), 80)).isEqualTo(Failure.NONE);
        Packet syn = last.getLast();
        int iss = syn.buffer().getInt(syn.offset() + 24);
        RawSegment answer =
                RawSegment.between(IpAddress.parse("10.0.0.9"), 80, IpAddress.parse("10.0.0.2"), endpoint.localPort());
        host.inject(wide, answer.synAck(1000, iss + 1).mss(8960).windowScale(4).packet());
        // Only now the window is scaled.
        host.inject(wide, acknowledgment(endpoint.localPort(), iss + 1));
        assertThat(endpoint.state()).isEqualTo(TcpState.ESTABLISHED);
        packets.clear();
        last.clear();
        return endpoint;
    }

    /** Acknowledges the first segment that was sent since, from where the answer comes by another link. */
    private void acknowledgeFirst() {
        Packet first = last.getFirst();
        int port = first.buffer().getShort(first.offset() + 20) & 0xffff;
        int seq = first.buffer().getInt(first.offset() + 24);
        host.inject(second, acknowledgment(port, seq + first.length() - 40));
    }

    private static Packet acknowledgment(int port, int number) {
        return RawSegment.between(IpAddress.parse("10.0.0.9"), 80, IpAddress.parse("10.0.0.2"), port)
                .ack(1001, number)
                .packet();
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

    @Test
    @Requirement({"RFC4007:9", "RFC4443:3.3"})
    void a_link_local_sender_hears_on_his_link_that_its_fragments_did_not_all_come() {
        add("e2", "fe80::2/64");
        HostInterface other = add("e3", "fe80::3/64");
        host.inject(other, FragmentPackets.of("fe80::99", "fe80::3", 17, 7, 0, true, new byte[16]));
        packets.clear();
        nowNs += 61_000_000_000L;
        host.runTimers();
        assertThat(packets).containsExactly("e3");
    }

    @Test
    void an_attempt_that_begins_while_its_link_fails_hears_of_it() {
        assertThat(host.removeRoute(EVERYTHING, GATEWAY_1, second)).isTrue();
        TcpEndpoint endpoint = host.tcpEndpoint();
        meanwhile = () -> host.linkDown(first);
        endpoint.connect(FAR, 80);
        assertThat(endpoint.failure()).isEqualTo(Failure.NETWORK_DOWN);
    }

    @Test
    @Requirement("RFC4007:9")
    void who_is_bound_to_a_link_local_address_calls_by_its_link() {
        add("e2", "fe80::2/64");
        add("e3", "fe80::3/64");
        for (int i = 2; i <= 3; i++) {
            TcpEndpoint endpoint = host.tcpEndpoint();
            endpoint.bind(IpAddress.parse("fe80::" + i), 0, false);
            packets.clear();
            assertThat(endpoint.connect(IpAddress.parse("fe80::99"), 80)).isEqualTo(Failure.NONE);
            assertThat(packets).containsExactly("e" + i);
        }
    }
}
