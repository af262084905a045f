package dev.heddle.core.host;

import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.CookieHandshake;
import dev.heddle.core.tcp.HalfOpenConnection;
import dev.heddle.core.tcp.PathProperties;
import dev.heddle.core.tcp.Reset;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.Tcb;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpContext;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.TcpHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A TCP listener: the handshakes that peers have begun with it, and the connections that wait to be accepted. Any thread.
 *
 * <p>As on Linux a connection completes only if it can be accepted: when the queue is full, the ACK that would complete it
 * is dropped, and so are new SYNs. When too many handshakes are open, new ones are left to the peer to remember ({@link
 * CookieHandshake}). Connections of its port may be in any state meanwhile (RFC 9293 MUST-42).
 */
public final class TcpListener {

    private final Host host;
    private final IpAddress address;
    private final int port;
    private final PortAllocator.Use boundUse;
    private final Readiness readiness = new Readiness();

    private volatile ConnectionOptions options;

    /** Excludes for the half-open records; no endpoint is entered under it. */
    private final SendingLock handshakes;

    /** What handshakes share with others. */
    private final TcpContext context;

    /** Null if nobody observes. */
    private final @Nullable RecordReports reports;

    /* Guarded by handshakes. */

    private final HalfOpenQueue halfOpen;

    /** Until when an ACK may bring a cookie; 0 if there was none. */
    private long cookiesUntilNs;

    /** Its lock is taken under handshakes. */
    private final AcceptQueue acceptQueue;

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
        this.options = options;
        handshakes = new SendingLock(host.tcpContext().output());
        reports = RecordReports.of(host);
        context = RecordReports.contextOf(host.tcpContext().with(handshakes), reports);
        halfOpen = new HalfOpenQueue(host.config().tcp(), backlog);
        acceptQueue = new AcceptQueue(backlog, readiness);
    }

    /** Takes the connection that has waited longest; null if there is none. */
    public @Nullable TcpEndpoint tryAccept() {
        TcpConnection connection = acceptQueue.poll();
        return connection == null ? null : new TcpEndpoint(host, connection);
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
        List<TcpConnection> refused = acceptQueue.close();
        if (refused == null) {
            return;
        }
        host.listeners().remove(this);
        handshakes.lock();
        try {
            for (HalfOpenEntry entry = halfOpen.oldest(); entry != null; entry = halfOpen.oldest()) {
                remove(entry);
            }
        } finally {
            handshakes.unlock();
        }
        host.ports().release(address, port, boundUse.listening());
        for (TcpConnection connection : refused) {
            connection.calls().close(true);
        }
        readiness.fire();
    }

    /** How full the listener is now. */
    ListenQueue queue() {
        return acceptQueue.state(halfOpenCount());
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
     * @return false if another thread has made a connection of its name: look that up
     */
    boolean segmentArrives(Packet packet, SocketPair pair, @Nullable Integer issBound, @Nullable Batch batch) {
        TcpHeader header = packet.tcp();
        if (header.isRst()) {
            return true;
        }
        if (header.isAck() && (header.isSyn() || !mayBringCookie(packet.arrivalNs))) {
            Reset.answer(context, packet, pair);
        } else if (header.isAck()) {
            return cookieArrives(packet, pair, batch);
        } else if (header.isSyn()) {
            synArrives(packet, pair, issBound);
        }
        return true;
    }

    private void synArrives(Packet packet, SocketPair pair, @Nullable Integer issBound) {
        HostInterface out = host.outbound().interfaceTo(pair.remoteHigh(), pair.remoteLow(), pair.scope());
        if (out == null) {
            context.counters().increment(TcpCounter.TcpExtListenDrops);
            tellDropped(TcpCounter.TcpExtListenDrops, pair, packet.length());
            return;
        }
        long nowNs = packet.arrivalNs;
        PathProperties path = host.outbound().paths().of(pair, out, nowNs);
        handshakes.lock();
        try {
            if (acceptQueue.isClosed()) {
                return;
            }
            if (acceptQueue.isFull()) {
                overflowed(pair, packet);
                return;
            }
            boolean full = halfOpen.isFull();
            TcpConfig.CookieUse use = context.config().synCookies();
            if (use != TcpConfig.CookieUse.ALWAYS && (!full || use == TcpConfig.CookieUse.NEVER) || issBound != null) {
                int iss = context.initialSequence().next(pair, nowNs, issBound);
                keep(packet, pair, out, path, iss, nowNs);
                return;
            }
            // What comes after a TIME-WAIT has its ISS prescribed, and is no flood from forged addresses.
            context.counters().increment(TcpCounter.TcpExtTCPReqQFullDoCookies);
            cookiesUntilNs = nowNs + CookieHandshake.LIFETIME_NS;
            CookieHandshake.answer(context, pair, packet, options, path, nowNs);
        } finally {
            handshakes.unlock();
        }
    }

    /** Begins a handshake that is remembered here. */
    private void keep(Packet syn, SocketPair pair, HostInterface out, PathProperties path, int iss, long nowNs) {
        HalfOpenConnection record = HalfOpenConnection.open(context, pair, syn, options, path, iss, nowNs);
        HalfOpenEntry entry = new HalfOpenEntry(this, record, out.driver());
        if (host.table().addIfAbsent(entry) != null) {
            // Another thread was faster with a copy of this SYN.
            return;
        }
        HalfOpenEntry oldest = halfOpen.add(entry);
        if (oldest != null) {
            // RFC 4987 3.4: in a flood of SYNs the newest are as likely to be honest as any, and have waited least.
            context.counters().increment(TcpCounter.TcpExtTCPReqQFullDrop);
            context.counters().increment(TcpCounter.TcpExtListenDrops);
            tellDropped(TcpCounter.TcpExtTCPReqQFullDrop, oldest.pair(), PacketDrop.UNKNOWN);
            remove(oldest);
        }
        record.sendSynAck(nowNs);
        entry.timer().arm(record.nextDeadlineNs());
    }

    /** Whether cookies are out: when none is, nobody may guess one. */
    private boolean mayBringCookie(long nowNs) {
        if (host.config().tcp().synCookies() == TcpConfig.CookieUse.NEVER) {
            return false;
        }
        handshakes.lock();
        try {
            return cookiesUntilNs != 0 && nowNs <= cookiesUntilNs;
        } finally {
            handshakes.unlock();
        }
    }

    /** An ACK that may complete a handshake of which the peer has the only record. */
    private boolean cookieArrives(Packet packet, SocketPair pair, @Nullable Batch batch) {
        HostInterface out = host.outbound().interfaceTo(pair.remoteHigh(), pair.remoteLow(), pair.scope());
        if (out == null) {
            return true;
        }
        long nowNs = packet.arrivalNs;
        PathProperties path = host.outbound().paths().of(pair, out, nowNs);
        int mss = CookieHandshake.check(context, pair, packet, nowNs);
        if (mss == 0) {
            Reset.answer(context, packet, pair);
            return true;
        }
        if (!acceptQueue.promise()) {
            // Without a reset the cookie stays good: whatever the peer sends next brings it again.
            refuseCompletion(packet, pair);
            return true;
        }
        ConnectionReports own = ConnectionReports.of(host, pair);
        TcpContext shared = ConnectionReports.contextOf(host, own);
        Tcb tcb = CookieHandshake.accept(shared, pair, packet, mss, options, path, nowNs);
        PortAllocator.Use use = boundUse.bound();
        host.ports().share(pair.localAddress(), pair.localPort(), use);
        TcpConnection connection = new TcpConnection(host, tcb, own, out.driver(), new Readiness(), use);
        if (host.table().addIfAbsent(connection) != null) {
            // Another thread was faster with the same ACK.
            host.ports().release(pair.localAddress(), pair.localPort(), use);
            acceptQueue.withdraw();
            return false;
        }
        connection.arrives(packet, batch);
        acceptQueue.offer(connection, batch);
        return true;
    }

    /** An ACK would complete a handshake, but nobody accepts; returns whether the handshake is over. */
    private boolean refuseCompletion(Packet ack, SocketPair pair) {
        overflowed(pair, ack);
        if (!host.config().tcp().abortOnOverflow()) {
            return false;
        }
        context.counters().increment(TcpCounter.TcpExtEmbryonicRsts);
        Reset.answer(context, ack, pair);
        return true;
    }

    private void overflowed(SocketPair pair, Packet packet) {
        context.counters().increment(TcpCounter.TcpExtListenOverflows);
        context.counters().increment(TcpCounter.TcpExtListenDrops);
        tellDropped(TcpCounter.TcpExtListenOverflows, pair, packet.length());
    }

    private void tellDropped(TcpCounter why, SocketPair pair, int bytes) {
        DropReports drops = host.dropReports();
        if (drops != null) {
            drops.segmentDropped(why, pair, bytes);
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
            if (bringsCookie(entry, packet)) {
                remove(entry);
                return false;
            }
            tellOf(entry);
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
            if (!acceptQueue.promise()) {
                if (refuseCompletion(packet, entry.pair())) {
                    remove(entry);
                }
                return true;
            }
            connection = promote(entry, packet.arrivalNs);
        } finally {
            handshakes.unlock();
        }
        // The connection takes the ACK that made it, and only then can be accepted.
        connection.arrives(packet, batch);
        acceptQueue.offer(connection, batch);
        return true;
    }

    /**
     * Whether the peer completes the handshake by an earlier SYN-ACK than the one that is remembered: a cookie was in that, and
     * when the SYN came again there was room.
     */
    private boolean bringsCookie(HalfOpenEntry entry, Packet packet) {
        TcpHeader header = packet.tcp();
        return header.isAck()
                && !header.isSyn()
                && !header.isRst()
                && !entry.record().isAcknowledgedBy(header)
                && mayBringCookie(packet.arrivalNs)
                && CookieHandshake.isBroughtBy(host.tcpContext(), entry.pair(), packet, packet.arrivalNs);
    }

    private TcpConnection promote(HalfOpenEntry entry, long nowNs) {
        ConnectionReports own = ConnectionReports.of(host, entry.pair());
        Tcb tcb = entry.record().promote(ConnectionReports.contextOf(host, own), nowNs);
        PortAllocator.Use use = boundUse.bound();
        SocketPair pair = entry.pair();
        host.ports().share(pair.localAddress(), pair.localPort(), use);
        TcpConnection connection =
                new TcpConnection(host, tcb, own, entry.timer().home(), new Readiness(), use);
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
            tellOf(entry);
            if (halfOpen.timerExpires(entry, nowNs)) {
                entry.timer().arm(entry.record().nextDeadlineNs());
            } else {
                remove(entry);
            }
        } finally {
            handshakes.unlock();
        }
    }

    /**
     * An ICMP error about a handshake: a hard one ends it (RFC 9293 SHLD-26), a soft one does not (MUST-56), and nobody needs
     * to be told.
     */
    void icmpError(HalfOpenEntry entry, IcmpError error) {
        handshakes.lock();
        try {
            if (entry.queued && error.kind().isHard() && entry.record().isOutstanding(error.sequence())) {
                context.counters().increment(TcpCounter.TcpAttemptFails);
                remove(entry);
            }
        } finally {
            handshakes.unlock();
        }
    }

    /** Drops the handshakes whose peers only broken links lead to. */
    void networkDown() {
        handshakes.lock();
        try {
            for (HalfOpenEntry entry = halfOpen.oldest(); entry != null; ) {
                HalfOpenEntry next = halfOpen.after(entry);
                if (host.outbound().isCutOff(entry.pair())) {
                    remove(entry);
                }
                entry = next;
            }
        } finally {
            handshakes.unlock();
        }
    }

    private void tellOf(HalfOpenEntry entry) {
        if (reports != null) {
            reports.of(entry.pair());
        }
    }

    private void remove(HalfOpenEntry entry) {
        halfOpen.remove(entry);
        host.table().remove(entry);
        entry.timer().cancel();
    }
}
