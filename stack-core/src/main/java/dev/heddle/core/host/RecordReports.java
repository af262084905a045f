package dev.heddle.core.host;

import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpContext;
import dev.heddle.core.tcp.TcpEvent;
import dev.heddle.core.tcp.TcpEvents;
import org.jspecify.annotations.Nullable;

/** What befalls handshakes and connections in TIME-WAIT, which have no reports of their own: there may be very many. */
final class RecordReports implements TcpEvents {

    private final DropReports reports;

    /** Of the record at hand; guarded by the lock of the records. */
    private @Nullable SocketPair pair;

    private RecordReports(DropReports reports) {
        this.reports = reports;
    }

    /** Null if nobody observes. */
    static @Nullable RecordReports of(Host host) {
        DropReports reports = host.dropReports();
        return reports == null ? null : new RecordReports(reports);
    }

    /** What records with these reports share with others. */
    static TcpContext contextOf(TcpContext context, @Nullable RecordReports reports) {
        return reports == null ? context : context.with(reports);
    }

    /** Whose the next events are; with the lock. */
    void of(SocketPair ofRecord) {
        pair = ofRecord;
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
