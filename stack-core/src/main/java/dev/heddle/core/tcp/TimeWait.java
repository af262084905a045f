package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.TcpHeader;
import java.nio.ByteBuffer;

/** What remains of a connection in TIME-WAIT. Exclusion: the lock of the table that holds it. */
public final class TimeWait {

    /** What a segment did. */
    public enum Verdict {
        ANSWERED,
        DROPPED,
        /** The peer reset it: gone. */
        REMOVE,
        /**
         * An acceptable SYN: remove this and let a listener have it, with an ISS of at least {@link #reopenIss}; or, where
         * nobody listens, {@link #challenge} it.
         */
        REOPEN
    }

    private static final int HOP_LIMIT = 64;

    /** Linux's step above what was sent before, for the new connection's ISS. */
    private static final int REOPEN_STEP = 65_535 + 2;

    /** Linux's. */
    private static final long REUSE_DELAY_NS = 1_000_000_000L;

    private final TcpContext context;
    private final SocketPair pair;
    private final int sendNext;
    private final int receiveNext;
    private final int windowField;
    private final NegotiatedOptions negotiated;
    private int timestampRecent;
    private long expiresNs;

    /** When the peer's last timestamp came; written under the exclusion, read by who looks for a free port. */
    private volatile long stampedNs;

    private TimeWait(
            TcpContext context,
            SocketPair pair,
            int sendNext,
            int receiveNext,
            int window,
            NegotiatedOptions negotiated,
            int timestampRecent,
            long nowNs) {
        this.context = context;
        this.pair = pair;
        this.sendNext = sendNext;
        this.receiveNext = receiveNext;
        windowField = Math.min(65_535, window >> negotiated.receiveShift());
        this.negotiated = negotiated;
        this.timestampRecent = timestampRecent;
        stampedNs = nowNs;
        restart(nowNs);
    }

    /**
     * The record that replaces a connection in TIME-WAIT.
     *
     * @param context what it shares with others; its output need not be the connection's
     */
    public static TimeWait of(Tcb tcb, TcpContext context, long nowNs) {
        SendSequence send = tcb.sendSequence();
        ReceiveSequence receive = tcb.receiveSequence();
        return new TimeWait(
                context,
                tcb.pair(),
                send.wire(send.nxt),
                receive.wire(receive.nxt),
                (int) receive.window(),
                tcb.emitter().negotiated(),
                tcb.emitter().timestampRecent().value(),
                nowNs);
    }

    /** What is known of the connection that was; of what never changes, so that anybody may ask. */
    public TcpInfo info() {
        return Snapshot.ofRecord(TcpState.TIME_WAIT, negotiated, false, 0);
    }

    public SocketPair pair() {
        return pair;
    }

    /** When 2 MSL are over (RFC 9293 MUST-13). */
    public long expiresNs() {
        return expiresNs;
    }

    /**
     * From when on a connection that is opened from here may take the name: the timestamps of its segments are larger by
     * then than any of the old ones, so that the peer accepts its SYN (RFC 6191) and PAWS tells them apart. Any thread.
     *
     * @param wanted whether the application has asked for this very name; as Linux has it, it does not wait then, for what is
     *     sent has no smaller timestamps than the old segments, and higher numbers
     */
    public long reusableFromNs(boolean wanted) {
        return !negotiated.timestamps() ? Clock.NEVER : wanted ? stampedNs : stampedNs + REUSE_DELAY_NS;
    }

    /** An ISS that no segment of the old connection can be mistaken for (RFC 9293 MAY-2). */
    public int reopenIss() {
        return sendNext + REOPEN_STEP;
    }

    /** RFC 9293 3.10.7.4 for TIME-WAIT, with RFC 6191 for SYNs and RFC 1337 for resets. */
    public Verdict segmentArrives(Packet packet, long nowNs) {
        TcpHeader header = packet.tcp();
        int ahead = header.sequence() - receiveNext;
        boolean stamped = negotiated.timestamps() && header.options().hasTimestamps();
        int stampAhead = stamped ? header.options().timestampValue() - timestampRecent : 0;
        if (header.isRst()) {
            // RFC 1337's hazard is a reset from an old duplicate; RFC 5961 asks for the exact number, which an old
            // duplicate can have, too.
            return ahead == 0 && !context.config().timeWaitIgnoresResets() ? Verdict.REMOVE : Verdict.DROPPED;
        }
        if (header.isSyn() && !header.isAck()) {
            // RFC 6191 2: a later timestamp, or without timestamps a higher sequence number, is a new connection.
            // So are timestamps where there were none: the segments of the old one cannot have any.
            boolean firstStamps = !negotiated.timestamps()
                    && header.options().hasTimestamps()
                    && context.config().timestamps();
            boolean later = firstStamps || (stamped ? stampAhead > 0 || stampAhead == 0 && ahead > 0 : ahead > 0);
            if (later) {
                return Verdict.REOPEN;
            }
            return answer(nowNs);
        }
        if (stamped && stampAhead < 0) {
            outdated(header);
            return answer(nowNs);
        }
        int length = header.payloadLength() + (header.isFin() ? 1 : 0);
        if (header.isFin() && ahead + length == 0) {
            // The peer's FIN again: our ACK was lost.
            restart(nowNs);
            if (stamped) {
                timestampRecent = header.options().timestampValue();
                stampedNs = nowNs;
            }
            // An acknowledgment that is due, and no challenge that RFC 5961 7 would limit.
            acknowledge(nowNs);
            return Verdict.ANSWERED;
        }
        // A bare ACK where it is expected says nothing; anything else is told where we are.
        return ahead == 0 && length == 0 ? Verdict.DROPPED : answer(nowNs);
    }

    /** Answers a SYN that would reopen, but finds no listener: RFC 9293 3.10.7.4 says where we are, as to any other SYN. */
    public void challenge(long nowNs) {
        answer(nowNs);
    }

    private void outdated(TcpHeader header) {
        context.counters().increment(TcpCounter.TcpExtPAWSTimewait);
        if (context.events().isWanted()) {
            context.events().happened(new TcpEvent.Dropped(TcpCounter.TcpExtPAWSTimewait, header.payloadLength()));
        }
    }

    private void restart(long nowNs) {
        expiresNs = nowNs + context.config().timeWaitNs();
    }

    /** Says where we are, if there are not too many that want to know. */
    private Verdict answer(long nowNs) {
        if (!context.challengeAcks().tryAcquire(nowNs)) {
            return Verdict.DROPPED;
        }
        acknowledge(nowNs);
        return Verdict.ANSWERED;
    }

    private void acknowledge(long nowNs) {
        Packet packet = context.output().acquire();
        ByteBuffer b = packet.buffer();
        int optionsEnd = SegmentWriter.OPTIONS_OFFSET;
        if (negotiated.timestamps()) {
            optionsEnd = SegmentWriter.timestamps(b, optionsEnd, negotiated.timestamp(nowNs), timestampRecent);
        }
        SegmentWriter.header(packet, pair, sendNext, receiveNext, TcpHeader.ACK, windowField, optionsEnd);
        SegmentWriter.pseudoChecksum(packet, pair);
        context.counters().increment(TcpCounter.TcpOutSegs);
        context.output().send(packet, pair, 0, HOP_LIMIT);
    }
}
