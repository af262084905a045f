package dev.heddle.core.host;

import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.udp.Delivery;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.UdpHeader;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The application's handle of a UDP socket. It sends to anybody and receives from anybody until it is connected, which it may
 * be again and again. No call waits for the network; {@link #readiness()} tells when to look again: {@link
 * Readiness#READABLE}, {@link Readiness#WRITABLE}, {@link Readiness#SOFT_ERROR} while an ICMP error waits to be told, and
 * {@link Readiness#CLOSED}. Any thread may call at any time.
 *
 * <p>From inside a packet sink of a hand-driven host only {@link #close} is possible, and runs before the outermost call
 * returns; the others throw {@link IllegalStateException}.
 */
public final class UdpEndpoint {

    /** An answer of {@link #receive}: no datagram waits. */
    public static final int NOTHING = -1;

    /** An answer of {@link #receive}: {@link #takeFailure} has something to tell first. */
    public static final int FAILED = -2;

    private final Host host;
    private final Readiness readiness = new Readiness();

    /** Excludes for what follows. Under it are taken only leaf locks: those of the pool, the ports and the table. */
    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock; what is volatile may be read without. */
    private final DatagramQueue queue;
    private volatile DatagramOptions options = DatagramOptions.DEFAULTS;
    private volatile @Nullable DatagramName name;
    private volatile boolean closed;
    private @Nullable DatagramName boundName;
    private PortAllocator.Use boundUse = PortAllocator.Use.BOUND;
    private Failure pendingFailure = Failure.NONE;
    private boolean awaitsRoom;

    /** Makes an unbound endpoint. */
    UdpEndpoint(Host host) {
        this.host = host;
        queue = new DatagramQueue(host.bufferPool());
        readiness.publish(Readiness.WRITABLE);
    }

    /**
     * Binds to a local address and port.
     *
     * @param address one of the host's, or a wildcard: {@link IpAddress#ANY_V4}, or {@link IpAddress#ANY_V6} for both
     *     families
     * @param port 0 chooses a free one
     * @param reuseAddress whether to share the port with others that allow it; a datagram then goes to the last that was
     *     bound, if none is connected to its sender
     * @return {@link Failure#NONE}, {@link Failure#ADDRESS_NOT_AVAILABLE}, {@link Failure#ADDRESS_IN_USE}, {@link
     *     Failure#NETWORK_DOWN} if the host was closed, or {@link Failure#INVALID_STATE} if bound or closed already
     */
    public Failure bind(IpAddress address, int port, boolean reuseAddress) {
        Objects.checkIndex(port, 65_536);
        CallQueue calls = host.begin();
        try {
            lock.lock();
            try {
                return closed || name != null ? Failure.INVALID_STATE : bindLocked(address, port, reuseAddress);
            } finally {
                lock.unlock();
            }
        } finally {
            host.end(calls);
        }
    }

    private Failure bindLocked(IpAddress address, int port, boolean reuseAddress) {
        if (host.isClosed()) {
            return Failure.NETWORK_DOWN;
        }
        if (!address.isAny() && !host.network().isLocal(address)) {
            return Failure.ADDRESS_NOT_AVAILABLE;
        }
        PortAllocator ports = host.datagrams().ports();
        PortAllocator.Use use = reuseAddress ? PortAllocator.Use.BOUND_REUSABLE : PortAllocator.Use.BOUND;
        int taken = port == 0 ? ports.takeAny(address, use) : ports.take(address, port, use) ? port : 0;
        if (taken == 0) {
            return Failure.ADDRESS_IN_USE;
        }
        boundUse = use;
        name = boundName = DatagramName.bound(address, taken);
        host.datagrams().table().add(taken, this);
        if (host.isClosed()) {
            // Its sweep may have missed this one.
            closeLocked();
            return Failure.NETWORK_DOWN;
        }
        return Failure.NONE;
    }

    /**
     * Sends to, and receives from, one address and port only from now on; datagrams that wait already are discarded. Binds the
     * endpoint if that was not done. The peer hears nothing of it.
     *
     * @param remote the wildcard means this host
     * @return {@link Failure#NONE}, or why it would be of no use to send there
     */
    public Failure connect(IpAddress remote, int port) {
        Objects.checkIndex(port, 65_536);
        CallQueue calls = host.begin();
        try {
            lock.lock();
            try {
                Failure failure = closed || port == 0 ? Failure.INVALID_STATE : ensureBound();
                DatagramName from = boundName;
                if (failure != Failure.NONE || from == null) {
                    return failure;
                }
                IpAddress target = UdpOutbound.thisHostIfAny(remote);
                UdpOutbound.Way way = host.udpOutbound().way(from, target, options.broadcast());
                HostInterface out = way.out();
                if (out == null) {
                    return way.failure();
                }
                int scope = out.scopeOf(target.high(), target.low());
                name = new DatagramName(way.source(), from.localPort(), target, port, scope);
                queue.clear();
                pendingFailure = Failure.NONE;
                publish();
                return Failure.NONE;
            } finally {
                lock.unlock();
            }
        } finally {
            host.end(calls);
        }
    }

    /** Sends to, and receives from, anybody again, at the address that it was bound to. */
    public void disconnect() {
        lock.lock();
        try {
            name = boundName;
            pendingFailure = Failure.NONE;
            publish();
        } finally {
            lock.unlock();
        }
    }

    private Failure ensureBound() {
        return name == null ? bindLocked(IpAddress.ANY_V6, 0, false) : Failure.NONE;
    }

    /** Sends a datagram to the peer that the endpoint is connected to; otherwise as the other one. */
    public Failure send(byte[] payload, int offset, int length) {
        return send(payload, offset, length, null, 0);
    }

    /**
     * Sends a datagram. An endpoint that is not bound is bound to a free port.
     *
     * @param remote where to; the wildcard means this host; null for the peer that the endpoint is connected to
     * @return {@link Failure#NONE} if it is on its way; {@link Failure#NO_ROOM} if the link is full, and {@link
     *     Readiness#WRITABLE} tells when it is not any more; {@link Failure#MESSAGE_TOO_LONG}, {@link
     *     Failure#NETWORK_UNREACHABLE}, {@link Failure#NETWORK_DOWN}, {@link Failure#NOT_PERMITTED} for a broadcast, {@link
     *     Failure#NO_BUFFER_SPACE}; {@link Failure#INVALID_STATE} if it is closed, or there is nobody to send to; or what
     *     ICMP has said of an earlier datagram of a connected endpoint
     */
    public Failure send(byte[] payload, int offset, int length, @Nullable IpAddress remote, int port) {
        Objects.checkFromIndexSize(offset, length, payload.length);
        Objects.checkIndex(port, 65_536);
        CallQueue calls = host.begin();
        try {
            DatagramName from;
            lock.lock();
            try {
                if (closed) {
                    return Failure.INVALID_STATE;
                }
                Failure failure = pendingFailure != Failure.NONE ? takeFailureLocked() : ensureBound();
                from = name;
                if (failure != Failure.NONE || from == null) {
                    return failure;
                }
            } finally {
                lock.unlock();
            }
            IpAddress target = remote != null ? UdpOutbound.thisHostIfAny(remote) : from.remote();
            if (target == null) {
                return Failure.INVALID_STATE;
            }
            return host.udpOutbound()
                    .send(this, from, target, remote != null ? port : from.remotePort(), payload, offset, length);
        } finally {
            host.end(calls);
        }
    }

    /**
     * Takes the datagram that has waited longest. What of it is longer than asked for is lost.
     *
     * @param source filled with where it came from
     * @return how many bytes were copied, perhaps 0; {@link #NOTHING}, or {@link #FAILED}
     */
    public int receive(byte[] target, int offset, int length, DatagramSource source) {
        Objects.checkFromIndexSize(offset, length, target.length);
        CallQueue calls = host.begin();
        try {
            lock.lock();
            try {
                if (pendingFailure != Failure.NONE) {
                    return FAILED;
                }
                int copied = queue.poll(target, offset, length, source);
                publish();
                return copied;
            } finally {
                lock.unlock();
            }
        } finally {
            host.end(calls);
        }
    }

    /**
     * What ICMP has said of datagrams that a connected endpoint has sent, once: {@link Failure#PORT_UNREACHABLE}, or another
     * error that will not go away by itself; {@link Failure#NONE} if nothing.
     */
    public Failure takeFailure() {
        lock.lock();
        try {
            return takeFailureLocked();
        } finally {
            lock.unlock();
        }
    }

    private Failure takeFailureLocked() {
        Failure taken = pendingFailure;
        pendingFailure = Failure.NONE;
        publish();
        return taken;
    }

    /** Discards what waits and gives the port back. Idempotent. */
    public void close() {
        host.call(() -> {
            lock.lock();
            try {
                closeLocked();
            } finally {
                lock.unlock();
            }
            readiness.fire();
        });
    }

    private void closeLocked() {
        if (closed) {
            return;
        }
        closed = true;
        DatagramName bound = boundName;
        if (bound != null) {
            host.datagrams().table().remove(bound.localPort(), this);
            host.datagrams().ports().release(bound.local(), bound.localPort(), boundUse);
        }
        queue.clear();
        pendingFailure = Failure.NONE;
        publish();
    }

    public Readiness readiness() {
        return readiness;
    }

    public DatagramOptions options() {
        return options;
    }

    /** Changes the options, for datagrams to come. */
    public void options(DatagramOptions changed) {
        lock.lock();
        try {
            options = changed;
        } finally {
            lock.unlock();
        }
    }

    /** The local address; of a connected endpoint the one that it sends from; null if not bound. Stays after the end. */
    public @Nullable IpAddress localAddress() {
        DatagramName now = name;
        return now == null ? null : now.local();
    }

    /** The local port; 0 if not bound. Stays after the end. */
    public int localPort() {
        DatagramName now = name;
        return now == null ? 0 : now.localPort();
    }

    /** The peer's address; null if not connected. */
    public @Nullable IpAddress remoteAddress() {
        DatagramName now = name;
        return now == null ? null : now.remote();
    }

    /** The peer's port; 0 if not connected. */
    public int remotePort() {
        DatagramName now = name;
        return now == null ? 0 : now.remotePort();
    }

    // ---- for the other classes of this package

    /** The name in force; null if not bound. */
    @Nullable DatagramName name() {
        return name;
    }

    /**
     * A datagram arrives for a name of this endpoint.
     *
     * @return null if the endpoint has that name no longer, and the datagram is perhaps somebody else's
     */
    @Nullable Delivery arrives(Packet packet, UdpHeader header, DatagramName addressed, Batch batch) {
        lock.lock();
        try {
            if (closed || addressed != name) {
                return null;
            }
            Delivery delivery = queue.add(packet, header, options.receiveBufferBytes());
            if (publish()) {
                batch.wake(readiness);
            }
            return delivery;
        } finally {
            lock.unlock();
        }
    }

    /** ICMP says that what was sent under a name will not arrive. */
    void failed(Failure failure, DatagramName addressed, Batch batch) {
        lock.lock();
        try {
            if (closed || addressed != name) {
                return;
            }
            pendingFailure = failure;
            if (publish()) {
                batch.wake(readiness);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Says whether there is no room for a datagram. */
    void awaitsRoom(boolean awaits) {
        lock.lock();
        try {
            awaitsRoom = awaits;
            publish();
        } finally {
            lock.unlock();
        }
    }

    /** There is room again in a link that had none. */
    void roomAvailable(Batch batch) {
        awaitsRoom(false);
        batch.wake(readiness);
    }

    @Nullable DatagramEndpointInfo info() {
        lock.lock();
        try {
            DatagramName now = name;
            return now == null
                    ? null
                    : new DatagramEndpointInfo(
                            now.local(), now.localPort(), now.remote(), now.remotePort(), queue.waitingBytes());
        } finally {
            lock.unlock();
        }
    }

    /** With the lock. */
    private boolean publish() {
        if (closed) {
            return readiness.publish(Readiness.CLOSED);
        }
        return readiness.publish((queue.isEmpty() ? 0 : Readiness.READABLE)
                | (awaitsRoom ? 0 : Readiness.WRITABLE)
                | (pendingFailure == Failure.NONE ? 0 : Readiness.SOFT_ERROR));
    }
}
