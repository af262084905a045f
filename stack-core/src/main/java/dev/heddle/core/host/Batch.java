package dev.heddle.core.host;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one step of a pump has touched: connections that must answer, then readers that must be woken. Belongs to whoever
 * holds the pump's role.
 */
final class Batch {

    private final List<TcpConnection> marked = new ArrayList<>();
    private final List<Wakeable> woken = new ArrayList<>();
    private final @Nullable DropReports drops;

    Batch(@Nullable DropReports drops) {
        this.drops = drops;
    }

    /** Has a connection flushed at the end of the batch. */
    void mark(TcpConnection connection) {
        if (connection.mark()) {
            marked.add(connection);
        }
    }

    /** Has callbacks run at the end of the batch, after all segments are sent. */
    void wake(Wakeable wakeable) {
        woken.add(wakeable);
    }

    /** Sends for each marked connection once, then wakes. Called with no lock held. */
    void finish() {
        while (!marked.isEmpty() || !woken.isEmpty()) {
            // Flushing may mark more: packets that were left in an ended connection's backlog.
            for (int i = 0; i < marked.size(); i++) {
                marked.get(i).flushMarked(this);
            }
            marked.clear();
            for (int i = 0; i < woken.size(); i++) {
                woken.get(i).fire();
            }
            woken.clear();
        }
        if (drops != null) {
            drops.fire();
        }
    }
}
