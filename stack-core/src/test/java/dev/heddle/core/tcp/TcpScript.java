package dev.heddle.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.buffer.Chunk;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.congestion.CongestionControls;
import dev.heddle.core.tcp.congestion.NewReno;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A conversation with one connection under virtual time, as a packetdrill script has it: segments are injected as the peer's,
 * and the segments that the connection sends are expected, in order and at the moment they are sent. Super-segments are cut
 * before they are compared, so that a script reads the same with and without offloads.
 *
 * <p>Text is a fixed pattern of the stream offset, which {@link #read} verifies.
 */
final class TcpScript {

    static final long MS = 1_000_000L;

    private static final int CHUNK_BYTES = 4096;

    final BufferPool pool = new BufferPool(64L << 20, CHUNK_BYTES);
    final CounterSet<TcpCounter> counters = new CounterSet<>(TcpCounter.class);

    private final SocketPair pair =
            SocketPair.of(IpAddress.parse("192.0.2.2"), 80, IpAddress.parse("192.0.2.1"), 40_000, 0);
    private final ScriptPeer peer = new ScriptPeer(pair);
    final ScriptOutput output = new ScriptOutput(pair, () -> this.tcb);
    private final TcpConfig.Builder configBuilder =
            TcpConfig.builder().timestamps(false).tailLossProbe(false).initialWindowSegments(10);
    private ConnectionOptions options = ConnectionOptions.DEFAULTS
            .with()
            .congestionControl(NewReno.NAME)
            .sendBufferBytes(1 << 20)
            .receiveBufferBytes(65_535)
            .build();
    private int mtu = 1500;

    Orphans orphans;

    /** What the connection has told. */
    final RecordedEvents events = new RecordedEvents();

    private TcpContext context;
    private Tcb tcb;
    private HalfOpenConnection halfOpen;
    private TimeWait timeWait;
    private int iss;
    private long nowNs = 1_000_000_000L;
    private long written;
    private long readSoFar;

    // --- set-up

    TcpScript config(Consumer<TcpConfig.Builder> change) {
        change.accept(configBuilder);
        return this;
    }

    TcpScript options(Consumer<ConnectionOptions.Builder> change) {
        ConnectionOptions.Builder builder = options.with();
        change.accept(builder);
        options = builder.build();
        if (tcb != null) {
            tcb.options(options);
            tcb.flush(nowNs);
        }
        return this;
    }

    TcpScript mtu(int bytes) {
        mtu = bytes;
        return this;
    }

    TcpScript peerMss(int bytes) {
        peer.mss = bytes;
        return this;
    }

    TcpScript peerWithoutSack() {
        peer.sack = false;
        return this;
    }

    /** Both sides use timestamps; the peer's clock starts here and is set by {@link #peerTimestamp}. */
    TcpScript withTimestamps(int peerStart) {
        configBuilder.timestamps(true);
        peer.timestamp = peerStart;
        return this;
    }

    TcpScript peerTimestamp(int value) {
        peer.timestamp = value;
        return this;
    }

    TcpScript peerWindow(long bytes) {
        peer.window = bytes;
        return this;
    }

    private void start() {
        TcpConfig config = configBuilder.connection(options).build();
        SplittableRandom random = new SplittableRandom(7);
        orphans = new Orphans(config.maxOrphans());
        context = new TcpContext(
                config,
                output,
                pool,
                counters,
                new CongestionControls(),
                new ChallengeAckLimit(config.challengeAcksPerSecond(), random),
                new InitialSequence(random),
                orphans,
                events);
        iss = context.initialSequence().next(pair, nowNs);
        peer.acknowledgedIss = iss;
        output.iss = iss;
    }

    private PathProperties path() {
        return new PathProperties(mtu, 20, 65_535 - 20);
    }

    /** Active open: the SYN is sent. */
    TcpScript connect() {
        start();
        tcb = Tcb.connect(context, pair, options, iss, path(), nowNs);
        tcb.flush(nowNs);
        return this;
    }

    /** Passive open: a SYN of the peer arrives at a listener. */
    TcpScript listen(Seg syn) {
        start();
        Packet packet = packetOf(syn);
        halfOpen = HalfOpenConnection.open(context, pair, packet, options, path(), iss, nowNs);
        halfOpen.sendSynAck(nowNs);
        return this;
    }

    /** An active open, answered at once; nothing of the handshake is left to be expected. */
    TcpScript established() {
        connect();
        return answered();
    }

    /** The peer's SYN-ACK, and our ACK of it. */
    TcpScript answered() {
        output.take();
        inject(synAckOfPeer());
        assertThat(tcb.state()).isEqualTo(TcpState.ESTABLISHED);
        expect(Seg.ack(1));
        // The script counts bytes of window, the SYN-ACK's was unscaled.
        inject(Seg.ack(1));
        expectNothing();
        return this;
    }

    Seg synAckOfPeer() {
        return peer.synAck();
    }

    Seg synOfPeer() {
        return peer.syn();
    }

    // --- the peer

    TcpScript inject(Seg... segments) {
        for (Seg segment : segments) {
            arrive(packetOf(segment));
        }
        flush();
        return this;
    }

    /** Several segments in one batch of the link: answered once, at its end. */
    private void arrive(Packet packet) {
        if (tcb == null && halfOpen != null) {
            if (halfOpen.segmentArrives(packet, nowNs) == HalfOpenConnection.Verdict.PROMOTE) {
                tcb = halfOpen.promote(context, nowNs);
                halfOpen = null;
            } else {
                return;
            }
        }
        if (timeWait != null) {
            timeWait.segmentArrives(packet, nowNs);
        } else {
            tcb.segmentArrives(packet, nowNs);
        }
    }

    /** Injects without the flush at the end of a batch. */
    TcpScript injectWithinBatch(Seg... segments) {
        for (Seg segment : segments) {
            arrive(packetOf(segment));
        }
        return this;
    }

    TcpScript flush() {
        if (tcb != null) {
            tcb.flush(nowNs);
        }
        return this;
    }

    private Packet packetOf(Seg segment) {
        return peer.packetOf(segment, nowNs);
    }

    // --- the application

    TcpScript write(int bytes) {
        assertThat(tcb.write(nextText(bytes), 0, bytes)).as("bytes taken").isEqualTo(bytes);
        tcb.flush(nowNs);
        return this;
    }

    /** Writes and says that more will follow. */
    TcpScript writeMore(int bytes) {
        assertThat(tcb.write(nextText(bytes), 0, bytes, true)).as("bytes taken").isEqualTo(bytes);
        tcb.flush(nowNs);
        return this;
    }

    /** Writes urgent data that ends with the last of the bytes. */
    TcpScript writeUrgent(int bytes) {
        assertThat(tcb.writeUrgent(nextText(bytes), 0, bytes)).as("bytes taken").isEqualTo(bytes);
        tcb.flush(nowNs);
        return this;
    }

    private byte[] nextText(int bytes) {
        byte[] source = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            source[i] = pattern(1 + written + i);
        }
        written += bytes;
        return source;
    }

    /** Reads and verifies exactly so many bytes. */
    TcpScript read(int bytes) {
        byte[] target = new byte[bytes];
        assertThat(tcb.read(target, 0, bytes)).as("bytes read").isEqualTo(bytes);
        for (int i = 0; i < bytes; i++) {
            assertThat(target[i]).as("octet %d", 1 + readSoFar + i).isEqualTo(pattern(1 + readSoFar + i));
        }
        readSoFar += bytes;
        tcb.flush(nowNs);
        return this;
    }

    /** The out-of-band octet is not in what is read. */
    TcpScript passOver() {
        readSoFar++;
        return this;
    }

    /** A read of up to 100 bytes returns exactly so many. */
    TcpScript readStopsAfter(int bytes) {
        assertThat(tcb.peek(new byte[100], 0, 100))
                .as("bytes that one read gives")
                .isEqualTo(bytes);
        return read(bytes);
    }

    TcpScript shutdownOutput() {
        tcb.shutdownOutput();
        tcb.flush(nowNs);
        return this;
    }

    TcpScript close() {
        tcb.close(nowNs);
        tcb.flush(nowNs);
        return this;
    }

    TcpScript abort() {
        tcb.abort();
        return this;
    }

    /** An ICMP error arrives that quotes the octet at an offset. */
    TcpScript icmpError(boolean hard, Failure why, long quoted) {
        tcb.icmpError(hard, why, tcb.sendSequence().wire(quoted));
        tcb.flush(nowNs);
        return this;
    }

    // --- time

    /** Lets time pass, running each timer at its exact deadline. */
    TcpScript after(long ns) {
        long until = nowNs + ns;
        while (nextDeadlineNs() <= until) {
            nowNs = Math.max(nowNs, nextDeadlineNs());
            runTimers();
        }
        nowNs = until;
        return this;
    }

    private void runTimers() {
        if (tcb != null) {
            tcb.timersExpire(nowNs);
            tcb.flush(nowNs);
        } else if (halfOpen != null && !halfOpen.timerExpires(context.config().synAckRetries(), nowNs)) {
            halfOpen = null;
        }
    }

    /** The next deadline of TCP's own timers: that an idle sender comes to rest is nothing that a peer sees. */
    private long protocolDeadlineNs() {
        if (tcb == null) {
            return nextDeadlineNs();
        }
        long next = Clock.NEVER;
        for (ConnectionTimers.Kind kind : ConnectionTimers.Kind.values()) {
            if (kind != ConnectionTimers.Kind.REST) {
                next = Math.min(next, tcb.timers().deadline(kind));
            }
        }
        return next;
    }

    private long nextDeadlineNs() {
        if (tcb != null) {
            return tcb.nextDeadlineNs();
        }
        return halfOpen == null ? Clock.NEVER : halfOpen.nextDeadlineNs();
    }

    /** Runs up to the next deadline, which must be {@code ns} away. */
    TcpScript nextTimerAfter(long ns) {
        assertThat(protocolDeadlineNs() - nowNs).as("time to the next timer").isEqualTo(ns);
        return after(ns);
    }

    TcpScript expectNoTimer() {
        assertThat(protocolDeadlineNs()).isEqualTo(Clock.NEVER);
        return this;
    }

    TcpScript linkFull(boolean full) {
        output.full = full;
        return this;
    }

    // --- expectations

    TcpScript expect(Seg... expected) {
        List<Seg> actual = output.take();
        boolean matching = actual.size() == expected.length;
        for (int i = 0; matching && i < expected.length; i++) {
            matching = expected[i].matches(actual.get(i));
        }
        assertThat(matching)
                .as("expected %s%n but sent %s", Arrays.toString(expected), actual)
                .isTrue();
        return this;
    }

    /** Whatever else was sent: the segment with the new data from an offset carries these flags besides. */
    TcpScript expectFirstNewData(long from, String flags) {
        assertThat(output.take())
                .anyMatch(seg -> seg.seq == from
                        && Seg.data(from, from + seg.length).with(flags).matches(seg));
        return this;
    }

    TcpScript expectNothing() {
        return expect();
    }

    /** Forgets what was sent so far. */
    TcpScript ignoreSent() {
        output.take();
        return this;
    }

    TcpScript expectState(TcpState state) {
        assertThat(tcb.state()).isEqualTo(state);
        return this;
    }

    TcpScript expectFailure(Failure failure) {
        assertThat(tcb.state()).isEqualTo(TcpState.CLOSED);
        assertThat(tcb.failure()).isEqualTo(failure);
        return this;
    }

    TcpScript expectCount(TcpCounter counter, long value) {
        assertThat(counters.get(counter)).as(counter.name()).isEqualTo(value);
        return this;
    }

    /** Everything is given back. */
    TcpScript expectNoMemory() {
        tcb.release();
        assertThat(pool.usedBytes()).isZero();
        return this;
    }

    Tcb tcb() {
        return tcb;
    }

    HalfOpenConnection halfOpen() {
        return halfOpen;
    }

    TcpInfo info() {
        return tcb.info(nowNs);
    }

    long nowNs() {
        return nowNs;
    }

    /** The connection becomes the record that outlives it. */
    TcpScript becomesTimeWait() {
        expectState(TcpState.TIME_WAIT);
        timeWait = TimeWait.of(tcb, context, nowNs);
        return this;
    }

    TimeWait timeWait() {
        return timeWait;
    }

    TimeWait.Verdict injectIntoTimeWait(Seg segment) {
        return timeWait.segmentArrives(packetOf(segment), nowNs);
    }

    HalfOpenConnection.Verdict injectIntoHalfOpen(Seg segment) {
        return halfOpen.segmentArrives(packetOf(segment), nowNs);
    }

    /** The octet of the stream at an offset. */
    static byte pattern(long offset) {
        return (byte) (offset * 31 + (offset >> 8));
    }

    /** Takes all memory; the caller gives it back. */
    List<Chunk> exhaustMemory() {
        List<Chunk> held = new ArrayList<>();
        for (Chunk chunk = pool.acquire(0); chunk != null; chunk = pool.acquire(0)) {
            held.add(chunk);
        }
        assertThat(held).isNotEmpty();
        return held;
    }
}
