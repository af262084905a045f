package dev.heddle.core.link;

import static dev.heddle.core.link.TestPackets.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** The rules by which packets disappear, and what a link makes of them. */
class LossTest {

    private static final int MANY = 100_000;

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    private static Packet data(int bytes) {
        return segment(true, TcpHeader.ACK, new byte[bytes], 0);
    }

    private static Packet bareAck() {
        return segment(false, TcpHeader.ACK, new byte[0], 0);
    }

    /** The numbers, from 1, of those that are dropped. */
    private static List<Integer> dropped(Loss.Decider process, Packet... packets) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < packets.length; i++) {
            if (process.drops(packets[i])) {
                numbers.add(i + 1);
            }
        }
        return numbers;
    }

    private static double rate(Loss loss) {
        Loss.Decider process = loss.start(random(1));
        Packet packet = data(10);
        int lost = 0;
        for (int i = 0; i < MANY; i++) {
            lost += process.drops(packet) ? 1 : 0;
        }
        return (double) lost / MANY;
    }

    @Test
    void random_loss_has_its_probability() {
        assertThat(rate(Loss.random(0.03))).isBetween(0.027, 0.033);
        assertThat(rate(Loss.NONE)).isZero();
        assertThat(rate(Loss.random(1))).isEqualTo(1);
    }

    @Test
    void bursts_have_the_length_and_share_that_the_model_says() {
        // Bad a tenth of the time: 0.01 / (0.01 + 0.09); bursts of 1 / 0.09 packets.
        Loss.Decider process = Loss.bursts(0.01, 0.09, 0, 1).start(random(2));
        Packet packet = data(10);
        int lost = 0;
        int bursts = 0;
        boolean before = false;
        for (int i = 0; i < MANY; i++) {
            boolean drops = process.drops(packet);
            lost += drops ? 1 : 0;
            bursts += drops && !before ? 1 : 0;
            before = drops;
        }
        assertThat((double) lost / MANY).isBetween(0.08, 0.12);
        assertThat((double) lost / bursts).isBetween(9.5, 12.7);
    }

    @Test
    void every_nth_packet_with_data_is_lost_and_no_other() {
        Loss.Decider process = Loss.everyDataPacket(2).start(random(3));
        assertThat(dropped(process, data(1), bareAck(), data(1), bareAck(), data(1), data(1), bareAck()))
                .containsExactly(3, 6);
    }

    @Test
    void a_script_drops_the_packets_of_a_kind_by_their_number() {
        Loss thirdSegment = Loss.script(PacketFields::hasData, 3);
        Packet[] packets = {bareAck(), data(1), data(1), bareAck(), data(1), data(1)};
        assertThat(dropped(thirdSegment.start(random(4)), packets)).containsExactly(5);
        Packet fin = segment(true, TcpHeader.ACK | TcpHeader.FIN, new byte[0], 0);
        Loss everyFin = Loss.script(fields -> fields.hasFlags(TcpHeader.FIN));
        assertThat(dropped(everyFin.start(random(4)), data(1), fin, bareAck(), fin))
                .containsExactly(2, 4);
        Loss tooLong = Loss.script(fields -> fields.packetBytes() > 1000);
        assertThat(dropped(tooLong.start(random(4)), data(10), data(1200))).containsExactly(2);
    }

    @Test
    void two_rules_together_both_see_every_packet() {
        Loss.Decider process = Loss.script(PacketFields::hasData, 1)
                .or(Loss.script(PacketFields::isTcp, 1, 3))
                .start(random(5));
        assertThat(dropped(process, data(1), data(1), data(1), data(1))).containsExactly(1, 3);
    }

    @Test
    void what_is_not_ip_is_not_counted() {
        Packet nothing = new Packet(10);
        Packet noise = new Packet(10);
        noise.head(noise.offset(), 10);
        Loss.Decider process = Loss.script(fields -> true, 1).start(random(6));
        assertThat(dropped(process, nothing, noise, data(1))).containsExactly(3);
    }

    @Test
    void impossible_rules_are_refused() {
        assertThatThrownBy(() -> Loss.random(-0.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Loss.bursts(0, 2, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Loss.everyDataPacket(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Loss.script(fields -> true, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_link_goes_on_counting_when_another_fault_is_changed_and_drops_what_is_too_long() {
        MemoryLink.Pair pair = MemoryLink.pair("a", "b", LinkCapabilities.plain(1500), () -> 0L);
        try (FaultyLink link = new FaultyLink(pair.a(), () -> 0L, random(7), Faults.NONE)) {
            Faults everySecond = Faults.builder().loss(Loss.everyDataPacket(2)).build();
            link.transmitFaults(everySecond);
            link.transmit(data(1));
            link.transmitFaults(everySecond.with().largestPacketBytes(1000).build());
            link.transmit(data(1));
            link.transmit(data(1200));
            link.transmit(data(1));
            CounterSet<FaultCounter> counters = link.transmitCounters();
            assertThat(counters.get(FaultCounter.LOST)).isEqualTo(2);
            assertThat(counters.get(FaultCounter.TOO_LONG)).isEqualTo(1);
            assertThat(counters.get(FaultCounter.DELIVERED)).isEqualTo(1);
            assertThat(link.nextDeadline()).isEqualTo(Clock.NEVER);
        } finally {
            pair.b().close();
        }
    }
}
