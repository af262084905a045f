package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.MILLISECOND;
import static dev.heddle.core.host.HostPair.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.Chunk;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.TcpConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryQueueTest {

    @Test
    void writers_that_found_no_memory_are_let_in_again_when_there_is_some() {
        ConnectionOptions large = ConnectionOptions.DEFAULTS
                .with()
                .sendBufferBytes(4 << 20)
                .receiveBufferBytes(4 << 20)
                .build();
        HostPair net = new HostPair(HostConfig.builder()
                .tcp(TcpConfig.builder().connection(large).build())
                .memoryLimitBytes(1 << 20)
                .chunkBytes(4096)
                .build());
        TcpListener listener = net.listen(80);
        List<TcpEndpoint> clients = new ArrayList<>();
        List<TcpEndpoint> servers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(net.connect(B4, 80));
            servers.add(Objects.requireNonNull(listener.tryAccept()));
        }
        net.full = true;
        byte[] data = new byte[64 * 1024];
        long[] written = new long[3];
        for (boolean more = true; more; ) {
            more = false;
            for (int i = 0; i < 3; i++) {
                int n = clients.get(i).write(data, 0, data.length);
                written[i] += n;
                more |= n > 0;
            }
        }
        // Three quarters of the seven eighths that are not kept for first chunks: each leaves as much as it has.
        assertThat(net.a.bufferPool().usedBytes()).isBetween(660L * 1024, 700L * 1024);
        for (long each : written) {
            assertThat(each).isBetween(200L * 1024, 256L * 1024);
        }
        assertThat(clients).noneMatch(c -> c.readiness().isAny(Readiness.WRITABLE));
        net.advance(50 * MILLISECOND);
        assertThat(clients).noneMatch(c -> c.readiness().isAny(Readiness.WRITABLE));

        net.full = false;
        net.a.linkReady(net.interfaceA);
        long[] read = new long[3];
        byte[] target = new byte[data.length];
        for (int round = 0; round < 1000 && sum(read) < sum(written); round++) {
            for (int i = 0; i < 3; i++) {
                for (int n = servers.get(i).read(target, 0, target.length);
                        n > 0;
                        n = servers.get(i).read(target, 0, target.length)) {
                    read[i] += n;
                }
            }
            net.advance(SECOND / 10);
        }
        assertThat(read).isEqualTo(written);
        assertThat(clients).allMatch(c -> c.readiness().isAny(Readiness.WRITABLE));
        assertThat(clients.getFirst().write(data, 0, 1000)).isEqualTo(1000);
        net.closeAndCheck();
    }

    /** DESIGN: one chunk each way is guaranteed, so that readers who do not read cannot starve the others. */
    @Test
    void writer_whose_buffer_has_emptied_goes_on_though_others_hold_all_the_memory() {
        HostPair net = new HostPair(
                HostConfig.builder().memoryLimitBytes(1 << 20).chunkBytes(4096).build());
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        List<Chunk> unread = new ArrayList<>();
        for (Chunk c = net.a.bufferPool().acquire(1);
                c != null;
                c = net.a.bufferPool().acquire(1)) {
            unread.add(c);
        }
        byte[] data = new byte[64 * 1024];
        assertThat(client.write(data, 0, data.length)).isEqualTo(4096);
        net.full = true;
        assertThat(client.write(data, 0, data.length)).isEqualTo(4096);
        assertThat(client.write(data, 0, data.length)).isZero();
        assertThat(client.readiness().isAny(Readiness.WRITABLE)).isFalse();

        net.full = false;
        net.a.linkReady(net.interfaceA);
        net.advance(SECOND);
        assertThat(server.available()).isEqualTo(8192);
        assertThat(client.readiness().isAny(Readiness.WRITABLE)).isTrue();
        assertThat(client.write(data, 0, data.length)).isEqualTo(4096);
        unread.forEach(net.a.bufferPool()::release);
        net.closeAndCheck();
    }

    private static long sum(long[] values) {
        return values[0] + values[1] + values[2];
    }
}
