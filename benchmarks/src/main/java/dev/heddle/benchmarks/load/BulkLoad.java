package dev.heddle.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** As many bytes as pass in a time, to a discard service or from a character generator; a platform thread a connection. */
final class BulkLoad {

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final Duration SETTLE = Duration.ofMillis(300);

    /**
     * What passed.
     *
     * @param cpu what it cost
     */
    record Result(long bytes, double seconds, CpuTime cpu) {}

    private final InetSocketAddress target;
    private final boolean up;
    private final LongAdder bytes = new LongAdder();

    BulkLoad(InetSocketAddress target, boolean up) {
        this.target = target;
        this.up = up;
    }

    Result run(int connections, Duration time) throws IOException, InterruptedException {
        List<SocketChannel> channels = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                SocketChannel channel = SocketChannel.open(target);
                channels.add(channel);
                threads.add(Thread.ofPlatform().daemon().start(() -> move(channel)));
            }
            Thread.sleep(SETTLE);
            long before = bytes.sum();
            long startNs = System.nanoTime();
            CpuTime cpu = CpuTime.now();
            Thread.sleep(time);
            CpuTime used = CpuTime.now().since(cpu);
            long moved = bytes.sum() - before;
            return new Result(moved, (System.nanoTime() - startNs) / 1e9, used);
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private void move(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try {
            while (true) {
                buffer.clear();
                int moved = up ? channel.write(buffer) : channel.read(buffer);
                if (moved < 0) {
                    throw new IOException("the server has ended its stream");
                }
                bytes.add(moved);
            }
        } catch (ClosedChannelException e) {
            // The time is over.
        } catch (IOException e) {
            System.err.println("bulk: " + e.getMessage());
        }
    }
}
