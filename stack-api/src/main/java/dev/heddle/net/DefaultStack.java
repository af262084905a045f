package dev.heddle.net;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.DatagramSocketImpl;
import java.net.DatagramSocketImplFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketImplFactory;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stack behind the sockets of the whole JVM. A JVM takes its socket factories once and keeps them, so they lead to
 * whichever stack is installed now, and say so where there is none.
 */
final class DefaultStack {

    static final String NONE =
            "no network stack is installed: the one that made this JVM's sockets has been closed, install another";

    /** Where its provider is, and that of its agent, which leads there. */
    private static final List<String> HEDDLES =
            List.of(StackResolverProvider.class.getName(), "dev.heddle.agent.ResolverProvider");

    /** With this property the JDK takes no provider. */
    private static final String HOSTS_FILE = "jdk.net.hosts.file";

    private static final Logger LOG = LoggerFactory.getLogger(DefaultStack.class);

    private static final AtomicBoolean WARNED = new AtomicBoolean();

    private static final ReentrantLock LOCK = new ReentrantLock();

    /** Under {@link #LOCK}. */
    private static boolean factoriesSet;

    /** Written under {@link #LOCK}; any thread reads. */
    private static volatile @Nullable NetworkStack installed;

    private DefaultStack() {}

    /** The stack that is installed now. */
    static @Nullable NetworkStack installed() {
        return installed;
    }

    /**
     * Installs a stack; again if it is already. Nobody is asked anything, so that locks may be held.
     *
     * @throws IllegalStateException if another stack is installed, or the JVM has somebody else's factories
     */
    static void install(NetworkStack stack) {
        LOCK.lock();
        try {
            NetworkStack before = installed;
            if (before != null && before != stack) {
                throw new IllegalStateException(before + " is this JVM's default: close it first");
            }
            if (!factoriesSet) {
                setFactories();
                factoriesSet = true;
            }
            installed = stack;
        } finally {
            LOCK.unlock();
        }
    }

    /** Says so if names do not lead to the installed stack. Somebody else's provider may take its time: with no lock held. */
    static void warnOfAnotherResolver() {
        try {
            // Whoever asks first has the JDK choose its resolver. (For the local host of a machine without a name it
            // asks nobody.)
            InetAddress.getAllByName("localhost");
        } catch (UnknownHostException e) {
            LOG.debug("no localhost", e);
        }
        if (!StackResolverProvider.isInUse() && !WARNED.getAndSet(true)) {
            LOG.warn("{}: names, the local host's included, do not lead to the installed stack", whoseResolver());
        }
    }

    /** The JDK does not say whose it is, but it takes the first that it finds, when a name is looked up first, and keeps it. */
    private static String whoseResolver() {
        if (!System.getProperty(HOSTS_FILE, "").isEmpty()) {
            return "this JVM has " + HOSTS_FILE + ", where it looks for all names without asking anybody else";
        }
        String first = "";
        try {
            first = ServiceLoader.load(InetAddressResolverProvider.class, ClassLoader.getSystemClassLoader()).stream()
                    .findFirst()
                    .map(provider -> provider.type().getName())
                    .orElse("");
        } catch (ServiceConfigurationError e) {
            LOG.debug("no provider", e);
        }
        String kind = InetAddressResolverProvider.class.getSimpleName();
        return first.isEmpty() || HEDDLES.contains(first)
                ? "this JVM looked up names when Heddle's " + kind
                        + " was not in sight, as before Heddle's agent began, and keeps the resolver that it had then"
                : "another " + kind + " stands before Heddle's (" + first + ")";
    }

    /** Takes a stack back that closes; nothing happens if it is not installed. */
    static void remove(NetworkStack stack) {
        LOCK.lock();
        try {
            if (installed == stack) {
                installed = null;
            }
        } finally {
            LOCK.unlock();
        }
    }

    private static void setFactories() {
        try {
            // The JDK refuses whatever comes after a factory, and takes none for none: so nothing is changed unless all
            // can be.
            setFactories(null, null, null);
            setFactories(DefaultStack::datagramImplementation, () -> implementation(true), () -> implementation(false));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "this JVM has socket factories already, which cannot be replaced: no stack can be its default", e);
        }
    }

    // Deprecated in favour of factories that are passed around: not for programs that nobody can change.
    @SuppressWarnings("deprecation")
    private static void setFactories(
            @Nullable DatagramSocketImplFactory datagrams,
            @Nullable SocketImplFactory servers,
            @Nullable SocketImplFactory clients)
            throws IOException {
        DatagramSocket.setDatagramSocketImplFactory(datagrams);
        ServerSocket.setSocketFactory(servers);
        Socket.setSocketImplFactory(clients);
    }

    private static SocketImpl implementation(boolean server) {
        NetworkStack stack = installed;
        if (stack == null) {
            return new MissingSocketImpl();
        }
        return server ? HeddleSocketImpl.forServer(stack.sockets()) : HeddleSocketImpl.forClient(stack.sockets());
    }

    private static DatagramSocketImpl datagramImplementation() {
        NetworkStack stack = installed;
        return stack == null ? RefusingDatagramSocketImpl.missing() : new HeddleDatagramSocketImpl(stack.sockets());
    }

    static SocketException none() {
        return new SocketException(NONE);
    }
}
