package dev.heddle.core.link;

import dev.heddle.core.time.Clock;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A link that records the packets of both directions in a pcapng file, as Wireshark and tcpdump read it. Super-segments
 * are recorded whole, incomplete checksums completed. Only what the inner link took is recorded as sent.
 *
 * <p>A capture that cannot be written ends ({@link #captureFailure}); the traffic goes on. Writing happens in large
 * pieces, before the pump sleeps and on close.
 */
public final class PcapngLink implements Link {

    private static final long NS_PER_SECOND = 1_000_000_000;

    private final Link inner;
    private final Clock clock;
    private final long clockOriginNs;
    private final PcapngWriter writer;

    /**
     * Records into a new file, or over an old one, with the time of day.
     *
     * @throws UncheckedIOException if the file cannot be opened
     */
    public PcapngLink(Link inner, Path file, Clock clock) {
        this(inner, open(file), clock);
    }

    /**
     * Records into a channel with the time of day.
     *
     * @param channel in blocking mode; is closed with this
     */
    public PcapngLink(Link inner, WritableByteChannel channel, Clock clock) {
        this(inner, channel, clock, Instant.now().minusNanos(clock.nanoTime()));
    }

    /**
     * Records into a channel with times of the clock alone, the same in every run of a simulation.
     *
     * @param inner is closed with this
     * @param channel in blocking mode; is closed with this
     * @param clockOrigin the time of day when the clock's time was 0
     */
    public PcapngLink(Link inner, WritableByteChannel channel, Clock clock, Instant clockOrigin) {
        this.inner = inner;
        this.clock = clock;
        this.clockOriginNs = clockOrigin.getEpochSecond() * NS_PER_SECOND + clockOrigin.getNano();
        this.writer = new PcapngWriter(channel, inner.name());
    }

    /** Why the capture ended before its time; null if it did not. */
    public @Nullable IOException captureFailure() {
        return writer.failure();
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public LinkCapabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public boolean transmit(Packet packet) {
        // Before the packet leaves: its answer must not be recorded with an earlier time.
        long timeNs = clock.nanoTime();
        if (!inner.transmit(packet)) {
            return false;
        }
        writer.packet(packet, PcapngWriter.OUTBOUND, clockOriginNs + timeNs);
        return true;
    }

    @Override
    public boolean receive(Packet into) {
        if (!inner.receive(into)) {
            return false;
        }
        writer.packet(into, PcapngWriter.INBOUND, clockOriginNs + clock.nanoTime());
        return true;
    }

    @Override
    public long nextDeadline() {
        return inner.nextDeadline();
    }

    @Override
    public void awaitWork(long untilNs) {
        writer.flush();
        inner.awaitWork(untilNs);
    }

    @Override
    public void wakeup() {
        inner.wakeup();
    }

    @Override
    public void close() {
        inner.close();
        writer.close();
    }

    @Override
    public String toString() {
        return "PcapngLink[" + inner + "]";
    }

    private static WritableByteChannel open(Path file) {
        try {
            return new StreamChannel(new FileOutputStream(file.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file as a channel that an interrupt of the writing thread does not close, unlike the platform's. */
    private static final class StreamChannel implements WritableByteChannel {

        private final OutputStream stream;
        private volatile boolean open = true;

        StreamChannel(OutputStream stream) {
            this.stream = stream;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int length = source.remaining();
            stream.write(source.array(), source.arrayOffset() + source.position(), length);
            source.position(source.limit());
            return length;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() throws IOException {
            open = false;
            stream.close();
        }
    }
}
