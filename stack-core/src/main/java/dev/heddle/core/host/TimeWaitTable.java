package dev.heddle.core.host;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Tcb;
import dev.heddle.core.tcp.TcpContext;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TimeWait;
import dev.heddle.core.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The connections in TIME-WAIT (RFC 9293 3.3.2), in the order in which they will end, at most a given number. Any thread;
 * under its lock are taken only those of the {@link TcbTable} and the {@link PortAllocator}.
 */
final class TimeWaitTable {

    /** What became of a segment for a record. */
    enum Outcome {
        HANDLED,
        /** The record is no longer in force: look the segment's connection up again. */
        GONE,
        /** A new SYN has ended the record: it is for the listener. */
        REOPENED
    }

    private final TcbTable table;
    private final PortAllocator ports;
    private final CounterSet<TcpCounter> counters;
    private final int limit;

    private final SendingLock lock;

    /** What records share with others. */
    private final TcpContext context;

    /** Null if nobody observes. */
    private final @Nullable RecordReports reports;

    /* Guarded by lock. */
    private final EntryQueue entries = new EntryQueue();
    private @Nullable HomeTimer timer;
    private boolean closed;

    TimeWaitTable(TcbTable table, PortAllocator ports, TcpContext tcp, @Nullable RecordReports reports) {
        this.table = table;
        this.ports = ports;
        lock = new SendingLock(tcp.output());
        context = RecordReports.contextOf(tcp.with(lock), reports);
        this.reports = reports;
        counters = tcp.counters();
        limit = tcp.config().maxTimeWait();
    }

    /** Puts a record in the place of a connection, whose gate the caller holds. */
    void replace(TcpConnection connection, Tcb tcb, PortAllocator.Use portUse, long nowNs) {
        TimeWait record = TimeWait.of(tcb, context, nowNs);
        TimeWaitEntry entry = new TimeWaitEntry(record, portUse);
        lock.lock();
        try {
            if (closed || limit == 0 || !table.replace(connection, entry)) {
                table.remove(connection);
                ports.release(record.pair().localAddress(), record.pair().localPort(), portUse);
                return;
            }
            entries.add(entry);
            if (entries.size() > limit && entries.oldest() instanceof TimeWaitEntry oldest) {
                counters.increment(TcpCounter.TcpExtTCPTimeWaitOverflow);
                remove(oldest);
            }
            HomeTimer t = timer;
            if (t == null) {
                t = timer = new Expiry(connection.home());
            }
            armFor(t);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Handles a segment.
     *
     * @param mayReopen whether somebody listens where the segment goes
     */
    Outcome segmentArrives(TimeWaitEntry entry, Packet packet, boolean mayReopen) {
        lock.lock();
        try {
            if (!entry.queued) {
                return Outcome.GONE;
            }
            if (reports != null) {
                reports.of(entry.pair());
            }
            long expiresNs = entry.record().expiresNs();
            switch (entry.record().segmentArrives(packet, packet.arrivalNs)) {
                case ANSWERED, DROPPED -> {
                    if (entry.record().expiresNs() != expiresNs) {
                        // Its 2 MSL have begun again, so it is the last to end.
                        entries.remove(entry);
                        entries.add(entry);
                    }
                }
                case REMOVE -> remove(entry);
                case REOPEN -> {
                    if (mayReopen) {
                        counters.increment(TcpCounter.TcpExtTWRecycled);
                        remove(entry);
                        return Outcome.REOPENED;
                    }
                    // Its sender resets this, and learns by its next SYN that nobody is here.
                    entry.record().challenge(packet.arrivalNs);
                }
            }
            return Outcome.HANDLED;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives the name of a record to a connection that is opened from here; false if it may not have it.
     *
     * @param wanted whether the application has asked for this very name
     */
    boolean reuse(TimeWaitEntry entry, TcpConnection successor, boolean wanted, long nowNs) {
        lock.lock();
        try {
            if (!entry.queued || entry.record().reusableFromNs(wanted) > nowNs || !table.replace(entry, successor)) {
                return false;
            }
            counters.increment(TcpCounter.TcpExtTWRecycled);
            entries.remove(entry);
            ports.release(entry.pair().localAddress(), entry.pair().localPort(), entry.portUse());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all records, and those still to come. */
    void close() {
        lock.lock();
        try {
            closed = true;
            while (entries.oldest() instanceof TimeWaitEntry entry) {
                remove(entry);
            }
        } finally {
            lock.unlock();
        }
    }

    private void expire(long nowNs) {
        lock.lock();
        try {
            while (entries.oldest() instanceof TimeWaitEntry entry
                    && entry.record().expiresNs() <= nowNs) {
                counters.increment(TcpCounter.TcpExtTW);
                remove(entry);
            }
            HomeTimer t = timer;
            if (t != null) {
                armFor(t);
            }
        } finally {
            lock.unlock();
        }
    }

    private void armFor(HomeTimer t) {
        t.arm(entries.oldest() instanceof TimeWaitEntry oldest ? oldest.record().expiresNs() : Clock.NEVER);
    }

    private void remove(TimeWaitEntry entry) {
        entries.remove(entry);
        table.remove(entry);
        ports.release(entry.pair().localAddress(), entry.pair().localPort(), entry.portUse());
    }

    /** When the oldest record ends; at home where the first one came from. */
    private final class Expiry extends HomeTimer {

        Expiry(Driver home) {
            super(home);
        }

        @Override
        void expired(long nowNs, Batch batch) {
            expire(nowNs);
        }
    }
}
