package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.ConnectionTimers.Kind;
import dev.heddle.core.tcp.recovery.RttEstimator;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The transmission control block: one connection's state (RFC 9293 3.3.1) and the calls and events of RFC 9293 3.10. It owns
 * no thread, lock or clock; the caller guarantees exclusion and says what time it is. Calls mark what must be said;
 * {@link #flush} says it.
 */
public final class Tcb {

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
    private final SoftErrors softErrors = new SoftErrors();
    private final UserTimeout userTimeout;

    private final Handshake handshake;
    private final KeepAlive keepAlive;
    private final UnacceptableAnswers answers = new UnacceptableAnswers();

    private final Closing closing = new Closing(this);

    private boolean wantsOutput;

    private Tcb(Opening opening, NegotiatedOptions negotiated, Handshake handshake, TcpState state) {
        context = opening.context();
        pair = opening.pair();
        options = opening.options();
        this.handshake = handshake;
        this.state = state;
        TcpConfig config = context.config();
        rtt = new RttEstimator(config.initialRtoNs(), config.minRtoNs(), config.maxRtoNs());
        keepAlive = new KeepAlive(opening.nowNs());
        snd = new SendSequence(opening.iss());
        snd.nxt = 1;
        userTimeout = new UserTimeout(config.userTimeoutOption(), options);
        emitter = new SegmentEmitter(context, pair, snd, negotiated, options, opening.path(), userTimeout);
        sender = new Sender(context, snd, emitter, rtt, options);
    }

    /** Active OPEN (RFC 9293 3.10.1): SYN-SENT; the SYN goes out with the next {@link #flush}. */
    public static Tcb connect(
            TcpContext context, SocketPair pair, ConnectionOptions options, int iss, PathProperties path, long nowNs) {
        NegotiatedOptions offer = NegotiatedOptions.offer(
                context.config(),
                options,
                pair.isIpv4(),
                context.initialSequence().timestampOffset(pair));
        Opening opening = new Opening(context, pair, options, path, iss, nowNs);
        Tcb tcb = new Tcb(opening, offer, Handshake.active(), TcpState.SYN_SENT);
        if (context.config().ecn() == EcnMode.ON) {
            tcb.handshake.askForEcn();
        }
        context.counters().increment(TcpCounter.TcpActiveOpens);
        return tcb;
    }

    /**
     * What a half-open handshake becomes: SYN-RECEIVED, the SYN-ACK sent.
     *
     * @param irs the peer's initial sequence number
     * @param peerTimestamp its SYN's timestamp, if timestamps were negotiated
     * @param announcedWindow the window of our SYN-ACK
     */
    static Tcb passiveOpen(
            Opening opening,
            NegotiatedOptions negotiated,
            Handshake handshake,
            int irs,
            int peerTimestamp,
            int announcedWindow) {
        Tcb tcb = new Tcb(opening, negotiated, handshake, TcpState.SYN_RECEIVED);
        tcb.receiveFrom(irs, negotiated, announcedWindow);
        tcb.emitter.timestampRecent().record(peerTimestamp, opening.nowNs());
        // The SYN-ACK has acknowledged the SYN.
        tcb.receiver().acknowledged(false);
        opening.context().counters().increment(TcpCounter.TcpPassiveOpens);
        return tcb;
    }

    /** The peer's SYN has arrived: its numbers and the agreed options are known. */
    void receiveFrom(int irs, NegotiatedOptions negotiated, int announcedWindow) {
        ReceiveSequence sequence = new ReceiveSequence(irs);
        Receiver newReceiver = new Receiver(context, sequence, negotiated, options, announcedWindow);
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
        emitter.counts().received(packet.tcp().payloadLength(), packet.gsoSize());
        if (state == TcpState.SYN_SENT) {
            SynSentArrival.process(this, packet, nowNs);
        } else if (state != TcpState.CLOSED) {
            SegmentArrival.process(this, packet, nowNs);
        }
    }

    /** Runs the timers that are due (RFC 9293 3.10.8); {@link #flush} must follow. */
    public void timersExpire(long nowNs) {
        TimerExpiry.process(this, nowNs);
    }

    /**
     * Sends all that may and must go now: SYN, retransmissions, data, FIN, ACK; then sets the timers. Called once at the end
     * of a batch of packets or of a call.
     */
    public void flush(long nowNs) {
        wantsOutput = state != TcpState.CLOSED && !Flush.process(this, nowNs);
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
        return IcmpErrorArrival.isOutstanding(this, quotedSequence);
    }

    /**
     * An ICMP error about a segment of this connection arrived (RFC 9293 3.9.2.2, RFC 5927).
     *
     * @param hard whether the error is one of those that RFC 1122 calls hard
     * @param quotedSequence the sequence number of the quoted segment; the error is ignored unless it is outstanding
     */
    public void icmpError(boolean hard, Failure why, int quotedSequence) {
        IcmpErrorArrival.process(this, hard, why, quotedSequence);
    }

    /**
     * An ICMP error says that a packet of this connection was too big for a link on its way (RFC 1191, RFC 8201). It is
     * believed if it may be, now or after a timeout.
     *
     * @param nextHopMtu the MTU of that link, 0 if the router did not say
     * @param quotedBytes the length of the packet
     * @param quotedSequence the sequence number of the segment in it
     */
    public void packetTooBig(int nextHopMtu, int quotedBytes, int quotedSequence) {
        PathMtuDiscovery.reported(this, nextHopMtu, quotedBytes, quotedSequence);
    }

    /** The path's MTU that this connection has found out since the last call, for others to know; 0 if nothing new. */
    public int takeDiscoveredMtu() {
        PathMtuDiscovery discovery = sender.pathMtuDiscovery();
        return discovery == null ? 0 : discovery.takeDiscoveredMtu();
    }

    /** The way to the peer changed, its MTU for example; segments are cut anew from here on. */
    public void pathChanged(PathProperties path) {
        PathMtuDiscovery.pathChanged(this, path);
    }

    // --- calls (RFC 9293 3.10.2 to 3.10.6)

    /** SEND: takes what fits into the buffer; returns the number of bytes, 0 if the buffer is full. */
    public int write(byte[] source, int offset, int length) {
        return write(source, offset, length, false);
    }

    /** SEND; with {@code more} a partial segment waits for the next call, but not for long. */
    public int write(byte[] source, int offset, int length, boolean more) {
        return mayWrite() ? sender.write(source, offset, length, more) : 0;
    }

    /** SEND from a buffer's position, which it advances. */
    public int write(ByteBuffer source) {
        return mayWrite() ? sender.write(source) : 0;
    }

    /** SEND with the URGENT flag: what is taken is urgent up to its end. */
    public int writeUrgent(byte[] source, int offset, int length) {
        return mayWrite() ? sender.writeUrgent(source, offset, length) : 0;
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

    /** How much is to be read until the urgent data ends, arrived or not; 0 if there is none (RFC 9293 MUST-33). */
    public long urgentBytes() {
        return receiver == null ? 0 : receiver.urgentBytes();
    }

    /** The out-of-band octet, 0 to 255; −1 if it has not arrived, was taken or passed over, or is in line. */
    public int takeOutOfBand() {
        return receiver == null ? -1 : receiver.takeOutOfBand();
    }

    /** Whether urgent data was announced, or more of it, since the last call (RFC 9293 MUST-32). */
    public boolean takeUrgentNews() {
        return receiver != null && receiver.takeUrgentNews();
    }

    /** Room in the send buffer in bytes. */
    public int writableBytes() {
        return mayWrite() ? sender.buffer().room() : 0;
    }

    /** Whether there is so much room that a waiting writer should go on: a third of the buffer. */
    public boolean isWritable() {
        return state.maySend() && sender.buffer().isWritable();
    }

    /** Whether the peer waits for a window that only memory keeps from opening. */
    public boolean isWindowHeldBack() {
        return receiver != null && receiver.isWindowHeldBack();
    }

    /** Whether the send buffer would get memory if something were written. */
    public boolean isMemoryAvailable() {
        return sender.buffer().isMemoryAvailable();
    }

    /** There is memory again: what it kept from being sent goes out with the next {@link #flush}. */
    public void memoryAvailable() {
        if (receiver != null) {
            receiver.memoryAvailable();
        }
    }

    /** Whether there is data that has arrived ahead of a gap and so cannot be read yet. */
    public boolean holdsDataAhead() {
        return receiver != null && receiver.holdsDataAhead();
    }

    /** Memory is short: forgets the data ahead of a gap, which the peer keeps until it is acknowledged (RFC 2018 8). */
    public void letGoOfDataAhead() {
        if (receiver != null) {
            receiver.letGoOfDataAhead();
        }
    }

    /** How much may wait in the send buffer at present. */
    public int sendBufferBytes() {
        return sender.buffer().limitBytes();
    }

    /** How much may wait for the application at present. */
    public int receiveBufferBytes() {
        return receiver == null ? options.receiveBufferBytes() : receiver.limitBytes();
    }

    /** Whether the peer's FIN and all data before it was read. */
    public boolean endOfStream() {
        return receiver != null && (receiver.endOfStream() || receiver.isDiscarding());
    }

    /** Half-close: a FIN follows the data that was written (RFC 9293 3.10.4). */
    public void shutdownOutput() {
        closing.shutdownOutput();
    }

    /** The application reads no more: what arrives is acknowledged and thrown away. */
    public void shutdownInput() {
        if (receiver != null) {
            receiver.discard();
        }
    }

    /** The application gives the connection up: graceful, but a reset if data is unread (RFC 9293 3.6.1, RFC 2525 2.17) or linger
     * is 0. */
    public void close(long nowNs) {
        closing.close(nowNs);
    }

    /** ABORT: a reset to the peer, where there is one (RFC 9293 3.10.5). */
    public void abort() {
        closing.abort();
    }

    /** Ends the connection without a segment; what was received stays readable until {@link #release}. */
    public void fail(Failure why) {
        if (state != TcpState.CLOSED) {
            state = TcpState.CLOSED;
            failure = why;
            closing.ended();
            timers.clear();
            sender.ended();
            wantsOutput = false;
        }
    }

    /** Gives all memory back; idempotent. */
    public void release() {
        sender.buffer().clear();
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

    // --- options and queries

    public ConnectionOptions options() {
        return options;
    }

    /** Changes the options; what they allow goes out with the next {@link #flush}. */
    public void options(ConnectionOptions newOptions) {
        int mssBefore = emitter.mssBytes();
        options = newOptions;
        emitter.options(newOptions);
        userTimeout.appoint(newOptions.userTimeoutNs());
        sender.buffer().options(newOptions);
        sender.congestion().change(newOptions.congestionControl());
        if (receiver != null) {
            receiver.options(newOptions);
        }
        if (emitter.mssBytes() != mssBefore) {
            sender.congestion().segmentSizeChanged(emitter.mssBytes());
        }
        timers.cancel(Kind.KEEPALIVE);
    }

    public TcpState state() {
        return state;
    }

    /** Whether our SYN was acknowledged, whatever has become of the connection since. */
    public boolean isHandshakeComplete() {
        return snd.una > 0;
    }

    /** Why the connection is CLOSED; NONE for an orderly end. */
    public Failure failure() {
        return failure;
    }

    /** What troubles the connection without ending it: an ICMP error, or TIMED_OUT if R1 is reached; NONE if nothing. */
    public Failure softFailure() {
        return softErrors.last();
    }

    /** Whether there was a soft error since the last call (RFC 9293 MUST-47). */
    public boolean takeSoftErrorNews() {
        return softErrors.takeNews();
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
    public TcpInfo info(long nowNs) {
        return Snapshot.of(this, nowNs);
    }

    // --- for the arrival and timer procedures

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

    Handshake handshake() {
        return handshake;
    }

    KeepAlive keepAlive() {
        return keepAlive;
    }

    UnacceptableAnswers answers() {
        return answers;
    }

    SoftErrors softErrors() {
        return softErrors;
    }

    UserTimeout userTimeout() {
        return userTimeout;
    }

    Closing closing() {
        return closing;
    }

    RttEstimator rtt() {
        return rtt;
    }

    ConnectionTimers timers() {
        return timers;
    }

    /** Null before the peer's SYN. */
    @Nullable Receiver receiverIfAny() {
        return receiver;
    }

    void outputRefused() {
        wantsOutput = true;
    }

    /** Nobody answers: ends with the reason that an ICMP error gave, if any did. */
    void timedOut() {
        count(TcpCounter.TcpExtTCPAbortOnTimeout);
        fail(softErrors.last() == Failure.NONE ? Failure.TIMED_OUT : softErrors.last());
    }

    void state(TcpState newState) {
        state = newState;
    }

    void count(TcpCounter event) {
        context.counters().increment(event);
    }

    void acknowledgmentAdvanced() {
        // RFC 6298 5.3: the next flush starts it anew.
        timers.cancel(Kind.RETRANSMIT);
        timers.cancel(Kind.PERSIST);
        softErrors.clear();
    }
}
