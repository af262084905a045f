package dev.heddle.core.hostile;

import static dev.heddle.core.hostile.Siege.MEBIBYTE;
import static dev.heddle.core.hostile.Siege.PORT;
import static dev.heddle.core.hostile.Siege.SECOND;
import static dev.heddle.core.hostile.Siege.VICTIM_V4;
import static dev.heddle.core.hostile.Siege.VICTIM_V6;
import static dev.heddle.core.hostile.Siege.stranger;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.DatagramSource;
import dev.heddle.core.host.UdpEndpoint;
import dev.heddle.core.ip.FragmentPackets;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.udp.UdpCounter;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Storms of datagrams, whole and in fragments, at endpoints that read little or nothing. */
@Timeout(60)
class DatagramFloodTest {

    private final Siege siege = new Siege();
    private final List<UdpEndpoint> endpoints = new ArrayList<>();
    private final DatagramSource source = new DatagramSource();

    @AfterEach
    void nothing_is_left() {
        endpoints.forEach(UdpEndpoint::close);
        assertThat(siege.victim.datagramEndpoints()).isEmpty();
        siege.nothingIsLeft();
    }

    private UdpEndpoint open(int port) {
        UdpEndpoint endpoint = siege.victim.udpEndpoint();
        endpoints.add(endpoint);
        assertThat(endpoint.bind(IpAddress.ANY_V6, port, false)).isEqualTo(Failure.NONE);
        return endpoint;
    }

    private static byte[] datagram(IpAddress from, IpAddress to, int port, int payloadBytes) {
        int length = UdpHeader.HEADER_BYTES + payloadBytes;
        ByteBuffer b = ByteBuffer.allocate(length);
        UdpHeader.write(b, 0, 4000, port, length);
        long pseudo = Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), 17, length);
        UdpHeader.checksum(b, 0, Checksum.finish(Checksum.add(b, 0, length, pseudo)));
        return b.array();
    }

    private static Packet packet(IpAddress from, IpAddress to, int port, int payloadBytes) {
        return Packets.ip(from.toString(), to.toString(), 17, datagram(from, to, port, payloadBytes));
    }

    private long count(UdpCounter counter) {
        return siege.victim.counters().udp().get(counter);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void datagrams_that_nobody_reads_leave_connections_their_memory(boolean ipv4) {
        siege.serve(Service.echo());
        IpAddress victim = ipv4 ? VICTIM_V4 : VICTIM_V6;
        for (int i = 0; i < 1_000; i++) {
            UdpEndpoint endpoint = open(10_000 + i);
            // As much as anybody can ask for.
            endpoint.options(endpoint.options().withReceiveBufferBytes(Integer.MAX_VALUE));
        }
        for (int i = 0; i < 30_000; i++) {
            siege.inject(packet(stranger(ipv4, i), victim, 10_000 + i % 1_000, 1_400));
        }
        assertThat(siege.victim.bufferPool().usedBytes())
                .as("what is kept for connections")
                .isBetween(6L * MEBIBYTE, 8L * MEBIBYTE - MEBIBYTE / 2 + 16_384);
        assertThat(count(ipv4 ? UdpCounter.UdpMemErrors : UdpCounter.Udp6MemErrors))
                .isPositive();
        siege.clientIsServed(victim, PORT, 200_000, 10 * SECOND);
    }

    @Test
    void one_greedy_endpoint_leaves_others_their_datagrams() {
        UdpEndpoint greedy = open(9_000);
        greedy.options(greedy.options().withReceiveBufferBytes(Integer.MAX_VALUE));
        for (int i = 0; i < 20_000; i++) {
            siege.inject(packet(stranger(true, i), VICTIM_V4, 9_000, 1_400));
        }
        assertThat(siege.victim.bufferPool().usedBytes()).isLessThanOrEqualTo(4L * MEBIBYTE);
        UdpEndpoint modest = open(9_001);
        siege.inject(packet(stranger(true, 1), VICTIM_V4, 9_001, 1_400));
        assertThat(modest.receive(new byte[2_000], 0, 2_000, source)).isEqualTo(1_400);
    }

    @Test
    void datagrams_get_through_while_connections_use_all_the_memory_they_may() {
        siege.serve(Service.echo());
        UdpEndpoint endpoint = open(9_000);
        long charged = 0;
        while (siege.victim.bufferPool().charge(16_384)
                && siege.victim.bufferPool().ordinaryFreeBytes() > 0) {
            charged += 16_384;
        }
        charged += 16_384;
        siege.inject(packet(stranger(true, 1), VICTIM_V4, 9_000, 1_400));
        siege.inject(packet(stranger(true, 1), VICTIM_V4, 9_000, 1_400));
        byte[] buffer = new byte[2_000];
        assertThat(endpoint.receive(buffer, 0, 2_000, source)).isEqualTo(1_400);
        assertThat(endpoint.receive(buffer, 0, 2_000, source)).as("one only").isEqualTo(UdpEndpoint.NOTHING);
        siege.victim.bufferPool().discharge(charged);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whole_datagrams_arrive_while_fragments_come_that_never_complete(boolean ipv4) {
        UdpEndpoint endpoint = open(9_000);
        IpAddress victim = ipv4 ? VICTIM_V4 : VICTIM_V6;
        byte[] buffer = new byte[20_000];
        for (int i = 0; i < 10_000; i++) {
            IpAddress from = stranger(ipv4, i);
            byte[] whole = datagram(from, victim, 9_000, 2_000);
            byte[] first = Arrays.copyOf(whole, 1_000);
            siege.inject(FragmentPackets.of(from.toString(), victim.toString(), 17, i, 0, true, first));
            if (i % 100 == 0) {
                IpAddress honest = IpAddress.parse(ipv4 ? "192.0.2.9" : "2001:db8:2::9");
                byte[] longer = datagram(honest, victim, 9_000, 10_000);
                FragmentPackets.all(honest.toString(), victim.toString(), 17, i, 1_500, longer)
                        .forEach(siege::inject);
                assertThat(endpoint.receive(buffer, 0, buffer.length, source))
                        .as("after %s fragments", i)
                        .isEqualTo(10_000);
                assertThat(source.isFrom(honest, 4000)).isTrue();
            }
        }
        assertThat(endpoint.receive(buffer, 0, buffer.length, source)).isEqualTo(UdpEndpoint.NOTHING);
    }
}
