package dev.heddle.core.host;

import dev.heddle.core.wire.IpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * Which local ports are in use and by whom, with the conflicts of a Linux host, and the choice of ephemeral ports (RFC
 * 6056). Any thread; the lock is a leaf.
 */
final class PortAllocator {

    /** How a port is used. Each use is given back once, as it was taken. */
    enum Use {
        /** Bound by the application, or a connection that a listener accepted there. */
        BOUND,
        /** The same with address reuse allowed. */
        BOUND_REUSABLE,
        LISTENING,
        LISTENING_REUSABLE,
        /** Chosen by {@link #choose} for one connection: other connections to other peers may share the port. */
        CONNECTED;

        private static final Use[] ALL = values();

        boolean isReusable() {
            return this == BOUND_REUSABLE || this == LISTENING_REUSABLE;
        }

        boolean isListening() {
            return this == LISTENING || this == LISTENING_REUSABLE;
        }

        /** The same use of a listener. */
        Use listening() {
            return isReusable() ? LISTENING_REUSABLE : LISTENING;
        }

        /** The same use of a bound endpoint or of a connection that a listener accepted. */
        Use bound() {
            return isReusable() ? BOUND_REUSABLE : BOUND;
        }
    }

    /** RFC 6056 3.3.4 leaves the size open; each slot's counter is shared by the peers that fall into it. */
    private static final int INCREMENT_SLOTS = 64;

    /** The largest step of a counter (RFC 6056 3.3.5, "random-increments port selection"). */
    private static final int MAX_INCREMENT = 8;

    private final int firstPort;
    private final int ports;
    private final KeyedHash hash;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock: for each port in use its local addresses, for each address the number of uses of each kind. */
    private final Map<Integer, Map<IpAddress, int[]>> used = new HashMap<>();
    private final int[] increments = new int[INCREMENT_SLOTS];

    /**
     * @param firstPort the first ephemeral port
     * @param lastPort the last ephemeral port
     */
    PortAllocator(int firstPort, int lastPort, KeyedHash hash, RandomGenerator random) {
        this.firstPort = firstPort;
        this.ports = lastPort - firstPort + 1;
        this.hash = hash;
        this.random = random;
        for (int i = 0; i < INCREMENT_SLOTS; i++) {
            increments[i] = random.nextInt(ports);
        }
    }

    /** Takes a given port; false if another use conflicts. */
    boolean take(IpAddress address, int port, Use use) {
        lock.lock();
        try {
            if (conflicts(address, port, use)) {
                return false;
            }
            add(address, port, use);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a free ephemeral port for a binding; 0 if there is none. */
    int takeAny(IpAddress address, Use use) {
        lock.lock();
        try {
            int start = random.nextInt(ports);
            for (int i = 0; i < ports; i++) {
                int port = firstPort + (start + i) % ports;
                // A port that nobody else uses at all is asked for, whatever might be shared.
                if (!conflicts(address, port, use.isReusable() ? Use.BOUND : use)) {
                    add(address, port, use);
                    return port;
                }
            }
            return 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes an ephemeral port for a connection by double-hash port selection with random increments (RFC 6056 3.3.4,
     * 3.3.5): for one peer the ports come in an order that only the key tells.
     *
     * @param free whether a port gives a name that no connection has; called with the lock held, must only look
     * @return 0 if there is none
     */
    int choose(IpAddress local, IpAddress remote, int remotePort, IntPredicate free) {
        long name = hash.hash(local.high(), local.low(), remote.high(), remote.low(), remotePort);
        int offset = (int) Long.remainderUnsigned(name, ports);
        int slot = (int) (name >>> 32) & (INCREMENT_SLOTS - 1);
        lock.lock();
        try {
            int increment = increments[slot];
            for (int i = 0; i < ports; i++) {
                int port = firstPort + (int) (((long) offset + increment + i) % ports);
                if (mayConnectFrom(local, port) && free.test(port)) {
                    increments[slot] = (increment + i + 1 + random.nextInt(MAX_INCREMENT)) % ports;
                    add(local, port, Use.CONNECTED);
                    return port;
                }
            }
            return 0;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a use beside those there are, without looking for conflicts: a connection that a listener accepts. */
    void share(IpAddress address, int port, Use use) {
        lock.lock();
        try {
            add(address, port, use);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Turns a bound use into a listening one.
     *
     * @return false, and nothing is changed, if another use conflicts
     */
    boolean listen(IpAddress address, int port, Use bound) {
        lock.lock();
        try {
            remove(address, port, bound);
            boolean free = !conflicts(address, port, bound.listening());
            add(address, port, free ? bound.listening() : bound);
            return free;
        } finally {
            lock.unlock();
        }
    }

    /** Gives a use back. */
    void release(IpAddress address, int port, Use use) {
        lock.lock();
        try {
            remove(address, port, use);
        } finally {
            lock.unlock();
        }
    }

    /** Whether anybody uses the port. */
    boolean isUsed(int port) {
        lock.lock();
        try {
            return used.containsKey(port);
        } finally {
            lock.unlock();
        }
    }

    private void add(IpAddress address, int port, Use use) {
        used.computeIfAbsent(port, p -> new HashMap<>(2))
                .computeIfAbsent(address, a -> new int[Use.ALL.length])[use.ordinal()]++;
    }

    private void remove(IpAddress address, int port, Use use) {
        Map<IpAddress, int[]> addresses = used.get(port);
        int[] counts = addresses == null ? null : addresses.get(address);
        if (addresses == null || counts == null || counts[use.ordinal()] == 0) {
            throw new IllegalStateException("port " + port + " of " + address + " was not " + use);
        }
        counts[use.ordinal()]--;
        for (int count : counts) {
            if (count > 0) {
                return;
            }
        }
        addresses.remove(address);
        if (addresses.isEmpty()) {
            used.remove(port);
        }
    }

    /**
     * The rule of Linux: two uses of a port whose addresses overlap exclude each other unless both allow reuse and the
     * one that is there does not listen.
     */
    private boolean conflicts(IpAddress address, int port, Use use) {
        Map<IpAddress, int[]> addresses = used.get(port);
        if (addresses == null) {
            return false;
        }
        for (Map.Entry<IpAddress, int[]> entry : addresses.entrySet()) {
            if (overlap(address, entry.getKey())) {
                for (Use other : Use.ALL) {
                    boolean compatible = use.isReusable() && other.isReusable() && !other.isListening();
                    if (entry.getValue()[other.ordinal()] > 0 && !compatible) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Whether a connection may share a port: only with other connections for which it was chosen. */
    private boolean mayConnectFrom(IpAddress local, int port) {
        Map<IpAddress, int[]> addresses = used.get(port);
        if (addresses == null) {
            return true;
        }
        for (Map.Entry<IpAddress, int[]> entry : addresses.entrySet()) {
            if (overlap(local, entry.getKey())) {
                for (Use other : Use.ALL) {
                    if (other != Use.CONNECTED && entry.getValue()[other.ordinal()] > 0) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** Whether a packet can be for both addresses: they are equal or one is a wildcard; the one of IPv6 means IPv4 too. */
    private static boolean overlap(IpAddress a, IpAddress b) {
        if (a.equals(b) || a.equals(IpAddress.ANY_V6) || b.equals(IpAddress.ANY_V6)) {
            return true;
        }
        return a.isIpv4() && b.isIpv4() && (a.isAny() || b.isAny());
    }
}
