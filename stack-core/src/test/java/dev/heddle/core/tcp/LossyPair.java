package dev.heddle.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.congestion.CongestionControls;
import dev.heddle.core.tcp.recovery.SendRecords;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Two connections that talk to each other through a network that loses, delays, reorders and duplicates, in virtual time;
 * everything follows from one seed. Each side writes and reads in random pieces at random times, then closes. The
 * invariants are checked at every step.
 */
final class LossyPair {

    private static final long MS = 1_000_000L;
    private static final long GIVE_UP_NS = 4L * 3600 * 1_000 * MS;

    private static final SocketPair CLIENT =
            SocketPair.of(IpAddress.parse("192.0.2.1"), 40_000, IpAddress.parse("192.0.2.2"), 80, 0);
    private static final SocketPair SERVER =
            SocketPair.of(IpAddress.parse("192.0.2.2"), 80, IpAddress.parse("192.0.2.1"), 40_000, 0);

    private final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Deque<Packet> idle = new ArrayDeque<>();
    private final double loss;
    private final double duplication;
    private final double linkFull;
    private final long delayNs;
    private final long jitterNs;
    private final End client;
    private final End server;
    private long nowNs = 1_000 * MS;
    private long eventCount;

    private record Event(long atNs, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atNs == other.atNs ? Long.compare(number, other.number) : Long.compare(atNs, other.atNs);
        }
    }

    LossyPair(long seed, int bytesEachWay) {
        random = new SplittableRandom(seed);
        loss = chance(0.7) ? random.nextDouble(0.2) : 0;
        duplication = chance(0.3) ? random.nextDouble(0.1) : 0;
        linkFull = chance(0.3) ? random.nextDouble(0.3) : 0;
        delayNs = random.nextLong(1, 50) * MS;
        jitterNs = chance(0.5) ? random.nextLong(1, 30) * MS : 0;
        client = new End(CLIENT, bytesEachWay);
        server = new End(SERVER, bytesEachWay);
        client.peer = server;
        server.peer = client;
        client.tcb = client.connect();
        client.afterEntry();
        if (chance(0.1)) {
            server.tcb = server.connect();
            server.afterEntry();
        }
        client.scheduleApplication();
        server.scheduleApplication();
    }

    private Packet copyOf(Packet segment) {
        Packet copy = idle.isEmpty() ? new Packet(65_535) : idle.remove();
        copy.copyOf(segment);
        assertThat(copy.tcp().wrap(copy.buffer(), copy.offset(), copy.length())).isEqualTo(Refusal.NONE);
        return copy;
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private void at(long atNs, Runnable action) {
        events.add(new Event(atNs, eventCount++, action));
    }

    /** Runs until both sides are done and checks that they ended well. */
    void run() {
        while (!client.isDone() || !server.isDone()) {
            Event next = events.poll();
            assertThat(next).as(() -> "stuck: " + this).isNotNull();
            nowNs = next.atNs;
            assertThat(nowNs).as(() -> "not finished: " + this).isLessThan(GIVE_UP_NS);
            next.action.run();
        }
        client.checkEnd();
        server.checkEnd();
    }

    @Override
    public String toString() {
        return "client " + client + ", server " + server + ", loss " + loss + ", at " + nowNs / MS + " ms";
    }

    private final class End implements SegmentOutput {

        private final Packet scratch = new Packet(4096);
        private final SocketPair pair;
        private final BufferPool pool;
        private final CounterSet<TcpCounter> counters = new CounterSet<>(TcpCounter.class);
        private final TcpContext context;
        private final PathProperties path;
        private final int toWrite;
        private End peer;
        private Tcb tcb;
        private HalfOpenConnection halfOpen;
        private TimeWait timeWait;
        private int written;
        private int readSoFar;
        private boolean closed;
        private long scheduledTimerNs = Clock.NEVER;
        private boolean flushScheduled;
        private boolean applicationScheduled;
        private boolean entered;
        private long lastEdge;
        private long announcedEdge;

        End(SocketPair pair, int toWrite) {
            this.pair = pair;
            this.toWrite = toWrite;
            pool = new BufferPool(chance(0.2) ? 64 << 10 : 16 << 20, 1024);
            ConnectionOptions options = ConnectionOptions.DEFAULTS
                    .with()
                    .sendBufferBytes(1 << random.nextInt(11, 21))
                    .receiveBufferBytes(chance(0.3) ? 65_535 : 1 << random.nextInt(11, 22))
                    .noDelay(chance(0.3))
                    .quickAck(chance(0.1))
                    .build();
            TcpConfig config = TcpConfig.builder()
                    .timestamps(chance(0.5))
                    .sack(chance(0.7))
                    .windowScaling(chance(0.8))
                    .connection(options)
                    .synAckRetries(15)
                    .build();
            context = new TcpContext(
                    config,
                    this,
                    pool,
                    counters,
                    new CongestionControls(),
                    new ChallengeAckLimit(config.challengeAcksPerSecond(), random.split()),
                    new InitialSequence(random.split()),
                    new Orphans(config.maxOrphans()),
                    TcpEvents.NONE);
            int mtu = chance(0.5) ? 1500 : random.nextInt(296, 9000);
            path = new PathProperties(mtu, 20, chance(0.3) ? 65_535 - 20 : mtu - 20);
        }

        private Tcb connect() {
            return Tcb.connect(
                    context,
                    pair,
                    context.config().connection().with().synRetries(30).build(),
                    context.initialSequence().next(pair, nowNs),
                    path,
                    nowNs);
        }

        // --- network

        @Override
        public Packet acquire() {
            scratch.reset();
            return scratch;
        }

        @Override
        public void unanswered(SocketPair of, long triedNs, long nowNs) {
            // There is no other way.
        }

        @Override
        public void send(Packet segment, SocketPair to, int trafficClass, int hopLimit) {
            transmit(segment, to, trafficClass, hopLimit);
        }

        @Override
        public boolean transmit(Packet segment, SocketPair to, int trafficClass, int hopLimit) {
            assertThat(to).isEqualTo(pair);
            if (tcb != null && entered && chance(linkFull)) {
                return false;
            }
            Packet copy = copyOf(segment);
            checkAnnouncedWindow(copy.tcp());
            if (chance(loss)) {
                idle.add(copy);
            } else {
                deliver(copy);
                if (chance(duplication)) {
                    deliver(copyOf(segment));
                }
            }
            return true;
        }

        private void checkAnnouncedWindow(TcpHeader header) {
            if (header.isRst() || header.isSyn() || tcb == null || !tcb.state().isSynchronized()) {
                return;
            }
            int shift = tcb.emitter().negotiated().receiveShift();
            long edge = tcb.receiveSequence().offset(header.acknowledgment()) + ((long) header.window() << shift);
            // RFC 7323 2.4: only by rounding to the scale's unit.
            assertThat(edge).as("announced right edge").isGreaterThan(announcedEdge - (1L << shift));
            announcedEdge = Math.max(announcedEdge, edge);
        }

        private void deliver(Packet packet) {
            long delay = delayNs + (jitterNs > 0 ? random.nextLong(jitterNs) : 0);
            at(nowNs + delay, () -> {
                peer.arrive(packet);
                idle.add(packet);
            });
        }

        private void arrive(Packet packet) {
            packet.arrivalNs = nowNs;
            entered = true;
            if (timeWait != null) {
                timeWait.segmentArrives(packet, nowNs);
            } else if (tcb != null && tcb.state() != TcpState.CLOSED) {
                tcb.segmentArrives(packet, nowNs);
            } else if (tcb != null) {
                Reset.answer(context, packet, pair);
            } else {
                arriveAtListener(packet);
            }
            afterEntry();
        }

        private void arriveAtListener(Packet packet) {
            if (halfOpen == null) {
                if (!packet.tcp().isSyn() || packet.tcp().isAck()) {
                    return;
                }
                halfOpen = HalfOpenConnection.open(
                        context,
                        pair,
                        packet,
                        context.config().connection(),
                        path,
                        context.initialSequence().next(pair, nowNs),
                        nowNs);
                halfOpen.sendSynAck(nowNs);
                return;
            }
            HalfOpenConnection.Verdict verdict = halfOpen.segmentArrives(packet, nowNs);
            assertThat(verdict).isNotEqualTo(HalfOpenConnection.Verdict.REMOVE);
            if (verdict == HalfOpenConnection.Verdict.PROMOTE) {
                tcb = halfOpen.promote(context, nowNs);
                halfOpen = null;
                tcb.segmentArrives(packet, nowNs);
                assertThat(tcb.state()).as("promoted").isNotEqualTo(TcpState.SYN_RECEIVED);
            }
        }

        // --- the host

        private void afterEntry() {
            entered = true;
            if (tcb != null && timeWait == null) {
                tcb.flush(nowNs);
                checkInvariants();
                if (tcb.wantsOutput() && !flushScheduled) {
                    flushScheduled = true;
                    at(nowNs + random.nextLong(1, 2 * MS), () -> {
                        flushScheduled = false;
                        afterEntry();
                    });
                }
                if (tcb.state() == TcpState.TIME_WAIT && !tcb.wantsOutput() && tcb.available() == 0 && closed) {
                    timeWait = TimeWait.of(tcb, context, nowNs);
                    tcb.release();
                }
            }
            entered = false;
            scheduleTimer();
            scheduleApplication();
        }

        private void scheduleTimer() {
            long deadline = Clock.NEVER;
            if (timeWait == null && tcb != null) {
                deadline = tcb.nextDeadlineNs();
            } else if (halfOpen != null) {
                deadline = halfOpen.nextDeadlineNs();
            }
            if (deadline < scheduledTimerNs) {
                scheduledTimerNs = deadline;
                at(Math.max(deadline, nowNs), this::timer);
            }
        }

        private void timer() {
            scheduledTimerNs = Clock.NEVER;
            if (timeWait == null && tcb != null) {
                tcb.timersExpire(nowNs);
            } else if (halfOpen != null) {
                assertThat(halfOpen.timerExpires(context.config().synAckRetries(), nowNs))
                        .isTrue();
            }
            afterEntry();
        }

        // --- the application

        private void scheduleApplication() {
            if (!applicationScheduled && !closed) {
                applicationScheduled = true;
                long pause = chance(0.02) ? random.nextLong(3_000 * MS) : random.nextLong(1, 20 * MS);
                at(nowNs + pause, () -> {
                    applicationScheduled = false;
                    application();
                });
            }
        }

        private void application() {
            if (tcb != null && timeWait == null) {
                write();
                read();
                if (tcb.endOfStream() && written == toWrite && !closed) {
                    closed = true;
                    tcb.close(nowNs);
                }
            }
            afterEntry();
        }

        private void write() {
            if (written < toWrite && (tcb.state().maySend() || tcb.state() == TcpState.SYN_SENT)) {
                byte[] piece = new byte[Math.min(toWrite - written, random.nextInt(1, chance(0.3) ? 100 : 30_000))];
                for (int i = 0; i < piece.length; i++) {
                    piece[i] = pattern(written + i);
                }
                int taken = tcb.write(piece, 0, piece.length);
                assertThat(taken).isBetween(0, piece.length);
                written += taken;
            }
            if (written == toWrite && tcb.state().maySend() && chance(0.5)) {
                tcb.shutdownOutput();
            }
        }

        private void read() {
            byte[] target = new byte[random.nextInt(1, chance(0.2) ? 200 : 40_000)];
            int n = tcb.read(target, 0, target.length);
            for (int i = 0; i < n; i++) {
                if (target[i] != pattern(readSoFar + i)) {
                    fail("wrong octet " + (readSoFar + i));
                }
            }
            readSoFar += n;
        }

        // --- checks

        private void checkInvariants() {
            SendSequence snd = tcb.sendSequence();
            assertThat(snd.una).as("SND.UNA").isLessThanOrEqualTo(snd.nxt);
            if (tcb.state().isSynchronized()) {
                ReceiveSequence rcv = tcb.receiveSequence();
                assertThat(rcv.edge).as("right edge").isGreaterThanOrEqualTo(lastEdge);
                assertThat(rcv.window()).as("RCV.WND").isGreaterThanOrEqualTo(0);
                lastEdge = rcv.edge;
            }
            LossRecovery recovery = tcb.sender().recovery();
            if (recovery != null && tcb.state() != TcpState.CLOSED) {
                SendRecords records = recovery.records();
                if (!records.isEmpty()) {
                    assertThat(records.start()).as("records start").isEqualTo(snd.una);
                    assertThat(records.end()).as("records end").isEqualTo(snd.nxt);
                }
                assertThat(records.inFlightBytes()).as("pipe").isBetween(0L, snd.nxt - snd.una);
            }
            if (tcb.state() == TcpState.CLOSED) {
                assertThat(tcb.failure()).as(() -> "failure of " + this).isEqualTo(Failure.NONE);
            } else if (tcb.state() != TcpState.TIME_WAIT && snd.nxt > snd.una && !tcb.wantsOutput()) {
                assertThat(tcb.nextDeadlineNs()).as(() -> "timer of " + this).isLessThan(Clock.NEVER);
            }
        }

        boolean isDone() {
            return closed && (timeWait != null || tcb.state() == TcpState.CLOSED);
        }

        void checkEnd() {
            assertThat(written).isEqualTo(toWrite);
            assertThat(readSoFar).isEqualTo(peer.toWrite);
            tcb.release();
            assertThat(pool.usedBytes()).as("memory").isZero();
        }

        @Override
        public String toString() {
            return (tcb == null ? "half-open" : tcb.info(nowNs).toString()) + " written " + written + " read "
                    + readSoFar;
        }
    }

    private static byte pattern(int offset) {
        return (byte) (offset * 31 + (offset >> 8));
    }
}
