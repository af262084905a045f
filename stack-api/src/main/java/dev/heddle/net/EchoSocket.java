package dev.heddle.net;

import dev.heddle.core.host.EchoAnswer;
import dev.heddle.core.host.EchoEndpoint;
import dev.heddle.core.host.Readiness;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks hosts for ICMP echoes, as {@code ping} does, and waits for their answers. {@link NetworkStack#echoSocket()} makes it.
 * One thread at a time receives; the others wait for their turn. A virtual thread that waits occupies no carrier.
 */
public final class EchoSocket implements AutoCloseable {

    /** The TTL or hop limit of requests if none is said. */
    public static final int DEFAULT_HOP_LIMIT = 64;

    private static final int INTEREST = Readiness.READABLE | Readiness.CLOSED;

    private final EchoEndpoint endpoint;
    private final BlockingSide input = new BlockingSide();

    EchoSocket(EchoEndpoint endpoint) {
        this.endpoint = endpoint;
        endpoint.readiness().subscribe(() -> input.wake(endpoint.readiness().bits()));
    }

    /**
     * Sends a request; its answer will come by {@link #receive}.
     *
     * @param target of either family; a wildcard means the stack itself
     * @param sequence 0 to 65,535; of requests with the same number only the last one is remembered, and of all the last 1,024
     * @param data what the reply shall bring back
     * @throws SocketException if the socket or its stack is closed, there is no way to the target, it is a broadcast or group
     *     address, the data is too long for a packet, or the link has no room at the moment
     */
    public void send(InetAddress target, int sequence, byte[] data) throws SocketException {
        send(target, sequence, data, DEFAULT_HOP_LIMIT);
    }

    /**
     * The same with a TTL or hop limit.
     *
     * @param hopLimit 1 to 255
     */
    public void send(InetAddress target, int sequence, byte[] data, int hopLimit) throws SocketException {
        if (target.isMulticastAddress()) {
            throw DatagramFailures.noMulticast();
        }
        Failure failure = offer(target, sequence, data, hopLimit);
        if (failure != Failure.NONE) {
            throw exception(failure);
        }
    }

    /** Sends a request, or says why it cannot be sent now. */
    Failure offer(InetAddress target, int sequence, byte[] data, int hopLimit) {
        return endpoint.send(IpAddress.of(target), sequence, data, 0, data.length, hopLimit);
    }

    SocketException exception(Failure failure) {
        if (!isClosed()) {
            return new SocketException(SocketFailures.text(failure));
        }
        // Nobody has closed it: it is made of no use by a stack that has been.
        return failure == Failure.NETWORK_DOWN ? OpenSockets.stackClosed() : SocketFailures.closed();
    }

    /**
     * Waits for the next answer. One that is there wins over an expired time and an interruption.
     *
     * @return null if none came in time
     * @throws SocketException if the socket or its stack is closed
     * @throws java.io.InterruptedIOException on a virtual thread that is interrupted, its status still set
     */
    public @Nullable EchoAnswer receive(Duration timeout) throws IOException {
        long deadlineNs = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
        if (!input.lock(deadlineNs)) {
            return null;
        }
        try {
            while (true) {
                EchoAnswer answer = endpoint.receive();
                if (answer != null) {
                    return answer;
                }
                if (isClosed()) {
                    throw SocketFailures.closed();
                }
                if (BlockingSide.remaining(deadlineNs) <= 0) {
                    return null;
                }
                input.await(endpoint.readiness()::bits, INTEREST, deadlineNs);
            }
        } finally {
            input.unlock();
        }
    }

    private boolean isClosed() {
        return endpoint.readiness().isAny(Readiness.CLOSED);
    }

    /** Closes, and wakes who waits. Idempotent. */
    @Override
    public void close() {
        endpoint.close();
    }
}
