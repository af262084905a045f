package dev.heddle.core.host;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connections that are over, and so in no table, but still hold bytes that nobody has read: the host takes them back
 * when it is closed. Any thread; the lock is a leaf.
 */
final class Leftovers {

    private final ReentrantLock lock = new ReentrantLock();

    /** In the order of addition, so that nothing depends on identity hashes. Guarded by lock. */
    private final Set<TcpConnection> connections = new LinkedHashSet<>();

    void add(TcpConnection connection) {
        lock.lock();
        try {
            connections.add(connection);
        } finally {
            lock.unlock();
        }
    }

    void remove(TcpConnection connection) {
        lock.lock();
        try {
            connections.remove(connection);
        } finally {
            lock.unlock();
        }
    }

    List<TcpConnection> all() {
        lock.lock();
        try {
            return new ArrayList<>(connections);
        } finally {
            lock.unlock();
        }
    }
}
