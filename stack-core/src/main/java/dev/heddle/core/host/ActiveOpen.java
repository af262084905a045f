package dev.heddle.core.host;

import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.PathProperties;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.Tcb;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpContext;
import dev.heddle.core.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** The active OPEN (RFC 9293 3.10.1): finds the way, the source address and the port, and makes the connection. */
final class ActiveOpen {

    /** How often a port is chosen anew because another thread took the name. */
    private static final int ATTEMPTS = 8;

    private final Host host;

    ActiveOpen(Host host) {
        this.host = host;
    }

    /**
     * Makes a connection that has sent nothing yet.
     *
     * @param bound what the application has bound to, or null; with its port and use
     */
    Opening open(
            IpAddress remote,
            int remotePort,
            ConnectionOptions options,
            Readiness readiness,
            @Nullable IpAddress bound,
            int boundPort,
            PortAllocator.Use boundUse) {
        // As on Linux the wildcard as a destination means this host.
        IpAddress target = !remote.isAny() ? remote : remote.isIpv4() ? IpAddress.LOOPBACK_V4 : IpAddress.LOOPBACK_V6;
        if (host.isClosed()) {
            return Opening.failed(Failure.NETWORK_DOWN);
        }
        if (remotePort == 0) {
            // Nobody can listen there, so that the answer is known before it is asked for.
            return Opening.failed(Failure.REFUSED);
        }
        // RFC 9293 3.9.1.1, MUST-46: connections are between two hosts.
        if (target.isMulticast() || host.network().localAddresses().isBroadcast(target.high(), target.low())) {
            return Opening.failed(Failure.NETWORK_UNREACHABLE);
        }
        HostInterface out = host.outbound().interfaceTo(target, bound);
        if (out == null) {
            return Opening.failed(Failure.NETWORK_UNREACHABLE);
        }
        if (!out.isUp()) {
            return Opening.failed(Failure.NETWORK_DOWN);
        }
        // RFC 9293 MUST-43, MUST-44: the address given, or what IP selects.
        IpAddress local = bound == null || bound.isAny() ? host.outbound().sourceFor(target) : bound;
        if (local == null || bound != null && bound.isIpv4() && !target.isIpv4()) {
            return Opening.failed(Failure.ADDRESS_NOT_AVAILABLE);
        }
        if (local.isIpv4() != target.isIpv4()) {
            return Opening.failed(Failure.NETWORK_UNREACHABLE);
        }
        if (local.isLoopback() && !out.isLoopback()) {
            // RFC 1122 3.2.1.3 (g): the loopback network is not to be seen outside.
            return Opening.failed(Failure.INVALID_STATE);
        }
        int scope = out.scopeOf(target.high(), target.low());
        if (bound != null) {
            SocketPair pair = SocketPair.of(local, boundPort, target, remotePort, scope);
            host.ports().share(local, boundPort, boundUse);
            TcpConnection connection = add(pair, options, out, readiness, boundUse);
            // The connection's use of the port takes the place of the binding's.
            host.ports().release(connection == null ? local : bound, boundPort, boundUse);
            return connection == null ? Opening.failed(Failure.ADDRESS_IN_USE) : Opening.of(connection);
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = host.ports()
                    .choose(
                            local,
                            target,
                            remotePort,
                            p -> isFree(SocketPair.of(local, p, target, remotePort, scope), out));
            if (port == 0) {
                break;
            }
            SocketPair pair = SocketPair.of(local, port, target, remotePort, scope);
            TcpConnection connection = add(pair, options, out, readiness, PortAllocator.Use.CONNECTED);
            if (connection != null) {
                return Opening.of(connection);
            }
            host.ports().release(local, port, PortAllocator.Use.CONNECTED);
        }
        return Opening.failed(Failure.ADDRESS_NOT_AVAILABLE);
    }

    private @Nullable TcpConnection add(
            SocketPair pair, ConnectionOptions options, HostInterface out, Readiness readiness, PortAllocator.Use use) {
        long nowNs = host.clock().nanoTime();
        TimeWaitEntry former = host.table().find(pair) instanceof TimeWaitEntry timeWait ? timeWait : null;
        Integer issBound = former == null ? null : former.record().reopenIss();
        int iss = host.tcpContext().initialSequence().next(pair, nowNs, issBound);
        ConnectionReports reports = ConnectionReports.of(host, pair);
        TcpContext context = ConnectionReports.contextOf(host, reports);
        PathProperties path = host.outbound().paths().of(pair, out, nowNs);
        Tcb tcb = Tcb.connect(context, pair, options, iss, path, nowNs);
        TcpConnection connection = new TcpConnection(host, tcb, reports, out.driver(), readiness, use);
        TableEntry holder = host.table().addIfAbsent(connection);
        boolean wanted = use != PortAllocator.Use.CONNECTED;
        boolean added = holder == null
                || holder == former
                        && isReusable(former, out, wanted, nowNs)
                        && host.timeWaits().reuse(former, connection, wanted, nowNs);
        return added ? connection : null;
    }

    private boolean isFree(SocketPair pair, HostInterface out) {
        TableEntry holder = host.table().find(pair);
        return holder == null
                || holder instanceof TimeWaitEntry timeWait
                        && isReusable(timeWait, out, false, host.clock().nanoTime());
    }

    /**
     * Whether a connection in TIME-WAIT may be followed by another of its name. As on Linux it always may if the application has
     * asked for that name; where the port is free to choose, by default on loopback only.
     */
    private boolean isReusable(TimeWaitEntry timeWait, HostInterface out, boolean wanted, long nowNs) {
        TcpConfig config = host.config().tcp();
        boolean here = wanted
                || switch (config.timeWaitReuse()) {
                    case NEVER -> false;
                    case LOOPBACK -> out.isLoopback();
                    case ALWAYS -> true;
                };
        return here && config.timestamps() && timeWait.record().reusableFromNs(wanted) <= nowNs;
    }
}
