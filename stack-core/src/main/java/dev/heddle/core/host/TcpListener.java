package dev.heddle.core.host;

import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.HalfOpenConnection;
import dev.heddle.core.tcp.PathProperties;
import dev.heddle.core.tcp.Reset;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.Tcb;
import dev.heddle.core.tcp.TcpContext;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.SequenceNumber;
import dev.heddle.core.wire.TcpHeader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TCP listener: the handshakes that peers have begun with it, and the connections that wait to be accepted. Any thread.
 *
 * <p>As on Linux a connection completes only if it can be accepted: when the queue is full, the ACK that would complete it
 * is dropped, and so are new SYNs.
 */
public final class TcpListener {

    private final Host host;
    private final IpAddress address;
    private final int port;
    private final PortAllocator.Use boundUse;
    private final int backlog;
    private final Readiness readiness = new Readiness();

    private volatile ConnectionOptions options;

    /** Excludes for the half-open records. A segment may be sent under it; no endpoint is entered. */
    private final ReentrantLock handshakes = new ReentrantLock();

    /** Guarded by handshakes, oldest first. */
    private final EntryQueue halfOpen = new EntryQueue();

    /** A leaf: guards what follows, and is taken under handshakes. */
    private final ReentrantLock acceptance = new ReentrantLock();

    private final Queue<TcpConnection> acceptable = new ArrayDeque<>();

    /** Connections that are acceptable or about to be. */
    private int promised;

    private boolean closed;

    TcpListener(
            Host host,
            IpAddress address,
            int port,
            PortAllocator.Use boundUse,
            int backlog,
            ConnectionOptions options) {
        this.host = host;
        this.address = address;
        this.port = port;
        this.boundUse = boundUse;
        this.backlog = backlog;
        this.options = options;
    }

    /** Takes the connection that has waited longest; null if there is none. */
    public @Nullable TcpEndpoint tryAccept() {
        acceptance.lock();
        try {
            TcpConnection connection = acceptable.poll();
            if (connection == null) {
                return null;
            }
            promised--;
            publish();
            return new TcpEndpoint(host, connection);
        } finally {
            acceptance.unlock();
        }
    }

    /** {@link Readiness#ACCEPTABLE} and {@link Readiness#CLOSED}. */
    public Readiness readiness() {
        return readiness;
    }

    public IpAddress localAddress() {
        return address;
    }

    public int localPort() {
        return port;
    }

    /** What accepted connections start with. */
    public ConnectionOptions options() {
        return options;
    }

    /**
     * Changes the options of connections to come.
     *
     * @throws IllegalArgumentException if the host knows no congestion control of that name
     */
    public void options(ConnectionOptions changed) {
        host.config().congestionControls().check(changed.congestionControl());
        options = changed;
    }

    /** Stops listening: handshakes are forgotten, connections that nobody has accepted are reset. Idempotent. */
    public void close() {
        host.call(this::closeNow);
    }

    private void closeNow() {
        List<TcpConnection> refused;
        acceptance.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            refused = new ArrayList<>(acceptable);
            acceptable.clear();
            publish();
        } finally {
            acceptance.unlock();
        }
        host.listeners().remove(this);
        handshakes.lock();
        try {
            while (halfOpen.oldest() instanceof HalfOpenEntry entry) {
                remove(entry);
            }
        } finally {
            handshakes.unlock();
        }
        host.ports().release(address, port, boundUse.listening());
        for (TcpConnection connection : refused) {
            connection.close(true);
        }
        readiness.fire();
    }

    /** How full the listener is now. */
    ListenQueue queue() {
        int handshakesOpen = halfOpenCount();
        acceptance.lock();
        try {
            return new ListenQueue(promised, backlog, handshakesOpen);
        } finally {
            acceptance.unlock();
        }
    }

    /** The number of handshakes that are not complete. */
    int halfOpenCount() {
        handshakes.lock();
        try {
            return halfOpen.size();
        } finally {
            handshakes.unlock();
        }
    }

    /**
     * A segment for the listener that belongs to no connection (RFC 9293 3.10.7.2).
     *
     * @param issBound what the ISS must be at least, if the name was in TIME-WAIT
     */
    void segmentArrives(Packet packet, SocketPair pair, @Nullable Integer issBound) {
        TcpHeader header = packet.tcp();
        if (header.isRst()) {
            return;
        }
        if (header.isAck()) {
            Reset.answer(host.tcpContext(), packet, pair);
        } else if (header.isSyn()) {
            synArrives(packet, pair, issBound);
        }
    }

    private void synArrives(Packet packet, SocketPair pair, @Nullable Integer issBound) {
        TcpContext context = host.tcpContext();
        HostInterface out = host.outbound().interfaceTo(pair.remoteHigh(), pair.remoteLow(), pair.scope());
        if (out == null) {
            context.counters().increment(TcpCounter.TcpExtListenDrops);
            return;
        }
        long nowNs = packet.arrivalNs;
        PathProperties path = out.path(pair.isIpv4());
        int iss = context.initialSequence().next(pair, nowNs);
        if (issBound != null && SequenceNumber.lessThan(iss, issBound)) {
            iss = issBound;
        }
        handshakes.lock();
        try {
            if (isClosed()) {
                return;
            }
            if (isFull()) {
                context.counters().increment(TcpCounter.TcpExtListenOverflows);
                context.counters().increment(TcpCounter.TcpExtListenDrops);
                return;
            }
            HalfOpenConnection record = HalfOpenConnection.open(context, pair, packet, options, path, iss, nowNs);
            HalfOpenEntry entry = new HalfOpenEntry(this, record, out.driver());
            if (host.table().addIfAbsent(entry) != null) {
                // Another thread was faster with a copy of this SYN.
                return;
            }
            halfOpen.add(entry);
            if (halfOpen.size() > context.config().maxSynBacklog()
                    && halfOpen.oldest() instanceof HalfOpenEntry oldest) {
                // In a flood of SYNs the newest are as likely to be honest as any, and have waited least.
                context.counters().increment(TcpCounter.TcpExtTCPReqQFullDrop);
                context.counters().increment(TcpCounter.TcpExtListenDrops);
                remove(oldest);
            }
            record.sendSynAck(nowNs);
            entry.timer().arm(record.nextDeadlineNs());
        } finally {
            handshakes.unlock();
        }
    }

    /**
     * A segment for a handshake.
     *
     * @return false if the handshake is over: look the segment's connection up again
     */
    boolean segmentArrives(HalfOpenEntry entry, Packet packet, @Nullable Batch batch) {
        TcpConnection connection;
        handshakes.lock();
        try {
            if (!entry.queued) {
                return false;
            }
            HalfOpenConnection.Verdict verdict = entry.record().segmentArrives(packet, packet.arrivalNs);
            switch (verdict) {
                case ANSWERED, DROPPED -> entry.timer().arm(entry.record().nextDeadlineNs());
                case REMOVE -> remove(entry);
                case PROMOTE -> {
                    // handled below
                }
            }
            if (verdict != HalfOpenConnection.Verdict.PROMOTE) {
                return true;
            }
            if (!promise()) {
                TcpContext context = host.tcpContext();
                context.counters().increment(TcpCounter.TcpExtListenOverflows);
                context.counters().increment(TcpCounter.TcpExtListenDrops);
                return true;
            }
            connection = promote(entry, packet.arrivalNs);
        } finally {
            handshakes.unlock();
        }
        // The connection takes the ACK that made it, and only then can be accepted.
        connection.arrives(packet, batch);
        offer(connection, batch);
        return true;
    }

    private TcpConnection promote(HalfOpenEntry entry, long nowNs) {
        Tcb tcb = entry.record().promote(nowNs);
        PortAllocator.Use use = boundUse.bound();
        SocketPair pair = entry.pair();
        host.ports().share(pair.localAddress(), pair.localPort(), use);
        TcpConnection connection = new TcpConnection(host, tcb, entry.timer().home(), new Readiness(), use);
        halfOpen.remove(entry);
        host.table().replace(entry, connection);
        entry.timer().cancel();
        return connection;
    }

    /** The time of a handshake's SYN-ACK is over. */
    void timerExpires(HalfOpenEntry entry, long nowNs) {
        handshakes.lock();
        try {
            if (!entry.queued) {
                return;
            }
            if (entry.record().timerExpires(nowNs)) {
                entry.timer().arm(entry.record().nextDeadlineNs());
            } else {
                remove(entry);
            }
        } finally {
            handshakes.unlock();
        }
    }

    /** Drops the handshakes at home with a driver whose link is gone. */
    void networkDown(Driver home) {
        handshakes.lock();
        try {
            for (QueuedEntry entry = halfOpen.oldest(); entry != null; ) {
                QueuedEntry next = entry.next;
                if (entry instanceof HalfOpenEntry handshake
                        && handshake.timer().home() == home) {
                    remove(handshake);
                }
                entry = next;
            }
        } finally {
            handshakes.unlock();
        }
    }

    private void remove(HalfOpenEntry entry) {
        halfOpen.remove(entry);
        host.table().remove(entry);
        entry.timer().cancel();
    }

    /** As Linux counts: one more than the backlog may wait. */
    private boolean isFull() {
        acceptance.lock();
        try {
            return promised > backlog;
        } finally {
            acceptance.unlock();
        }
    }

    private boolean isClosed() {
        acceptance.lock();
        try {
            return closed;
        } finally {
            acceptance.unlock();
        }
    }

    private boolean promise() {
        acceptance.lock();
        try {
            if (promised > backlog) {
                return false;
            }
            promised++;
            return true;
        } finally {
            acceptance.unlock();
        }
    }

    private void offer(TcpConnection connection, @Nullable Batch batch) {
        boolean wake = false;
        boolean refused;
        acceptance.lock();
        try {
            refused = closed;
            if (!refused) {
                acceptable.add(connection);
                wake = publish();
            }
        } finally {
            acceptance.unlock();
        }
        if (refused) {
            connection.refuse(batch);
        } else if (wake && batch != null) {
            batch.wake(readiness);
        } else if (wake) {
            readiness.fire();
        }
    }

    /** With acceptance. */
    private boolean publish() {
        return readiness.publish(closed ? Readiness.CLOSED : acceptable.isEmpty() ? 0 : Readiness.ACCEPTABLE);
    }
}
