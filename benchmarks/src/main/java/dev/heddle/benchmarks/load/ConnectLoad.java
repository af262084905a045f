package dev.heddle.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Connections to an echo service that carry one byte there and back, some at a time. */
final class ConnectLoad {

    private static final Duration SETTLE = Duration.ofMillis(300);

    /**
     * What was done.
     *
     * @param failures connections that failed
     */
    record Result(long connections, long failures, double seconds, CpuTime cpu) {}

    private final InetSocketAddress target;
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile boolean over;

    ConnectLoad(InetSocketAddress target) {
        this.target = target;
    }

    Result run(int atATime, Duration time) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < atATime; i++) {
            threads.add(Thread.ofPlatform().daemon().start(this::connect));
        }
        Thread.sleep(SETTLE);
        long before = done.sum();
        long startNs = System.nanoTime();
        CpuTime cpu = CpuTime.now();
        Thread.sleep(time);
        long count = done.sum() - before;
        CpuTime used = CpuTime.now().since(cpu);
        double seconds = (System.nanoTime() - startNs) / 1e9;
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
        return new Result(count, failed.sum(), seconds, used);
    }

    private void connect() {
        ByteBuffer octet = ByteBuffer.allocateDirect(1);
        while (!over) {
            try (SocketChannel channel = SocketChannel.open(target)) {
                PingPongLoad.roundTrip(channel, octet);
                done.increment();
            } catch (IOException e) {
                failed.increment();
            }
        }
    }
}
