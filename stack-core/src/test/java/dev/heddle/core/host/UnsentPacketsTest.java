package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.Chunk;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.udp.UdpCounter;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a host would send and cannot is told once, with the counter that has counted it, and with no lock held. */
class UnsentPacketsTest {

    private static final IpAddress FAR = IpAddress.parse("198.51.100.1");
    private static final IpAddress FAR6 = IpAddress.parse("2001:db8:1::1");
    private static final IpPrefix EVERYTHING = IpPrefix.parse("0.0.0.0/0");

    private final List<PacketDrop> drops = new ArrayList<>();
    private final List<TcpEndpoint> endpoints = new ArrayList<>();
    private boolean listening = true;

    /** What the observer does when it hears of a drop. */
    private Runnable reaction = () -> {};

    private final HostPair hosts = new HostPair(HostConfig.builder()
            .memoryLimitBytes(64 << 20)
            .observer(new HostObserver() {
                @Override
                public void dropped(PacketDrop drop) {
                    // Gates are not re-entrant: with one held this throws.
                    endpoints.forEach(TcpEndpoint::info);
                    drops.add(drop);
                    reaction.run();
                }

                @Override
                public boolean isListening() {
                    return listening;
                }
            })
            .build());

    private static PacketDrop unsent(Enum<?> why, String interfaceName, IpAddress to, int protocol, int bytes) {
        IpAddress from = to.isIpv4() ? HostPair.A4 : HostPair.A6;
        return new PacketDrop(PacketDrop.Direction.OUT, why, interfaceName, from, to, protocol, bytes);
    }

    private long count(IpCounter counter) {
        return hosts.a.counters().ip().get(counter);
    }

    private TcpEndpoint connectedToFar() {
        hosts.a.addRoute(EVERYTHING, HostPair.B4, hosts.interfaceA);
        hosts.b.addRoute(EVERYTHING, HostPair.A4, hosts.interfaceB);
        TcpListener listener = hosts.listen(80);
        hosts.toB = hosts.b.addInterface(
                "b1", hosts.interfaceB.capabilities(), packet -> true, List.of(IpPrefix.parse("198.51.100.1/32")));
        TcpEndpoint client = hosts.connect(FAR, 80);
        endpoints.add(client);
        endpoints.add(Objects.requireNonNull(listener.tryAccept()));
        return client;
    }

    @Test
    void segment_of_a_connection_that_has_lost_its_route() {
        TcpEndpoint client = connectedToFar();
        hosts.a.removeRoute(EVERYTHING, HostPair.B4, hosts.interfaceA);
        assertThat(drops).isEmpty();
        assertThat(client.write(new byte[100], 0, 100)).isEqualTo(100);
        // The timestamps take 12 bytes.
        assertThat(drops).containsExactly(unsent(IpCounter.IpOutNoRoutes, null, FAR, 6, 152));
        assertThat(count(IpCounter.IpOutNoRoutes)).isEqualTo(1);
        for (int sent = 2; sent <= 5; sent++) {
            // No timer has to be set for this any more, which would look after the host, too.
            assertThat(client.write(new byte[1448], 0, 1448)).isEqualTo(1448);
            assertThat(drops).hasSize(sent);
        }
        hosts.advance(HostPair.SECOND);
        assertThat(drops).as("retransmissions, too").hasSizeGreaterThan(1);
    }

    @Test
    void resets_that_a_full_link_does_not_take() {
        hosts.full = true;
        for (int sent = 1; drops.isEmpty(); sent++) {
            assertThat(sent).isLessThan(10_000);
            hosts.a.inject(
                    hosts.interfaceA,
                    RawSegment.between(HostPair.B4, sent, HostPair.A4, 80)
                            .syn(1)
                            .packet());
        }
        assertThat(drops).containsExactly(unsent(IpCounter.IpOutDiscards, "a0", HostPair.B4, 6, 40));
        assertThat(count(IpCounter.IpOutDiscards)).isEqualTo(1);
        assertThat(count(IpCounter.IpOutRequests))
                .as("as many as were handed to IP")
                .isEqualTo(hosts.a.counters().tcp().get(TcpCounter.TcpOutRsts));
    }

    @Test
    void answers_to_which_no_way_leads_back() {
        byte[] datagram = {1, 0, 1, 0, 0, 8, 0, 0};
        hosts.a.inject(hosts.interfaceA, Packets.ip(FAR.toString(), HostPair.A4.toString(), 17, datagram));
        assertThat(drops)
                .containsExactlyInAnyOrder(
                        unsent(IpCounter.IpOutNoRoutes, null, FAR, 1, 20 + 8 + 28),
                        new PacketDrop(PacketDrop.Direction.IN, UdpCounter.UdpNoPorts, "a0", FAR, HostPair.A4, 17, 28));
        drops.clear();
        hosts.a.inject(
                hosts.interfaceA,
                RawSegment.between(FAR, 1000, HostPair.A4, 80).syn(1).packet());
        assertThat(drops).containsExactly(unsent(IpCounter.IpOutNoRoutes, null, FAR, 6, 40));
    }

    @Test
    void datagrams_to_which_there_is_no_way() {
        UdpEndpoint endpoint = hosts.a.udpEndpoint();
        assertThat(endpoint.connect(FAR, 53)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(drops).as("nothing was to be sent").isEmpty();
        assertThat(endpoint.send(new byte[10], 0, 10, FAR, 53)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(endpoint.send(new byte[10], 0, 10, FAR6, 53)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(drops)
                .containsExactly(
                        new PacketDrop(PacketDrop.Direction.OUT, IpCounter.IpOutNoRoutes, null, null, FAR, 17, 38),
                        new PacketDrop(PacketDrop.Direction.OUT, IpCounter.Ip6OutNoRoutes, null, null, FAR6, 17, 58));
        drops.clear();
        UdpEndpoint bound = hosts.a.udpEndpoint();
        assertThat(bound.bind(HostPair.A4, 4711, false)).isEqualTo(Failure.NONE);
        assertThat(bound.send(new byte[10], 0, 10, FAR, 53)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(drops).containsExactly(unsent(IpCounter.IpOutNoRoutes, null, FAR, 17, 38));
    }

    @Test
    void echo_requests() {
        EchoEndpoint echo = hosts.a.echoEndpoint();
        assertThat(echo.send(FAR, 1, new byte[10], 0, 10, 64)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(drops)
                .containsExactly(
                        new PacketDrop(PacketDrop.Direction.OUT, IpCounter.IpOutNoRoutes, null, null, FAR, 1, 38));
        drops.clear();
        hosts.full = true;
        assertThat(echo.send(HostPair.B6, 2, new byte[10], 0, 10, 64)).isEqualTo(Failure.NO_BUFFER_SPACE);
        assertThat(drops).containsExactly(unsent(IpCounter.Ip6OutDiscards, "a0", HostPair.B6, 58, 58));
        assertThat(count(IpCounter.Ip6OutDiscards)).isEqualTo(1);
        assertThat(count(IpCounter.Ip6OutRequests)).isEqualTo(1);
    }

    @Test
    void datagrams_for_which_there_is_no_memory() {
        UdpEndpoint endpoint = hosts.a.udpEndpoint();
        assertThat(endpoint.bind(HostPair.A4, 4711, false)).isEqualTo(Failure.NONE);
        List<Chunk> held = allMemory();
        for (int sent = 0; drops.isEmpty(); sent++) {
            // A few find packets that were used before.
            assertThat(sent).isLessThan(1_000);
            endpoint.send(new byte[1000], 0, 1000, HostPair.B4, 53);
        }
        held.forEach(hosts.a.bufferPool()::release);
        assertThat(drops).containsExactly(unsent(UdpCounter.UdpSndbufErrors, "a0", HostPair.B4, 17, 1028));
        assertThat(hosts.a.counters().udp().get(UdpCounter.UdpSndbufErrors)).isEqualTo(1);
    }

    @Test
    void datagram_in_fragments_of_which_one_finds_no_memory() {
        UdpEndpoint endpoint = hosts.a.udpEndpoint();
        assertThat(endpoint.bind(HostPair.A4, 4711, false)).isEqualTo(Failure.NONE);
        List<Chunk> held = new ArrayList<>();
        hosts.lost = packet -> {
            held.addAll(allMemory());
            // What is kept for later is not used again.
            hosts.full = true;
            return true;
        };
        Failure failure = endpoint.send(new byte[60_000], 0, 60_000, HostPair.B4, 53);
        held.forEach(hosts.a.bufferPool()::release);
        assertThat(failure).isEqualTo(Failure.NO_BUFFER_SPACE);
        assertThat(drops).containsExactly(unsent(IpCounter.IpFragFails, "a0", HostPair.B4, 17, 60_028));
        assertThat(count(IpCounter.IpFragFails)).isEqualTo(1);
        assertThat(count(IpCounter.IpOutDiscards)).as("the same datagram again").isZero();
        assertThat(count(IpCounter.IpOutRequests)).isEqualTo(1);
    }

    private List<Chunk> allMemory() {
        List<Chunk> held = new ArrayList<>();
        for (Chunk chunk = hosts.a.bufferPool().acquire(0);
                chunk != null;
                chunk = hosts.a.bufferPool().acquire(0)) {
            held.add(chunk);
        }
        return held;
    }

    @Test
    void segments_to_a_link_that_breaks() {
        TcpEndpoint client = connectedToFar();
        linkBreaks();
        long requests = count(IpCounter.IpOutRequests);
        for (int sent = 1; sent <= 3; sent++) {
            assertThat(client.write(new byte[1448], 0, 1448)).isEqualTo(1448);
            assertThat(drops).hasSize(sent);
        }
        assertThat(drops).containsOnly(unsent(IpCounter.IpOutDiscards, "a0", FAR, 6, 1500));
        assertThat(count(IpCounter.IpOutDiscards)).isEqualTo(3);
        assertThat(count(IpCounter.IpOutRequests)).isEqualTo(requests + 3);
    }

    @Test
    void datagrams_to_a_link_that_breaks() {
        UdpEndpoint endpoint = hosts.a.udpEndpoint();
        linkBreaks();
        assertThat(endpoint.send(new byte[10], 0, 10, HostPair.B4, 53)).isEqualTo(Failure.NETWORK_DOWN);
        assertThat(drops).containsExactly(unsent(IpCounter.IpOutDiscards, "a0", HostPair.B4, 17, 38));
        assertThat(hosts.a.counters().udp().get(UdpCounter.UdpSndbufErrors)).isZero();
        assertThat(endpoint.send(new byte[10], 0, 10, HostPair.B4, 53)).isEqualTo(Failure.NETWORK_DOWN);
        assertThat(drops).as("nothing was made to be sent").hasSize(1);
    }

    @Test
    void echo_request_to_a_link_that_breaks() {
        linkBreaks();
        assertThat(hosts.a.echoEndpoint().send(HostPair.B4, 1, new byte[10], 0, 10, 64))
                .isEqualTo(Failure.NETWORK_DOWN);
        assertThat(drops).containsExactly(unsent(IpCounter.IpOutDiscards, "a0", HostPair.B4, 1, 38));
    }

    private void linkBreaks() {
        hosts.lost = packet -> {
            throw new LinkDownException("a0");
        };
    }

    @Test
    void what_waits_for_room_in_a_link_that_breaks() {
        keepOne();
        hosts.full = false;
        linkBreaks();
        hosts.a.linkReady(hosts.interfaceA);
        assertThat(drops).containsExactly(keptAndGivenUp());
    }

    @Test
    void what_waits_for_room_when_the_host_closes() {
        keepOne();
        hosts.a.close();
        assertThat(drops).containsExactly(keptAndGivenUp());
    }

    private void keepOne() {
        hosts.full = true;
        assertThat(hosts.a.udpEndpoint().send(new byte[10], 0, 10, HostPair.B6, 53))
                .isEqualTo(Failure.NONE);
        assertThat(drops).isEmpty();
    }

    private static PacketDrop keptAndGivenUp() {
        return new PacketDrop(PacketDrop.Direction.OUT, IpCounter.Ip6OutDiscards, "a0", null, null, -1, 58);
    }

    @Test
    void rest_of_a_super_segment_that_waits_for_room_in_a_link_that_breaks() {
        partOfThreeSegmentsIsSent();
        hosts.full = false;
        linkBreaks();
        hosts.a.linkReady(hosts.interfaceA);
        assertThat(drops).containsExactly(restGivenUp());
        hosts.a.close();
        assertThat(drops).filteredOn(restGivenUp()::equals).as("once").hasSize(1);
    }

    @Test
    void rest_of_a_super_segment_that_waits_for_room_when_another_finds_the_link_broken() {
        partOfThreeSegmentsIsSent();
        hosts.full = false;
        linkBreaks();
        hosts.a.echoEndpoint().send(HostPair.B4, 1, new byte[10], 0, 10, 64);
        hosts.a.linkReady(hosts.interfaceA);
        assertThat(drops).hasSize(2).contains(restGivenUp());
        assertThat(count(IpCounter.IpOutDiscards)).isEqualTo(2);
    }

    @Test
    void rest_of_a_super_segment_that_waits_for_room_when_the_host_closes() {
        partOfThreeSegmentsIsSent();
        hosts.a.close();
        assertThat(drops).contains(restGivenUp());
    }

    private void partOfThreeSegmentsIsSent() {
        TcpEndpoint client = connectedToFar();
        hosts.lost = packet -> {
            hosts.full = true;
            return true;
        };
        assertThat(client.write(new byte[3 * 1448], 0, 3 * 1448)).isEqualTo(3 * 1448);
        assertThat(drops).isEmpty();
    }

    private static PacketDrop restGivenUp() {
        return new PacketDrop(PacketDrop.Direction.OUT, IpCounter.IpOutDiscards, "a0", null, null, -1, 52 + 2 * 1448);
    }

    @Test
    void what_is_sent_late_is_no_drop() {
        hosts.full = true;
        UdpEndpoint endpoint = hosts.a.udpEndpoint();
        assertThat(endpoint.send(new byte[10], 0, 10, HostPair.B4, 53)).isEqualTo(Failure.NONE);
        assertThat(endpoint.send(new byte[10], 0, 10, HostPair.B4, 53)).isEqualTo(Failure.NO_ROOM);
        hosts.a.inject(
                hosts.interfaceA,
                RawSegment.between(HostPair.B4, 1000, HostPair.A4, 80).syn(1).packet());
        hosts.connect(HostPair.B4, 80);
        assertThat(drops).isEmpty();
    }

    /** A log that is sent to a host which is out of reach, for example. */
    @Test
    void observer_who_sends_and_is_told_that_this_was_dropped_too_is_not_called_within_its_own_call() {
        UdpEndpoint log = hosts.a.udpEndpoint();
        int[] depth = new int[1];
        List<Integer> depths = new ArrayList<>();
        reaction = () -> {
            depths.add(++depth[0]);
            if (depths.size() < 100) {
                log.send(new byte[10], 0, 10, FAR, 514);
            }
            depth[0]--;
        };
        assertThat(log.send(new byte[10], 0, 10, FAR, 514)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(depths).hasSizeGreaterThan(1).containsOnly(1);
        assertThat(depths).as("what it causes holds nobody up for ever").hasSizeLessThan(10);
        reaction = () -> {};
        long caused = count(IpCounter.IpOutNoRoutes);
        log.send(new byte[10], 0, 10, FAR, 514);
        assertThat(drops).as("what was left is told").hasSize((int) caused + 1);
    }

    @Test
    void what_is_to_be_told_of_others_wakes_nobody_who_waits_for_a_connection() {
        TcpEndpoint client = connectedToFar();
        int[] woken = new int[1];
        client.readiness().subscribe(() -> woken[0]++);
        hosts.a.beginBatch(hosts.interfaceA);
        hosts.a.inject(
                hosts.interfaceA,
                RawSegment.between(FAR6, 1000, HostPair.A6, 80).syn(1).packet());
        assertThat(drops).isEmpty();
        assertThat(client.write(new byte[100], 0, 100)).isEqualTo(100);
        hosts.a.endBatch(hosts.interfaceA);
        assertThat(drops).hasSize(1);
        assertThat(woken[0]).isZero();
    }

    @Test
    void drops_of_a_batch_are_told_when_all_its_answers_are_sent() {
        TcpListener listener = hosts.listen(81);
        hosts.connect(HostPair.B4, 81);
        hosts.connect(HostPair.B4, 81);
        List<TcpEndpoint> servers =
                List.of(Objects.requireNonNull(listener.tryAccept()), Objects.requireNonNull(listener.tryAccept()));
        int[] answers = new int[1];
        hosts.lost = packet -> {
            answers[0] += RawSegment.headerOf(packet).sourcePort() == 81 ? 0 : 1;
            return false;
        };
        List<Integer> answersWhenTold = new ArrayList<>();
        reaction = () -> answersWhenTold.add(answers[0]);
        hosts.a.beginBatch(hosts.interfaceA);
        hosts.a.inject(
                hosts.interfaceA,
                RawSegment.between(FAR6, 1000, HostPair.A6, 80).syn(1).packet());
        servers.forEach(server -> server.write(new byte[3000], 0, 3000));
        assertThat(answers[0]).isZero();
        hosts.a.endBatch(hosts.interfaceA);
        assertThat(answersWhenTold).containsExactly(2);
    }

    @Test
    void nothing_is_kept_for_who_does_not_listen() {
        TcpEndpoint client = connectedToFar();
        hosts.a.removeRoute(EVERYTHING, HostPair.B4, hosts.interfaceA);
        listening = false;
        assertThat(client.write(new byte[100], 0, 100)).isEqualTo(100);
        hosts.a.udpEndpoint().send(new byte[10], 0, 10, FAR, 53);
        assertThat(count(IpCounter.IpOutNoRoutes)).isEqualTo(2);
        listening = true;
        hosts.a.udpEndpoint().close();
        client.write(new byte[0], 0, 0);
        assertThat(drops).isEmpty();
    }
}
