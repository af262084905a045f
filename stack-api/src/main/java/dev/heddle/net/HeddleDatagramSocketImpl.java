package dev.heddle.net;

import dev.heddle.core.host.DatagramOptions;
import dev.heddle.core.wire.IpAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.net.DatagramPacket;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is behind {@code new DatagramSocket()} while a stack is the JVM's default. The JDK's class above it keeps names and
 * states of its own and holds monitors while it waits: {@link HeddleDatagramSocket} is the better one, but only this can be had
 * without a factory.
 */
final class HeddleDatagramSocketImpl extends DatagramSocketImpl {

    private static final Cleaner CLEANER = Cleaner.create();

    private static final int LONGEST_BYTES = 65_535;

    private final OpenSockets owner;
    private volatile @Nullable Created created;

    /** Whom the socket is connected to; written with both sides' locks. */
    private volatile @Nullable InetSocketAddress remote;

    /** SO_TIMEOUT in milliseconds, 0 for none. */
    private volatile int timeoutMillis;

    /** SO_REUSEADDR; takes effect at bind. */
    private volatile boolean reuseAddress;

    /** Whether the JDK closes the socket because it could not be bound. */
    private volatile boolean bindRefused;

    private final ReentrantLock making = new ReentrantLock();

    /** What was looked at and not taken yet; with the input side's lock. */
    private @Nullable DatagramPacket peeked;

    /** The socket once it is made; the cleaner closes it when this implementation is unreachable. */
    private record Created(DatagramHandle handle, DatagramCalls calls, Cleaner.Cleanable cleanable) {}

    HeddleDatagramSocketImpl(OpenSockets owner) {
        this.owner = owner;
    }

    @Override
    protected void create() throws SocketException {
        DatagramHandle handle = owner.createForDatagrams();
        created = new Created(handle, new DatagramCalls(handle), CLEANER.register(this, handle::close));
    }

    /** The socket; another one if the JDK has closed the first because it could not be bound. */
    private Created created() throws SocketException {
        Created made = created;
        if (made != null && !(bindRefused && made.handle.isClosed())) {
            return made;
        }
        making.lock();
        try {
            made = Objects.requireNonNull(created);
            if (bindRefused && made.handle.isClosed()) {
                DatagramOptions before = made.handle.endpoint().options();
                create();
                bindRefused = false;
                made = Objects.requireNonNull(created);
                made.handle.change(options -> before);
            }
            return made;
        } finally {
            making.unlock();
        }
    }

    // ---- names

    @Override
    protected void bind(int port, InetAddress address) throws SocketException {
        Created made = created();
        made.handle.lockNames();
        try {
            made.calls.bind(address, port, reuseAddress);
            localPort = made.handle.endpoint().localPort();
        } catch (SocketException e) {
            // The JDK's class closes this now, and does not tell the program, which may try another port.
            bindRefused = true;
            throw e;
        } finally {
            made.handle.unlockNames();
        }
    }

    @Override
    protected void connect(InetAddress address, int port) throws SocketException {
        Created made = created();
        made.handle.lockNames();
        try {
            if (made.calls.connect(address, port)) {
                remote = new InetSocketAddress(address, port);
                peeked = null;
            }
        } finally {
            made.handle.unlockNames();
        }
    }

    @Override
    protected void disconnect() {
        Created made = created;
        if (made == null) {
            return;
        }
        made.handle.lockNames();
        try {
            made.handle.endpoint().disconnect();
            remote = null;
        } finally {
            made.handle.unlockNames();
        }
    }

    // ---- datagrams

    @Override
    protected void send(DatagramPacket packet) throws IOException {
        Created made = created();
        made.handle.output.lock();
        try {
            made.calls.send(packet, remote, reuseAddress);
        } finally {
            made.handle.output.unlock();
            Reference.reachabilityFence(this);
        }
    }

    @Override
    protected void receive(DatagramPacket packet) throws IOException {
        Created made = created();
        made.handle.input.lock();
        try {
            DatagramPacket before = peeked;
            if (before == null) {
                receive(made, packet);
            } else {
                peeked = null;
                copy(before, packet);
            }
        } finally {
            made.handle.input.unlock();
            Reference.reachabilityFence(this);
        }
    }

    private void receive(Created made, DatagramPacket packet) throws IOException {
        try {
            made.calls.receive(packet, reuseAddress, BlockingSide.deadline(timeoutMillis));
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (InterruptedIOException e) {
            close();
            throw new SocketException("Closed by interrupt");
        }
    }

    /** Looks at the next datagram. Older versions of the JDK ask for it where connecting has failed. */
    @Override
    protected int peekData(DatagramPacket packet) throws IOException {
        Created made = created();
        made.handle.input.lock();
        try {
            DatagramPacket next = peeked;
            if (next == null) {
                next = new DatagramPacket(new byte[LONGEST_BYTES], LONGEST_BYTES);
                receive(made, next);
                peeked = next;
            }
            copy(next, packet);
            return next.getPort();
        } finally {
            made.handle.input.unlock();
            Reference.reachabilityFence(this);
        }
    }

    private static void copy(DatagramPacket from, DatagramPacket to) {
        int bytes = Math.min(from.getLength(), to.getLength());
        System.arraycopy(from.getData(), from.getOffset(), to.getData(), to.getOffset(), bytes);
        to.setLength(bytes);
        to.setSocketAddress(from.getSocketAddress());
    }

    /** Nobody asks this way any more: it cannot say who the sender is. */
    @Override
    protected int peek(InetAddress address) throws IOException {
        throw new IOException("peekData tells more");
    }

    @Override
    protected void close() {
        Created made = created;
        if (made != null) {
            made.cleanable.clean();
        }
    }

    // ---- options

    @Override
    public void setOption(int option, Object value) throws SocketException {
        if (option == SocketOptions.SO_TIMEOUT) {
            timeoutMillis = LegacyOptions.timeoutMillis(value);
            return;
        }
        change(named(option), value);
    }

    @Override
    public Object getOption(int option) throws SocketException {
        return switch (option) {
            case SocketOptions.SO_TIMEOUT -> timeoutMillis;
            case SocketOptions.SO_BINDADDR -> {
                IpAddress local = created().handle.endpoint().localAddress();
                yield local == null ? new InetSocketAddress(0).getAddress() : local.toInetAddress();
            }
            default -> current(named(option));
        };
    }

    private static SocketOption<?> named(int option) throws SocketException {
        return switch (option) {
            case SocketOptions.SO_BROADCAST -> StandardSocketOptions.SO_BROADCAST;
            case SocketOptions.SO_SNDBUF -> StandardSocketOptions.SO_SNDBUF;
            case SocketOptions.SO_RCVBUF -> StandardSocketOptions.SO_RCVBUF;
            case SocketOptions.SO_REUSEADDR -> StandardSocketOptions.SO_REUSEADDR;
            case SocketOptions.IP_TOS -> StandardSocketOptions.IP_TOS;
            case SocketOptions.IP_MULTICAST_IF, SocketOptions.IP_MULTICAST_IF2, SocketOptions.IP_MULTICAST_LOOP ->
                throw DatagramFailures.noMulticast();
            default -> throw new SocketException("Unknown option " + option);
        };
    }

    @Override
    protected <T> void setOption(SocketOption<T> option, T value) throws IOException {
        DatagramOptionTable.check(option, value);
        ensureChannelOpen();
        change(option, value);
    }

    @Override
    protected <T> T getOption(SocketOption<T> option) throws IOException {
        DatagramOptionTable.check(option);
        ensureChannelOpen();
        return option.type().cast(current(option));
    }

    private void ensureChannelOpen() throws IOException {
        if (created().handle.isClosed()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        return DatagramOptionTable.supported();
    }

    private void change(SocketOption<?> option, Object value) throws SocketException {
        DatagramHandle handle = created().handle;
        handle.ensureNotClosed();
        if (option.equals(StandardSocketOptions.SO_REUSEADDR)) {
            reuseAddress = (Boolean) value;
        } else {
            handle.change(options -> DatagramOptionTable.with(options, option, value));
        }
    }

    private Object current(SocketOption<?> option) throws SocketException {
        DatagramHandle handle = created().handle;
        handle.ensureNotClosed();
        return option.equals(StandardSocketOptions.SO_REUSEADDR)
                ? (Object) reuseAddress
                : DatagramOptionTable.get(handle.endpoint().options(), option);
    }

    // ---- what there is not

    @Override
    @Deprecated
    protected void setTTL(byte hops) throws SocketException {
        throw DatagramFailures.noMulticast();
    }

    @Override
    @Deprecated
    protected byte getTTL() throws SocketException {
        throw DatagramFailures.noMulticast();
    }

    @Override
    protected void setTimeToLive(int hops) throws SocketException {
        throw DatagramFailures.noMulticast();
    }

    @Override
    protected int getTimeToLive() throws SocketException {
        throw DatagramFailures.noMulticast();
    }

    @Override
    protected void join(InetAddress group) throws SocketException {
        throw DatagramFailures.noMulticast();
    }

    @Override
    protected void leave(InetAddress group) throws SocketException {
        throw new SocketException("Not a member of group");
    }

    @Override
    protected void joinGroup(SocketAddress group, NetworkInterface on) throws SocketException {
        throw DatagramFailures.noMulticast();
    }

    @Override
    protected void leaveGroup(SocketAddress group, NetworkInterface on) throws SocketException {
        throw new SocketException("Not a member of group");
    }
}
