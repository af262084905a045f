package dev.heddle.core.host;

import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpContext;
import dev.heddle.core.tcp.TcpEvent;
import dev.heddle.core.tcp.TcpEvents;
import dev.heddle.core.tcp.TcpInfo;
import org.jspecify.annotations.Nullable;

/** What a connection has to tell the host's observer. */
final class ConnectionReports extends Reports implements TcpEvents {

    private final HostObserver observer;
    private final SocketPair pair;

    /** Guarded by the connection's gate. */
    private boolean opened;

    /** Has the rest told by the connection's home; set before anything can happen, null until then. */
    private @Nullable HomeTimer later;

    private ConnectionReports(HostObserver observer, SocketPair pair) {
        this.observer = observer;
        this.pair = pair;
    }

    /** Null if nobody observes. */
    static @Nullable ConnectionReports of(Host host, SocketPair pair) {
        HostObserver observer = host.config().observer();
        return observer == HostObserver.NONE ? null : new ConnectionReports(observer, pair);
    }

    /** What a connection with these reports has in common with others. */
    static TcpContext contextOf(Host host, @Nullable ConnectionReports reports) {
        return reports == null ? host.tcpContext() : host.tcpContext().with(reports);
    }

    @Override
    public boolean isWanted() {
        return isListening(observer);
    }

    /** Who has the rest told if a thread has told enough. */
    void later(HomeTimer ofConnection) {
        later = ofConnection;
    }

    /** Nothing else may ever happen to this connection. */
    @Override
    void leaveRest() {
        if (later != null) {
            later.request(HomeTimer.VISIT);
        }
    }

    @Override
    public void happened(TcpEvent event) {
        add(() -> observer.happened(pair, event));
    }

    /** The handshake is complete; said once. With the gate. */
    void opened() {
        if (!opened) {
            opened = true;
            if (isWanted()) {
                addAlways(() -> observer.opened(pair));
            }
        }
    }

    /** The connection has ended. With the gate. */
    void closed(TcpInfo last, Failure why) {
        addAlways(() -> observer.closed(pair, last, why));
    }
}
