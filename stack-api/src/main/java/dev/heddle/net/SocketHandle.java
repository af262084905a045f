package dev.heddle.net;

import dev.heddle.core.host.Readiness;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.wire.IpAddress;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A socket without its {@code java.net} face: the endpoint or listener, and the threads parked on it. The host refers to
 * it through its subscription to readiness, and it never refers to the {@link HeddleSocketImpl}; so a socket that the
 * program has forgotten becomes unreachable and its cleaner can {@link #close} this handle.
 */
final class SocketHandle implements Runnable, BlockingSide.Bits, OpenSocket {

    /** The handle's own bits, in one word with those of {@link Readiness}. */
    static final int CONNECT_BEGUN = 1 << 16;

    static final int CONNECTED = 1 << 17;
    static final int LISTENING = 1 << 18;
    static final int INPUT_SHUT = 1 << 19;
    static final int OUTPUT_SHUT = 1 << 20;
    static final int CLOSED = 1 << 21;
    static final int FAILURE_REPORTED = 1 << 22;
    static final int RESET_MET = 1 << 23;

    static final int OVER = Readiness.FAILED | Readiness.CLOSED | CLOSED;

    /** What ends each kind of waiting. */
    static final int READ_INTEREST = Readiness.READABLE | Readiness.END_OF_STREAM | INPUT_SHUT | OVER;

    static final int WRITE_INTEREST = Readiness.WRITABLE | OUTPUT_SHUT | OVER;
    static final int CONNECT_INTEREST = Readiness.CONNECTED | OVER;
    static final int ACCEPT_INTEREST = Readiness.ACCEPTABLE | OVER;
    private static final int FINISHED_INTEREST = Readiness.FINISHED | Readiness.FAILED;

    private static final VarHandle FLAGS;

    static {
        try {
            FLAGS = MethodHandles.lookup().findVarHandle(SocketHandle.class, "flags", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Reading, accepting and connecting. */
    final BlockingSide input = new BlockingSide();

    /** Writing. */
    final BlockingSide output = new BlockingSide();

    private final OpenSockets owner;
    private final TcpEndpoint endpoint;

    /** Set once by {@link #listen}, before {@link #LISTENING}. */
    private volatile @Nullable TcpListener listener;

    /** Bits are only ever added. */
    private volatile int flags;

    private SocketHandle(OpenSockets owner, TcpEndpoint endpoint, int flags) {
        this.owner = owner;
        this.endpoint = endpoint;
        this.flags = flags;
    }

    /** A handle of an endpoint that was just made. */
    static SocketHandle unconnected(OpenSockets owner, TcpEndpoint endpoint) {
        return new SocketHandle(owner, endpoint, 0);
    }

    /** A handle of an endpoint that a listener has accepted. */
    static SocketHandle accepted(OpenSockets owner, TcpEndpoint endpoint) {
        SocketHandle handle = new SocketHandle(owner, endpoint, CONNECT_BEGUN | CONNECTED);
        endpoint.readiness().subscribe(handle);
        return handle;
    }

    TcpEndpoint endpoint() {
        return endpoint;
    }

    @Nullable TcpListener listener() {
        return listener;
    }

    /** Serializes bind, listen and changes of options; never held while waiting for the network. */
    ReentrantLock changes() {
        return owner.changesOf(this);
    }

    /** Everything that is known without a lock: the bits of the engine's readiness and the handle's own. */
    @Override
    public int bits() {
        TcpListener listening = listener;
        Readiness readiness = listening == null ? endpoint.readiness() : listening.readiness();
        return readiness.bits() | flags;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    boolean isClosed() {
        return has(CLOSED);
    }

    /**
     * Adds a flag and wakes who waits for it.
     *
     * @return whether this call added it
     */
    boolean raise(int flag) {
        int before = (int) FLAGS.getAndBitwiseOr(this, flag);
        input.wake(flag);
        output.wake(flag);
        return (before & flag) == 0;
    }

    /** Called by the engine, without a lock, after readiness has changed: wakes those who wait for what is there now. */
    @Override
    public void run() {
        int bits = bits();
        input.wake(bits);
        output.wake(bits);
    }

    /** Begins to connect: the SYN goes out before the return. */
    Failure connect(IpAddress remote, int port) {
        endpoint.readiness().subscribe(this);
        return endpoint.connect(remote, port);
    }

    /**
     * Turns the bound endpoint into a listener. The caller holds {@link #changes()}.
     *
     * @throws SocketException if the handle was closed, or another listener has taken the address since it was bound
     */
    void listen(int backlog) throws SocketException {
        TcpListener made;
        try {
            made = endpoint.listen(backlog);
        } catch (IllegalStateException e) {
            ensureOpen();
            throw SocketFailures.onBind(Failure.ADDRESS_IN_USE);
        }
        listener = made;
        made.readiness().subscribe(this);
        raise(LISTENING);
        if (isClosed()) {
            made.close();
        }
    }

    ConnectionOptions options() {
        TcpListener listening = listener;
        return listening == null ? endpoint.options() : listening.options();
    }

    /** The value of an option; the sizes of buffers that grow by themselves are those of now, as on Linux. */
    Object option(SocketOption<?> option) throws SocketException {
        if (option == HeddleSocketOptions.TCP_INFO) {
            TcpInfo info = endpoint.info();
            if (info == null) {
                throw new SocketException("Not connected");
            }
            return info;
        }
        if (listener == null && option == StandardSocketOptions.SO_RCVBUF) {
            return endpoint.receiveBufferBytes();
        }
        if (listener == null && option == StandardSocketOptions.SO_SNDBUF) {
            return endpoint.sendBufferBytes();
        }
        return SocketOptionTable.get(options(), option);
    }

    /** Changes one option, to a value that was checked; a listener's options are those of what it accepts later. */
    void change(SocketOption<?> option, Object value) {
        changes().lock();
        try {
            ConnectionOptions changed = SocketOptionTable.with(options(), option, value);
            TcpListener listening = listener;
            if (listening == null) {
                endpoint.options(changed);
            } else {
                listening.options(changed);
            }
        } finally {
            changes().unlock();
        }
    }

    @Nullable IpAddress localAddress() {
        TcpListener listening = listener;
        return listening == null ? endpoint.localAddress() : listening.localAddress();
    }

    /** The local port; 0 if not bound. */
    int localPort() {
        TcpListener listening = listener;
        return listening == null ? endpoint.localPort() : listening.localPort();
    }

    /** As {@link BlockingSide#await}, for the bits of this handle. */
    void await(BlockingSide side, int interest, long deadlineNs) throws InterruptedIOException {
        side.await(this, interest, deadlineNs);
    }

    /** Closes gracefully, wakes every blocked call, and does not wait. Idempotent. */
    void close() {
        if (markClosed()) {
            closeEngineSide();
        }
    }

    /** Closes as the linger option says: resets, or waits until the peer has acknowledged everything, or does not wait. */
    void closeLingering() {
        if (!markClosed()) {
            return;
        }
        int lingerSeconds = has(CONNECTED) ? endpoint.options().lingerSeconds() : -1;
        if (has(CONNECTED) && lingerSeconds != 0) {
            // As the JDK's sockets do: the peer sees the end of the stream even if unread data makes close reset.
            endpoint.shutdownOutput();
        }
        closeEngineSide();
        if (lingerSeconds > 0) {
            awaitAcknowledgement(BlockingSide.deadline((int) TimeUnit.SECONDS.toMillis(lingerSeconds)));
        }
    }

    @Override
    public void closeAfterSending() {
        if (!markClosed()) {
            return;
        }
        if (has(CONNECTED)) {
            // Not close: it would reset a connection with unread data, and lose what is still to be sent.
            endpoint.shutdownInput();
            endpoint.shutdownOutput();
        } else {
            closeEngineSide();
        }
    }

    private boolean markClosed() {
        boolean first = raise(CLOSED);
        if (first) {
            owner.remove(this);
        }
        return first;
    }

    private void closeEngineSide() {
        TcpListener listening = listener;
        if (listening != null) {
            listening.close();
        } else {
            endpoint.close();
        }
    }

    /** As the JDK's, a close that lingers is not ended by interruption. */
    private void awaitAcknowledgement(long deadlineNs) {
        if (!output.lock(deadlineNs)) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            while ((bits() & FINISHED_INTEREST) == 0 && BlockingSide.remaining(deadlineNs) > 0) {
                try {
                    await(output, FINISHED_INTEREST, deadlineNs);
                } catch (InterruptedIOException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            output.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Fails unless the handle is open and connected. */
    void ensureConnected() throws SocketException {
        int now = flags;
        if ((now & CLOSED) != 0) {
            throw owner.closed();
        }
        if ((now & CONNECTED) == 0) {
            throw new SocketException("Not connected");
        }
    }

    /** Fails if the handle was closed. */
    void ensureOpen() throws SocketException {
        if (isClosed()) {
            throw owner.closed();
        }
    }
}
