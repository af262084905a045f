package dev.heddle.core.host;

import dev.heddle.core.tcp.SocketPair;

/** What the {@link TcbTable} finds: a connection, or the small record of one that is not yet or no longer a connection. */
abstract sealed class TableEntry permits TcpConnection, QueuedEntry {

    private final SocketPair pair;

    /** The table's hash of the pair; set by the table under its lock before the entry can be found. */
    int hash;

    TableEntry(SocketPair pair) {
        this.pair = pair;
    }

    final SocketPair pair() {
        return pair;
    }

    final boolean is(
            long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort, int scope) {
        SocketPair p = pair;
        return p.remotePort() == remotePort
                && p.localPort() == localPort
                && p.remoteLow() == remoteLow
                && p.localLow() == localLow
                && p.remoteHigh() == remoteHigh
                && p.localHigh() == localHigh
                && p.scope() == scope;
    }
}
