package dev.heddle.core.host;

import dev.heddle.core.tcp.SocketPair;
import org.jspecify.annotations.Nullable;

/** An entry that is also in an {@link EntryQueue}, and linked there without an object of its own. */
abstract sealed class QueuedEntry extends TableEntry permits HalfOpenEntry, TimeWaitEntry {

    /** Neighbours in the queue; guarded by the queue's owner. */
    @Nullable QueuedEntry previous;

    @Nullable QueuedEntry next;

    /** Whether it is in its queue, and so in force; guarded by the queue's owner. */
    boolean queued;

    QueuedEntry(SocketPair pair) {
        super(pair);
    }
}
