package dev.heddle.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.buffer.Chunk;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.congestion.CongestionControls;
import dev.heddle.core.tcp.congestion.NewReno;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
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

    private static final int PEER_ISS = 0x7fff_fff0;
    private static final int PEER_SHIFT = 7;
    private static final int CHUNK_BYTES = 4096;

    final BufferPool pool = new BufferPool(64L << 20, CHUNK_BYTES);
    final CounterSet<TcpCounter> counters = new CounterSet<>(TcpCounter.class);

    private final SocketPair pair =
            SocketPair.of(IpAddress.parse("192.0.2.2"), 80, IpAddress.parse("192.0.2.1"), 40_000, 0);
    private final Deque<Seg> sent = new ArrayDeque<>();
    private final TcpConfig.Builder configBuilder =
            TcpConfig.builder().timestamps(false).initialWindowSegments(10);
    private ConnectionOptions options = ConnectionOptions.DEFAULTS
            .with()
            .congestionControl(NewReno.NAME)
            .sendBufferBytes(1 << 20)
            .receiveBufferBytes(65_535)
            .build();
    private int mtu = 1500;
    private int peerMss = 1000;
    private boolean peerSack = true;
    private int peerTimestamp = ANY_TIMESTAMP;
    private boolean linkFull;

    private static final int ANY_TIMESTAMP = Seg.ANY;

    private TcpContext context;
    private Tcb tcb;
    private HalfOpenConnection halfOpen;
    private TimeWait timeWait;
    private int iss;
    private long nowNs = 1_000_000_000L;
    private long peerNext = 1;
    private long peerAcknowledges = 1;
    private long peerWindow = 1 << 20;
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
        peerMss = bytes;
        return this;
    }

    TcpScript peerWithoutSack() {
        peerSack = false;
        return this;
    }

    /** Both sides use timestamps; the peer's clock starts here and is set by {@link #peerTimestamp}. */
    TcpScript withTimestamps(int peerStart) {
        configBuilder.timestamps(true);
        peerTimestamp = peerStart;
        return this;
    }

    TcpScript peerTimestamp(int value) {
        peerTimestamp = value;
        return this;
    }

    TcpScript peerWindow(long bytes) {
        peerWindow = bytes;
        return this;
    }

    private void start() {
        TcpConfig config = configBuilder.connection(options).build();
        SplittableRandom random = new SplittableRandom(7);
        context = new TcpContext(
                config,
                new Output(),
                pool,
                counters,
                new CongestionControls(),
                new ChallengeAckLimit(config.challengeAcksPerSecond(), random),
                new InitialSequence(random));
        iss = context.initialSequence().next(pair, nowNs);
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
        sent.clear();
        inject(synAckOfPeer());
        assertThat(tcb.state()).isEqualTo(TcpState.ESTABLISHED);
        expect(Seg.ack(1));
        // The script counts bytes of window, the SYN-ACK's was unscaled.
        inject(Seg.ack(1));
        expectNothing();
        return this;
    }

    Seg synAckOfPeer() {
        Seg segment = Seg.synAck().mss(peerMss).windowScale(PEER_SHIFT).sackPermitted(peerSack);
        return peerTimestamp == ANY_TIMESTAMP ? segment : segment.timestamps(peerTimestamp, 0);
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
                tcb = halfOpen.promote(nowNs);
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
        Packet packet = new Packet(65_535);
        ByteBuffer b = packet.buffer();
        int at = SegmentWriter.OPTIONS_OFFSET;
        if (segment.mss != Seg.ANY) {
            at = TcpOptions.writeMss(b, at, segment.mss);
        }
        if (segment.windowScale != Seg.ANY) {
            at = TcpOptions.writeWindowScale(b, TcpOptions.writeNop(b, at), segment.windowScale);
        }
        if (segment.sackPermitted != null && segment.sackPermitted) {
            at = TcpOptions.writeSackPermitted(b, TcpOptions.writeNop(b, TcpOptions.writeNop(b, at)));
        }
        if (segment.timestamps == null && peerTimestamp != ANY_TIMESTAMP && !segment.has('R')) {
            at = SegmentWriter.timestamps(b, at, peerTimestamp, 0);
        } else if (segment.timestamps != null && segment.timestamps) {
            at = SegmentWriter.timestamps(b, at, segment.timestampValue, segment.timestampEcho);
        }
        if (!segment.sack.isEmpty()) {
            at = TcpOptions.writeNop(b, TcpOptions.writeNop(b, at));
            at = TcpOptions.writeSackHeader(b, at, segment.sack.size());
            for (long[] block : segment.sack) {
                at = TcpOptions.writeSackBlock(b, at, iss + (int) block[0], iss + (int) block[1]);
            }
        }
        long seq = segment.seq == Seg.ANY ? peerNext : segment.seq;
        if (segment.ack != Seg.ANY) {
            peerAcknowledges = segment.ack;
        }
        if (segment.window != Seg.ANY) {
            peerWindow = segment.window;
        }
        int flags = (segment.has('S') ? TcpHeader.SYN : 0)
                | (segment.has('F') ? TcpHeader.FIN : 0)
                | (segment.has('R') ? TcpHeader.RST : 0)
                | (segment.has('P') ? TcpHeader.PSH : 0)
                | (segment.has('.') ? TcpHeader.ACK : 0)
                | (segment.has('U') ? TcpHeader.URG : 0);
        boolean scaled = !segment.has('S');
        int window = (int) Math.min(65_535, scaled ? peerWindow >> PEER_SHIFT : peerWindow);
        int headerBytes = at - SegmentOutput.TCP_OFFSET;
        TcpHeader.write(
                b,
                SegmentOutput.TCP_OFFSET,
                pair.remotePort(),
                pair.localPort(),
                PEER_ISS + (int) seq,
                segment.has('.') ? iss + (int) peerAcknowledges : 0,
                headerBytes,
                flags,
                window,
                0);
        for (int i = 0; i < segment.length; i++) {
            b.put(at + i, pattern(seq + i));
        }
        packet.head(SegmentOutput.TCP_OFFSET, headerBytes + segment.length);
        packet.gsoSize(segment.gso);
        packet.arrivalNs = nowNs;
        assertThat(packet.tcp().wrap(b, SegmentOutput.TCP_OFFSET, headerBytes + segment.length))
                .isEqualTo(Refusal.NONE);
        long end = seq + segment.length + (segment.has('S') ? 1 : 0) + (segment.has('F') ? 1 : 0);
        if (seq == peerNext || segment.has('S')) {
            peerNext = Math.max(peerNext, end);
        }
        return packet;
    }

    // --- the application

    TcpScript write(int bytes) {
        byte[] source = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            source[i] = pattern(1 + written + i);
        }
        assertThat(tcb.write(source, 0, bytes)).as("bytes taken").isEqualTo(bytes);
        written += bytes;
        tcb.flush(nowNs);
        return this;
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
        tcb.abort(nowNs);
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
        } else if (halfOpen != null && !halfOpen.timerExpires(nowNs)) {
            halfOpen = null;
        }
    }

    private long nextDeadlineNs() {
        if (tcb != null) {
            return tcb.nextDeadlineNs();
        }
        return halfOpen == null ? Clock.NEVER : halfOpen.nextDeadlineNs();
    }

    /** Runs up to the next deadline, which must be {@code ns} away. */
    TcpScript nextTimerAfter(long ns) {
        assertThat(nextDeadlineNs() - nowNs).as("time to the next timer").isEqualTo(ns);
        return after(ns);
    }

    TcpScript expectNoTimer() {
        assertThat(nextDeadlineNs()).isEqualTo(Clock.NEVER);
        return this;
    }

    TcpScript linkFull(boolean full) {
        linkFull = full;
        return this;
    }

    // --- expectations

    TcpScript expect(Seg... expected) {
        List<Seg> actual = new ArrayList<>(sent);
        sent.clear();
        boolean matching = actual.size() == expected.length;
        for (int i = 0; matching && i < expected.length; i++) {
            matching = expected[i].matches(actual.get(i));
        }
        assertThat(matching)
                .as("expected %s%n but sent %s", Arrays.toString(expected), actual)
                .isTrue();
        return this;
    }

    TcpScript expectNothing() {
        return expect();
    }

    /** Forgets what was sent so far. */
    TcpScript ignoreSent() {
        sent.clear();
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
        return tcb.info();
    }

    long nowNs() {
        return nowNs;
    }

    /** The connection becomes the record that outlives it. */
    TcpScript becomesTimeWait() {
        expectState(TcpState.TIME_WAIT);
        timeWait = tcb.toTimeWait(nowNs);
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

    private static byte pattern(long offset) {
        return (byte) (offset * 31 + (offset >> 8));
    }

    /** Cuts what the connection sends into segments and verifies its text and pseudo-header sum. */
    private final class Output implements SegmentOutput {

        @Override
        public Packet acquire() {
            return new Packet(2048);
        }

        @Override
        public void send(Packet segment, SocketPair to, int trafficClass, int hopLimit) {
            transmit(segment, to, trafficClass, hopLimit);
        }

        @Override
        public boolean transmit(Packet segment, SocketPair to, int trafficClass, int hopLimit) {
            assertThat(to).isEqualTo(pair);
            if (linkFull) {
                return false;
            }
            Packet whole = new Packet(65_535);
            whole.copyOf(segment);
            TcpHeader header = whole.tcp();
            assertThat(header.wrap(whole.buffer(), whole.offset(), whole.length()))
                    .isEqualTo(Refusal.NONE);
            long pseudo = Checksum.pseudoHeader(
                    pair.localHigh(), pair.localLow(), pair.remoteHigh(), pair.remoteLow(), 6, whole.length());
            int field = whole.buffer().getShort(whole.offset() + TcpHeader.CHECKSUM_OFFSET) & 0xffff;
            assertThat(field).as("pseudo-header sum").isEqualTo(Checksum.fold(pseudo));
            int total = header.payloadLength();
            long seq = header.isRst() && !header.isAck() || header.isRst() && tcb == null
                    ? (header.sequence() == 0 ? 0 : header.sequence() - iss)
                    : header.sequence() - iss;
            for (int i = 0; i < total; i++) {
                assertThat(whole.buffer().get(header.payloadOffset() + i))
                        .as("octet %d", seq + i)
                        .isEqualTo(pattern(seq + i));
            }
            int unit = segment.gsoSize() > 0 ? segment.gsoSize() : Math.max(1, total);
            int from = 0;
            do {
                int n = Math.min(unit, total - from);
                sent.add(describe(header, seq + from, n, from + n == total));
                from += n;
            } while (from < total);
            return true;
        }

        private Seg describe(TcpHeader header, long seq, int length, boolean last) {
            String flags = (header.isSyn() ? "S" : "")
                    + (header.isFin() && last ? "F" : "")
                    + (header.isRst() ? "R" : "")
                    + (header.isPsh() && last ? "P" : "")
                    + (header.isUrg() ? "U" : "")
                    + (header.isAck() ? "." : "");
            Seg seg = length > 0 ? Seg.data(seq, seq + length) : Seg.seg("").seq(seq);
            seg.flags = flags;
            seg.ack = header.isAck() ? header.acknowledgment() - PEER_ISS : Seg.ANY;
            int shift = header.isSyn() || tcb == null
                    ? 0
                    : tcb.emitter().negotiated().receiveShift();
            seg.window = (long) header.window() << shift;
            TcpOptions o = header.options();
            seg.mss = o.mss() < 0 ? Seg.ANY : o.mss();
            seg.windowScale = o.windowScale() < 0 ? Seg.ANY : o.windowScale();
            seg.sackPermitted = o.sackPermitted();
            seg.timestamps = o.hasTimestamps();
            if (o.hasTimestamps()) {
                seg.timestampValue = o.timestampValue();
                seg.timestampEcho = o.timestampEcho();
            }
            for (int i = 0; i < o.sackBlocks(); i++) {
                seg.sack(o.sackLeft(i) - PEER_ISS, o.sackRight(i) - PEER_ISS);
            }
            return seg;
        }
    }

    /** Takes all memory; the caller gives it back. */
    List<Chunk> exhaustMemory() {
        List<Chunk> held = new ArrayList<>();
        for (Chunk chunk = pool.acquire(true); chunk != null; chunk = pool.acquire(true)) {
            held.add(chunk);
        }
        assertThat(held).isNotEmpty();
        return held;
    }
}
