package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.congestion.CongestionControl;
import dev.heddle.core.tcp.recovery.RttEstimator;
import dev.heddle.core.tcp.recovery.TailLossProbe;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.TcpHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a connection. What an acknowledgement means is worked out by {@link AckArrival}; what goes again is
 * {@link Retransmitter}'s affair, how much new data may go {@link NewData}'s; {@link Transmission} sends it.
 */
final class Sender {

    /** How long nothing was sent when a sender rests. */
    private static final long REST_NS = 5_000_000_000L;

    private final TcpContext context;
    private final SendSequence sequence;
    private final SegmentEmitter emitter;
    private final RttEstimator rtt;
    private final SendBuffer buffer;
    private final Congestion congestion;
    private final Cork cork = new Cork();
    private final NewData newData;
    private final Retransmitter retransmitter;

    // Made when data is sent: an idle connection does without.
    private @Nullable Transmission transmission;
    private @Nullable AckArrival arrival;

    /** Of what was sent before {@link #transmission} was made; null before the first data. */
    private @Nullable SendHistory history;

    /** Consecutive timeouts or probes that nothing has answered (R1, R2 of RFC 9293 3.8.3). */
    private int unanswered;

    private long firstUnansweredNs;

    /** When a timeout last had something sent again. */
    private long triedAgainNs;

    /** Null while the peer takes what comes. */
    private @Nullable Stall stall;

    Sender(
            TcpContext context,
            SendSequence sequence,
            SegmentEmitter emitter,
            RttEstimator rtt,
            ConnectionOptions options) {
        this.context = context;
        this.sequence = sequence;
        this.emitter = emitter;
        this.rtt = rtt;
        buffer = new SendBuffer(context.pool(), options);
        congestion = new Congestion(context, sequence, emitter, rtt);
        newData = new NewData(sequence, emitter, buffer, congestion, cork);
        retransmitter = new Retransmitter(context, sequence, emitter, buffer, congestion);
    }

    // --- the application

    int write(byte[] source, int offset, int length, boolean more) {
        cork.written(more);
        return buffer.write(source, offset, length);
    }

    int write(ByteBuffer source) {
        cork.written(false);
        return buffer.write(source);
    }

    /** Writes urgent data: SND.UP is behind what was taken (RFC 9293 3.10.2). */
    int writeUrgent(byte[] source, int offset, int length) {
        int written = write(source, offset, length, false);
        if (written > 0) {
            sequence.up = buffer.tail();
        }
        return written;
    }

    SendBuffer buffer() {
        return buffer;
    }

    long tail() {
        return buffer.tail();
    }

    /** The text that the peer has acknowledged; SYN and FIN are not text. */
    long acknowledgedBytes() {
        return Math.max(0, Math.min(sequence.una, buffer.tail()) - 1);
    }

    long unsentBytes() {
        return buffer.unsentBytes(sequence.nxt);
    }

    Cork cork() {
        return cork;
    }

    /** The connection ends, and nothing is sent any more. */
    void ended() {
        if (transmission != null) {
            transmission.ended();
        }
        buffer.clear();
    }

    // --- its state

    Congestion congestion() {
        return congestion;
    }

    /** Null before the first data, and at rest. */
    @Nullable LossRecovery recovery() {
        return transmission == null ? null : transmission.recovery();
    }

    /** Null before the first data, and at rest. */
    @Nullable PathMtuDiscovery pathMtuDiscovery() {
        return transmission == null ? null : transmission.pathMtuDiscovery();
    }

    int unanswered() {
        return unanswered;
    }

    /** Since when the peer owes an acknowledgement of what is outstanding; the user timeout (RFC 5482) counts from here. */
    long unansweredSinceNs() {
        return firstUnansweredNs;
    }

    /** When the last was sent of what nothing was heard of. */
    long triedNs() {
        return Math.max(firstUnansweredNs, triedAgainNs);
    }

    /** A timeout has something sent again. */
    void tryAgain(long nowNs) {
        triedAgainNs = nowNs;
    }

    /** A timer has expired: the peer takes nothing; since when is in the answer. */
    Stall stalls(boolean finQueued, long nowNs) {
        Stall current = stall;
        if (current == null) {
            current = stall = new Stall(sequence.una, finQueued, nowNs);
        }
        current.expired();
        return current;
    }

    boolean hasOutstanding() {
        return transmission != null && transmission.hasOutstanding();
    }

    private long inFlightBytes() {
        return transmission == null ? 0 : transmission.recovery().inFlightBytes();
    }

    private Transmission startedTransmission() {
        Transmission started = transmission;
        if (started == null) {
            SendHistory before = history;
            if (before == null) {
                before = history = SendHistory.none();
            }
            LossRecovery recovery =
                    new LossRecovery(context, rtt, emitter.negotiated().sack(), emitter.ecn(), before.counts());
            before.goOn(recovery.records().deliveryRate());
            started = transmission =
                    new Transmission(context, sequence, emitter, buffer, congestion, recovery, before.times());
            arrival = new AckArrival(context, sequence, emitter, rtt, buffer, congestion, recovery);
        }
        return started;
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
        long windowBefore = sequence.wnd;
        // RFC 7323 2.2: the window of a SYN is never scaled.
        int shift = header.isSyn() ? 0 : emitter.negotiated().sendShift();
        sequence.updateWindow((long) header.window() << shift, seq, ack);
        if ((windowBefore == 0) != (sequence.wnd == 0) && context.events().isWanted()) {
            context.events()
                    .happened(
                            sequence.wnd == 0
                                    ? new TcpEvent.WindowClosed(TcpEvent.Side.PEERS)
                                    : new TcpEvent.WindowOpened(TcpEvent.Side.PEERS, sequence.wnd));
        }
        if (windowBefore == 0 && sequence.wnd > 0) {
            windowOpened(ack);
        }
        if (ack > sequence.una || sequence.wnd == 0 || windowBefore == 0) {
            // RFC 9293 MUST-37, SHLD-17: a peer that answers probes of its closed window is alive.
            unanswered = 0;
            firstUnansweredNs = packet.arrivalNs;
        }
        AckArrival current = arrival;
        LossRecovery recovery = recovery();
        if (current == null || recovery == null || !hasOutstanding() && !recovery.hears(header.options())) {
            sequence.una = Math.max(sequence.una, ack);
            return;
        }
        current.process(header, ack, bare && sequence.wnd == windowBefore, packet);
        if (stall != null && stall.isOver(sequence.una, buffer.tail())) {
            stall = null;
        }
        buffer.grow(congestion.control().congestionWindowBytes(), emitter.mssBytes());
    }

    private void windowOpened(long ack) {
        // The back-off was that of the probes, not the path's.
        rtt.resetBackOff();
        LossRecovery recovery = recovery();
        if (ack == sequence.una && recovery != null) {
            // Whatever probed the closed window was not taken.
            recovery.resendFirst(emitter.mssBytes());
        }
    }

    // --- sending

    /**
     * Sends what may go now: retransmissions first, then new data, then the FIN.
     *
     * @param finQueued whether the application has closed its side: the octet at the tail is the FIN
     * @return false if the link refused a segment
     */
    boolean send(boolean finQueued, ConnectionOptions options, long nowNs) {
        newData.begin();
        cork.begin();
        congestion.pace(options, inFlightBytes());
        boolean waiting = hasOutstanding();
        boolean sent = (transmission == null || retransmitter.send(transmission, finQueued, nowNs))
                && sendNew(finQueued, options, nowNs);
        if (!waiting && hasOutstanding()) {
            firstUnansweredNs = nowNs;
        }
        if (transmission != null) {
            transmission.times().limit(limit(sent), nowNs);
            transmission.recovery().flushed(sequence.una);
        }
        return sent;
    }

    /** What keeps more from being sent after {@link #send}. */
    private SendLimit limit(boolean sent) {
        if (!sent) {
            return SendLimit.LINK;
        }
        if (unsentBytes() > 0) {
            return newData.limit();
        }
        if (!hasOutstanding()) {
            return SendLimit.NOTHING;
        }
        return buffer.isWritable() ? SendLimit.APPLICATION : SendLimit.SEND_BUFFER;
    }

    /** What was sent until now; null before the first data. */
    @Nullable SendHistory history() {
        SendHistory before = history;
        return before == null || transmission == null ? before : SendHistory.of(before, transmission);
    }

    private boolean sendNew(boolean finQueued, ConnectionOptions options, long nowNs) {
        boolean sent = true;
        if (unsentBytes() == 0 && !(finQueued && sequence.nxt == buffer.tail())) {
            congestion.windowLimited(congestion.isWindowLimited() && hasOutstanding());
        } else {
            Transmission current = startedTransmission();
            restartAfterIdle(current, nowNs);
            sent = newData.send(current, finQueued, options, nowNs);
        }
        noteApplicationLimited();
        return sent;
    }

    /** What is delivered from here on may show the application's rate and not the path's, until what is in flight is. */
    private void noteApplicationLimited() {
        LossRecovery recovery = recovery();
        if (recovery != null
                && unsentBytes() < emitter.mssBytes()
                && recovery.nextLost() < 0
                && recovery.inFlightBytes() < congestion.control().congestionWindowBytes()) {
            recovery.records().deliveryRate().applicationLimited(recovery.inFlightBytes());
        }
    }

    /** Whether everything was sent and acknowledged, a FIN included, but what sending needs is still there. */
    boolean isIdle(boolean finQueued) {
        boolean waiting = unsentBytes() > 0 || finQueued && sequence.nxt <= buffer.tail();
        return transmission != null && !transmission.hasOutstanding() && !waiting;
    }

    /** When an idle sender may {@linkplain #rest rest}: with the RTO the congestion window has expired, too (RFC 5681 4.1). */
    long restDeadlineNs() {
        Transmission current = transmission;
        return current == null ? Clock.NEVER : current.lastSentNs() + Math.max(REST_NS, rtt.rtoNs() + 1);
    }

    /**
     * Gives up what only a sending connection needs, if nothing was sent for long enough: of a million idle connections each
     * shall be small. What was learnt of the path's order is learnt again; its round trip and its window are kept, and what
     * was counted.
     */
    void rest(boolean finQueued, long nowNs) {
        if (isIdle(finQueued) && nowNs >= restDeadlineNs()) {
            restartAfterIdle(startedTransmission(), nowNs);
            history = history();
            transmission = null;
            arrival = null;
        }
    }

    private void restartAfterIdle(Transmission current, long nowNs) {
        // RFC 5681 4.1
        long idleNs = nowNs - current.lastSentNs();
        if (current.lastSentNs() > 0 && idleNs > rtt.rtoNs() && !current.hasOutstanding()) {
            congestion.control().restartedAfterIdle(idleNs, rtt.rtoNs(), nowNs);
        }
    }

    /** The rate in force, or {@link CongestionControl#UNPACED}. */
    long pacingRateBytesPerSecond() {
        return congestion.pacer().rateBytesPerSecond();
    }

    /** Whether only the pacer keeps data from going. */
    boolean isPaced(long nowNs) {
        return congestion.pacer().isHolding(nowNs);
    }

    long pacedUntilNs() {
        return congestion.pacer().nextNs();
    }

    // --- timers

    /** Whether the peer's window, and nothing else, keeps data or a FIN from being sent: it must be probed (RFC 9293 MUST-35). */
    boolean needsProbe(boolean finQueued) {
        boolean waiting = unsentBytes() > 0 || finQueued && sequence.nxt <= buffer.tail() || hasOutstanding();
        return waiting && (sequence.wnd == 0 || newData.isWindowTooSmall() && !hasOutstanding());
    }

    /** The retransmission timer expired. */
    void timedOut(long nowNs) {
        LossRecovery recovery = recovery();
        if (recovery == null || !hasOutstanding()) {
            return;
        }
        context.counters().increment(TcpCounter.TcpExtTCPTimeouts);
        tryAgain(nowNs);
        boolean first = !recovery.hasTimedOut(sequence.una);
        congestion.control().retransmissionTimeout(recovery.flightBytes(sequence.nxt), first, nowNs);
        unanswered++;
        if (context.events().isWanted()) {
            context.events().happened(new TcpEvent.TimedOut(rtt.rtoNs(), unanswered, sequence.nxt - sequence.una));
        }
        rtt.backOff();
        retransmitter.timedOut();
        recovery.timedOut(sequence.una, sequence.nxt, nowNs, congestion.control());
        emitter.ecn().reduced(sequence.nxt);
    }

    /** The reordering timer expired (RFC 8985 6.2): what may go because of it goes with the next {@link #send}. */
    void reorderingTimerExpired(long nowNs) {
        LossRecovery recovery = recovery();
        if (recovery != null && hasOutstanding()) {
            recovery.reorderingTimerExpired(
                    sequence.una, sequence.nxt, emitter.mssBytes(), nowNs, congestion.control());
        }
    }

    /** The probe timer expired: if a loss probe may go, it goes with the next {@link #send}. */
    void probeTimerExpired() {
        LossRecovery recovery = recovery();
        if (recovery != null && hasOutstanding()) {
            retransmitter.probeTimerExpired(recovery);
        }
    }

    /** When RACK's reordering timer must run; {@link Clock#NEVER} if it need not. */
    long reorderingDeadlineNs() {
        LossRecovery recovery = recovery();
        return recovery == null ? Clock.NEVER : recovery.reorderingDeadlineNs();
    }

    /** Whether a loss probe may be scheduled, or wait for its time. */
    boolean mayScheduleProbe() {
        LossRecovery recovery = recovery();
        return recovery != null && context.config().tailLossProbe() && recovery.mayScheduleProbe();
    }

    boolean takeProbeScheduleDue() {
        LossRecovery recovery = recovery();
        return recovery != null && recovery.takeProbeScheduleDue();
    }

    /** How long after now a loss probe may go (RFC 8985 7.2), if the RTO does not come first. */
    long probeTimeoutNs() {
        return TailLossProbe.timeoutNs(rtt.srttNs(), sequence.nxt - sequence.una <= emitter.mssBytes());
    }

    /** How long the retransmission timer still waits if the peer has just reneged; 0 if nothing says so. */
    long takeRenegingPatienceNs() {
        LossRecovery recovery = recovery();
        return recovery != null && recovery.takeRenegingSuspected() ? recovery.renegingPatienceNs() : 0;
    }

    /**
     * The persist timer expired (RFC 9293 3.8.6.1): sends one octet beyond the closed window, or what fits a small one.
     *
     * @return false if the link refused it
     */
    boolean probe(boolean finQueued, long nowNs) {
        context.counters().increment(TcpCounter.TcpExtTCPWinProbe);
        tryAgain(nowNs);
        unanswered++;
        rtt.backOff();
        Transmission current = startedTransmission();
        if (current.hasOutstanding()) {
            return current.probeWindow(nowNs);
        }
        long unsent = unsentBytes();
        long length = Math.min(unsent, Math.min(Math.max(1, sequence.wnd), emitter.mssBytes()));
        if (length == 0 && !finQueued) {
            return true;
        }
        boolean sent = current.sendNext(length, length == 0, nowNs);
        if (sent) {
            firstUnansweredNs = nowNs;
        }
        return sent;
    }

    /** The path takes smaller packets than was thought (RFC 1191 6.4): sends from SND.UNA again. */
    void resendForSmallerPath() {
        LossRecovery recovery = recovery();
        if (recovery != null && hasOutstanding()) {
            recovery.resendFirst(sequence.nxt - sequence.una);
        }
    }
}
