package dev.heddle.net;

import dev.heddle.core.host.Readiness;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.host.TcpListener;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.wire.IpAddress;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/**
 * The blocking calls of a socket, each made of the engine's non-blocking one and waiting in between. The caller holds the
 * lock of the call's side. A result that is there wins over a close, an expired time and an interruption.
 */
final class BlockingCalls {

    private BlockingCalls() {}

    /** Claims the socket for one connection attempt. */
    static void beginConnect(SocketHandle current) throws SocketException {
        current.ensureOpen();
        if (current.has(SocketHandle.CONNECTED)) {
            throw new SocketException("Already connected");
        }
        if (!current.raise(SocketHandle.CONNECT_BEGUN)) {
            throw new SocketException("Connection in progress");
        }
    }

    /** Connects and waits for the answer. */
    static void connect(SocketHandle current, IpAddress peer, int port, long deadlineNs) throws IOException {
        IpAddress bound = current.localAddress();
        if (bound != null && bound.isIpv4() && !peer.isIpv4()) {
            throw new SocketException("Address family not supported by protocol");
        }
        Failure failure = current.connect(peer, port);
        if (failure != Failure.NONE) {
            current.ensureOpen();
            throw SocketFailures.onConnect(failure);
        }
        if (deadlineNs == BlockingSide.NEVER) {
            // As the JDK's sockets do: an untimed connect waits at least for a moment, so that interruption ends it.
            BlockingSide.endIfInterrupted();
        }
        while ((current.bits() & SocketHandle.CONNECT_INTEREST) == 0) {
            if (BlockingSide.remaining(deadlineNs) <= 0) {
                throw new SocketTimeoutException("Connect timed out");
            }
            current.await(current.input, SocketHandle.CONNECT_INTEREST, deadlineNs);
        }
        current.ensureOpen();
        if ((current.bits() & Readiness.CONNECTED) == 0) {
            throw SocketFailures.onConnect(current.endpoint().failure());
        }
        current.raise(SocketHandle.CONNECTED);
        current.ensureOpen();
    }

    /** Waits for a connection. */
    static TcpEndpoint accept(SocketHandle current, long deadlineNs) throws IOException {
        current.ensureOpen();
        TcpListener listener = current.listener();
        if (listener == null) {
            throw new SocketException(current.localPort() == 0 ? "Not bound" : "Invalid argument");
        }
        while (true) {
            TcpEndpoint endpoint = listener.tryAccept();
            if (endpoint != null) {
                return endpoint;
            }
            current.ensureOpen();
            if ((current.bits() & SocketHandle.OVER) != 0) {
                throw new SocketException("Network is down");
            }
            if (BlockingSide.remaining(deadlineNs) <= 0) {
                throw new SocketTimeoutException("Accept timed out");
            }
            current.await(current.input, SocketHandle.ACCEPT_INTEREST, deadlineNs);
        }
    }

    /** Reads at least one byte, or returns −1 at the end of the stream. */
    static int read(SocketHandle current, byte[] target, int offset, int length, long deadlineNs) throws IOException {
        current.ensureConnected();
        if (current.has(SocketHandle.RESET_MET)) {
            throw SocketFailures.reset();
        }
        while (true) {
            if (current.has(SocketHandle.INPUT_SHUT)) {
                return -1;
            }
            int bytes = current.endpoint().read(target, offset, length);
            if (bytes > 0) {
                return bytes;
            }
            current.ensureOpen();
            if (bytes == TcpEndpoint.END_OF_STREAM) {
                return -1;
            }
            if (bytes == TcpEndpoint.FAILED) {
                SocketException failure = SocketFailures.onRead(current);
                if (failure == null) {
                    return -1;
                }
                throw failure;
            }
            if (BlockingSide.remaining(deadlineNs) <= 0) {
                throw new SocketTimeoutException("Read timed out");
            }
            current.await(current.input, SocketHandle.READ_INTEREST, deadlineNs);
        }
    }

    /** Writes all the bytes, urgent ones or not, waiting for room. */
    static void write(SocketHandle current, byte[] source, int from, int end, boolean urgent) throws IOException {
        int position = from;
        while (position < end) {
            current.ensureConnected();
            if (current.has(SocketHandle.OUTPUT_SHUT)) {
                throw SocketFailures.onWrite(current);
            }
            TcpEndpoint endpoint = current.endpoint();
            int bytes = urgent
                    ? endpoint.writeUrgent(source, position, end - position)
                    : endpoint.write(source, position, end - position);
            if (bytes > 0) {
                position += bytes;
            } else if (bytes == 0) {
                current.await(current.output, SocketHandle.WRITE_INTEREST, BlockingSide.NEVER);
            } else {
                current.ensureOpen();
                throw SocketFailures.onWrite(current);
            }
        }
    }
}
