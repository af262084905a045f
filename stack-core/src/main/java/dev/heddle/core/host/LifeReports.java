package dev.heddle.core.host;

import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpInfo;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a connection has to tell the host's observer, kept until no lock is held. */
final class LifeReports implements Wakeable {

    private final ConnectionObserver observer;
    private final SocketPair pair;

    /** Filled under the connection's gate, emptied by any thread. */
    private final Queue<Runnable> due = new ConcurrentLinkedQueue<>();

    /** Guarded by the connection's gate. */
    private boolean opened;

    LifeReports(ConnectionObserver observer, SocketPair pair) {
        this.observer = observer;
        this.pair = pair;
    }

    /** The handshake is complete; said once. With the gate. */
    void opened() {
        if (!opened) {
            opened = true;
            due.add(() -> observer.opened(pair));
        }
    }

    /** The connection has ended. With the gate. */
    void closed(TcpInfo last, Failure why) {
        due.add(() -> observer.closed(pair, last, why));
    }

    boolean isDue() {
        return !due.isEmpty();
    }

    @Override
    public void fire() {
        for (Runnable report = due.poll(); report != null; report = due.poll()) {
            try {
                report.run();
            } catch (RuntimeException e) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            }
        }
    }
}
