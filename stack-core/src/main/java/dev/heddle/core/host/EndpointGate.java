package dev.heddle.core.host;

import dev.heddle.core.link.Packet;
import java.io.Serial;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import org.jspecify.annotations.Nullable;

/**
 * The only way into a connection: one lock that is not re-entrant, and what could not wait for it.
 *
 * <p>Calls of the application {@link #enter} and wait, which parks a virtual thread. Packets, timers, ICMP errors and the
 * flush at the end of a batch never wait: they try once; if the lock is taken, a packet joins the {@link Backlog},
 * anything else sets a bit in the pending word, and then they try once more. The holder handles a bounded amount of this
 * before it unlocks, and looks again after it has unlocked. So either the holder sees what was left for it, or the one who
 * left it finds the lock free: nothing is stranded.
 */
final class EndpointGate {

    /** What a gate guards. */
    interface Room {

        /**
         * Handles a segment; with the lock. The packet stays the caller's.
         *
         * @return false if the connection is over: the packet belongs to whatever has taken its place
         */
        boolean packetArrives(Packet packet);

        /** Handles what was signalled, after the packets that came before; with the lock. */
        void signalled(int bits);

        /**
         * Sends once what is to be sent and publishes what has changed; with the lock, last before it is left.
         *
         * @return whether somebody is to be woken
         */
        boolean settle();

        /** Wakes who waits, at the end of the batch if there is one; without the lock. */
        void wake(@Nullable Batch batch);

        /** Tells what there is to tell, at the end of the batch if there is one; without the lock. */
        void tell(@Nullable Batch batch);

        /** Dispatches a packet that came for the connection after its end; without the lock. The packet stays the caller's. */
        void stray(Packet packet, @Nullable Batch batch);

        /** There is more to do than one visit may: asks to be visited again by the home pump; without the lock. */
        void visitLater();

        /** Counts a packet that found no room in the backlog. */
        void backlogDrop(Packet packet);
    }

    /** The end of a batch: send once. Every visit does, so there is nothing else to do for it. */
    static final int FLUSH = 1;

    static final int TIMERS = 1 << 1;
    static final int ICMP_ERROR = 1 << 2;

    /** The link has failed: handled when every packet that it brought before has been. */
    static final int NETWORK_DOWN = 1 << 3;

    static final int MEMORY = 1 << 4;
    static final int REFUSED = 1 << 5;

    /** Memory is short: what cannot be read yet goes. */
    static final int LET_GO = 1 << 6;

    /** How many packets of the backlog one visit handles between two looks at the lock. */
    private static final int PACKETS_PER_ROUND = 64;

    /** How often one thread looks again before it leaves the rest to the pump. */
    private static final int ROUNDS = 4;

    private static final VarHandle PENDING;

    static {
        try {
            PENDING = MethodHandles.lookup().findVarHandle(EndpointGate.class, "pending", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Lock lock = new Lock();
    private final Room room;
    private final Backlog backlog;

    /** Bits signalled and not yet handled; any thread, atomically. */
    @SuppressWarnings("unused") // through PENDING
    private volatile int pending;

    EndpointGate(Room room, Backlog backlog) {
        this.room = room;
        this.backlog = backlog;
    }

    /**
     * Waits for the lock: for calls of the application, never for a pump.
     *
     * @throws IllegalStateException if the thread is inside already
     */
    void enter() {
        if (!lock.tryAcquire(1)) {
            if (lock.isHeldExclusively()) {
                throw new IllegalStateException("this thread is inside the endpoint already");
            }
            lock.acquire(1);
        }
    }

    /** Settles, leaves, and looks after what has come in the meantime. */
    void leave() {
        visit(null);
    }

    /** Leaves after a mere look, with nothing to settle. */
    void leaveUnchanged() {
        lock.release(1);
        if (hasWork()) {
            tryVisit(null);
        }
    }

    /** Whether the calling thread is inside. */
    boolean isInside() {
        return lock.isHeldExclusively();
    }

    /**
     * Brings a segment; it is not answered before the next {@link #signal}, so that a batch is answered once. The packet
     * stays the caller's.
     *
     * @return false if the connection is over: look the packet's connection up again
     */
    boolean packet(Packet packet, @Nullable Batch batch) {
        if (lock.tryAcquire(1)) {
            boolean taken;
            try {
                // A packet never overtakes those of the backlog.
                taken = backlog.isEmpty() ? room.packetArrives(packet) : appendOrDrop(packet);
            } finally {
                lock.release(1);
            }
            if (hasWork()) {
                tryVisit(batch);
            }
            return taken;
        }
        appendOrDrop(packet);
        tryVisit(batch);
        return true;
    }

    /** Leaves word of what is to be done, and does it if the lock is free. */
    void signal(int bits, @Nullable Batch batch) {
        PENDING.getAndBitwiseOr(this, bits);
        tryVisit(batch);
    }

    private boolean appendOrDrop(Packet packet) {
        if (!backlog.append(packet)) {
            room.backlogDrop(packet);
        }
        return true;
    }

    private void tryVisit(@Nullable Batch batch) {
        if (lock.tryAcquire(1)) {
            visit(batch);
        }
    }

    /** Does what is pending and leaves; called with the lock. */
    private void visit(@Nullable Batch batch) {
        for (int round = 1; ; round++) {
            Packet strays = null;
            boolean wake = false;
            boolean more = false;
            try {
                int bits = (int) PENDING.getAndSet(this, 0);
                strays = drainBacklog();
                more = backlog.hasTaken();
                if ((bits & NETWORK_DOWN) != 0 && !backlog.isEmpty()) {
                    bits &= ~NETWORK_DOWN;
                    PENDING.getAndBitwiseOr(this, NETWORK_DOWN);
                }
                if (bits != 0) {
                    room.signalled(bits);
                }
                wake = room.settle();
            } finally {
                lock.release(1);
            }
            if (wake) {
                room.wake(batch);
            }
            room.tell(batch);
            dispatchStrays(strays, batch);
            if (more || round == ROUNDS && hasWork()) {
                room.visitLater();
                return;
            }
            // The second look: what came while the lock was held found it taken.
            if (!hasWork() || !lock.tryAcquire(1)) {
                return;
            }
        }
    }

    /** Handles packets of the backlog; returns those that are not the connection's, oldest first. */
    private @Nullable Packet drainBacklog() {
        Packet strays = null;
        Packet lastStray = null;
        for (int handled = 0; handled < PACKETS_PER_ROUND; handled++) {
            Packet packet = backlog.take();
            if (packet == null) {
                break;
            }
            boolean ours = true;
            try {
                ours = room.packetArrives(packet);
            } finally {
                if (ours) {
                    // Whatever it threw, a congestion control of the user's for example: it is consumed.
                    backlog.release(packet);
                }
            }
            if (ours) {
                continue;
            }
            if (lastStray == null) {
                strays = packet;
                lastStray = packet;
            } else {
                lastStray.next = packet;
                lastStray = packet;
            }
        }
        return strays;
    }

    private void dispatchStrays(@Nullable Packet strays, @Nullable Batch batch) {
        for (Packet packet = strays; packet != null; ) {
            Packet next = packet.next;
            packet.next = null;
            room.stray(packet, batch);
            backlog.release(packet);
            packet = next;
        }
    }

    private boolean hasWork() {
        return pending != 0 || backlog.hasArrivals();
    }

    /** The lock: state 1 while it is held. */
    private static final class Lock extends AbstractQueuedSynchronizer {

        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean tryAcquire(int one) {
            if (compareAndSetState(0, one)) {
                setExclusiveOwnerThread(Thread.currentThread());
                return true;
            }
            return false;
        }

        @Override
        protected boolean tryRelease(int one) {
            setExclusiveOwnerThread(null);
            setState(0);
            return true;
        }

        @Override
        protected boolean isHeldExclusively() {
            return getExclusiveOwnerThread() == Thread.currentThread();
        }
    }
}
