package dev.heddle.net;

import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostCounters;
import dev.heddle.core.tcp.TcpState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.spi.InetAddressResolver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP/IP host of its own, with addresses on one or more links, whose sockets are those of {@code java.net}.
 *
 * <pre>{@code
 * try (NetworkStack stack = NetworkStack.builder()
 *         .link(TunLink.open("heddle0"))
 *         .address("192.0.2.2/24").address("2001:db8::2/64")
 *         .build()) {
 *     ServerSocket server = stack.serverSocketFactory().createServerSocket(80);
 *     Socket client = stack.socketFactory().createSocket("192.0.2.1", 5432);
 * }
 * }</pre>
 *
 * <p>A stack owns its links and closes them. All methods are for any thread.
 */
public final class NetworkStack implements AutoCloseable {

    /** How long {@link #close()} lets connections finish sending. */
    public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** How long a closing stack waits for peers that have everything but have not closed their side. */
    private static final long PEER_CLOSE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long FIRST_LOOK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final Logger LOG = LoggerFactory.getLogger(NetworkStack.class);

    private final Host host;
    private final List<AttachedLink> links;
    private final OpenSockets sockets;
    private final @Nullable StackResolver names;
    private final SocketFactory socketFactory;
    private final ServerSocketFactory serverSocketFactory;
    private final DatagramSocketFactory datagramSocketFactory;

    /** Lets the first caller close and the others wait for it. */
    private final ReentrantLock closeLock = new ReentrantLock();

    /** Under {@link #closeLock}. */
    private boolean closed;

    /** What to do once the stack has closed; under {@link #closeLock}. */
    private final Set<Runnable> afterClose = new LinkedHashSet<>();

    NetworkStack(Host host, List<AttachedLink> links, NamePlan plan) {
        this.host = host;
        this.links = List.copyOf(links);
        sockets = new OpenSockets(host);
        names = plan.resolver(new LookupSockets(sockets));
        socketFactory = new StackSocketFactory(sockets, names);
        serverSocketFactory = new StackServerSocketFactory(sockets);
        datagramSocketFactory = new DatagramSocketFactory(sockets);
    }

    /** Begins to describe a stack. */
    public static NetworkStackBuilder builder() {
        return new NetworkStackBuilder();
    }

    /**
     * Makes client sockets. Host names are looked up by the {@link #resolver}. The sockets behave as the JDK's, except that
     * SO_REUSEPORT is not supported.
     */
    public SocketFactory socketFactory() {
        return socketFactory;
    }

    /** Makes server sockets. One that is bound to a wildcard address accepts IPv4 and IPv6. */
    public ServerSocketFactory serverSocketFactory() {
        return serverSocketFactory;
    }

    /** Makes datagram sockets. */
    public DatagramSocketFactory datagramSocketFactory() {
        return datagramSocketFactory;
    }

    /** Makes a socket that asks other hosts for ICMP echoes. */
    public EchoSocket echoSocket() {
        return new EchoSocket(host.echoEndpoint());
    }

    /**
     * Whether a host answers: asks it for ICMP echoes, one a second, until one comes back or the time is up. (The JDK's {@link
     * InetAddress#isReachable} always asks by the kernel's network.)
     *
     * @return false also if there is no way to it, or ICMP says that it cannot be reached
     * @throws SocketException if this stack is closed, or it is a broadcast address
     * @throws java.io.InterruptedIOException on a virtual thread that is interrupted
     */
    public boolean isReachable(InetAddress address, Duration timeout) throws IOException {
        return Reachability.ask(echoSocket(), address, timeout);
    }

    /**
     * Looks up names for programs that do not {@linkplain #installAsDefault install} the stack, which need nothing of it. If the
     * stack has been told where names are ({@link NetworkStackBuilder#dns}, {@link NetworkStackBuilder#hosts}), it finds numeric
     * addresses, {@code localhost} (which is loopback always), what is in the hosts file, and what is in the DNS; otherwise what
     * {@link java.net.InetAddress} finds. What DNS servers say is remembered for as long as they allow, a day at most. A name that
     * is not found, or of which no server says anything in time, is a {@link java.net.UnknownHostException} whose message says
     * what each server has done instead. An interrupted thread goes on, as in the JDK's own resolver; when the stack closes,
     * lookups end.
     */
    public InetAddressResolver resolver() {
        return names == null ? new JvmResolver() : names;
    }

    /** Where the stack itself knows names from; null if it has not been told. */
    @Nullable StackResolver names() {
        return names;
    }

    /**
     * Makes the sockets of the whole JVM this stack's until it closes: {@code new Socket()}, {@code new ServerSocket()}, {@code
     * new DatagramSocket()} and the default factories, for programs that nobody can change. Loopback addresses are then this stack's own, and so is
     * {@link java.net.InetAddress#getLocalHost()}; {@link java.net.InetAddress} finds all names by the {@link #resolver}, if the
     * stack has been told where they are. A socket that is used while no stack is installed throws a
     * {@link java.net.SocketException} that says so; another stack may be installed then. What a JVM has once had cannot be
     * taken back: it never has the kernel's {@code java.net} sockets again. Names that it has looked up before are remembered for
     * its usual time. Sockets with a {@link java.net.Proxy} that was
     * named for them, and channels, stay the kernel's.
     *
     * @throws IllegalStateException if this stack is closed, another one is installed, or somebody has given the JVM socket
     *     factories
     */
    public void installAsDefault() {
        closeLock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(this + " is closed");
            }
            DefaultStack.install(this);
        } finally {
            closeLock.unlock();
        }
        DefaultStack.warnOfAnotherResolver();
    }

    /** The engine below, for its endpoints, routes and memory. It is driven by this stack; do not inject into it. */
    public Host host() {
        return host;
    }

    /** What was counted, under the names that {@code netstat -s} and {@code nstat} use. */
    public HostCounters counters() {
        return host.counters();
    }

    /** Closes with {@link #DEFAULT_CLOSE_TIMEOUT}. */
    @Override
    public void close() {
        close(DEFAULT_CLOSE_TIMEOUT);
    }

    /**
     * Closes all sockets and the links. Nothing is accepted any more and every blocked call ends with a
     * {@link java.net.SocketException}; what was written before is still sent for at most the given time, then the
     * connections that are left are reset. A socket that is made or used for the first time after that says, in a {@link
     * java.net.SocketException}, that its stack has been closed. An interrupted thread does not wait any longer and stays
     * interrupted.
     * Idempotent; a second caller waits for the first.
     *
     * @param sendTimeout how long to wait for the peers' acknowledgements; zero resets at once
     * @throws IllegalArgumentException if the time is negative
     */
    public void close(Duration sendTimeout) {
        if (sendTimeout.isNegative()) {
            throw new IllegalArgumentException("negative time: " + sendTimeout);
        }
        long deadlineNs = System.nanoTime() + TimeUnit.NANOSECONDS.convert(sendTimeout);
        List<Runnable> actions = List.of();
        closeLock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            DefaultStack.remove(this);
            actions = List.copyOf(afterClose);
            afterClose.clear();
            List<Runnable> steps = new ArrayList<>();
            sockets.startClosing().forEach(handle -> steps.add(handle::closeAfterSending));
            steps.add(() -> finishSending(deadlineNs));
            steps.add(host::close);
            links.forEach(link -> steps.add(link::close));
            // Last, so that a link that cannot be closed keeps nothing else from it.
            CloseAll.of(steps);
            LOG.debug("stopped {}", links);
        } finally {
            closeLock.unlock();
            CloseAll.of(actions);
        }
    }

    OpenSockets sockets() {
        return sockets;
    }

    /**
     * Closes as the kernel closes the sockets of a process that ends: what was written is sent, for at most the given time,
     * but no thread is told. Calls that block never return. For the last moments of a JVM; otherwise as
     * {@link #close(Duration)}.
     */
    public void closeWithProcess(Duration sendTimeout) {
        sockets.processEnds();
        close(sendTimeout);
    }

    /** Has an action run, without a lock, when the stack has closed; at once if it has. */
    void afterClose(Runnable action) {
        closeLock.lock();
        try {
            if (!closed) {
                afterClose.add(action);
                return;
            }
        } finally {
            closeLock.unlock();
        }
        action.run();
    }

    /** Takes back {@link #afterClose(Runnable)}. */
    void notAfterClose(Runnable action) {
        closeLock.lock();
        try {
            afterClose.remove(action);
        } finally {
            closeLock.unlock();
        }
    }

    /** Waits until all connections have ended, or only wait for peers that do not close, or the time is up. */
    private void finishSending(long deadlineNs) {
        long lookNs = FIRST_LOOK_NS;
        long peersDeadlineNs = deadlineNs;
        boolean waitsForPeersOnly = false;
        while (!Thread.currentThread().isInterrupted()) {
            Progress progress = progress();
            if (progress == Progress.PEERS_OPEN && !waitsForPeersOnly) {
                waitsForPeersOnly = true;
                peersDeadlineNs = System.nanoTime() + PEER_CLOSE_NS;
            }
            long remainingNs = deadlineNs - System.nanoTime();
            if (waitsForPeersOnly) {
                remainingNs = Math.min(remainingNs, peersDeadlineNs - System.nanoTime());
            }
            if (progress == Progress.DONE || remainingNs <= 0) {
                return;
            }
            LockSupport.parkNanos(this, Math.min(remainingNs, lookNs));
            lookNs = Math.min(2 * lookNs, LONGEST_LOOK_NS);
        }
    }

    private enum Progress {
        SENDING,
        PEERS_OPEN,
        DONE
    }

    private Progress progress() {
        Progress progress = Progress.DONE;
        for (var endpoint : host.endpoints()) {
            TcpState state = endpoint.state();
            switch (state) {
                case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, CLOSING, LAST_ACK -> {
                    return Progress.SENDING;
                }
                case FIN_WAIT_2 -> progress = Progress.PEERS_OPEN;
                case CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, TIME_WAIT -> {}
            }
        }
        return progress;
    }

    @Override
    public String toString() {
        return "NetworkStack" + links;
    }
}
