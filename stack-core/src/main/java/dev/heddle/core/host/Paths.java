package dev.heddle.core.host;

import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.ip.PathMtuCache;
import dev.heddle.core.tcp.PathProperties;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.Tcb;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a host knows of the ways to others: the first hop's properties, and where a path is narrower than that. Shared by all
 * that send. Any thread; the lock is a leaf.
 */
final class Paths {

    /** RFC 8201 4: less must be discarded. */
    private static final int LEAST_MTU_IPV6 = 1280;

    /** How many narrow paths are remembered. Each was reported by who could see a packet of ours. */
    private static final int MOST = 4_096;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by lock. */
    private final PathMtuCache narrow = new PathMtuCache(MOST);

    /** What was reported of datagrams, which nobody can check. Guarded by lock. */
    private final PathMtuCache narrowForDatagrams = new PathMtuCache(MOST);

    /** Whether anything ever was. No change that connections would look at: whoever forges reports must not keep them busy. */
    private volatile boolean narrowsDatagrams;

    /** Whether any narrow path was ever found: before that there is nothing to look up. */
    private volatile boolean narrows;

    /** How often something new was found out that connections must look at. */
    private final AtomicInteger changes = new AtomicInteger();

    /** What TCP may use on the way of a connection, which leads through an interface. */
    PathProperties of(SocketPair pair, HostInterface out, long nowNs) {
        PathProperties firstHop = out.path(pair.isIpv4());
        int mtu = mtu(pair.remoteHigh(), pair.remoteLow(), pair.scope(), firstHop.mtu(), nowNs);
        return mtu == firstHop.mtu() ? firstHop : firstHop.withMtu(mtu);
    }

    /** The largest packet that reaches an address without fragments, as far as is known; for every protocol. */
    int mtu(long high, long low, int scope, int firstHopMtu, long nowNs) {
        if (!narrows) {
            return firstHopMtu;
        }
        lock.lock();
        try {
            int known = narrow.mtu(high, low, scope, nowNs);
            return known == 0 ? firstHopMtu : Math.min(known, firstHopMtu);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The largest packet to send to an address when it is no segment: what a router neither fragments nor, over IPv6, refuses.
     */
    int datagramMtu(long high, long low, int scope, int firstHopMtu, long nowNs) {
        int known = mtu(high, low, scope, firstHopMtu, nowNs);
        if (known == firstHopMtu && !narrowsDatagrams) {
            return firstHopMtu;
        }
        lock.lock();
        try {
            int reported = narrowForDatagrams.mtu(high, low, scope, nowNs);
            int narrowest = reported == 0 ? known : Math.min(known, reported);
            // Many tiny fragments serve an attacker, and routers may do the rest.
            return IpAddress.isIpv4(high, low)
                    ? Math.max(narrowest, Math.min(PathProperties.MIN_MTU_IPV4, firstHopMtu))
                    : narrowest;
        } finally {
            lock.unlock();
        }
    }

    /**
     * ICMP says that a datagram of ours was too big for the path. An IPv4 router would have fragmented it, since we allow that;
     * over IPv6 we have to (RFC 8201 4). Whether the datagram was ours nobody can tell, so TCP does not hear of it.
     */
    void datagramTooBig(IcmpError error, int scope, int firstHopMtu, long nowNs) {
        boolean isIpv4 = IpAddress.isIpv4(error.remoteHigh(), error.remoteLow());
        boolean plausible = error.mtu() >= LEAST_MTU_IPV6
                && error.mtu() < error.quotedBytes()
                && error.quotedBytes() <= firstHopMtu;
        if (isIpv4 || !plausible) {
            return;
        }
        lock.lock();
        try {
            narrowForDatagrams.reported(error.remoteHigh(), error.remoteLow(), scope, error.mtu(), nowNs);
            narrowsDatagrams = true;
        } finally {
            lock.unlock();
        }
    }

    /** A path was found to be narrower. */
    void narrowed(long high, long low, int scope, int mtu, long nowNs) {
        lock.lock();
        try {
            if (narrow.reported(high, low, scope, mtu, nowNs)) {
                narrows = true;
                changes.incrementAndGet();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Some destination is reached another way from now on, perhaps. */
    void rerouted() {
        changes.incrementAndGet();
    }

    private long expiresNs(SocketPair pair, long nowNs) {
        lock.lock();
        try {
            return narrow.expiresNs(pair.remoteHigh(), pair.remoteLow(), pair.scope(), nowNs);
        } finally {
            lock.unlock();
        }
    }

    /** A connection's knowledge of its path, which it brings up to date before it sends. Guarded by the connection's gate. */
    final class Follower {

        private int seenChanges;
        private long expiresNs = Clock.NEVER;

        /** Tells the others what the connection has found out, and the connection what they have, or have forgotten. */
        void follow(Tcb tcb, Outbound outbound, long nowNs) {
            SocketPair pair = tcb.pair();
            int discovered = tcb.takeDiscoveredMtu();
            if (discovered > 0) {
                narrowed(pair.remoteHigh(), pair.remoteLow(), pair.scope(), discovered, nowNs);
            }
            int now = changes.get();
            if (now == seenChanges && nowNs < expiresNs) {
                return;
            }
            seenChanges = now;
            HostInterface out = outbound.interfaceTo(pair.remoteHigh(), pair.remoteLow(), pair.scope());
            if (out != null) {
                tcb.pathChanged(of(pair, out, nowNs));
                expiresNs = Paths.this.expiresNs(pair, nowNs);
            }
        }
    }
}
