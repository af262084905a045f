package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.ConnectionTimers.Kind;
import dev.heddle.core.tcp.congestion.CongestionControl;
import dev.heddle.core.tcp.recovery.RttEstimator;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.TcpHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The transmission control block: one connection's state (RFC 9293 3.3.1) and the calls and events of RFC 9293 3.10. It owns
 * no thread, lock or clock; the caller guarantees exclusion and says what time it is. Calls mark what must be said;
 * {@link #flush} says it.
 */
public final class Tcb {

    /** Out-of-window segments without text are answered at most this often, so that two ends cannot play ping-pong. */
    private static final long OUT_OF_WINDOW_ANSWER_NS = 500_000_000L;

    /** RFC 7323 5.5: after this long without a segment TS.Recent says nothing any more. */
    private static final long TIMESTAMP_RECENT_LIFETIME_NS = 24L * 24 * 3600 * 1_000_000_000L;

    private final TcpContext context;
    private final SocketPair pair;
    private final SendSequence snd;
    private final SegmentEmitter emitter;
    private final Sender sender;
    private final RttEstimator rtt;
    private final ConnectionTimers timers = new ConnectionTimers();

    private ConnectionOptions options;
    private TcpState state;
    private @Nullable ReceiveSequence rcv;
    private @Nullable Receiver receiver;

    private Failure failure = Failure.NONE;
    /** The last soft error (RFC 9293 3.9.2.2): it names the reason if the connection times out. */
    private Failure softFailure = Failure.NONE;

    private boolean synDue;
    private boolean synRetransmitted;
    private long synSentNs;
    /** The application has closed its handle. */
    private boolean orphan;

    private boolean wantsOutput;
    private long timestampRecentNs;
    private long lastOutOfWindowAnswerNs = -OUT_OF_WINDOW_ANSWER_NS;
    private long lastArrivalNs;
    private int keepAliveProbes;

    private Tcb(
            TcpContext context,
            SocketPair pair,
            ConnectionOptions options,
            PathProperties path,
            int iss,
            NegotiatedOptions negotiated,
            RttEstimator rtt,
            TcpState state,
            long nowNs) {
        this.context = context;
        this.pair = pair;
        this.options = options;
        this.state = state;
        this.rtt = rtt;
        snd = new SendSequence(iss);
        emitter = new SegmentEmitter(context, pair, snd, negotiated, options, path);
        sender = new Sender(context, snd, emitter, rtt, options.sendBufferBytes());
        lastArrivalNs = nowNs;
    }

    static RttEstimator newEstimator(TcpConfig config) {
        return new RttEstimator(config.initialRtoNs(), config.minRtoNs(), config.maxRtoNs());
    }

    /** Active OPEN (RFC 9293 3.10.1): SYN-SENT; the SYN goes out with the next {@link #flush}. */
    public static Tcb connect(
            TcpContext context, SocketPair pair, ConnectionOptions options, int iss, PathProperties path, long nowNs) {
        NegotiatedOptions offer = NegotiatedOptions.offer(
                context.config(),
                options,
                pair.isIpv4(),
                context.initialSequence().timestampOffset(pair));
        Tcb tcb = new Tcb(
                context, pair, options, path, iss, offer, newEstimator(context.config()), TcpState.SYN_SENT, nowNs);
        tcb.synDue = true;
        tcb.snd.nxt = 1;
        context.counters().increment(TcpCounter.TcpActiveOpens);
        return tcb;
    }

    /** What a half-open handshake becomes: SYN-RECEIVED, the SYN-ACK sent. */
    static Tcb passiveOpen(
            TcpContext context,
            SocketPair pair,
            ConnectionOptions options,
            PathProperties path,
            int iss,
            int irs,
            NegotiatedOptions negotiated,
            int peerTimestamp,
            int announcedWindow,
            long synAckSentNs,
            boolean synAckRetransmitted,
            RttEstimator rtt,
            long nowNs) {
        Tcb tcb = new Tcb(context, pair, options, path, iss, negotiated, rtt, TcpState.SYN_RECEIVED, nowNs);
        tcb.snd.nxt = 1;
        tcb.synSentNs = synAckSentNs;
        tcb.synRetransmitted = synAckRetransmitted;
        tcb.receiveFrom(irs, negotiated, announcedWindow);
        tcb.timestampRecent(peerTimestamp, nowNs);
        // The SYN-ACK has acknowledged the SYN.
        tcb.receiver().acknowledged(false);
        context.counters().increment(TcpCounter.TcpPassiveOpens);
        return tcb;
    }

    private void receiveFrom(int irs, NegotiatedOptions negotiated, int announcedWindow) {
        ReceiveSequence sequence = new ReceiveSequence(irs);
        Receiver newReceiver = new Receiver(
                context, sequence, negotiated.receiveShift(), options.receiveBufferBytes(), announcedWindow);
        rcv = sequence;
        receiver = newReceiver;
        emitter.synchronize(sequence, newReceiver, negotiated);
    }

    // --- events

    /**
     * A segment has arrived (RFC 9293 3.10.7).
     *
     * @param packet its {@link Packet#tcp()} is wrapped and its checksum verified; its text is copied out
     */
    public void segmentArrives(Packet packet, long nowNs) {
        lastArrivalNs = nowNs;
        keepAliveProbes = 0;
        if (state == TcpState.SYN_SENT) {
            SynSentArrival.process(this, packet, nowNs);
        } else if (state != TcpState.CLOSED) {
            SegmentArrival.process(this, packet, nowNs);
        }
    }

    /** Runs the timers that are due; {@link #flush} must follow. */
    public void timersExpire(long nowNs) {
        if (timers.takeIfDue(Kind.RETRANSMIT, nowNs)) {
            retransmissionTimeout(nowNs);
        }
        if (timers.takeIfDue(Kind.PERSIST, nowNs) && !givenUp(nowNs)) {
            wantsOutput |= !sender.probe(finQueued(), nowNs);
        }
        if (timers.takeIfDue(Kind.DELAYED_ACK, nowNs) && receiver != null && receiver.ackOwed()) {
            count(TcpCounter.TcpExtDelayedACKs);
            receiver.requireAck();
        }
        if (timers.takeIfDue(Kind.KEEPALIVE, nowNs)) {
            keepAlive(nowNs);
        }
        if (timers.takeIfDue(Kind.LINGER, nowNs)) {
            fail(Failure.NONE);
        }
    }

    private void retransmissionTimeout(long nowNs) {
        if (snd.una == 0) {
            if (synRetries() <= rtt.backOffs()) {
                count(TcpCounter.TcpAttemptFails);
                count(TcpCounter.TcpExtTCPAbortOnTimeout);
                fail(softFailure == Failure.NONE ? Failure.TIMED_OUT : softFailure);
                return;
            }
            synRetransmitted = true;
            synDue = true;
            count(TcpCounter.TcpExtTCPSynRetrans);
            count(TcpCounter.TcpRetransSegs);
            rtt.backOff();
        } else if (!givenUp(nowNs)) {
            sender.timedOut(nowNs);
        }
    }

    private int synRetries() {
        return state == TcpState.SYN_SENT
                ? options.synRetries()
                : context.config().synAckRetries();
    }

    /** R2 of RFC 9293 3.8.3, and the user timeout. */
    private boolean givenUp(long nowNs) {
        int most = orphan ? context.config().orphanRetries() : context.config().dataRetries();
        if (sender.unanswered() < most && nowNs < userTimeoutDeadlineNs()) {
            return false;
        }
        count(TcpCounter.TcpExtTCPAbortOnTimeout);
        fail(softFailure == Failure.NONE ? Failure.TIMED_OUT : softFailure);
        return true;
    }

    private long userTimeoutDeadlineNs() {
        return options.userTimeoutNs() == 0 ? Clock.NEVER : sender.unansweredSinceNs() + options.userTimeoutNs();
    }

    /** RFC 9293 3.8.4. */
    private void keepAlive(long nowNs) {
        if (!options.keepAlive() || !state.isSynchronized() || state == TcpState.TIME_WAIT) {
            return;
        }
        long idleUntilNs = lastArrivalNs + options.keepIdleNs();
        if (nowNs < idleUntilNs || sender.hasOutstanding()) {
            // Data in flight is a probe of its own.
            timers.arm(Kind.KEEPALIVE, Math.max(idleUntilNs, nowNs + options.keepIntervalNs()));
            return;
        }
        if (keepAliveProbes >= options.keepCount()) {
            count(TcpCounter.TcpExtTCPAbortOnTimeout);
            emitter.reset();
            fail(softFailure == Failure.NONE ? Failure.TIMED_OUT : softFailure);
            return;
        }
        keepAliveProbes++;
        count(TcpCounter.TcpExtTCPKeepAlive);
        emitter.keepAliveProbe(nowNs);
        timers.arm(Kind.KEEPALIVE, nowNs + options.keepIntervalNs());
    }

    /**
     * Sends all that may and must go now: SYN, retransmissions, data, FIN, ACK; then sets the timers. Called once at the end
     * of a batch of packets or of a call.
     */
    public void flush(long nowNs) {
        wantsOutput = false;
        if (state == TcpState.CLOSED) {
            return;
        }
        if (snd.una == 0) {
            flushHandshake(nowNs);
            return;
        }
        Receiver current = receiver();
        if (current.ackDue() && current.hasOutOfOrder()) {
            // SACK blocks travel on a bare ACK: data keeps its full size.
            wantsOutput = !emitter.ack(nowNs);
        }
        if (!wantsOutput && state != TcpState.TIME_WAIT) {
            wantsOutput = !sender.send(finQueued(), options, nowNs);
        }
        if (!wantsOutput && current.ackDue()) {
            wantsOutput = !emitter.ack(nowNs);
        }
        armTimers(nowNs);
    }

    private void flushHandshake(long nowNs) {
        if (synDue) {
            if (!emitter.syn(emitter.negotiated(), Receiver.synWindow(options), nowNs)) {
                wantsOutput = true;
                return;
            }
            synDue = false;
            if (receiver == null) {
                synSentNs = nowNs;
            } else {
                // In a simultaneous open the peer's ACK may be of the first SYN.
                receiver.acknowledged(false);
            }
            timers.arm(Kind.RETRANSMIT, nowNs + rtt.rtoNs());
        } else if (receiver != null && receiver.ackDue()) {
            wantsOutput = !emitter.ack(nowNs);
        }
    }

    private void armTimers(long nowNs) {
        if (state == TcpState.TIME_WAIT) {
            return;
        }
        if (sender.needsProbe(finQueued())) {
            timers.cancel(Kind.RETRANSMIT);
            if (!timers.isArmed(Kind.PERSIST)) {
                timers.arm(Kind.PERSIST, retransmissionDeadlineNs(nowNs));
            }
        } else {
            timers.cancel(Kind.PERSIST);
            if (!sender.hasOutstanding()) {
                // RFC 6298 5.2
                timers.cancel(Kind.RETRANSMIT);
            } else if (!timers.isArmed(Kind.RETRANSMIT)) {
                // RFC 6298 5.1
                timers.arm(Kind.RETRANSMIT, retransmissionDeadlineNs(nowNs));
            }
        }
        if (!receiver().ackOwed()) {
            timers.cancel(Kind.DELAYED_ACK);
        } else if (!timers.isArmed(Kind.DELAYED_ACK)) {
            timers.arm(Kind.DELAYED_ACK, nowNs + context.config().delayedAckNs());
        }
        if (options.keepAlive() && !timers.isArmed(Kind.KEEPALIVE)) {
            timers.arm(Kind.KEEPALIVE, nowNs + options.keepIdleNs());
        }
    }

    /** After the RTO, but a user timeout does not wait for a timer that has backed off far. */
    private long retransmissionDeadlineNs(long nowNs) {
        return Math.min(nowNs + rtt.rtoNs(), Math.max(nowNs, userTimeoutDeadlineNs()));
    }

    /** Whether the link refused a segment: {@link #flush} again when it has room. */
    public boolean wantsOutput() {
        return wantsOutput;
    }

    /** When {@link #timersExpire} wants to be called; {@code Clock.NEVER} if never. */
    public long nextDeadlineNs() {
        return timers.next();
    }

    /** Whether a sequence number that an ICMP error quotes is of a segment in flight (RFC 5927 4.1). */
    public boolean isOutstanding(int quotedSequence) {
        long quoted = snd.offset(quotedSequence);
        return quoted >= snd.una && quoted < Math.max(1, snd.nxt);
    }

    /**
     * An ICMP error about a segment of this connection arrived (RFC 9293 3.9.2.2, RFC 5927).
     *
     * @param hard whether the error is one of those that RFC 1122 calls hard
     * @param quotedSequence the sequence number of the quoted segment; the error is ignored unless it is outstanding
     */
    public void icmpError(boolean hard, Failure why, int quotedSequence) {
        if (!isOutstanding(quotedSequence)) {
            return;
        }
        if (hard && state == TcpState.SYN_SENT) {
            count(TcpCounter.TcpAttemptFails);
            fail(why);
        } else {
            // RFC 5927 5.2: in a synchronized state no ICMP error aborts.
            softFailure = why;
        }
    }

    /** The way to the peer changed, its MTU for example; segments are cut anew from here on. */
    public void pathChanged(PathProperties path) {
        int before = emitter.mssBytes();
        emitter.path(path);
        if (emitter.mssBytes() != before) {
            sender.segmentSizeChanged(emitter.mssBytes());
            if (emitter.mssBytes() < before) {
                sender.resendForSmallerPath();
            }
        }
    }

    // --- calls (RFC 9293 3.10.2 to 3.10.6)

    /** SEND: takes what fits into the buffer; returns the number of bytes, 0 if the buffer is full. */
    public int write(byte[] source, int offset, int length) {
        return mayWrite() ? sender.write(source, offset, length) : 0;
    }

    /** SEND from a buffer's position, which it advances. */
    public int write(ByteBuffer source) {
        return mayWrite() ? sender.write(source) : 0;
    }

    private boolean mayWrite() {
        return state.maySend() || state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED;
    }

    /** RECEIVE: returns the number of bytes, 0 if there are none now. */
    public int read(byte[] target, int offset, int length) {
        return receiver == null ? 0 : receiver.read(target, offset, length);
    }

    /** RECEIVE into a buffer's position, which it advances. */
    public int read(ByteBuffer target) {
        return receiver == null ? 0 : receiver.read(target);
    }

    /** Like {@link #read(byte[], int, int)}, but the bytes stay. */
    public int peek(byte[] target, int offset, int length) {
        return receiver == null ? 0 : receiver.peek(target, offset, length);
    }

    public int available() {
        return receiver == null ? 0 : receiver.available();
    }

    /** Room in the send buffer in bytes. */
    public int writableBytes() {
        return mayWrite() ? sender.room() : 0;
    }

    /** Whether there is so much room that a waiting writer should go on: a third of the buffer. */
    public boolean isWritable() {
        return state.maySend() && sender.isWritable();
    }

    /** Whether the peer's FIN and all data before it was read. */
    public boolean endOfStream() {
        return receiver != null && (receiver.endOfStream() || receiver.isDiscarding());
    }

    /** Whether something said by a call is still to be sent, a window update for example: {@link #flush} would send it. */
    public boolean needsFlush() {
        return receiver != null && receiver.ackDue();
    }

    /** Half-close: a FIN follows the data that was written (RFC 9293 3.10.4). */
    public void shutdownOutput() {
        switch (state) {
            case SYN_SENT -> fail(Failure.NONE);
            case SYN_RECEIVED, ESTABLISHED -> state = TcpState.FIN_WAIT_1;
            case CLOSE_WAIT -> state = TcpState.LAST_ACK;
            default -> {
                // Already shut down, or over.
            }
        }
    }

    /** The application reads no more: what arrives is acknowledged and thrown away. */
    public void shutdownInput() {
        if (receiver != null) {
            receiver.discard();
        }
    }

    /** The application gives the connection up: graceful, but a reset if data is unread (RFC 9293 3.6.1) or linger is 0. */
    public void close(long nowNs) {
        orphan = true;
        if (state == TcpState.CLOSED || state == TcpState.TIME_WAIT) {
            // The peer is done with us: nobody to tell, and 2 MSL must pass.
            return;
        }
        if (available() > 0) {
            count(TcpCounter.TcpExtTCPAbortOnClose);
            abort(nowNs);
            return;
        }
        if (options.lingerSeconds() == 0) {
            count(TcpCounter.TcpExtTCPAbortOnLinger);
            abort(nowNs);
            return;
        }
        shutdownOutput();
        if (state == TcpState.FIN_WAIT_2) {
            enterFinWait2(nowNs);
        }
    }

    /** ABORT: a reset to the peer, where there is one (RFC 9293 3.10.5). */
    public void abort(long nowNs) {
        switch (state) {
            case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK -> emitter.reset();
            default -> {
                // RFC 9293: nobody to tell.
            }
        }
        fail(Failure.ABORTED);
    }

    /** Ends the connection without a segment; what was received stays readable until {@link #release}. */
    public void fail(Failure why) {
        if (state != TcpState.CLOSED) {
            state = TcpState.CLOSED;
            failure = why;
            timers.clear();
            sender.release();
            wantsOutput = false;
        }
    }

    /** Gives all memory back; idempotent. */
    public void release() {
        sender.release();
        if (receiver != null) {
            receiver.release();
        }
    }

    /** What arrived and was not read, to be kept when this goes and no longer its own; null if nothing ever arrived. */
    public @Nullable UnreadData detachUnread() {
        UnreadData detached = receiver == null ? null : receiver.detach();
        receiver = null;
        return detached;
    }

    /** In TIME-WAIT: the record that replaces this. */
    public TimeWait toTimeWait(long nowNs) {
        ReceiveSequence sequence = receiveSequence();
        return new TimeWait(
                context,
                pair,
                snd.wire(snd.nxt),
                sequence.wire(sequence.nxt),
                (int) sequence.window(),
                emitter.negotiated(),
                emitter.timestampRecent(),
                nowNs);
    }

    // --- options and queries

    public ConnectionOptions options() {
        return options;
    }

    /** Changes the options; what they allow goes out with the next {@link #flush}. */
    public void options(ConnectionOptions newOptions) {
        int mssBefore = emitter.mssBytes();
        options = newOptions;
        emitter.options(newOptions);
        sender.limit(newOptions.sendBufferBytes());
        if (receiver != null) {
            receiver.limit(newOptions.receiveBufferBytes());
        }
        if (emitter.mssBytes() != mssBefore) {
            sender.segmentSizeChanged(emitter.mssBytes());
        }
        timers.cancel(Kind.KEEPALIVE);
    }

    public TcpState state() {
        return state;
    }

    /** Why the connection is CLOSED; NONE for an orderly end. */
    public Failure failure() {
        return failure;
    }

    public SocketPair pair() {
        return pair;
    }

    public long unsentBytes() {
        return sender.unsentBytes();
    }

    public long unacknowledgedBytes() {
        return snd.nxt - snd.una;
    }

    /** A snapshot of the connection's figures. */
    public TcpInfo info() {
        LossRecovery recovery = sender.recovery();
        CongestionControl congestion = sender.congestion();
        return new TcpInfo(
                state,
                recovery == null
                        ? LossRecovery.Phase.OPEN.name()
                        : recovery.phase().name(),
                sender.unanswered(),
                rtt.rtoNs(),
                rtt.srttNs(),
                rtt.rttvarNs(),
                rtt.minRttNs(),
                emitter.mssBytes(),
                receiver == null ? 0 : receiver.segmentEstimateBytes(),
                congestion == null ? 0 : congestion.congestionWindowBytes(),
                congestion == null ? Long.MAX_VALUE : congestion.slowStartThresholdBytes(),
                options.congestionControl(),
                snd.wnd,
                rcv == null ? 0 : rcv.window(),
                snd.nxt - snd.una,
                recovery == null ? 0 : recovery.records().sackedBytes(),
                recovery == null ? 0 : recovery.records().lostBytes(),
                sender.unsentBytes(),
                available(),
                Math.max(0, snd.una - 1),
                rcv == null ? 0 : rcv.nxt - 1,
                emitter.retransmittedBytes(),
                emitter.negotiated().timestamps(),
                emitter.negotiated().sack(),
                emitter.negotiated().windowScaling(),
                emitter.path().mtu());
    }

    // --- for the arrival procedures

    TcpContext context() {
        return context;
    }

    SendSequence sendSequence() {
        return snd;
    }

    ReceiveSequence receiveSequence() {
        ReceiveSequence current = rcv;
        if (current == null) {
            throw new IllegalStateException("no SYN has arrived");
        }
        return current;
    }

    SegmentEmitter emitter() {
        return emitter;
    }

    Sender sender() {
        return sender;
    }

    Receiver receiver() {
        Receiver current = receiver;
        if (current == null) {
            throw new IllegalStateException("no SYN has arrived");
        }
        return current;
    }

    boolean isOrphan() {
        return orphan;
    }

    void state(TcpState newState) {
        state = newState;
    }

    void count(TcpCounter event) {
        context.counters().increment(event);
    }

    /** The peer's SYN has arrived in SYN-SENT: IRS, the options, the first window. */
    void synchronize(TcpHeader syn, long nowNs) {
        NegotiatedOptions agreed = emitter.negotiated().accept(syn.options());
        receiveFrom(syn.sequence(), agreed, Receiver.synWindow(options));
        if (agreed.timestamps()) {
            timestampRecent(syn.options().timestampValue(), nowNs);
        }
        snd.wnd = syn.window();
        snd.maxWnd = snd.wnd;
    }

    void sendSynAgain() {
        synDue = true;
    }

    /** Our SYN is acknowledged: data may flow. */
    void synAcknowledged(long seq, int windowField, long arrivalNs) {
        snd.una = 1;
        snd.wl1 = seq;
        snd.wl2 = 1;
        snd.wnd = windowField;
        snd.maxWnd = Math.max(snd.maxWnd, snd.wnd);
        synDue = false;
        timers.cancel(Kind.RETRANSMIT);
        if (synRetransmitted) {
            rtt.handshakeTimedOut();
        } else {
            rtt.sample(arrivalNs - synSentNs, 1);
        }
        sender.established(options.congestionControl(), emitter.mssBytes());
    }

    void acknowledgmentAdvanced() {
        // RFC 6298 5.3: the next flush starts it anew.
        timers.cancel(Kind.RETRANSMIT);
        timers.cancel(Kind.PERSIST);
        softFailure = Failure.NONE;
    }

    /** The application's FIN is in the stream, sent or not: it follows from the state. */
    private boolean finQueued() {
        return switch (state) {
            case FIN_WAIT_1, FIN_WAIT_2, CLOSING, LAST_ACK, TIME_WAIT -> true;
            default -> false;
        };
    }

    boolean finAcknowledged() {
        return finQueued() && snd.una > sender.tail();
    }

    /** Entered, or entered by an application that closes now: an orphan does not wait for ever. */
    void enterFinWait2(long nowNs) {
        state = TcpState.FIN_WAIT_2;
        if (orphan) {
            timers.arm(Kind.LINGER, nowNs + context.config().finWait2Ns());
        }
    }

    /** The time-wait timer runs, all others are off. */
    void enterTimeWait(long nowNs) {
        state = TcpState.TIME_WAIT;
        timers.clear();
        timers.arm(Kind.LINGER, nowNs + context.config().timeWaitNs());
        sender.release();
    }

    void timestampRecent(int value, long nowNs) {
        emitter.timestampRecent(value);
        timestampRecentNs = nowNs;
    }

    boolean timestampRecentExpired(long nowNs) {
        return nowNs - timestampRecentNs > TIMESTAMP_RECENT_LIFETIME_NS;
    }

    /** A challenge ACK, within the host's budget (RFC 5961 7). */
    void challenge(long nowNs) {
        if (context.challengeAcks().tryAcquire(nowNs)) {
            count(TcpCounter.TcpExtTCPChallengeACK);
            receiver().requireAck();
        } else {
            count(TcpCounter.TcpExtTCPACKSkippedChallenge);
        }
    }

    /** An ACK for a segment outside the window; those without text are not answered every time. */
    void answerOutOfWindow(boolean withText, long nowNs) {
        if (!withText && nowNs - lastOutOfWindowAnswerNs < OUT_OF_WINDOW_ANSWER_NS) {
            count(TcpCounter.TcpExtTCPACKSkippedSeq);
            return;
        }
        lastOutOfWindowAnswerNs = nowNs;
        receiver().requireAck();
    }
}
