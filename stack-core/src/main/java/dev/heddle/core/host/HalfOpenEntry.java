package dev.heddle.core.host;

import dev.heddle.core.tcp.HalfOpenConnection;

/** A handshake that a peer has begun with a listener, whose lock guards the record. */
final class HalfOpenEntry extends QueuedEntry {

    private final TcpListener listener;
    private final HalfOpenConnection record;
    private final HomeTimer timer;

    HalfOpenEntry(TcpListener listener, HalfOpenConnection record, Driver home) {
        super(record.pair());
        this.listener = listener;
        this.record = record;
        timer = new Timer(home);
    }

    TcpListener listener() {
        return listener;
    }

    HalfOpenConnection record() {
        return record;
    }

    HomeTimer timer() {
        return timer;
    }

    /** When the SYN-ACK is due again. */
    private final class Timer extends HomeTimer {

        Timer(Driver home) {
            super(home);
        }

        @Override
        void expired(long nowNs, Batch batch) {
            listener.timerExpires(HalfOpenEntry.this, nowNs);
        }

        @Override
        void visit(Batch batch) {
            // a record has no backlog and is never refused by the link: a lost SYN-ACK is sent again
        }
    }
}
