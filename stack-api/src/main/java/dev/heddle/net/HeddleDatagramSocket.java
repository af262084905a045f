package dev.heddle.net;

import dev.heddle.core.host.UdpEndpoint;
import dev.heddle.core.wire.IpAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DatagramSocket} on the stack, which behaves as the JDK's own does, exception messages included. Blocking calls park
 * the calling thread and nothing else. It overrides every method: {@link DatagramSocket} itself would hold the packet's
 * monitor while it waits.
 *
 * <p>Every blocking call keeps this object reachable to its end, because the cleaner closes the socket when it is not.
 */
final class HeddleDatagramSocket extends DatagramSocket {

    private static final Cleaner CLEANER = Cleaner.create();

    private final DatagramHandle handle;
    private final UdpEndpoint endpoint;
    private final DatagramCalls calls;

    /** Runs the handle's close, at once or when this object is unreachable. */
    private final Cleaner.Cleanable cleanable;

    /** The peer as the program has named it; written with both sides' locks. */
    private volatile @Nullable InetSocketAddress remote;

    /** SO_TIMEOUT in milliseconds, 0 for none. */
    private volatile int timeoutMillis;

    /** SO_REUSEADDR; takes effect at bind. */
    private volatile boolean reuseAddress;

    HeddleDatagramSocket(DatagramHandle handle) {
        super(RefusingDatagramSocketImpl.unused());
        this.handle = handle;
        endpoint = handle.endpoint();
        calls = new DatagramCalls(handle);
        cleanable = CLEANER.register(this, handle::close);
    }

    // ---- names

    @Override
    public void bind(@Nullable SocketAddress local) throws SocketException {
        InetSocketAddress address = local == null ? new InetSocketAddress(0) : inet(local);
        handle.lockNames();
        try {
            handle.ensureNotClosed();
            if (endpoint.localPort() != 0) {
                throw new SocketException("Already bound");
            }
            calls.bind(resolved(address), address.getPort(), reuseAddress);
        } finally {
            handle.unlockNames();
        }
    }

    @Override
    public void connect(@Nullable InetAddress address, int port) {
        if (address == null) {
            throw new IllegalArgumentException("Address can't be null");
        }
        try {
            connect(new InetSocketAddress(address, port));
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void connect(@Nullable SocketAddress address) throws SocketException {
        if (address == null) {
            throw new IllegalArgumentException("Address can't be null");
        }
        InetSocketAddress peer = inet(address);
        InetAddress resolved = resolved(peer);
        handle.lockNames();
        try {
            if (handle.isClosed()) {
                return;
            }
            if (peer.getPort() == 0) {
                throw new SocketException("Can't connect to port 0");
            }
            if (calls.connect(resolved, peer.getPort())) {
                remote = peer;
            }
        } finally {
            handle.unlockNames();
        }
    }

    @Override
    public void disconnect() {
        handle.lockNames();
        try {
            if (!handle.isClosed() && remote != null) {
                endpoint.disconnect();
                remote = null;
            }
        } finally {
            handle.unlockNames();
        }
    }

    private static InetSocketAddress inet(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        return inet;
    }

    private static InetAddress resolved(InetSocketAddress address) throws SocketException {
        InetAddress resolved = address.getAddress();
        if (resolved == null) {
            throw new SocketException("Unresolved address");
        }
        return resolved;
    }

    @Override
    public boolean isBound() {
        return endpoint.localPort() != 0;
    }

    @Override
    public boolean isConnected() {
        return remote != null;
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        InetSocketAddress peer = remote;
        return peer == null ? null : peer.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress peer = remote;
        return peer == null ? -1 : peer.getPort();
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return remote;
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        IpAddress local = endpoint.localAddress();
        return handle.isClosed() || local == null
                ? null
                : new InetSocketAddress(local.toInetAddress(), endpoint.localPort());
    }

    @Override
    public @Nullable InetAddress getLocalAddress() {
        if (handle.isClosed()) {
            return null;
        }
        IpAddress local = endpoint.localAddress();
        return local == null ? new InetSocketAddress(0).getAddress() : local.toInetAddress();
    }

    @Override
    public int getLocalPort() {
        return handle.isClosed() ? -1 : endpoint.localPort();
    }

    // ---- datagrams

    @Override
    public void send(DatagramPacket packet) throws IOException {
        Objects.requireNonNull(packet);
        handle.output.lock();
        try {
            calls.send(packet, remote, reuseAddress);
        } finally {
            handle.output.unlock();
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void receive(DatagramPacket packet) throws IOException {
        Objects.requireNonNull(packet);
        try {
            handle.input.lock();
            try {
                calls.receive(packet, reuseAddress, BlockingSide.deadline(timeoutMillis));
            } finally {
                handle.input.unlock();
                Reference.reachabilityFence(this);
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (InterruptedIOException e) {
            close();
            throw new SocketException("Closed by interrupt");
        }
    }

    // ---- options

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        handle.ensureNotClosed();
        if (millis < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() throws SocketException {
        handle.ensureNotClosed();
        return timeoutMillis;
    }

    @Override
    public void setSendBufferSize(int bytes) throws SocketException {
        if (bytes <= 0) {
            throw new IllegalArgumentException("Invalid send size");
        }
        change(StandardSocketOptions.SO_SNDBUF, bytes);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return current(StandardSocketOptions.SO_SNDBUF);
    }

    @Override
    public void setReceiveBufferSize(int bytes) throws SocketException {
        if (bytes <= 0) {
            throw new IllegalArgumentException("Invalid receive size");
        }
        change(StandardSocketOptions.SO_RCVBUF, bytes);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return current(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        change(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return current(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setBroadcast(boolean on) throws SocketException {
        change(StandardSocketOptions.SO_BROADCAST, on);
    }

    @Override
    public boolean getBroadcast() throws SocketException {
        return current(StandardSocketOptions.SO_BROADCAST);
    }

    @Override
    public void setTrafficClass(int octet) throws SocketException {
        change(StandardSocketOptions.IP_TOS, octet);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return current(StandardSocketOptions.IP_TOS);
    }

    @Override
    public <T> DatagramSocket setOption(SocketOption<T> option, T value) throws IOException {
        DatagramOptionTable.check(option, value);
        if (handle.isClosed()) {
            throw new ClosedChannelException();
        }
        change(option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        DatagramOptionTable.check(option);
        if (handle.isClosed()) {
            throw new ClosedChannelException();
        }
        return current(option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return DatagramOptionTable.supported();
    }

    private void change(SocketOption<?> option, Object value) throws SocketException {
        handle.ensureNotClosed();
        if (option.equals(StandardSocketOptions.SO_REUSEADDR)) {
            reuseAddress = (Boolean) value;
        } else {
            handle.change(options -> DatagramOptionTable.with(options, option, value));
        }
    }

    private <T> T current(SocketOption<T> option) throws SocketException {
        handle.ensureNotClosed();
        return option.type()
                .cast(
                        option.equals(StandardSocketOptions.SO_REUSEADDR)
                                ? (Object) reuseAddress
                                : DatagramOptionTable.get(endpoint.options(), option));
    }

    // ---- the end

    @Override
    public void close() {
        cleanable.clean();
    }

    @Override
    public boolean isClosed() {
        return handle.isClosed();
    }

    // ---- what there is not

    @Override
    public @Nullable DatagramChannel getChannel() {
        return null;
    }

    @Override
    public void joinGroup(@Nullable SocketAddress group, @Nullable NetworkInterface on) throws IOException {
        checkGroup(group);
        throw DatagramFailures.noMulticast();
    }

    @Override
    public void leaveGroup(@Nullable SocketAddress group, @Nullable NetworkInterface on) throws IOException {
        checkGroup(group);
        throw new SocketException("Not a member of group");
    }

    private void checkGroup(@Nullable SocketAddress group) throws SocketException {
        if (!(group instanceof InetSocketAddress address)) {
            throw new IllegalArgumentException("Unsupported address type");
        }
        InetAddress resolved = address.getAddress();
        if (resolved == null) {
            throw new IllegalArgumentException("Unresolved address");
        }
        if (!resolved.isMulticastAddress()) {
            throw new SocketException("Not a multicast address");
        }
        handle.ensureNotClosed();
    }
}
