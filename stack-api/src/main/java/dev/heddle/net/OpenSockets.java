package dev.heddle.net;

import dev.heddle.core.host.Host;
import dev.heddle.core.host.TcpEndpoint;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** Makes the sockets of one stack and knows those that are open, so that the stack can close them. For any thread. */
final class OpenSockets {

    static final String STACK_CLOSED = "this network stack has been closed: use another";

    private static final int CHANGES_LOCKS = 16;

    private final Host host;
    private final Set<OpenSocket> handles = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /** Set before {@link #closing} by a process that ends. */
    private volatile boolean processEnds;

    /** Locks that sockets share, because they are needed rarely and for a moment, and a socket should be small. */
    private final ReentrantLock[] changes = new ReentrantLock[CHANGES_LOCKS];

    private final ReceivedPackets receivedPackets = new ReceivedPackets();

    OpenSockets(Host host) {
        this.host = host;
        Arrays.setAll(changes, i -> new ReentrantLock());
    }

    /** The lock that serializes the changes of a socket. */
    ReentrantLock changesOf(OpenSocket handle) {
        return changes[System.identityHashCode(handle) % CHANGES_LOCKS];
    }

    /** Makes an unbound, unconnected socket. */
    SocketHandle create() throws SocketException {
        if (closing) {
            throw stackClosed();
        }
        return add(SocketHandle.unconnected(this, host.tcpEndpoint()));
    }

    /** Takes in an endpoint that a listener has accepted. */
    SocketHandle adopt(TcpEndpoint endpoint) throws SocketException {
        return add(SocketHandle.accepted(this, endpoint));
    }

    /** Makes an unbound datagram socket. */
    DatagramHandle createForDatagrams() throws SocketException {
        if (closing) {
            throw stackClosed();
        }
        DatagramHandle handle = new DatagramHandle(this, host.udpEndpoint());
        handles.add(handle);
        if (closing) {
            handle.close();
            throw stackClosed();
        }
        return handle;
    }

    /** The lengths of the packets that datagrams were received into. */
    ReceivedPackets receivedPackets() {
        return receivedPackets;
    }

    private SocketHandle add(SocketHandle handle) throws SocketException {
        handles.add(handle);
        // If closing began before, its sweep may have missed the handle.
        if (closing) {
            handle.close();
            throw stackClosed();
        }
        return handle;
    }

    /** What a socket throws that is made, or used for the first time, when its stack has been closed. */
    static SocketException stackClosed() {
        return new SocketException(STACK_CLOSED);
    }

    /** Called by a handle that was closed. */
    void remove(OpenSocket handle) {
        handles.remove(handle);
    }

    /** Has calls on closed sockets never return: the process ends, and they would have waited until its last moment. */
    void processEnds() {
        processEnds = true;
    }

    /** What a call on a closed socket throws. */
    SocketException closed() {
        while (processEnds) {
            LockSupport.park(this);
        }
        return SocketFailures.closed();
    }

    /** Refuses new sockets from now on and returns those that are open; closing one removes it from the set. */
    Set<OpenSocket> startClosing() {
        closing = true;
        return handles;
    }
}
