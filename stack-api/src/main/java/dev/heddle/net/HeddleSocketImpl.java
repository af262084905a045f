package dev.heddle.net;

import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket of the stack behind {@link java.net.Socket} or {@link java.net.ServerSocket}. It behaves as the JDK's own
 * implementation does, exception messages included. Blocking calls park the calling thread and nothing else.
 *
 * <p>Every blocking call keeps this object reachable to its end, because the cleaner closes the socket when it is not.
 */
final class HeddleSocketImpl extends SocketImpl {

    private static final Cleaner CLEANER = Cleaner.create();
    private static final int DEFAULT_BACKLOG = 50;

    private final OpenSockets sockets;
    private final boolean server;

    /** Null until {@link #create}, or until a connection was accepted into this object, which replaces it. */
    private volatile @Nullable SocketHandle handle;

    /** Runs the handle's close, at once or when this object is unreachable; published by {@link #handle}. */
    private Cleaner.@Nullable Cleanable cleanable;

    /** SO_TIMEOUT in milliseconds, 0 for none. */
    private volatile int timeoutMillis;

    /** SO_REUSEADDR; takes effect at bind. */
    private volatile boolean reuseAddress;

    /** End of stream was returned and will be for ever, even when closed; under the input side's lock. */
    private boolean endOfStreamSeen;

    private HeddleSocketImpl(OpenSockets sockets, boolean server) {
        this.sockets = sockets;
        this.server = server;
        reuseAddress = server;
    }

    static HeddleSocketImpl forClient(OpenSockets sockets) {
        return new HeddleSocketImpl(sockets, false);
    }

    static HeddleSocketImpl forServer(OpenSockets sockets) {
        return new HeddleSocketImpl(sockets, true);
    }

    /** A new, empty implementation that a connection can be accepted into. */
    HeddleSocketImpl forAccepted() {
        return forClient(sockets);
    }

    @Override
    protected void create(boolean stream) throws IOException {
        if (!stream) {
            throw new IOException("Datagram socket creation not supported");
        }
        if (handle != null) {
            throw new IOException("Already created");
        }
        attach(sockets.create());
    }

    private void attach(SocketHandle made) {
        cleanable = CLEANER.register(this, made::close);
        handle = made;
    }

    private SocketHandle created() throws SocketException {
        SocketHandle current = handle;
        if (current == null) {
            throw new SocketException("Socket not created");
        }
        return current;
    }

    private SocketHandle open() throws SocketException {
        SocketHandle current = created();
        current.ensureOpen();
        return current;
    }

    private SocketHandle connected() throws SocketException {
        SocketHandle current = handle;
        if (current == null) {
            throw new SocketException("Not connected");
        }
        current.ensureConnected();
        return current;
    }

    @Override
    protected void connect(String host, int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(InetAddress address, int port) throws IOException {
        connect(new InetSocketAddress(address, port), 0);
    }

    @Override
    protected void connect(SocketAddress remote, int timeout) throws IOException {
        if (!(remote instanceof InetSocketAddress peer)) {
            throw new IOException("Unsupported address type");
        }
        InetAddress peerAddress = peer.getAddress();
        if (peerAddress == null) {
            throw new UnknownHostException(peer.getHostString());
        }
        SocketHandle current = created();
        try {
            current.input.lock();
            try {
                BlockingCalls.beginConnect(current);
                address = meant(peerAddress);
                port = peer.getPort();
                BlockingCalls.connect(current, IpAddress.of(address), port, BlockingSide.deadline(timeout));
                localport = current.localPort();
            } finally {
                current.input.unlock();
                Reference.reachabilityFence(this);
            }
        } catch (SocketTimeoutException e) {
            close();
            throw e;
        } catch (InterruptedIOException e) {
            close();
            throw new SocketException("Closed by interrupt");
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** The wildcard address as a peer means this host itself. */
    private static InetAddress meant(InetAddress peer) {
        if (!peer.isAnyLocalAddress()) {
            return peer;
        }
        return (peer instanceof Inet4Address ? IpAddress.LOOPBACK_V4 : IpAddress.LOOPBACK_V6).toInetAddress();
    }

    @Override
    protected void bind(InetAddress local, int localPort) throws IOException {
        SocketHandle current = created();
        current.changes().lock();
        try {
            current.ensureOpen();
            if (current.localPort() != 0) {
                // While it connects, a socket that was not bound has a port only for the kernel, which the JDK asks.
                throw new SocketException(localport != 0 ? "Already bound" : "Invalid argument");
            }
            // As the JDK's, a wildcard socket serves both families, whichever family's wildcard was named.
            IpAddress requested = local.isAnyLocalAddress() ? IpAddress.ANY_V6 : IpAddress.of(local);
            Failure failure = current.endpoint().bind(requested, localPort, reuseAddress);
            if (failure != Failure.NONE) {
                current.ensureOpen();
                throw SocketFailures.onBind(failure, local);
            }
            address = local;
            localport = current.localPort();
        } finally {
            current.changes().unlock();
        }
    }

    @Override
    protected void listen(int backlog) throws IOException {
        SocketHandle current = created();
        current.changes().lock();
        try {
            current.ensureOpen();
            if (current.localPort() == 0) {
                throw new SocketException("Not bound");
            }
            if (current.listener() == null) {
                current.listen(backlog < 1 ? DEFAULT_BACKLOG : backlog);
            }
        } finally {
            current.changes().unlock();
        }
    }

    /**
     * Waits for a connection and makes {@code target} its socket, which may be one that a program has prepared.
     *
     * @throws SocketException if {@code target} is not a socket of Heddle's, or either socket is closed
     */
    @Override
    protected void accept(SocketImpl target) throws IOException {
        SocketHandle current = created();
        if (!(target instanceof HeddleSocketImpl accepted)) {
            // Also what java.net has made after the stack was closed: that this is closed, too, says more.
            current.ensureOpen();
            throw new SocketException("Not a newly created SocketImpl");
        }
        long deadlineNs = BlockingSide.deadline(timeoutMillis);
        if (!current.input.lock(deadlineNs)) {
            throw new SocketTimeoutException("Accept timed out");
        }
        TcpEndpoint endpoint;
        try {
            endpoint = BlockingCalls.accept(current, deadlineNs);
        } finally {
            current.input.unlock();
            Reference.reachabilityFence(this);
        }
        accepted.become(endpoint, reuseAddress);
    }

    private void become(TcpEndpoint endpoint, boolean inheritedReuseAddress) throws SocketException {
        SocketHandle prepared = handle;
        Cleaner.Cleanable registered = cleanable;
        if (prepared != null && registered != null) {
            if (prepared.isClosed()) {
                endpoint.close();
                throw new SocketException("Socket is closed");
            }
            // As with the JDK's sockets, of what the program has set only the time limit stays.
            registered.clean();
            endOfStreamSeen = false;
        }
        // ServerSocket has put placeholders here; the peer's address is made when somebody asks.
        fd = null;
        address = null;
        reuseAddress = inheritedReuseAddress;
        port = endpoint.remotePort();
        localport = endpoint.localPort();
        attach(sockets.adopt(endpoint));
    }

    @Override
    protected InputStream getInputStream() {
        return new SocketInput(this);
    }

    @Override
    protected OutputStream getOutputStream() {
        return new SocketOutput(this);
    }

    /** Reads at least one byte, or returns −1 at the end of the stream. */
    int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        SocketHandle current = created();
        long deadlineNs = BlockingSide.deadline(timeoutMillis);
        if (!current.input.lock(deadlineNs)) {
            throw new SocketTimeoutException("Read timed out");
        }
        try {
            if (endOfStreamSeen) {
                return -1;
            }
            int bytes = BlockingCalls.read(current, target, offset, length, deadlineNs);
            endOfStreamSeen = bytes < 0;
            return bytes;
        } finally {
            current.input.unlock();
            Reference.reachabilityFence(this);
        }
    }

    /** Writes all the bytes into the send buffer, waiting for room. */
    void write(byte[] source, int offset, int length) throws IOException {
        write(source, offset, length, false);
    }

    private void write(byte[] source, int offset, int length, boolean urgent) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (length == 0) {
            return;
        }
        SocketHandle current = created();
        current.output.lock();
        try {
            BlockingCalls.write(current, source, offset, offset + length, urgent);
        } finally {
            current.output.unlock();
            Reference.reachabilityFence(this);
        }
    }

    @Override
    protected int available() throws IOException {
        SocketHandle current = connected();
        if (current.has(SocketHandle.INPUT_SHUT)) {
            return 0;
        }
        TcpEndpoint endpoint = current.endpoint();
        int bytes = endpoint.available();
        // As on Linux there seems to be nothing just before an octet that is out of band, though a read passes it over.
        return bytes > 0 && endpoint.urgentBytes() == 1 && !endpoint.options().oobInline() ? 0 : bytes;
    }

    @Override
    protected void shutdownInput() throws IOException {
        SocketHandle current = connected();
        current.endpoint().shutdownInput();
        current.raise(SocketHandle.INPUT_SHUT);
    }

    @Override
    protected void shutdownOutput() throws IOException {
        SocketHandle current = connected();
        current.raise(SocketHandle.OUTPUT_SHUT);
        current.endpoint().shutdownOutput();
    }

    @Override
    protected void close() {
        SocketHandle current = handle;
        if (current == null) {
            return;
        }
        current.closeLingering();
        Cleaner.Cleanable registered = cleanable;
        if (registered != null) {
            registered.clean();
        }
    }

    /** Whether the socket was closed, by the program or with its stack. */
    boolean isClosed() {
        SocketHandle current = handle;
        return current != null && current.isClosed();
    }

    @Override
    protected boolean supportsUrgentData() {
        return true;
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        try {
            write(new byte[] {(byte) data}, 0, 1, true);
        } catch (SocketException e) {
            // The JDK has no class of its own for what the kernel answers here.
            SocketHandle current = created();
            throw current.has(SocketHandle.CONNECTED) && !current.isClosed() ? new IOException(e.getMessage()) : e;
        }
    }

    /** The peer's address, or for a server the address it was bound to. */
    @Override
    protected @Nullable InetAddress getInetAddress() {
        InetAddress known = address;
        SocketHandle current = handle;
        if (known == null && current != null && current.has(SocketHandle.CONNECTED)) {
            IpAddress remote = current.endpoint().remoteAddress();
            known = remote == null ? null : remote.toInetAddress();
            address = known;
        }
        return known;
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        return SocketOptionTable.supported(server);
    }

    @Override
    protected <T> void setOption(SocketOption<T> option, T value) throws IOException {
        SocketOptionTable.check(option, value, server);
        change(option, value);
    }

    @Override
    protected <T> T getOption(SocketOption<T> option) throws IOException {
        SocketOptionTable.check(option, server);
        return option.type().cast(current(option));
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
        open();
        if (option == SO_TIMEOUT) {
            timeoutMillis = LegacyOptions.timeoutMillis(value);
        } else {
            change(LegacyOptions.named(option), LegacyOptions.value(option, value));
        }
    }

    @Override
    public @Nullable Object getOption(int option) throws SocketException {
        SocketHandle opened = open();
        return switch (option) {
            case SO_TIMEOUT -> timeoutMillis;
            case SO_BINDADDR -> localInetAddress(opened);
            default -> LegacyOptions.legacyValue(option, current(LegacyOptions.named(option)));
        };
    }

    private void change(SocketOption<?> option, Object value) throws SocketException {
        SocketHandle opened = open();
        if (option.equals(StandardSocketOptions.SO_REUSEADDR)) {
            reuseAddress = (Boolean) value;
        } else {
            opened.change(option, value);
        }
    }

    private Object current(SocketOption<?> option) throws SocketException {
        SocketHandle opened = open();
        return option.equals(StandardSocketOptions.SO_REUSEADDR) ? reuseAddress : opened.option(option);
    }

    private static InetAddress localInetAddress(SocketHandle opened) {
        IpAddress local = opened.localAddress();
        return (local == null ? IpAddress.ANY_V6 : local).toInetAddress();
    }
}
