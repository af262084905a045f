package dev.heddle.core.host;

import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * One line of a host's list of endpoints.
 *
 * @param remoteAddress null for a listener, whose remote port is 0
 * @param info the connection's figures, few of a half-open handshake or in TIME-WAIT; null for listeners
 * @param queue how full a listener is; null for all others
 */
public record EndpointInfo(
        TcpState state,
        IpAddress localAddress,
        int localPort,
        @Nullable IpAddress remoteAddress,
        int remotePort,
        @Nullable TcpInfo info,
        @Nullable ListenQueue queue) {

    static EndpointInfo of(TcpListener listener) {
        return new EndpointInfo(
                TcpState.LISTEN, listener.localAddress(), listener.localPort(), null, 0, null, listener.queue());
    }

    static EndpointInfo of(TableEntry entry) {
        return switch (entry) {
            case TcpConnection connection -> of(connection);
            case HalfOpenEntry handshake ->
                of(handshake, TcpState.SYN_RECEIVED, handshake.record().info());
            case TimeWaitEntry timeWait ->
                of(timeWait, TcpState.TIME_WAIT, timeWait.record().info());
        };
    }

    private static EndpointInfo of(TcpConnection connection) {
        TcpInfo info = connection.calls().info();
        // Of one moment, and with one look at the connection where it can be.
        return of(connection, info == null ? connection.calls().state() : info.state(), info);
    }

    private static EndpointInfo of(TableEntry entry, TcpState state, @Nullable TcpInfo info) {
        return new EndpointInfo(
                state,
                entry.pair().localAddress(),
                entry.pair().localPort(),
                entry.pair().remoteAddress(),
                entry.pair().remotePort(),
                info,
                null);
    }
}
