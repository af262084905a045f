package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.MILLISECOND;
import static dev.heddle.core.host.HostPair.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.buffer.Chunk;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.TcpCounter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AheadHoldersTest {

    private static final int TEXT_BYTES = 10_000;

    private final Map<Integer, Integer> first = new HashMap<>();
    private final HostPair net = new HostPair(
            HostConfig.builder().memoryLimitBytes(1 << 20).chunkBytes(4096).build());
    private final TcpListener listener = net.listen(80);
    private final BufferPool pool = net.b.bufferPool();
    private final List<Chunk> unread = new ArrayList<>();

    @Test
    @Requirement("RFC2018:8")
    void who_holds_data_ahead_of_a_gap_longest_lets_go_of_it_when_memory_is_short() {
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept();
        net.lost = this::isFirst;
        TcpEndpoint older = net.connect(B4, 80);
        TcpEndpoint olderServer = accept();
        older.write(new byte[TEXT_BYTES], 0, TEXT_BYTES);
        long each = pool.usedBytes();
        TcpEndpoint younger = net.connect(B4, 80);
        TcpEndpoint youngerServer = accept();
        younger.write(new byte[TEXT_BYTES], 0, TEXT_BYTES);
        assertThat(pool.usedBytes()).isEqualTo(2 * each).isPositive();

        while (!pool.isShort()) {
            unread.add(Objects.requireNonNull(pool.acquire(1)));
        }
        long before = pool.usedBytes();
        net.lost = this::isOfKnown;
        client.write(new byte[1], 0, 1);
        assertThat(server.read(new byte[1], 0, 1)).isEqualTo(1);
        net.advance(10 * MILLISECOND);
        // As much as had to be, and no more.
        assertThat(pool.usedBytes()).isEqualTo(before - each);
        assertThat(pruned()).isEqualTo(1);

        net.lost = packet -> false;
        net.advance(5 * SECOND);
        assertThat(olderServer.available()).isEqualTo(TEXT_BYTES);
        assertThat(youngerServer.available()).isEqualTo(TEXT_BYTES);
        end();
    }

    @Test
    void gap_that_was_filled_is_forgotten() {
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept();
        net.lost = this::isFirst;
        client.write(new byte[TEXT_BYTES], 0, TEXT_BYTES);
        assertThat(pool.usedBytes()).isPositive();
        net.lost = packet -> false;
        net.advance(5 * SECOND);
        assertThat(server.available()).isEqualTo(TEXT_BYTES);

        while (!pool.isShort()) {
            unread.add(Objects.requireNonNull(pool.acquire(1)));
        }
        client.write(new byte[1], 0, 1);
        net.advance(10 * MILLISECOND);
        assertThat(server.available()).isEqualTo(TEXT_BYTES + 1);
        assertThat(pruned()).isZero();
        end();
    }

    private long pruned() {
        return net.b.counters().tcp().get(TcpCounter.TcpExtOfoPruned);
    }

    private TcpEndpoint accept() {
        return Objects.requireNonNull(listener.tryAccept());
    }

    private void end() {
        unread.forEach(pool::release);
        net.closeAndCheck();
    }

    /** The first segment with data of each connection, whenever it is sent. */
    private boolean isFirst(Packet packet) {
        return packet.length() > 1000 && first.computeIfAbsent(port(packet), p -> sequence(packet)) == sequence(packet);
    }

    /** Everything of those whose first segment was lost. */
    private boolean isOfKnown(Packet packet) {
        return first.containsKey(port(packet));
    }

    private static int port(Packet packet) {
        return packet.buffer().getShort(packet.offset() + 20);
    }

    private static int sequence(Packet packet) {
        return packet.buffer().getInt(packet.offset() + 24);
    }
}
