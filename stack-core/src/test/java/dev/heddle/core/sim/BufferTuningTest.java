package dev.heddle.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffers that become as large as path and application need, and no larger. */
class BufferTuningTest {

    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final IpAddress SERVER = IpAddress.parse("192.0.2.2");

    /** 100 Mbit/s and 100 ms: 1.25 MB in flight. */
    private static final long BITS_PER_SECOND = 100_000_000;

    private final Simulation simulation = new Simulation(5);
    private final byte[] piece = new byte[64 * 1024];
    private Host sender;
    private Host receiver;
    private TcpEndpoint flow;
    private @Nullable TcpEndpoint accepted;
    private long toSend;
    private long received;

    private void start(boolean timestamps, UnaryOperator<ConnectionOptions.Builder> options) {
        HostConfig config = HostConfig.builder()
                .tcp(TcpConfig.builder()
                        .timestamps(timestamps)
                        .connection(
                                options.apply(ConnectionOptions.DEFAULTS.with()).build())
                        .build())
                .memoryLimitBytes(64L << 20)
                .build();
        sender = simulation.host(config);
        receiver = simulation.host(config);
        simulation.connect(
                sender,
                List.of(IpPrefix.parse("192.0.2.1/24")),
                receiver,
                List.of(IpPrefix.parse("192.0.2.2/24")),
                LinkCapabilities.plain(1500),
                Faults.builder()
                        .bitsPerSecond(BITS_PER_SECOND)
                        .delayNs(50 * MS)
                        .queueBytes(1_250_000)
                        .build(),
                Faults.builder().delayNs(50 * MS).build());
        TcpEndpoint bound = receiver.tcpEndpoint();
        bound.bind(SERVER, 80, false);
        TcpListener listener = bound.listen(1);
        listener.readiness().subscribe(() -> accepted = accepted == null ? listener.tryAccept() : accepted);
        flow = sender.tcpEndpoint();
        flow.readiness().subscribe(this::write);
        flow.connect(SERVER, 80);
    }

    private void readAll() {
        TcpEndpoint from = accepted;
        for (int n = from.read(piece, 0, piece.length); n > 0; n = from.read(piece, 0, piece.length)) {
            received += n;
        }
    }

    private void readAsItComes() {
        simulation.run(200 * MS);
        accepted.readiness().subscribe(this::readAll);
        readAll();
    }

    private void write() {
        while (toSend > 0) {
            int n = flow.write(piece, 0, (int) Math.min(piece.length, toSend));
            if (n <= 0) {
                return;
            }
            toSend -= n;
        }
    }

    @AfterEach
    void close() {
        simulation.close();
        assertThat(sender.bufferPool().usedBytes()).isZero();
        assertThat(receiver.bufferPool().usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void buffers_grow_until_a_long_fat_path_is_full(boolean timestamps) {
        toSend = Long.MAX_VALUE;
        start(timestamps, options -> options);
        assertThat(flow.receiveBufferBytes()).isEqualTo(128 << 10);
        readAsItComes();
        simulation.run(5 * SECOND);
        long before = received;
        simulation.run(5 * SECOND);
        // 1448 or 1460 of 1500 bytes are text.
        assertThat((received - before) * 8 / 5).isGreaterThan(BITS_PER_SECOND * 90 / 100);
        assertThat(flow.sendBufferBytes()).isBetween(2_500_000, 4 << 20);
        assertThat(accepted.receiveBufferBytes()).isBetween(2_000_000, 6 << 20);
    }

    @Test
    void sizes_that_the_application_has_set_stay() {
        toSend = Long.MAX_VALUE;
        start(true, options -> options.sendBufferBytes(200_000).receiveBufferBytes(300_000));
        readAsItComes();
        simulation.run(5 * SECOND);
        assertThat(flow.sendBufferBytes()).isEqualTo(200_000);
        assertThat(accepted.receiveBufferBytes()).isEqualTo(300_000);
        // What fits the buffer goes in each round trip.
        assertThat(received * 8 / 5).isBetween(10_000_000L, 16_000_000L);
    }

    @Test
    void reader_who_takes_little_keeps_the_window_small() {
        toSend = Long.MAX_VALUE;
        start(true, options -> options);
        simulation.run(200 * MS);
        for (int i = 0; i < 1000; i++) {
            simulation.run(10 * MS);
            received += Math.max(0, accepted.read(piece, 0, 2000));
        }
        assertThat(received).isEqualTo(2_000_000);
        assertThat(accepted.receiveBufferBytes()).isEqualTo(128 << 10);
        assertThat(receiver.bufferPool().usedBytes()).isLessThan((128 << 10) + 3 * (16 << 10));
    }

    @Test
    void buffers_are_given_back_when_everything_is_read() {
        toSend = 20_000_000;
        start(true, options -> options);
        readAsItComes();
        simulation.run(10 * SECOND);
        assertThat(received).isEqualTo(20_000_000);
        assertThat(sender.bufferPool().usedBytes()).isZero();
        assertThat(receiver.bufferPool().usedBytes()).isZero();
    }
}
