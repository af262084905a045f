package dev.heddle.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** One byte there and back, again and again, over an echo service. */
final class PingPongLoad {

    private static final Duration SETTLE = Duration.ofMillis(300);
    private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(10);

    private final InetSocketAddress target;

    PingPongLoad(InetSocketAddress target) {
        this.target = target;
    }

    /** The round-trip times in nanoseconds. */
    Histogram run(Duration time) throws IOException {
        try (SocketChannel channel = SocketChannel.open(target)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            ByteBuffer octet = ByteBuffer.allocateDirect(1);
            rounds(channel, octet, SETTLE);
            return rounds(channel, octet, time);
        }
    }

    private static Histogram rounds(SocketChannel channel, ByteBuffer octet, Duration time) throws IOException {
        Histogram times = new Histogram(LONGEST_NS, 3);
        long endNs = System.nanoTime() + time.toNanos();
        long startNs = System.nanoTime();
        while (startNs - endNs < 0) {
            roundTrip(channel, octet);
            long nowNs = System.nanoTime();
            times.recordValue(Math.min(LONGEST_NS, nowNs - startNs));
            startNs = nowNs;
        }
        return times;
    }

    static void roundTrip(SocketChannel channel, ByteBuffer octet) throws IOException {
        octet.clear();
        channel.write(octet);
        octet.clear();
        if (channel.read(octet) != 1) {
            throw new IOException("the server has ended its stream");
        }
    }
}
