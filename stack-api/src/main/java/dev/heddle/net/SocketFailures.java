package dev.heddle.net;

import dev.heddle.core.tcp.Failure;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** The exceptions of {@code java.net}, with the JDK's messages, for the engine's failures. */
final class SocketFailures {

    private SocketFailures() {}

    static SocketException closed() {
        return new SocketException("Socket closed");
    }

    /** A reset that a reader has met already. */
    static SocketException reset() {
        return other(Failure.RESET);
    }

    /** Why a connection could not be made. */
    static SocketException onConnect(Failure failure) {
        return switch (failure) {
            case REFUSED, RESET, PORT_UNREACHABLE -> new ConnectException("Connection refused");
            case TIMED_OUT -> new ConnectException("Connection timed out");
            case HOST_UNREACHABLE -> new NoRouteToHostException("No route to host");
            case ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE -> new BindException("Cannot assign requested address");
            default -> other(failure);
        };
    }

    /** Why an address could not be bound; Linux refuses IPv6 addresses that name no host, or none without an interface, otherwise. */
    static SocketException onBind(Failure failure, InetAddress local) {
        boolean incomplete = local instanceof Inet6Address ipv6
                && (ipv6.isMulticastAddress() || ipv6.isLinkLocalAddress() && ipv6.getScopeId() == 0);
        return onBind(failure == Failure.ADDRESS_NOT_AVAILABLE && incomplete ? Failure.INVALID_STATE : failure);
    }

    static SocketException onBind(Failure failure) {
        return switch (failure) {
            case ADDRESS_IN_USE -> new BindException("Address already in use");
            case ADDRESS_NOT_AVAILABLE -> new BindException("Cannot assign requested address");
            default -> other(failure);
        };
    }

    /**
     * Why a read fails; null for the end of the stream. As on Linux a failure is told once, to the first reader or writer, and
     * then the stream has ended; only a reset that a reader has met is there for every reader. What Linux does not know,
     * that all links are gone, is never hidden.
     */
    static @Nullable SocketException onRead(SocketHandle handle) {
        Failure failure = handle.endpoint().failure();
        boolean first = handle.raise(SocketHandle.FAILURE_REPORTED);
        if (first && failure == Failure.RESET) {
            handle.raise(SocketHandle.RESET_MET);
        }
        boolean tell = first || failure == Failure.NETWORK_DOWN || handle.has(SocketHandle.RESET_MET);
        return tell ? other(failure) : null;
    }

    /**
     * Why a write fails. As on Linux the failure is told once, to the first reader or writer; later writes, and writes
     * to a peer that had closed before it reset the connection, meet a broken pipe.
     */
    static SocketException onWrite(SocketHandle handle) {
        Failure failure = handle.endpoint().failure();
        boolean first = failure != Failure.NONE && handle.raise(SocketHandle.FAILURE_REPORTED);
        if (!first || (failure == Failure.RESET && handle.endpoint().hadEndOfStream())) {
            return new SocketException("Broken pipe");
        }
        return failure == Failure.RESET ? new SocketException("Connection reset by peer") : other(failure);
    }

    private static SocketException other(Failure failure) {
        return new SocketException(text(failure));
    }

    /** What the JDK says of a failure, which are Linux's words. */
    static String text(Failure failure) {
        return switch (failure) {
            case NONE, INVALID_STATE -> "Invalid argument";
            case REFUSED, PORT_UNREACHABLE -> "Connection refused";
            case RESET -> "Connection reset";
            case TIMED_OUT -> "Connection timed out";
            case HOST_UNREACHABLE -> "No route to host";
            case NETWORK_UNREACHABLE -> "Network is unreachable";
            case MESSAGE_TOO_LONG -> "Message too long";
            case NETWORK_DOWN -> "Network is down";
            case ADDRESS_IN_USE -> "Address already in use";
            case ADDRESS_NOT_AVAILABLE -> "Cannot assign requested address";
            case ABORTED -> "Software caused connection abort";
            case NO_BUFFER_SPACE, NO_ROOM -> "No buffer space available";
            case NOT_PERMITTED -> "Permission denied";
        };
    }
}
