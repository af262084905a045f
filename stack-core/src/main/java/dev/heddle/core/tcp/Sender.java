package dev.heddle.core.tcp;

import dev.heddle.core.buffer.StreamBuffer;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.congestion.Acknowledgement;
import dev.heddle.core.tcp.congestion.CongestionControl;
import dev.heddle.core.tcp.congestion.CongestionControls;
import dev.heddle.core.tcp.congestion.RateSample;
import dev.heddle.core.tcp.recovery.DeliveryRateEstimator;
import dev.heddle.core.tcp.recovery.RttEstimator;
import dev.heddle.core.tcp.recovery.SendRecords;
import dev.heddle.core.tcp.recovery.TailLossProbe;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.TcpHeader;
import dev.heddle.core.wire.TcpOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a connection: the send buffer, what acknowledgements do to it, and how much may go now (peer's window,
 * congestion window, silly-window avoidance, Nagle). It hands byte ranges to the {@link SegmentEmitter}.
 */
final class Sender {

    private final TcpContext context;
    private final SendSequence sequence;
    private final SegmentEmitter emitter;
    private final RttEstimator rtt;
    private final StreamBuffer buffer;

    /** Made when data is first sent: an idle connection does without. */
    private @Nullable LossRecovery recovery;

    private @Nullable PathMtuDiscovery pathMtuDiscovery;
    private @Nullable Acknowledgement acknowledgement;
    private @Nullable CongestionControl congestion;

    /** The octet behind the last one that the application wrote; the FIN's octet once it is queued. */
    private long tail = 1;

    private int limitBytes;
    private long lastSentNs;
    /** The end of the last segment sent that was not full-sized: Minshall's form of Nagle's rule. */
    private long partialEnd;

    /** A loss probe waits for room in the link. */
    private boolean probeDue;

    private final Pacer pacer = new Pacer();
    private final Cork cork = new Cork();

    private boolean congestionWindowLimited;
    /** Sending stopped because the window's rest is too small to be worth a segment. */
    private boolean windowTooSmall;

    /** Consecutive timeouts or probes that nothing has answered (R1, R2 of RFC 9293 3.8.3). */
    private int unanswered;

    private long firstUnansweredNs;

    Sender(TcpContext context, SendSequence sequence, SegmentEmitter emitter, RttEstimator rtt, int limitBytes) {
        this.context = context;
        this.sequence = sequence;
        this.emitter = emitter;
        this.rtt = rtt;
        this.limitBytes = limitBytes;
        buffer = new StreamBuffer(context.pool());
        buffer.start(1);
    }

    // --- the application

    int write(byte[] source, int offset, int length, boolean more) {
        cork.written(more);
        int written = buffer.write(tail, source, offset, Math.min(length, room()));
        tail += written;
        return written;
    }

    int write(ByteBuffer source) {
        cork.written(false);
        int written = buffer.write(tail, source, source.position(), Math.min(source.remaining(), room()));
        source.position(source.position() + written);
        tail += written;
        return written;
    }

    /** Writes urgent data: SND.UP is behind what was taken (RFC 9293 3.10.2). */
    int writeUrgent(byte[] source, int offset, int length) {
        int written = write(source, offset, length, false);
        if (written > 0) {
            sequence.up = tail;
        }
        return written;
    }

    int room() {
        return (int) Math.max(0, limitBytes - (tail - buffer.head()));
    }

    /** Whether a writer should be woken: a third of the buffer is free. */
    boolean isWritable() {
        return room() >= Math.max(1, limitBytes / 3);
    }

    void limit(int bytes) {
        limitBytes = bytes;
    }

    long tail() {
        return tail;
    }

    /** The text that the peer has acknowledged; SYN and FIN are not text. */
    long acknowledgedBytes() {
        return Math.max(0, Math.min(sequence.una, tail) - 1);
    }

    long unsentBytes() {
        return Math.max(0, tail - Math.max(sequence.nxt, 1));
    }

    void release() {
        buffer.clear();
    }

    // --- congestion state

    /** The handshake is done: the MSS is known. */
    void established(String congestionControl, int mssBytes) {
        congestion = context.congestionControls()
                .create(
                        congestionControl,
                        CongestionControls.Start.of(
                                context.config().initialWindowSegments(), mssBytes, sequence.wire(0)));
    }

    /** The application wants another algorithm: it goes on from where the one before was. */
    void congestionControl(String name) {
        CongestionControl before = congestion;
        if (before != null && !before.name().equals(name)) {
            congestion = context.congestionControls()
                    .create(
                            name,
                            new CongestionControls.Start(
                                    emitter.mssBytes(),
                                    context.config().initialWindowSegments(),
                                    before.congestionWindowBytes(),
                                    before.slowStartThresholdBytes(),
                                    sequence.wire(0)));
        }
    }

    void segmentSizeChanged(int mssBytes) {
        if (congestion != null) {
            congestion.segmentSizeChanged(mssBytes);
        }
    }

    @Nullable CongestionControl congestion() {
        return congestion;
    }

    @Nullable LossRecovery recovery() {
        return recovery;
    }

    /** Null before the first data. */
    @Nullable PathMtuDiscovery pathMtuDiscovery() {
        return pathMtuDiscovery;
    }

    int unanswered() {
        return unanswered;
    }

    private LossRecovery startedRecovery() {
        LossRecovery started = recovery;
        if (started == null) {
            started = recovery =
                    new LossRecovery(context, rtt, emitter.negotiated().sack());
        }
        return started;
    }

    boolean hasOutstanding() {
        return recovery != null && !recovery.records().isEmpty();
    }

    // --- acknowledgements

    /**
     * Takes the ACK field, window and SACK blocks of an acceptable segment, SND.UNA ≤ ack ≤ SND.NXT or an old ack.
     *
     * @param seq the segment's sequence offset
     * @param ack the acknowledgment offset
     * @param bare whether the segment has neither text nor SYN nor FIN
     */
    void acknowledge(TcpHeader header, long seq, long ack, boolean bare, Packet packet) {
        boolean windowChanged = updateWindow(header, seq, ack);
        if (ack > sequence.una || sequence.wnd == 0) {
            // RFC 9293 MUST-37, SHLD-17: a peer that answers probes of its closed window is alive.
            unanswered = 0;
            firstUnansweredNs = packet.arrivalNs;
        }
        LossRecovery current = recovery;
        if (current == null || current.records().isEmpty() && !current.hears(header.options())) {
            sequence.una = Math.max(sequence.una, ack);
            return;
        }
        SendRecords records = current.records();
        Acknowledgement description = acknowledgement;
        if (description == null) {
            description = acknowledgement = new Acknowledgement();
        }
        description.reset(packet.arrivalNs, current.inFlightBytes());
        current.acknowledging(packet.arrivalNs, echoedBeforeNs(header.options(), packet.arrivalNs));
        description.congestionWindowLimited = congestionWindowLimited;
        if (ack > sequence.una) {
            description.acknowledgedBytes = ack - sequence.una;
            description.deliveredBytes = records.acknowledge(ack);
            sequence.una = ack;
            buffer.release(Math.min(ack, tail));
        } else {
            description.duplicate = bare && !windowChanged && ack == sequence.una;
        }
        TcpOptions options = header.options();
        if (emitter.negotiated().sack() && options.sackBlocks() > 0) {
            description.sackedBytes = takeSack(options, ack, current);
            description.deliveredBytes += description.sackedBytes;
        }
        measure(header, description, current);
        description.unacknowledgedOffset = sequence.una;
        description.nextOffset = sequence.nxt;
        int mss = emitter.mssBytes();
        boolean newDataMayGo = Math.min(unsentBytes(), sequence.windowEdge() - sequence.nxt) >= mss;
        LossRecovery.Phase before = current.phase();
        boolean echo = emitter.ecn().isEcho(header.flags());
        // RFC 3168 6.1.2: the window does not grow by what reports congestion.
        description.ecnEcho = echo;
        description.recovering = echo;
        current.acknowledged(description, sequence.una, sequence.nxt, mss, newDataMayGo, requireCongestion());
        if (current.phase() == LossRecovery.Phase.RECOVERY && before != LossRecovery.Phase.RECOVERY) {
            emitter.ecn().reduced(sequence.nxt);
        } else if (echo) {
            echoArrived(description, current.phase(), packet.arrivalNs);
        }
    }

    /** The peer echoes a mark of congestion (RFC 3168 6.1.2). */
    private void echoArrived(Acknowledgement description, LossRecovery.Phase phase, long nowNs) {
        Ecn ecn = emitter.ecn();
        context.counters()
                .add(
                        TcpCounter.TcpExtTCPDeliveredCE,
                        (description.deliveredBytes + emitter.mssBytes() - 1) / emitter.mssBytes());
        if (phase == LossRecovery.Phase.OPEN && !ecn.isReducing(sequence.una)) {
            requireCongestion().congestionExperienced(sequence.nxt - sequence.una, nowNs);
            ecn.reduced(sequence.nxt);
        }
    }

    /**
     * The time before which a transmission must have happened to be the one whose timestamp is echoed; the timestamp clock
     * is coarse, so that is the end of a tick.
     */
    private long echoedBeforeNs(TcpOptions options, long arrivalNs) {
        if (!emitter.negotiated().timestamps() || !options.hasTimestamps()) {
            return Clock.NEVER;
        }
        long tickNs = NegotiatedOptions.TIMESTAMP_TICK_NS;
        int ticksAgo = emitter.negotiated().timestamp(arrivalNs) - options.timestampEcho();
        return (arrivalNs / tickNs - ticksAgo + 1) * tickNs;
    }

    private boolean updateWindow(TcpHeader header, long seq, long ack) {
        // RFC 9293 3.10.7.4: an old segment must not set the window. One that acknowledges
        // something new is not old, though it may carry old text: without its window, SND.UNA
        // + SND.WND would move beyond what the peer offered.
        boolean old = sequence.wl1 > seq || sequence.wl1 == seq && sequence.wl2 > ack;
        if (ack < sequence.una || ack == sequence.una && old) {
            return false;
        }
        // RFC 7323 2.2: the window of a SYN is never scaled.
        int shift = header.isSyn() ? 0 : emitter.negotiated().sendShift();
        long window = (long) header.window() << shift;
        boolean changed = window != sequence.wnd;
        boolean opened = sequence.wnd == 0 && window > 0;
        sequence.wnd = window;
        sequence.maxWnd = Math.max(sequence.maxWnd, window);
        sequence.wl1 = seq;
        sequence.wl2 = ack;
        if (opened) {
            // The back-off was that of the probes, not the path's.
            rtt.resetBackOff();
            if (ack == sequence.una && recovery != null) {
                // Whatever probed the closed window was not taken.
                recovery.resendFirst(emitter.mssBytes());
            }
        }
        return changed;
    }

    private long takeSack(TcpOptions options, long ack, LossRecovery current) {
        SackReport report = current.report();
        report.read(options, sequence, ack);
        long newly = 0;
        for (int i = 0; i < report.count(); i++) {
            newly += current.records().sack(report.left(i), report.right(i));
        }
        return newly;
    }

    private void measure(TcpHeader header, Acknowledgement description, LossRecovery current) {
        long sentNs = current.records().takeEarliestDeliveredSentNs();
        if (sentNs >= 0) {
            description.rttNs = Math.max(1, description.arrivalNs - sentNs);
        } else if (description.acknowledgedBytes > 0
                && emitter.negotiated().timestamps()
                && header.options().hasTimestamps()) {
            // RFC 7323 4.1: the echo tells which transmission arrived, retransmitted or not.
            int ticks = emitter.negotiated().timestamp(description.arrivalNs)
                    - header.options().timestampEcho();
            if (ticks >= 0) {
                description.rttNs = Math.max(1, ticks) * NegotiatedOptions.TIMESTAMP_TICK_NS;
            }
        }
        if (description.rttNs > 0) {
            if (current.takeSpikeSample(sequence.una)) {
                rtt.sampleAfterSpuriousTimeout(description.rttNs, description.arrivalNs);
            } else {
                long step = Math.max(description.acknowledgedBytes, 2L * emitter.mssBytes());
                int samplesPerRtt = (int) Math.max(1, description.priorInFlightBytes / step);
                rtt.sample(description.rttNs, samplesPerRtt, description.arrivalNs);
            }
        }
        if (current.newestDeliveredSentNs() >= 0) {
            rtt.sampleMinimum(description.arrivalNs - current.newestDeliveredSentNs(), description.arrivalNs);
        }
        description.smoothedRttNs = rtt.srttNs();
        description.minRttNs = rtt.minRttNs();
        description.burstBytes = burstBytes(sequence.nxt);
        description.paced = pacer.isOn();
        sampleRate(description, current.records().deliveryRate());
    }

    private void sampleRate(Acknowledgement description, DeliveryRateEstimator estimator) {
        estimator.sample(description.arrivalNs, description.minRttNs);
        RateSample sample = description.rate;
        sample.deliveredBytes = estimator.sampleBytes();
        sample.intervalNs = estimator.sampleIntervalNs();
        sample.priorDeliveredBytes = estimator.samplePriorDelivered();
        sample.totalDeliveredBytes = estimator.deliveredBytes();
        sample.applicationLimited = estimator.isSampleApplicationLimited();
        sample.retransmission = estimator.isSampleRetransmission();
    }

    private CongestionControl requireCongestion() {
        CongestionControl current = congestion;
        if (current == null) {
            throw new IllegalStateException("data before the handshake");
        }
        return current;
    }

    // --- sending

    /**
     * Sends what may go now: retransmissions first, then new data, then the FIN.
     *
     * @param finQueued whether the application has closed its side: the octet at the tail is the FIN
     * @return false if the link refused a segment
     */
    boolean send(boolean finQueued, ConnectionOptions options, long nowNs) {
        windowTooSmall = false;
        pacer.rate(pacingRate(options), emitter.mssBytes());
        cork.begin();
        if (probeDue && !probeForLoss(finQueued, nowNs)) {
            return false;
        }
        LossRecovery current = recovery;
        if (current != null && !current.records().isEmpty() && !retransmit(current, nowNs)) {
            return false;
        }
        if (unsentBytes() == 0 && !(finQueued && sequence.nxt == tail)) {
            congestionWindowLimited = congestionWindowLimited && hasOutstanding();
            noteApplicationLimited();
            return true;
        }
        restartAfterIdle(nowNs);
        boolean sent = sendNew(finQueued, options, nowNs);
        noteApplicationLimited();
        return sent;
    }

    /** What is delivered from here on may show the application's rate and not the path's, until what is in flight is. */
    private void noteApplicationLimited() {
        LossRecovery current = recovery;
        if (current != null
                && unsentBytes() < emitter.mssBytes()
                && current.nextLost() < 0
                && current.inFlightBytes() < requireCongestion().congestionWindowBytes()) {
            current.records().deliveryRate().applicationLimited(current.inFlightBytes());
        }
    }

    private boolean retransmit(LossRecovery current, long nowNs) {
        SendRecords records = current.records();
        int mss = emitter.mssBytes();
        while (true) {
            boolean forced = current.isForced();
            int index = current.nextLost();
            if (index < 0) {
                return true;
            }
            long room = current.allowedFlightBytes(requireCongestion()) - current.inFlightBytes();
            if (room < mss && !forced) {
                congestionWindowLimited = true;
                return true;
            }
            if (!pacer.isDue(nowNs)) {
                return true;
            }
            long start = records.start(index);
            long end = records.end(index);
            long most = forced ? mss : Math.max(mss, Math.min(room - room % mss, burstBytes(start)));
            if (!forced && start >= sequence.windowEdge()) {
                // The window shrank below what was sent (RFC 9293 MUST-34): what is still inside is sent again
                // (SHLD-16),
                // the rest is left to the persist timer.
                return true;
            }
            long length = Math.min(end - start, most);
            if (!emitter.data(start, length, tail, end == sequence.nxt && start + length == end, nowNs, buffer)) {
                return false;
            }
            boolean fast = current.phase() == LossRecovery.Phase.RECOVERY;
            retransmitted(
                    current,
                    index,
                    length,
                    fast ? TcpCounter.TcpExtTCPFastRetrans : TcpCounter.TcpExtTCPSlowStartRetrans,
                    nowNs);
        }
    }

    private void retransmitted(LossRecovery current, int index, long length, TcpCounter kind, long nowNs) {
        int mss = emitter.mssBytes();
        context.counters().increment(kind);
        context.counters().add(TcpCounter.TcpRetransSegs, (length + mss - 1) / mss);
        emitter.countRetransmitted(length);
        noteSent(length, current, nowNs);
        current.retransmitted(index, length, nowNs);
        lastSentNs = nowNs;
    }

    private boolean sendNew(boolean finQueued, ConnectionOptions options, long nowNs) {
        int mss = emitter.mssBytes();
        CongestionControl control = requireCongestion();
        while (true) {
            long unsent = unsentBytes();
            boolean finOnly = unsent == 0;
            if (finOnly && !(finQueued && sequence.nxt == tail)) {
                congestionWindowLimited = false;
                return true;
            }
            long congestionRoom = allowedFlightBytes(control) - inFlightBytes();
            long windowRoom = sequence.windowEdge() - sequence.nxt;
            if (finOnly) {
                // A FIN occupies one octet of the window, and no congestion window worth speaking of.
                if (windowRoom < 1) {
                    return true;
                }
                return sendRange(0, true, nowNs);
            }
            if (congestionRoom < Math.min(mss, unsent)) {
                congestionWindowLimited = true;
                return true;
            }
            long usable = Math.min(Math.min(unsent, windowRoom), Math.min(congestionRoom, burstBytes(sequence.nxt)));
            if (usable <= 0) {
                // RFC 9293 SHLD-15: nothing new beyond the window, negative as it may have become.
                congestionWindowLimited = false;
                return true;
            }
            if (!pacer.isDue(nowNs)) {
                // Not the window's doing, nor the application's: what was said of them stays.
                return true;
            }
            // RFC 9293 3.9.1.2: segments as large as possible whatever the writes were (SHLD-28, MAY-16); the rest
            // waits
            // for an ACK or the persist timer at most (MUST-60).
            boolean all = usable == unsent;
            long length =
                    all && mayEndPartially(usable % mss, finQueued, options, nowNs) ? usable : usable - usable % mss;
            if (length == 0) {
                if (!all && usable == windowRoom && usable * 2 >= sequence.maxWnd) {
                    // RFC 9293 3.8.6.2.1 (3): half the largest window is worth a segment whatever its size.
                    length = usable;
                } else {
                    windowTooSmall = !all && usable == windowRoom;
                    congestionWindowLimited = false;
                    return true;
                }
            }
            boolean fin = finQueued && length == unsent && windowRoom > length;
            if (!sendRange(length, fin, nowNs)) {
                return false;
            }
        }
    }

    /** Whether the last data written may leave as a segment that is not full (RFC 9293 3.7.4, SHLD-7). */
    private boolean mayEndPartially(long partialBytes, boolean finQueued, ConnectionOptions options, long nowNs) {
        if (partialBytes == 0 || finQueued || sequence.isUrgent()) {
            return true;
        }
        if (cork.holds(options.cork(), tail - partialBytes, tail, nowNs)) {
            // A writer who must wait for room cannot complete the segment, and nothing else will make room.
            return !isWritable() && !hasOutstanding();
        }
        // Minshall: only an unacknowledged partial segment holds the next one back, as in Linux.
        return options.noDelay() || cork.isReleased(tail) || partialEnd <= sequence.una;
    }

    private boolean sendRange(long length, boolean fin, long nowNs) {
        long start = sequence.nxt;
        long end = start + length + (fin ? 1 : 0);
        LossRecovery current = startedRecovery();
        if (!emitter.data(start, end - start, tail, fin || start + length == tail, nowNs, buffer)) {
            return false;
        }
        if (current.records().isEmpty()) {
            firstUnansweredNs = nowNs;
        }
        noteSent(length, current, nowNs);
        current.sent(start, end, nowNs);
        if (pathMtuDiscovery == null) {
            pathMtuDiscovery = new PathMtuDiscovery();
        }
        pathMtuDiscovery.sent(start, length, emitter.mssBytes(), sequence.una);
        sequence.nxt = end;
        lastSentNs = nowNs;
        if (length % emitter.mssBytes() != 0) {
            partialEnd = end;
        }
        return true;
    }

    private void noteSent(long bytes, LossRecovery current, long nowNs) {
        requireCongestion().sent(bytes, current.inFlightBytes(), nowNs);
        pacer.sent(bytes, nowNs);
    }

    /** The largest segment to hand over at once from an offset on. */
    private int burstBytes(long start) {
        return pacer.burstBytes(emitter.maxPayloadBytes(start));
    }

    /** The rate to send with, or {@link CongestionControl#UNPACED}. */
    private long pacingRate(ConnectionOptions options) {
        CongestionControl control = requireCongestion();
        long rate = control.pacingRateBytesPerSecond();
        // As Linux: the initial window is not spread, it is a burst that every path takes.
        boolean initial = sequence.nxt <= (long) context.config().initialWindowSegments() * emitter.mssBytes();
        if (rate == CongestionControl.UNPACED && options.pacing() && rtt.srttNs() > 0 && !initial) {
            rate = Pacer.rateOf(
                    Math.max(control.congestionWindowBytes(), inFlightBytes()),
                    control.slowStartThresholdBytes(),
                    rtt.srttNs());
        }
        return Math.min(rate, options.maxPacingRateBytesPerSecond());
    }

    /** The rate in force, or {@link CongestionControl#UNPACED}. */
    long pacingRateBytesPerSecond() {
        return pacer.rateBytesPerSecond();
    }

    /** Whether only the pacer keeps data from going. */
    boolean isPaced(long nowNs) {
        return pacer.isHolding(nowNs);
    }

    long pacedUntilNs() {
        return pacer.nextNs();
    }

    private long inFlightBytes() {
        return recovery == null ? 0 : recovery.inFlightBytes();
    }

    private long allowedFlightBytes(CongestionControl control) {
        return recovery == null ? control.congestionWindowBytes() : recovery.allowedFlightBytes(control);
    }

    private void restartAfterIdle(long nowNs) {
        // RFC 5681 4.1
        long idleNs = nowNs - lastSentNs;
        if (lastSentNs > 0 && idleNs > rtt.rtoNs() && !hasOutstanding()) {
            requireCongestion().restartedAfterIdle(idleNs, rtt.rtoNs(), nowNs);
        }
    }

    // --- timers

    Cork cork() {
        return cork;
    }

    /** Whether the peer's window, and nothing else, keeps data or a FIN from being sent: it must be probed (RFC 9293 MUST-35). */
    boolean needsProbe(boolean finQueued) {
        boolean waiting = unsentBytes() > 0 || finQueued && sequence.nxt <= tail || hasOutstanding();
        return waiting && (sequence.wnd == 0 || windowTooSmall && !hasOutstanding());
    }

    /** The retransmission timer expired. */
    void timedOut(long nowNs) {
        LossRecovery current = recovery;
        if (current == null || current.records().isEmpty()) {
            return;
        }
        context.counters().increment(TcpCounter.TcpExtTCPTimeouts);
        requireCongestion().retransmissionTimeout(sequence.nxt - sequence.una, unanswered == 0, nowNs);
        unanswered++;
        rtt.backOff();
        probeDue = false;
        current.timedOut(sequence.una, sequence.nxt, nowNs);
        emitter.ecn().reduced(sequence.nxt);
    }

    /** The reordering timer expired (RFC 8985 6.2): what may go because of it goes with the next {@link #send}. */
    void reorderingTimerExpired(long nowNs) {
        if (hasOutstanding() && recovery != null) {
            recovery.reorderingTimerExpired(sequence.una, sequence.nxt, emitter.mssBytes(), nowNs, requireCongestion());
        }
    }

    /** The probe timer expired: if a loss probe may go, it goes with the next {@link #send}. */
    void probeTimerExpired() {
        probeDue = recovery != null && hasOutstanding() && recovery.maySendProbe();
    }

    /**
     * TLP_send_probe (RFC 8985 7.3): new data if there is some and the peer's window takes it, else the last segment again.
     *
     * @return false if the link refused it
     */
    private boolean probeForLoss(boolean finQueued, long nowNs) {
        LossRecovery current = recovery;
        if (current == null || current.records().isEmpty() || !current.maySendProbe()) {
            probeDue = false;
            return true;
        }
        int mss = emitter.mssBytes();
        long length = Math.min(Math.min(unsentBytes(), mss), sequence.windowEdge() - sequence.nxt);
        boolean isRetransmission = length <= 0;
        if (!isRetransmission) {
            boolean fin = finQueued && length == unsentBytes() && sequence.windowEdge() - sequence.nxt > length;
            if (!sendRange(length, fin, nowNs)) {
                return false;
            }
        } else {
            SendRecords records = current.records();
            int last = records.splitLast(mss);
            long start = records.start(last);
            if (!emitter.data(start, sequence.nxt - start, tail, true, nowNs, buffer)) {
                return false;
            }
            retransmitted(current, last, sequence.nxt - start, TcpCounter.TcpExtTCPLossProbes, nowNs);
        }
        if (!isRetransmission) {
            context.counters().increment(TcpCounter.TcpExtTCPLossProbes);
        }
        current.probed(sequence.nxt, isRetransmission);
        probeDue = false;
        return true;
    }

    /** When RACK's reordering timer must run; {@link Clock#NEVER} if it need not. */
    long reorderingDeadlineNs() {
        return recovery == null ? Clock.NEVER : recovery.reorderingDeadlineNs();
    }

    /** Whether a loss probe may be scheduled, or wait for its time. */
    boolean mayScheduleProbe() {
        return recovery != null && context.config().tailLossProbe() && recovery.mayScheduleProbe();
    }

    boolean takeProbeScheduleDue() {
        return recovery != null && recovery.takeProbeScheduleDue();
    }

    /** How long after now a loss probe may go (RFC 8985 7.2), if the RTO does not come first. */
    long probeTimeoutNs() {
        return TailLossProbe.timeoutNs(rtt.srttNs(), sequence.nxt - sequence.una <= emitter.mssBytes());
    }

    /** How long the retransmission timer still waits if the peer has just reneged; 0 if nothing says so. */
    long takeRenegingPatienceNs() {
        LossRecovery current = recovery;
        return current != null && current.takeRenegingSuspected() ? current.renegingPatienceNs() : 0;
    }

    /**
     * The persist timer expired (RFC 9293 3.8.6.1): sends one octet beyond the closed window, or what fits a small one.
     *
     * @return false if the link refused it
     */
    boolean probe(boolean finQueued, long nowNs) {
        context.counters().increment(TcpCounter.TcpExtTCPWinProbe);
        unanswered++;
        rtt.backOff();
        LossRecovery current = recovery;
        if (current != null && !current.records().isEmpty()) {
            boolean sent = emitter.data(sequence.una, 1, tail, false, nowNs, buffer);
            if (sent && !current.records().has(0, SendRecords.SACKED)) {
                current.retransmitted(0, 1, nowNs);
            }
            return sent;
        }
        long unsent = unsentBytes();
        long length = Math.min(unsent, Math.min(Math.max(1, sequence.wnd), emitter.mssBytes()));
        return length == 0 ? !finQueued || sendRange(0, true, nowNs) : sendRange(length, false, nowNs);
    }

    /** Since when the peer owes an acknowledgement of what is outstanding; the user timeout (RFC 5482) counts from here. */
    long unansweredSinceNs() {
        return firstUnansweredNs;
    }

    /** The path takes smaller packets than was thought (RFC 1191 6.4): sends from SND.UNA again. */
    void resendForSmallerPath() {
        if (hasOutstanding() && recovery != null) {
            recovery.resendFirst(sequence.nxt - sequence.una);
        }
    }
}
