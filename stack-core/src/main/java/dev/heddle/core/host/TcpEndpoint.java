package dev.heddle.core.host;

import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The application's handle of a TCP socket: unbound, then bound, then connected, or spent on a {@link TcpListener}. No call
 * waits for the network; {@link #readiness()} tells when to look again. Any thread may call at any time.
 *
 * <p>From inside a packet sink of a hand-driven host the calls without a result are queued and run before the outermost
 * call returns; the others throw {@link IllegalStateException}.
 */
public final class TcpEndpoint {

    /** A read's answer when everything that the peer sent has been read. */
    public static final int END_OF_STREAM = -1;

    /** A read's or write's answer when there is no connection any more; {@link #failure()} says why. */
    public static final int FAILED = -2;

    private final Host host;
    private final Readiness readiness;

    /** Guards the steps up to the connection; a leaf but for the table's and the port allocator's locks. */
    private final ReentrantLock setUp = new ReentrantLock();

    /* Guarded by setUp. */
    private ConnectionOptions options;
    private @Nullable IpAddress boundAddress;
    private int boundPort;
    private PortAllocator.Use boundUse = PortAllocator.Use.BOUND;
    private boolean spent;
    private boolean closed;

    /** Set once, under setUp. */
    private volatile @Nullable TcpConnection connection;

    /** Makes an unbound endpoint. */
    TcpEndpoint(Host host) {
        this.host = host;
        options = host.config().tcp().connection();
        readiness = new Readiness();
    }

    /** Makes the handle of a connection that a listener has accepted. */
    TcpEndpoint(Host host, TcpConnection accepted) {
        this.host = host;
        options = host.config().tcp().connection();
        readiness = accepted.readiness();
        connection = accepted;
    }

    /**
     * Binds to a local address and port.
     *
     * @param address one of the host's, or a wildcard: {@link IpAddress#ANY_V4}, or {@link IpAddress#ANY_V6} for both
     *     families
     * @param port 0 chooses a free one
     * @param reuseAddress whether to share the port with others that allow it and do not listen
     * @return {@link Failure#NONE}, {@link Failure#ADDRESS_NOT_AVAILABLE}, {@link Failure#ADDRESS_IN_USE}, or
     *     {@link Failure#INVALID_STATE} if bound, connected or closed already
     */
    public Failure bind(IpAddress address, int port, boolean reuseAddress) {
        Objects.checkIndex(port, 65_536);
        PortAllocator.Use use = reuseAddress ? PortAllocator.Use.BOUND_REUSABLE : PortAllocator.Use.BOUND;
        setUp.lock();
        try {
            if (closed || spent || boundAddress != null || connection != null) {
                return Failure.INVALID_STATE;
            }
            if (host.isClosed()) {
                return Failure.NETWORK_DOWN;
            }
            if (!address.isAny() && !host.network().isLocal(address)) {
                return Failure.ADDRESS_NOT_AVAILABLE;
            }
            int taken = port == 0
                    ? host.ports().takeAny(address, use)
                    : host.ports().take(address, port, use) ? port : 0;
            if (taken == 0) {
                return Failure.ADDRESS_IN_USE;
            }
            boundAddress = address;
            boundPort = taken;
            boundUse = use;
            return Failure.NONE;
        } finally {
            setUp.unlock();
        }
    }

    /**
     * Turns the bound endpoint into a listener, which owns its port from now on; this handle is spent.
     *
     * @param backlog how many connections may wait to be accepted
     * @throws IllegalStateException if it is not bound, or another listener has taken the address since
     */
    public TcpListener listen(int backlog) {
        setUp.lock();
        try {
            IpAddress address = boundAddress;
            if (closed || spent || connection != null || address == null) {
                throw new IllegalStateException("not bound");
            }
            if (!host.ports().listen(address, boundPort, boundUse)) {
                throw new IllegalStateException("another listener has the address");
            }
            spent = true;
            TcpListener listener = new TcpListener(host, address, boundPort, boundUse, Math.max(0, backlog), options);
            host.listeners().add(listener);
            if (host.isClosed()) {
                listener.close();
            }
            return listener;
        } finally {
            setUp.unlock();
        }
    }

    /**
     * Opens a connection. It is established when {@link #readiness()} says {@link Readiness#CONNECTED}.
     *
     * @return {@link Failure#NONE} if a SYN was sent, otherwise why there was none; the endpoint may then be used again
     */
    public Failure connect(IpAddress remote, int port) {
        Objects.checkIndex(port, 65_536);
        CallQueue calls = host.begin();
        try {
            setUp.lock();
            try {
                if (closed || spent || connection != null) {
                    return Failure.INVALID_STATE;
                }
                Opening opening =
                        host.activeOpen().open(remote, port, options, readiness, boundAddress, boundPort, boundUse);
                if (opening.connection() == null) {
                    return opening.failure();
                }
                connection = opening.connection();
            } finally {
                setUp.unlock();
            }
            started().calls().start();
            if (host.isClosed()) {
                started().calls().hostClosed();
            } else if (host.outbound().isCutOff(started().pair())) {
                // The link has failed, and whom that concerns was looked for, before this was among them.
                started().networkDown(null);
            }
            return Failure.NONE;
        } finally {
            host.end(calls);
        }
    }

    /** Reads what there is; returns the number of bytes, 0 for none now, {@link #END_OF_STREAM} or {@link #FAILED}. */
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        TcpConnection c = connection;
        if (c == null) {
            return FAILED;
        }
        CallQueue calls = host.begin();
        try {
            return c.calls().read(target, offset, length);
        } finally {
            host.end(calls);
        }
    }

    /** The same into a buffer, whose position advances. */
    public int read(ByteBuffer target) {
        TcpConnection c = connection;
        if (c == null) {
            return FAILED;
        }
        CallQueue calls = host.begin();
        try {
            return c.calls().read(target);
        } finally {
            host.end(calls);
        }
    }

    /** Like {@link #read(byte[], int, int)}, but the bytes stay to be read. */
    public int peek(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        TcpConnection c = connection;
        if (c == null) {
            return FAILED;
        }
        CallQueue calls = host.begin();
        try {
            return c.calls().peek(target, offset, length);
        } finally {
            host.end(calls);
        }
    }

    /** The number of bytes that can be read at once. */
    public int available() {
        TcpConnection c = connection;
        if (c == null) {
            return 0;
        }
        CallQueue calls = host.begin();
        try {
            return c.calls().available();
        } finally {
            host.end(calls);
        }
    }

    /** Writes what the buffer takes; returns the number of bytes, 0 if there is no room now, or {@link #FAILED}. */
    public int write(byte[] source, int offset, int length) {
        return write(source, offset, length, false);
    }

    /**
     * The same.
     *
     * @param more whether more will be written soon: what does not fill a segment waits for it, 200 ms at most
     */
    public int write(byte[] source, int offset, int length, boolean more) {
        Objects.checkFromIndexSize(offset, length, source.length);
        TcpConnection c = connection;
        if (c == null) {
            return FAILED;
        }
        CallQueue calls = host.begin();
        try {
            return c.calls().write(source, offset, length, more);
        } finally {
            host.end(calls);
        }
    }

    /** The same from a buffer, whose position advances. */
    public int write(ByteBuffer source) {
        TcpConnection c = connection;
        if (c == null) {
            return FAILED;
        }
        CallQueue calls = host.begin();
        try {
            return c.calls().write(source);
        } finally {
            host.end(calls);
        }
    }

    /**
     * Writes urgent data (RFC 9293 3.8.5): the urgent pointer marks the end of what is taken, and is sent at once. What a
     * receiver makes of it differs, and middleboxes may remove it; RFC 6093 advises against it. Otherwise as
     * {@link #write(byte[], int, int)}.
     */
    public int writeUrgent(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        TcpConnection c = connection;
        if (c == null) {
            return FAILED;
        }
        CallQueue calls = host.begin();
        try {
            return c.calls().writeUrgent(source, offset, length);
        } finally {
            host.end(calls);
        }
    }

    /** Whether the peer had sent its FIN, and all before it had arrived, when the connection ended or failed; read or not. */
    public boolean hadEndOfStream() {
        TcpConnection c = connection;
        return c != null && c.calls().hadEndOfStream();
    }

    /**
     * How many octets are still to be read until the urgent data ends, whether they have arrived or not; 0 if there is
     * none. Without {@link ConnectionOptions#oobInline()} the last of them is out of band and reading passes it over. A read
     * that begins before the urgent data's last octet stops at it.
     */
    public long urgentBytes() {
        TcpConnection c = connection;
        if (c == null) {
            return 0;
        }
        CallQueue calls = host.begin();
        try {
            return c.calls().urgentBytes();
        } finally {
            host.end(calls);
        }
    }

    /**
     * Takes the out-of-band octet, the last one of the urgent data; 0 to 255, or −1 if it has not arrived, was taken already,
     * was passed over by reading, or is in line.
     */
    public int takeOutOfBand() {
        TcpConnection c = connection;
        if (c == null) {
            return -1;
        }
        CallQueue calls = host.begin();
        try {
            return c.calls().takeOutOfBand();
        } finally {
            host.end(calls);
        }
    }

    /** Reads end from now on; what still arrives is acknowledged and discarded. */
    public void shutdownInput() {
        TcpConnection c = connection;
        if (c != null) {
            host.call(c.calls()::shutdownInput);
        }
    }

    /** Sends a FIN after what was written. */
    public void shutdownOutput() {
        TcpConnection c = connection;
        if (c != null) {
            host.call(c.calls()::shutdownOutput);
        }
    }

    /** Closes gracefully: what was written is still sent; unread data or a linger time of 0 makes it a reset. */
    public void close() {
        end(false);
    }

    /** Closes with a reset. */
    public void abort() {
        end(true);
    }

    private void end(boolean abort) {
        TcpConnection c;
        setUp.lock();
        try {
            c = connection;
            if (!closed) {
                closed = true;
                IpAddress address = boundAddress;
                if (c == null && address != null && !spent) {
                    host.ports().release(address, boundPort, boundUse);
                }
            }
        } finally {
            setUp.unlock();
        }
        if (c != null) {
            host.call(() -> c.calls().close(abort));
        } else if (readiness.publish(Readiness.CLOSED)) {
            readiness.fire();
        }
    }

    /** Why the connection failed; {@link Failure#NONE} if it did not. */
    public Failure failure() {
        TcpConnection c = connection;
        return c == null ? Failure.NONE : c.calls().failure();
    }

    /**
     * What troubles the connection without ending it: an ICMP error that is no reason to give up, or
     * {@link Failure#TIMED_OUT} if data was sent again and again and nobody answers; {@link Failure#NONE} if nothing does.
     */
    public Failure softFailure() {
        TcpConnection c = connection;
        return c == null ? Failure.NONE : c.calls().softFailure();
    }

    public Readiness readiness() {
        return readiness;
    }

    /** How many unacknowledged and unsent bytes are kept at present; it may grow by itself. */
    public int sendBufferBytes() {
        TcpConnection c = connection;
        return c == null ? options().sendBufferBytes() : c.calls().sendBufferBytes();
    }

    /** How many bytes may wait for the application at present; it may grow by itself. */
    public int receiveBufferBytes() {
        TcpConnection c = connection;
        return c == null ? options().receiveBufferBytes() : c.calls().receiveBufferBytes();
    }

    /** The options in force; of an endpoint that is not connected those it will start with. */
    public ConnectionOptions options() {
        TcpConnection c = connection;
        if (c != null) {
            return c.calls().options();
        }
        setUp.lock();
        try {
            return options;
        } finally {
            setUp.unlock();
        }
    }

    /**
     * Changes the options, at once where the connection allows it.
     *
     * @throws IllegalArgumentException if the host knows no congestion control of that name
     */
    public void options(ConnectionOptions changed) {
        host.config().congestionControls().check(changed.congestionControl());
        TcpConnection c;
        setUp.lock();
        try {
            options = changed;
            c = connection;
        } finally {
            setUp.unlock();
        }
        if (c != null) {
            host.call(() -> c.calls().options(changed));
        }
    }

    /** The local address; null if neither bound nor connected. Stays after the end. */
    public @Nullable IpAddress localAddress() {
        SocketPair pair = pair();
        if (pair != null) {
            return pair.localAddress();
        }
        setUp.lock();
        try {
            return boundAddress;
        } finally {
            setUp.unlock();
        }
    }

    /** The local port; 0 if neither bound nor connected. Stays after the end. */
    public int localPort() {
        SocketPair pair = pair();
        if (pair != null) {
            return pair.localPort();
        }
        setUp.lock();
        try {
            return boundPort;
        } finally {
            setUp.unlock();
        }
    }

    /** The peer's address; null if never connected. Stays after the end. */
    public @Nullable IpAddress remoteAddress() {
        SocketPair pair = pair();
        return pair == null ? null : pair.remoteAddress();
    }

    /** The peer's port; 0 if never connected. Stays after the end. */
    public int remotePort() {
        SocketPair pair = pair();
        return pair == null ? 0 : pair.remotePort();
    }

    private @Nullable SocketPair pair() {
        TcpConnection c = connection;
        return c == null ? null : c.pair();
    }

    /** The state; after the end the last one, TIME-WAIT if the connection went there. */
    public TcpState state() {
        TcpConnection c = connection;
        return c == null ? TcpState.CLOSED : c.calls().state();
    }

    /** The connection's numbers, after the end the last ones; null if never connected, or closed before it ended. */
    public @Nullable TcpInfo info() {
        TcpConnection c = connection;
        return c == null ? null : c.calls().info();
    }

    private TcpConnection started() {
        return Objects.requireNonNull(connection);
    }
}
