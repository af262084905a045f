package dev.heddle.core.host;

import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpContext;
import dev.heddle.core.tcp.TcpEvent;
import dev.heddle.core.tcp.TcpEvents;
import org.jspecify.annotations.Nullable;

/** What befalls the handshakes of a listener, which have no reports of their own: in a flood there are very many. */
final class HandshakeReports implements TcpEvents {

    private final DropReports reports;

    /** Of the handshake at hand; guarded by the lock of the handshakes. */
    private @Nullable SocketPair pair;

    private HandshakeReports(DropReports reports) {
        this.reports = reports;
    }

    /** Null if nobody observes. */
    static @Nullable HandshakeReports of(Host host) {
        DropReports reports = host.dropReports();
        return reports == null ? null : new HandshakeReports(reports);
    }

    /** What handshakes with these reports share with others. */
    static TcpContext contextOf(TcpContext context, @Nullable HandshakeReports reports) {
        return reports == null ? context : context.with(reports);
    }

    /** Whose handshake the next events are of; with the lock. */
    void of(SocketPair ofHandshake) {
        pair = ofHandshake;
    }

    @Override
    public boolean isWanted() {
        return reports.isWanted();
    }

    @Override
    public void happened(TcpEvent event) {
        SocketPair current = pair;
        if (current != null) {
            reports.happened(current, event);
        }
    }
}
