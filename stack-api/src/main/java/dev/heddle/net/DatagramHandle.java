package dev.heddle.net;

import dev.heddle.core.host.DatagramOptions;
import dev.heddle.core.host.Readiness;
import dev.heddle.core.host.UdpEndpoint;
import java.net.SocketException;
import java.util.function.UnaryOperator;

/**
 * A datagram socket without its {@code java.net} face: the endpoint, and the threads parked on it. The host refers to it
 * through its subscription to readiness, and it never refers to the {@link HeddleDatagramSocket}; so a socket that the program
 * has forgotten becomes unreachable and its cleaner can {@link #close} this handle.
 */
final class DatagramHandle implements Runnable, BlockingSide.Bits, OpenSocket {

    /** What ends each kind of waiting. */
    static final int RECEIVE_INTEREST = Readiness.READABLE | Readiness.SOFT_ERROR | Readiness.CLOSED;

    static final int SEND_INTEREST = Readiness.WRITABLE | Readiness.CLOSED;

    /** Receiving; also held by who changes the socket's name, so that nobody receives meanwhile. */
    final BlockingSide input = new BlockingSide();

    /** Sending; the same. Taken after {@link #input}. */
    final BlockingSide output = new BlockingSide();

    private final OpenSockets owner;
    private final UdpEndpoint endpoint;

    DatagramHandle(OpenSockets owner, UdpEndpoint endpoint) {
        this.owner = owner;
        this.endpoint = endpoint;
        // As java.net does, and it is true of who may ask.
        endpoint.options(endpoint.options().withBroadcast(true));
        endpoint.readiness().subscribe(this);
    }

    UdpEndpoint endpoint() {
        return endpoint;
    }

    /** The lengths of the packets that datagrams were received into. */
    ReceivedPackets receivedPackets() {
        return owner.receivedPackets();
    }

    @Override
    public int bits() {
        return endpoint.readiness().bits();
    }

    /** Called by the engine, without a lock, after readiness has changed: wakes those who wait for what is there now. */
    @Override
    public void run() {
        int bits = bits();
        input.wake(bits);
        output.wake(bits);
    }

    /** Keeps everybody from sending and receiving while the socket's name changes. */
    void lockNames() {
        input.lock();
        output.lock();
    }

    void unlockNames() {
        output.unlock();
        input.unlock();
    }

    void change(UnaryOperator<DatagramOptions> change) {
        owner.changesOf(this).lock();
        try {
            endpoint.options(change.apply(endpoint.options()));
        } finally {
            owner.changesOf(this).unlock();
        }
    }

    boolean isClosed() {
        return (bits() & Readiness.CLOSED) != 0;
    }

    /** Fails if the socket was closed; as those calls do that transfer data. */
    void ensureOpen() throws SocketException {
        if (isClosed()) {
            throw owner.closed();
        }
    }

    /** Fails if the socket was closed; as those calls do that transfer nothing. */
    void ensureNotClosed() throws SocketException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
    }

    /** Closes and wakes every blocked call. Idempotent. */
    void close() {
        owner.remove(this);
        endpoint.close();
    }

    @Override
    public void closeAfterSending() {
        close();
    }
}
