package dev.heddle.core.host;

import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.Tcb;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpEvent;
import dev.heddle.core.tcp.TcpState;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A connection: its state behind its gate, its place with its home pump, and its readiness. It outlives the TCB: what was
 * not read stays readable, and why the connection ended stays known, as long as somebody holds it.
 */
final class TcpConnection extends TableEntry implements EndpointGate.Room {

    private static final VarHandle MARKED;
    private static final VarHandle ICMP_ERROR;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MARKED = lookup.findVarHandle(TcpConnection.class, "marked", boolean.class);
            ICMP_ERROR = lookup.findVarHandle(TcpConnection.class, "icmpError", IcmpError.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Host host;
    private final EndpointGate gate;
    private final HomeTimer timer;
    private final Readiness readiness;
    private final PortAllocator.Use portUse;

    /** Null if nobody observes. */
    private final @Nullable ConnectionReports reports;

    /** Guarded by the gate. */
    private final ConnectionState state;

    private final ConnectionCalls calls;

    private final Paths.Follower path;

    /** Whether this is among the writers that wait for memory; guarded by the gate. */
    private boolean awaitingMemory;

    /** Whether this is among the holders of data ahead of a gap; guarded by the gate. */
    private boolean holdingAhead;

    /** Whether an interface that is not the home has this among those it refused; set under the gate, cleared by that one. */
    private volatile boolean awaitingRoom;

    /** Whether a batch has this among those it flushes at its end; any thread, atomically. */
    @SuppressWarnings("unused") // through MARKED
    private volatile boolean marked;

    /** The latest ICMP error that nobody has looked at; any thread, atomically. */
    @SuppressWarnings("unused") // through ICMP_ERROR
    private volatile @Nullable IcmpError icmpError;

    TcpConnection(
            Host host,
            Tcb tcb,
            @Nullable ConnectionReports reports,
            Driver home,
            Readiness readiness,
            PortAllocator.Use portUse) {
        super(tcb.pair());
        this.host = host;
        this.readiness = readiness;
        this.portUse = portUse;
        this.reports = reports;
        state = new ConnectionState(tcb);
        path = host.outbound().paths().new Follower();
        ConnectionOptions options = tcb.options();
        long budgetBytes = (long) options.maxReceiveBufferBytes() + options.maxSendBufferBytes();
        gate = new EndpointGate(this, new Backlog(host.packets(), (int) Math.min(Integer.MAX_VALUE / 2, budgetBytes)));
        calls = new ConnectionCalls(host, this, gate, state);
        timer = new Timer(home);
        if (reports != null) {
            reports.later(timer);
        }
    }

    Readiness readiness() {
        return readiness;
    }

    /** What the application may call. */
    ConnectionCalls calls() {
        return calls;
    }

    Driver home() {
        return timer.home();
    }

    // ---- packets, timers, errors: any thread, never waiting

    /**
     * Brings a segment. It is answered at the end of the batch, or at once if there is none.
     *
     * @return false if the connection is over: look the packet's connection up again
     */
    boolean arrives(Packet packet, @Nullable Batch batch) {
        if (!gate.packet(packet, batch)) {
            return false;
        }
        if (batch != null) {
            batch.mark(this);
        } else {
            gate.signal(EndpointGate.FLUSH, null);
        }
        return true;
    }

    /** Takes the mark of a batch; false if it has one already. */
    boolean mark() {
        return !marked && MARKED.compareAndSet(this, false, true);
    }

    /** Sends what the batch has made due. The mark goes first: a packet that comes from now on marks again. */
    void flushMarked(Batch batch) {
        marked = false;
        gate.signal(EndpointGate.FLUSH, batch);
    }

    /** Reports an ICMP error; of several that come while the connection is locked the last one counts. */
    void icmpError(IcmpError error, Batch batch) {
        icmpError = error;
        gate.signal(EndpointGate.ICMP_ERROR, batch);
    }

    /** Fails the connection because its link is gone. */
    void networkDown(@Nullable Batch batch) {
        gate.signal(EndpointGate.NETWORK_DOWN, batch);
    }

    /** Resets the connection because its listener was closed before it could be accepted. */
    void refuse(@Nullable Batch batch) {
        gate.signal(EndpointGate.REFUSED, batch);
    }

    /** Lets a connection go on that an interface other than its home had refused; on that one's pump role. */
    void roomAvailable(Batch batch) {
        // First, so that who is refused from now on waits anew.
        awaitingRoom = false;
        gate.signal(EndpointGate.FLUSH, batch);
    }

    /** Lets a writer that found no memory try again. */
    void memoryAvailable(Batch batch) {
        gate.signal(EndpointGate.MEMORY, batch);
    }

    /** Takes the memory of what cannot be read yet; this is no longer among the {@link AheadHolders}. */
    void letGoOfDataAhead(Batch batch) {
        gate.signal(EndpointGate.LET_GO, batch);
    }

    // ---- what the gate guards

    @Override
    public boolean packetArrives(Packet packet) {
        Tcb tcb = state.tcb();
        if (tcb == null) {
            return false;
        }
        tcb.segmentArrives(packet, packet.arrivalNs);
        return true;
    }

    @Override
    public void signalled(int bits) {
        if ((bits & EndpointGate.MEMORY) != 0) {
            awaitingMemory = false;
            state.memoryAvailable();
        }
        if ((bits & EndpointGate.LET_GO) != 0) {
            holdingAhead = false;
            state.letGoOfDataAhead();
        }
        if ((bits & EndpointGate.REFUSED) != 0) {
            state.close(true, now());
            host.leftovers().remove(this);
        }
        Tcb tcb = state.tcb();
        if (tcb == null) {
            return;
        }
        if ((bits & EndpointGate.TIMERS) != 0) {
            tcb.timersExpire(now());
        }
        if ((bits & EndpointGate.ICMP_ERROR) != 0) {
            IcmpError error = (IcmpError) ICMP_ERROR.getAndSet(this, null);
            if (error != null) {
                IcmpErrors.report(error, tcb);
            }
        }
        if ((bits & EndpointGate.NETWORK_DOWN) != 0) {
            tcb.fail(Failure.NETWORK_DOWN);
        }
    }

    @Override
    public boolean settle() {
        Tcb tcb = state.tcb();
        if (tcb != null) {
            long nowNs = now();
            path.follow(tcb, host.outbound(), nowNs);
            tcb.flush(nowNs);
            TcpState now = tcb.state();
            if (reports != null && tcb.isHandshakeComplete()) {
                reports.opened();
            }
            if (now == TcpState.CLOSED || now == TcpState.TIME_WAIT && !tcb.wantsOutput()) {
                retire(tcb, nowNs);
            } else {
                state.note(tcb);
                if (tcb.wantsOutput()) {
                    awaitRoom();
                }
                timer.arm(tcb.nextDeadlineNs());
            }
        }
        if (!awaitingMemory && state.isAwaitingMemory()) {
            awaitingMemory = true;
            host.memoryQueue().add(this);
        }
        noteHeldAhead();
        boolean news = state.takeNews();
        news |= readiness.publish(state.readyBits(readiness.isAny(Readiness.WRITABLE)));
        return news;
    }

    private void noteHeldAhead() {
        AheadHolders holders = host.aheadHolders();
        boolean holds = state.holdsDataAhead();
        if (holds != holdingAhead) {
            holdingAhead = holds;
            if (holds) {
                holders.add(this);
            } else {
                holders.remove(this);
            }
        }
        holders.lookAfterMemory(this);
    }

    /** The link has refused a segment; it may be another than that by which segments come. */
    private void awaitRoom() {
        HostInterface out = host.outbound().interfaceTo(pair().remoteHigh(), pair().remoteLow(), pair().scope());
        if (out == null || out.driver() == home()) {
            timer.blocked();
        } else if (!awaitingRoom) {
            awaitingRoom = true;
            out.awaitRoom(this);
        }
    }

    /** Lets go of the TCB. From here on the table leads the connection's packets to its TIME-WAIT record or to nothing. */
    private void retire(Tcb tcb, long nowNs) {
        boolean timeWait = tcb.state() == TcpState.TIME_WAIT;
        if (reports != null && reports.isWanted()) {
            reports.closed(tcb.info(nowNs), tcb.failure());
        }
        state.end(tcb, !host.isClosed(), nowNs);
        // Before the table forgets the connection, so that a host that is being closed finds it in one or the other.
        if (state.hasUnread()) {
            host.leftovers().add(this);
        }
        if (timeWait) {
            host.timeWaits().replace(this, tcb, portUse, nowNs);
        } else {
            host.table().remove(this);
            host.ports().release(pair().localAddress(), pair().localPort(), portUse);
        }
        timer.cancel();
    }

    @Override
    public void wake(@Nullable Batch batch) {
        fire(readiness, batch);
    }

    @Override
    public void tell(@Nullable Batch batch) {
        if (reports != null && reports.isDue()) {
            fire(reports, batch);
        }
        tellDrops(batch);
    }

    /** What was dropped is told by the batch, if there is one. */
    private void tellDrops(@Nullable Batch batch) {
        if (batch == null) {
            host.tellDrops();
        }
    }

    private static void fire(Wakeable wakeable, @Nullable Batch batch) {
        if (batch != null) {
            batch.wake(wakeable);
        } else {
            wakeable.fire();
        }
    }

    @Override
    public void stray(Packet packet, @Nullable Batch batch) {
        host.tcpInput().dispatch(packet, pair().scope(), batch);
        tellDrops(batch);
    }

    @Override
    public void visitLater() {
        timer.request(HomeTimer.VISIT);
    }

    @Override
    public void backlogDrop(Packet packet) {
        host.counters().tcp().increment(TcpCounter.TcpExtTCPBacklogDrop);
        if (reports != null && reports.isWanted()) {
            reports.happened(new TcpEvent.Dropped(
                    TcpCounter.TcpExtTCPBacklogDrop, packet.tcp().payloadLength()));
        }
    }

    private long now() {
        return host.clock().nanoTime();
    }

    /** The connection's one node in the wheel of its home. */
    private final class Timer extends HomeTimer {

        Timer(Driver home) {
            super(home);
        }

        @Override
        void expired(long nowNs, Batch batch) {
            gate.signal(EndpointGate.TIMERS, batch);
        }

        @Override
        void visit(Batch batch) {
            gate.signal(EndpointGate.FLUSH, batch);
        }
    }
}
