package dev.heddle.core.host;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a listener that wait to be accepted, and the places that are promised to those about to be. As Linux
 * counts, one more than the backlog may wait. Any thread; the lock is a leaf.
 */
final class AcceptQueue {

    private final int backlog;
    private final Readiness readiness;
    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock. */
    private final Queue<TcpConnection> connections = new ArrayDeque<>();

    /** Connections that are in the queue or about to be. */
    private int promised;

    private boolean closed;

    AcceptQueue(int backlog, Readiness readiness) {
        this.backlog = backlog;
        this.readiness = readiness;
    }

    /** Takes the connection that has waited longest; null if there is none. */
    @Nullable TcpConnection poll() {
        lock.lock();
        try {
            TcpConnection connection = connections.poll();
            if (connection != null) {
                promised--;
                publish();
            }
            return connection;
        } finally {
            lock.unlock();
        }
    }

    /** How full it is, beside a number of handshakes. */
    ListenQueue state(int handshakes) {
        lock.lock();
        try {
            return new ListenQueue(promised, backlog, handshakes);
        } finally {
            lock.unlock();
        }
    }

    boolean isFull() {
        lock.lock();
        try {
            return promised > backlog;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Promises a place; false if there is none. */
    boolean promise() {
        lock.lock();
        try {
            if (promised > backlog) {
                return false;
            }
            promised++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a promise back that nothing came of. */
    void withdraw() {
        lock.lock();
        try {
            promised--;
        } finally {
            lock.unlock();
        }
    }

    /** Gives a connection the place that was promised. One that comes after the closing is refused. */
    void offer(TcpConnection connection, @Nullable Batch batch) {
        boolean wake = false;
        boolean refused;
        lock.lock();
        try {
            refused = closed;
            if (!refused) {
                connections.add(connection);
                wake = publish();
            }
        } finally {
            lock.unlock();
        }
        if (refused) {
            connection.refuse(batch);
        } else if (wake && batch != null) {
            batch.wake(readiness);
        } else if (wake) {
            readiness.fire();
        }
    }

    /** Takes no more; the connections that nobody has accepted, or null if it was closed already. */
    @Nullable List<TcpConnection> close() {
        lock.lock();
        try {
            if (closed) {
                return null;
            }
            closed = true;
            List<TcpConnection> refused = new ArrayList<>(connections);
            connections.clear();
            publish();
            return refused;
        } finally {
            lock.unlock();
        }
    }

    /** With the lock. */
    private boolean publish() {
        return readiness.publish(closed ? Readiness.CLOSED : connections.isEmpty() ? 0 : Readiness.ACCEPTABLE);
    }
}
