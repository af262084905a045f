package dev.heddle.core.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.ip.IpInput;
import dev.heddle.core.ip.IpLocalAddresses;
import dev.heddle.core.ip.IpVerdict;
import dev.heddle.core.ip.Packets;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.GoldenPackets;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class UdpInputTest {

    private static final IpLocalAddresses LOCAL =
            IpLocalAddresses.of(List.of(IpPrefix.parse("192.0.2.2/24"), IpPrefix.parse("2001:db8::2/64")));

    private final CounterSet<UdpCounter> counters = new CounterSet<>(UdpCounter.class);
    private final CounterSet<Refusal> refusals = new CounterSet<>(Refusal.class);
    private final List<Integer> delivered = new ArrayList<>();
    private Delivery outcome = Delivery.NO_PORT;
    private final UdpInput input = new UdpInput(counters, refusals, (packet, header) -> {
        delivered.add(header.payloadLength());
        return outcome;
    });

    private boolean accept(String name, Consumer<ByteBuffer> change) {
        byte[] bytes = GoldenPackets.bytes(name);
        change.accept(ByteBuffer.wrap(bytes));
        return accept(Packets.of(bytes));
    }

    private boolean accept(Packet packet) {
        IpInput ip = new IpInput(new CounterSet<>(IpCounter.class), new CounterSet<>(Refusal.class));
        assertThat(ip.accept(packet, LOCAL)).isEqualTo(IpVerdict.UDP);
        return input.accept(packet);
    }

    @Test
    @Requirement("RFC1122:4.1.3.1")
    void a_datagram_for_nobody_is_told_apart_from_one_that_is_delivered() {
        assertThat(accept("udp4-odd", b -> {})).isFalse();
        assertThat(accept("udp6-odd", b -> {})).isFalse();
        assertThat(counters.get(UdpCounter.UdpNoPorts)).isEqualTo(1);
        assertThat(counters.get(UdpCounter.Udp6NoPorts)).isEqualTo(1);
        outcome = Delivery.DELIVERED;
        assertThat(accept("udp4-odd", b -> {})).isTrue();
        assertThat(accept("udp6-odd", b -> {})).isTrue();
        assertThat(counters.get(UdpCounter.UdpInDatagrams)).isEqualTo(1);
        assertThat(counters.get(UdpCounter.Udp6InDatagrams)).isEqualTo(1);
        assertThat(delivered).hasSize(4);
    }

    @Test
    @Requirement({"RFC1122:4.1.3.4", "RFC8200:8.1"})
    void a_datagram_without_checksum_is_right_over_ipv4_only() {
        assertThat(accept("udp4-odd", b -> b.putShort(26, (short) 0))).isFalse();
        assertThat(delivered).hasSize(1);
        assertThat(accept("udp6-odd", b -> b.putShort(46, (short) 0)))
                .as("nothing is said of it")
                .isTrue();
        assertThat(delivered).hasSize(1);
        assertThat(counters.get(UdpCounter.Udp6InCsumErrors)).isEqualTo(1);
        assertThat(counters.get(UdpCounter.Udp6InErrors)).isEqualTo(1);
    }

    @Test
    @Requirement("RFC1122:4.1.3.4")
    void wrong_checksums_and_lengths_are_discarded_silently() {
        assertThat(accept("udp4-odd", b -> b.put(30, (byte) ~b.get(30)))).isTrue();
        assertThat(counters.get(UdpCounter.UdpInCsumErrors)).isEqualTo(1);
        assertThat(accept("udp4-odd", b -> b.putShort(24, (short) 7))).isTrue();
        assertThat(accept("udp4-odd", b -> b.putShort(24, (short) 12))).isTrue();
        assertThat(accept(Packets.ip("192.0.2.1", "192.0.2.2", 17, new byte[7])))
                .isTrue();
        assertThat(counters.get(UdpCounter.UdpInErrors)).isEqualTo(4);
        assertThat(refusals.get(Refusal.UDP_LENGTH)).isEqualTo(2);
        assertThat(refusals.get(Refusal.UDP_TRUNCATED)).isEqualTo(1);
        assertThat(delivered).isEmpty();
    }

    @Test
    void a_datagram_that_nobody_has_room_for_is_counted_and_not_told() {
        outcome = Delivery.BUFFER_FULL;
        assertThat(accept("udp4-odd", b -> {})).isTrue();
        assertThat(accept("udp6-odd", b -> {})).isTrue();
        outcome = Delivery.NO_MEMORY;
        assertThat(accept("udp4-odd", b -> {})).isTrue();
        assertThat(accept("udp6-odd", b -> {})).isTrue();
        assertThat(counters.get(UdpCounter.UdpRcvbufErrors)).isEqualTo(1);
        assertThat(counters.get(UdpCounter.UdpMemErrors)).isEqualTo(1);
        assertThat(counters.get(UdpCounter.UdpInErrors)).isEqualTo(2);
        assertThat(counters.get(UdpCounter.Udp6RcvbufErrors)).isEqualTo(1);
        assertThat(counters.get(UdpCounter.Udp6MemErrors)).isEqualTo(1);
        assertThat(counters.get(UdpCounter.Udp6InErrors)).isEqualTo(2);
        assertThat(counters.get(UdpCounter.UdpInDatagrams)).isZero();
    }

    @Test
    void a_checksum_that_the_link_vouches_for_is_not_looked_at() {
        byte[] bytes = GoldenPackets.bytes("udp4-odd");
        bytes[30]++;
        Packet packet = Packets.of(bytes);
        packet.checksumTrusted(true);
        accept(packet);
        assertThat(delivered).hasSize(1);
    }
}
