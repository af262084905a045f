package dev.heddle.core.tcp;

import dev.heddle.core.tcp.recovery.SendRecords;

/**
 * Hands ranges of the stream to the {@link SegmentEmitter}, for the first time or again, and remembers what went when. It is
 * made when data is first sent: an idle connection does without.
 */
final class Transmission {

    private final TcpContext context;
    private final SendSequence sequence;
    private final SegmentEmitter emitter;
    private final SendBuffer buffer;
    private final Congestion congestion;
    private final LossRecovery recovery;
    private final PathMtuDiscovery pathMtuDiscovery = new PathMtuDiscovery();

    private final SendTimes times;

    /** The end of the last segment sent that was not full-sized: Minshall's form of Nagle's rule. */
    private long partialEnd;

    Transmission(
            TcpContext context,
            SendSequence sequence,
            SegmentEmitter emitter,
            SendBuffer buffer,
            Congestion congestion,
            LossRecovery recovery,
            SendTimes times) {
        this.context = context;
        this.sequence = sequence;
        this.emitter = emitter;
        this.buffer = buffer;
        this.congestion = congestion;
        this.recovery = recovery;
        this.times = times;
    }

    LossRecovery recovery() {
        return recovery;
    }

    PathMtuDiscovery pathMtuDiscovery() {
        return pathMtuDiscovery;
    }

    boolean hasOutstanding() {
        return !recovery.records().isEmpty();
    }

    SendTimes times() {
        return times;
    }

    /** 0 if nothing was sent yet. */
    long lastSentNs() {
        return times.lastSentNs();
    }

    long partialEnd() {
        return partialEnd;
    }

    /**
     * Sends the next octets, and the FIN behind them.
     *
     * @return false if the link refused them
     */
    boolean sendNext(long length, boolean fin, long nowNs) {
        long start = sequence.nxt;
        long end = start + length + (fin ? 1 : 0);
        boolean push = fin || start + length == buffer.tail();
        if (!emitter.data(start, end - start, buffer.tail(), push, nowNs, buffer.text())) {
            return false;
        }
        congestion.sent(length, recovery.inFlightBytes(), nowNs);
        recovery.sent(start, end, nowNs);
        pathMtuDiscovery.sent(start, length, emitter.mssBytes(), sequence.una);
        sequence.nxt = end;
        times.sent(nowNs);
        if (length % emitter.mssBytes() != 0) {
            partialEnd = end;
        }
        return true;
    }

    /**
     * Sends the first octets of a record again.
     *
     * @param kind what is counted besides
     * @return false if the link refused them
     */
    boolean sendAgain(int index, long length, boolean push, TcpCounter kind, long nowNs) {
        SendRecords records = recovery.records();
        if (!emitter.data(records.start(index), length, buffer.tail(), push, nowNs, buffer.text())) {
            return false;
        }
        int mss = emitter.mssBytes();
        context.counters().increment(kind);
        context.counters().add(TcpCounter.TcpRetransSegs, (length + mss - 1) / mss);
        long start = records.start(index);
        // A FIN is an octet of the sequence, and no text.
        long text = Math.max(0, Math.min(length, buffer.tail() - start));
        emitter.countRetransmitted(text);
        recovery.counts().retransmittedSegments += (int) ((length + mss - 1) / mss);
        congestion.sent(length, recovery.inFlightBytes(), nowNs);
        recovery.retransmitted(index, length, nowNs);
        times.sent(nowNs);
        if (context.events().isWanted()) {
            context.events().happened(new TcpEvent.Retransmitted(sequence.wire(start), text, kind));
        }
        return true;
    }

    /** The connection ends, and a recovery with it. */
    void ended() {
        recovery.ended(congestion.control());
    }

    /**
     * Sends the octet at SND.UNA into a window that is closed.
     *
     * @return false if the link refused it
     */
    boolean probeWindow(long nowNs) {
        boolean sent = emitter.data(sequence.una, 1, buffer.tail(), false, nowNs, buffer.text());
        if (sent && !recovery.records().has(0, SendRecords.SACKED)) {
            recovery.retransmitted(0, 1, nowNs);
        }
        return sent;
    }
}
