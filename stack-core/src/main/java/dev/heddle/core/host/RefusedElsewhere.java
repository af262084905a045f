package dev.heddle.core.host;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The connections that an interface had no room for and that are at home at another one, whose pump does not hear of room here:
 * their packets come by another way than they go. Any thread.
 */
final class RefusedElsewhere {

    private final Queue<TcpConnection> waiting = new ConcurrentLinkedQueue<>();

    void add(TcpConnection connection) {
        waiting.add(connection);
    }

    /** Flushes those that are here now; who is refused again is here again. On the interface's pump role. */
    void retry(Batch batch) {
        for (int left = waiting.isEmpty() ? 0 : waiting.size(); left > 0; left--) {
            TcpConnection connection = waiting.poll();
            if (connection == null) {
                return;
            }
            connection.roomAvailable(batch);
        }
    }

    void clear() {
        waiting.clear();
    }
}
