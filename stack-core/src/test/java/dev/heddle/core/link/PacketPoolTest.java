package dev.heddle.core.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.BufferPool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketPoolTest {

    private final BufferPool account = new BufferPool(1 << 20, 16 * 1024);
    private final PacketPool pool = new PacketPool(account);

    private static Packet present(Packet packet) {
        assertThat(packet).isNotNull();
        return packet;
    }

    @Test
    void packets_are_charged_at_their_size_while_they_are_out() {
        Packet small = present(pool.small());
        Packet large = present(pool.large());
        assertThat(small.capacity()).isEqualTo(2048);
        assertThat(large.capacity()).isGreaterThanOrEqualTo(Packet.MAX_LENGTH);
        assertThat(account.usedBytes())
                .isEqualTo(small.buffer().capacity() + large.buffer().capacity());
        pool.release(small);
        pool.release(large);
        assertThat(account.usedBytes()).isZero();
    }

    @Test
    void a_returned_packet_is_used_again_and_empty() {
        Packet packet = present(pool.small());
        packet.head(10, 20);
        packet.gsoSize(5);
        packet.incompleteChecksum(1, 2);
        pool.release(packet);
        Packet again = present(pool.small());
        assertThat(again).isSameAs(packet);
        assertThat(again.length()).isZero();
        assertThat(again.offset()).isEqualTo(Packet.HEADROOM);
        assertThat(again.gsoSize()).isZero();
        assertThat(again.checksumStart()).isEqualTo(-1);
        assertThat(again.next).isNull();
    }

    @Test
    void the_length_decides_the_size() {
        assertThat(present(pool.forLength(2048)).capacity()).isEqualTo(2048);
        assertThat(present(pool.forLength(2049)).capacity()).isEqualTo(65_535);
    }

    @Test
    void at_the_memory_limit_there_is_none() {
        List<Packet> out = new ArrayList<>();
        for (Packet packet = pool.large(); packet != null; packet = pool.large()) {
            out.add(packet);
        }
        assertThat(out).hasSize((1 << 20) / (Packet.HEADROOM + 65_535));
        assertThat(pool.small()).isNotNull();
        out.forEach(pool::release);
        assertThat(pool.large()).isNotNull();
    }

    @Test
    void only_a_bounded_number_is_kept() {
        BufferPool roomy = new BufferPool(64 << 20, 16 * 1024);
        PacketPool packets = new PacketPool(roomy);
        List<Packet> first = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            first.add(present(packets.large()));
        }
        first.forEach(packets::release);
        int again = 0;
        for (int i = 0; i < 40; i++) {
            if (first.contains(present(packets.large()))) {
                again++;
            }
        }
        assertThat(again).isEqualTo(16);
    }
}
