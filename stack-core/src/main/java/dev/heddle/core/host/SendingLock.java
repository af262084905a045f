package dev.heddle.core.host;

import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.SegmentOutput;
import dev.heddle.core.tcp.SocketPair;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock for records that answer: what they send while it is held goes out behind it, so that nobody waits for it as long as a
 * link takes.
 */
final class SendingLock implements SegmentOutput {

    private record Held(Packet segment, SocketPair pair, int trafficClass, int hopLimit) {}

    private final SegmentOutput output;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by lock. */
    private final List<Held> held = new ArrayList<>();

    SendingLock(SegmentOutput output) {
        this.output = output;
    }

    void lock() {
        lock.lock();
    }

    /** Unlocks, and sends what was to be sent. Not re-entrant. */
    void unlock() {
        List<Held> toSend = List.copyOf(held);
        held.clear();
        lock.unlock();
        for (Held each : toSend) {
            output.send(each.segment, each.pair, each.trafficClass, each.hopLimit);
        }
    }

    @Override
    public Packet acquire() {
        return output.acquire();
    }

    /** Records send nothing that a full link could give back. */
    @Override
    public boolean transmit(Packet segment, SocketPair pair, int trafficClass, int hopLimit) {
        throw new UnsupportedOperationException("a record sends, and does not transmit");
    }

    @Override
    public void send(Packet segment, SocketPair pair, int trafficClass, int hopLimit) {
        if (lock.isHeldByCurrentThread()) {
            held.add(new Held(segment, pair, trafficClass, hopLimit));
        } else {
            output.send(segment, pair, trafficClass, hopLimit);
        }
    }

    @Override
    public void unanswered(SocketPair pair, long triedNs, long nowNs) {
        output.unanswered(pair, triedNs, nowNs);
    }
}
