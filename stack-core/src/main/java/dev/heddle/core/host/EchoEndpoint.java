package dev.heddle.core.host;

import dev.heddle.core.icmp.EchoOutput;
import dev.heddle.core.icmp.IcmpError;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.wire.IcmpMessage;
import dev.heddle.core.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Asks other hosts for echoes (RFC 1122 3.2.2.6: the interface for diagnostic purposes) and hears their replies, and the ICMP
 * errors about its requests. It remembers its last 1,024 requests; what answers none of them, or comes from somebody else than
 * was asked, is nobody's. No call waits for the network; {@link #readiness()} tells when to look again: {@link
 * Readiness#READABLE} and {@link Readiness#CLOSED}. Any thread may call at any time.
 *
 * <p>From inside a packet sink of a hand-driven host only {@link #close} is possible, and runs before the outermost call
 * returns; the others throw {@link IllegalStateException}.
 */
public final class EchoEndpoint implements AutoCloseable {

    /** How many requests are remembered. */
    public static final int REQUESTS = 1_024;

    /** How many answers wait at most; more are lost, as of any datagrams that nobody reads. */
    public static final int ANSWERS = 1_024;

    static final int NO_IDENTIFIER = -1;

    private final Host host;
    private final Readiness readiness = new Readiness();

    /** Excludes for what follows. Under it no other lock is taken. */
    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock; what is volatile may be read without. */

    /** The latest request with a sequence number, at its remainder. */
    private final @Nullable Request[] requests = new Request[REQUESTS];

    private final Queue<EchoAnswer> answers = new ArrayDeque<>();
    private volatile int identifier = NO_IDENTIFIER;
    private volatile boolean closed;

    EchoEndpoint(Host host) {
        this.host = host;
    }

    /** A request that was sent; what is not final is guarded by the endpoint's lock. */
    private static final class Request {

        final int sequence;
        final IpAddress target;
        final long sentNs;
        final int dataBytes;
        final long digest;
        boolean answered;
        boolean failed;

        Request(int sequence, IpAddress target, long sentNs, int dataBytes, long digest) {
            this.sequence = sequence;
            this.target = target;
            this.sentNs = sentNs;
            this.dataBytes = dataBytes;
            this.digest = digest;
        }
    }

    /**
     * Sends a request.
     *
     * @param target the wildcard means this host
     * @param sequence 16 bits, for {@link EchoAnswer#sequence}; the request before with the same is forgotten
     * @param hopLimit the TTL, 1 to 255
     * @return {@link Failure#NONE} if it is on its way; {@link Failure#MESSAGE_TOO_LONG}, {@link
     *     Failure#NETWORK_UNREACHABLE}, {@link Failure#NETWORK_DOWN}, {@link Failure#NOT_PERMITTED} for a broadcast; {@link
     *     Failure#NO_BUFFER_SPACE} if memory or the link has no room for it; {@link Failure#ADDRESS_IN_USE} if the host has as
     *     many of these endpoints as there are identifiers; {@link Failure#INVALID_STATE} if it is closed
     */
    public Failure send(IpAddress target, int sequence, byte[] data, int offset, int length, int hopLimit) {
        Objects.checkIndex(sequence, 65_536);
        Objects.checkFromIndexSize(offset, length, data.length);
        if (hopLimit < 1 || hopLimit > 255) {
            throw new IllegalArgumentException("hop limit must be 1 to 255: " + hopLimit);
        }
        CallQueue calls = host.begin();
        try {
            IpAddress asked = UdpOutbound.thisHostIfAny(target);
            if (length > EchoOutput.longestDataBytes(asked.isIpv4())) {
                return Failure.MESSAGE_TOO_LONG;
            }
            Failure failure = ensureIdentified();
            if (failure != Failure.NONE) {
                return failure;
            }
            CRC32 digest = new CRC32();
            digest.update(data, offset, length);
            Request request = new Request(sequence, asked, host.clock().nanoTime(), length, digest.getValue());
            // Before it is sent: the answer may be there before the call returns.
            remember(request);
            failure = host.echoes().send(asked, identifier, sequence, data, offset, length, hopLimit);
            if (failure != Failure.NONE) {
                forget(request);
            }
            return failure;
        } finally {
            host.end(calls);
        }
    }

    private Failure ensureIdentified() {
        lock.lock();
        try {
            if (closed) {
                return Failure.INVALID_STATE;
            }
            if (identifier == NO_IDENTIFIER) {
                identifier = host.echoes().register(this);
            }
            if (identifier == NO_IDENTIFIER) {
                return Failure.ADDRESS_IN_USE;
            }
            if (host.isClosed()) {
                // Its sweep may have missed this one.
                closeLocked();
                return Failure.NETWORK_DOWN;
            }
            return Failure.NONE;
        } finally {
            lock.unlock();
        }
    }

    private void remember(Request request) {
        lock.lock();
        try {
            requests[request.sequence % REQUESTS] = request;
        } finally {
            lock.unlock();
        }
    }

    private void forget(Request request) {
        lock.lock();
        try {
            int at = request.sequence % REQUESTS;
            if (requests[at] == request) {
                requests[at] = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes the answer that has waited longest; null if none does. */
    public @Nullable EchoAnswer receive() {
        CallQueue calls = host.begin();
        try {
            lock.lock();
            try {
                EchoAnswer answer = answers.poll();
                publish();
                return answer;
            } finally {
                lock.unlock();
            }
        } finally {
            host.end(calls);
        }
    }

    /** Forgets all requests and answers and gives the identifier back. Idempotent. */
    @Override
    public void close() {
        host.call(() -> {
            lock.lock();
            try {
                closeLocked();
            } finally {
                lock.unlock();
            }
            readiness.fire();
        });
    }

    private void closeLocked() {
        if (closed) {
            return;
        }
        closed = true;
        if (identifier != NO_IDENTIFIER) {
            host.echoes().unregister(identifier, this);
        }
        answers.clear();
        publish();
    }

    public Readiness readiness() {
        return readiness;
    }

    // ---- for the other classes of this package

    /** A reply with this endpoint's identifier arrives. */
    void replyArrives(Packet packet, IcmpMessage reply, Batch batch) {
        lock.lock();
        try {
            Request request = requestOf(reply.sequence());
            if (request == null
                    || request.target.low() != packet.sourceLow
                    || request.target.high() != packet.sourceHigh) {
                return;
            }
            boolean duplicate = request.answered;
            request.answered = true;
            int dataBytes = reply.bodyLength();
            boolean intact = dataBytes == request.dataBytes && digest(reply) == request.digest;
            add(
                    new EchoAnswer(
                            request.target,
                            request.sequence,
                            dataBytes,
                            packet.hopLimit,
                            packet.arrivalNs - request.sentNs,
                            intact,
                            duplicate,
                            null),
                    batch);
        } finally {
            lock.unlock();
        }
    }

    /** An error about a request with this endpoint's identifier arrives; of each request the first is told. */
    void errorArrives(Packet packet, IcmpError error, Batch batch) {
        lock.lock();
        try {
            Request request = requestOf(error.sequence());
            if (request == null || request.failed || !request.target.equals(error.remoteAddress())) {
                return;
            }
            request.failed = true;
            add(
                    new EchoAnswer(
                            IpAddress.of(packet.sourceHigh, packet.sourceLow),
                            request.sequence,
                            0,
                            packet.hopLimit,
                            packet.arrivalNs - request.sentNs,
                            false,
                            request.answered,
                            error.kind()),
                    batch);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Request requestOf(int sequence) {
        Request request = closed ? null : requests[sequence % REQUESTS];
        return request == null || request.sequence != sequence ? null : request;
    }

    private void add(EchoAnswer answer, Batch batch) {
        if (answers.size() < ANSWERS) {
            answers.add(answer);
            if (publish()) {
                batch.wake(readiness);
            }
        }
    }

    private static long digest(IcmpMessage reply) {
        CRC32 digest = new CRC32();
        ByteBuffer data = reply.buffer().slice(reply.bodyOffset(), reply.bodyLength());
        digest.update(data);
        return digest.getValue();
    }

    /** With the lock. */
    private boolean publish() {
        return readiness.publish(closed ? Readiness.CLOSED : answers.isEmpty() ? 0 : Readiness.READABLE);
    }
}
