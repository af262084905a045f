package dev.heddle.core.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Header;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A network of many hosts, its time moved by hand. */
class FabricTest {

    private static final long MS = 1_000_000;
    private static final long MEMORY_BYTES = 64L * 1024;

    private long nowNs;
    private final Fabric fabric = new Fabric(1500, () -> nowNs, new SplittableRandom(1), MEMORY_BYTES);
    private final Link a = join("a", 1);
    private final Link b = join("b", 2);
    private final Link c = join("c", 3);
    private final Packet into = new Packet(Packet.MAX_LENGTH);

    private Link join(String name, int number) {
        return fabric.join(name, List.of(v4(number), v6(number)));
    }

    private static IpAddress v4(int number) {
        return IpAddress.parse("10.0.0." + number);
    }

    private static IpAddress v6(int number) {
        return IpAddress.parse("fd00::" + number);
    }

    @AfterEach
    void nothing_is_left_on_a_closed_network() {
        fabric.close();
        assertThat(fabric.usedBytes()).isZero();
    }

    private static Packet ipv4(int from, int to, int payloadBytes) {
        Packet packet = new Packet(1500);
        int length = Ipv4Header.HEADER_BYTES + payloadBytes;
        Ipv4Header.write(
                packet.buffer(), packet.offset(), length, 0, true, 0, 64, 253, 0x0a000000 + from, 0x0a000000 + to);
        packet.head(packet.offset(), length);
        return packet;
    }

    private static Packet ipv6(int from, int to) {
        Packet packet = new Packet(1500);
        long high = 0xfd00L << 48;
        Ipv6Header.write(packet.buffer(), packet.offset(), 8, 253, 64, 0, 0, high, from, high, to);
        packet.head(packet.offset(), Ipv6Header.HEADER_BYTES + 8);
        return packet;
    }

    /** The lengths of the packets that can be read now. */
    private List<Integer> arrived(Link at) {
        List<Integer> lengths = new ArrayList<>();
        while (at.receive(into)) {
            lengths.add(into.length());
        }
        return lengths;
    }

    @Test
    void a_packet_arrives_where_its_address_is() {
        a.transmit(ipv4(1, 2, 10));
        a.transmit(ipv4(1, 3, 20));
        c.transmit(ipv6(3, 2));
        assertThat(arrived(a)).isEmpty();
        assertThat(arrived(b)).containsExactlyInAnyOrder(30, 48);
        assertThat(arrived(c)).containsExactly(40);
    }

    @Test
    void what_is_for_nobody_is_counted_and_gone() {
        a.transmit(ipv4(1, 9, 10));
        a.transmit(ipv4(1, 1, 10));
        Packet scrap = new Packet(10);
        scrap.head(scrap.offset(), 3);
        a.transmit(scrap);
        b.close();
        a.transmit(ipv4(1, 2, 10));
        assertThat(fabric.unreachablePackets()).isEqualTo(4);
        assertThat(arrived(a)).isEmpty();
        assertThat(arrived(c)).isEmpty();
        assertThatThrownBy(() -> arrived(b)).isInstanceOf(LinkDownException.class);
    }

    @Test
    void each_direction_between_two_hosts_has_faults_of_its_own() {
        fabric.path(a, b).faults(Faults.builder().delayNs(5 * MS).build());
        fabric.path(b, a).faults(Faults.builder().loss(1).build());
        a.transmit(ipv4(1, 2, 10));
        a.transmit(ipv4(1, 3, 10));
        b.transmit(ipv4(2, 1, 10));
        b.transmit(ipv4(2, 3, 20));
        assertThat(arrived(c)).containsExactlyInAnyOrder(30, 40);
        assertThat(arrived(b)).isEmpty();
        assertThat(b.nextDeadline()).isEqualTo(5 * MS);
        assertThat(c.nextDeadline()).isEqualTo(Clock.NEVER);
        nowNs = 5 * MS;
        assertThat(arrived(b)).containsExactly(30);
        assertThat(arrived(a)).isEmpty();
        assertThat(fabric.path(b, a).counters().get(FaultCounter.LOST)).isEqualTo(1);
    }

    @Test
    void packets_of_several_senders_arrive_in_the_order_of_their_times() {
        fabric.path(a, c).faults(Faults.builder().delayNs(3 * MS).build());
        fabric.path(b, c).faults(Faults.builder().delayNs(1 * MS).build());
        a.transmit(ipv4(1, 3, 1));
        nowNs = 1 * MS;
        b.transmit(ipv4(2, 3, 2));
        nowNs = 10 * MS;
        assertThat(arrived(c)).containsExactly(22, 21);
    }

    @Test
    void a_cut_path_swallows_what_comes_until_it_is_mended() {
        Fabric.Path path = fabric.path(a, b);
        path.faults(Faults.builder().delayNs(MS).build());
        a.transmit(ipv4(1, 2, 1));
        path.cut();
        a.transmit(ipv4(1, 2, 2));
        b.transmit(ipv4(2, 1, 3));
        path.mend();
        a.transmit(ipv4(1, 2, 4));
        nowNs = MS;
        assertThat(arrived(b)).as("on its way before, and after").containsExactly(21, 24);
        assertThat(arrived(a)).as("the other direction").containsExactly(23);
        assertThat(path.cutPackets()).isEqualTo(1);
    }

    @Test
    void a_sender_waits_when_memory_is_short_and_is_woken_when_there_is_some() {
        int taken = 0;
        while (a.transmit(ipv4(1, 2, 1000))) {
            taken++;
        }
        assertThat(taken).isBetween(20, 32);
        assertThat(arrived(b)).as("nothing was lost").hasSize(taken);
        // Does not wait: there was a wake-up.
        a.awaitWork(Clock.NEVER);
        assertThat(a.transmit(ipv4(1, 2, 1000))).isTrue();
    }

    @Test
    void default_faults_are_those_of_hosts_that_come_later() {
        fabric.defaultFaults(Faults.builder().loss(1).build());
        Link d = join("d", 4);
        d.transmit(ipv4(4, 1, 1));
        a.transmit(ipv4(1, 4, 1));
        a.transmit(ipv4(1, 2, 1));
        assertThat(arrived(a)).isEmpty();
        assertThat(arrived(d)).isEmpty();
        assertThat(arrived(b)).hasSize(1);
    }

    @Test
    void names_and_addresses_are_given_once_and_strangers_have_no_path() {
        assertThatThrownBy(() -> join("x", 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> join("a", 7)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> fabric.path(a, a)).isInstanceOf(IllegalArgumentException.class);
        MemoryLink.Pair elsewhere = MemoryLink.pair("y", "z", LinkCapabilities.plain(1500), () -> 0L);
        assertThatThrownBy(() -> fabric.path(a, elsewhere.a())).isInstanceOf(IllegalArgumentException.class);
        elsewhere.close();
    }

    @Test
    void who_leaves_makes_room_for_another_of_the_name_and_the_addresses() {
        fabric.leave(b);
        a.transmit(ipv4(1, 2, 1));
        assertThat(fabric.unreachablePackets()).isEqualTo(1);
        assertThatThrownBy(() -> b.receive(into)).isInstanceOf(LinkDownException.class);
        assertThatThrownBy(() -> fabric.leave(b)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> join("x", 1)).isInstanceOf(IllegalArgumentException.class);
        Link again = join("b", 2);
        Link d = join("d", 4);
        a.transmit(ipv4(1, 2, 1));
        again.transmit(ipv4(2, 4, 1));
        d.transmit(ipv4(4, 1, 1));
        d.transmit(ipv4(4, 3, 1));
        assertThat(arrived(again)).hasSize(1);
        assertThat(arrived(d)).hasSize(1);
        assertThat(arrived(a)).hasSize(1);
        assertThat(arrived(c)).hasSize(1);
        assertThat(fabric.path(a, again).counters().get(FaultCounter.DELIVERED)).isEqualTo(1);
    }

    @Test
    void a_pump_that_sleeps_wakes_for_a_packet_and_for_the_end() throws InterruptedException {
        Thread pump = Thread.ofPlatform().start(() -> {
            try {
                while (true) {
                    b.awaitWork(Clock.NEVER);
                    while (b.receive(into)) {
                        a.wakeup();
                    }
                }
            } catch (LinkDownException e) {
                a.wakeup();
            }
        });
        a.transmit(ipv4(1, 2, 1));
        a.awaitWork(Clock.NEVER);
        b.close();
        pump.join(10_000);
        assertThat(pump.isAlive()).isFalse();
    }
}
