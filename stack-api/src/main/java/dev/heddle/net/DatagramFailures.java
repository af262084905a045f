package dev.heddle.net;

import dev.heddle.core.tcp.Failure;
import java.io.IOException;
import java.net.BindException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;

/** The exceptions of {@code java.net.DatagramSocket}, with the JDK's messages, for the engine's failures. */
final class DatagramFailures {

    private DatagramFailures() {}

    static SocketException onConnect(Failure failure) {
        return failure == Failure.ADDRESS_IN_USE || failure == Failure.ADDRESS_NOT_AVAILABLE
                ? SocketFailures.onBind(failure)
                : onReceive(failure);
    }

    static SocketException onReceive(Failure failure) {
        return switch (failure) {
            case PORT_UNREACHABLE -> new PortUnreachableException();
            case HOST_UNREACHABLE -> new NoRouteToHostException(SocketFailures.text(failure));
            case NOT_PERMITTED, ADDRESS_IN_USE -> new BindException(SocketFailures.text(failure));
            default -> new SocketException(SocketFailures.text(failure));
        };
    }

    /** A connected socket writes where another one sends, and the JDK tells that apart. */
    static IOException onSend(Failure failure, boolean connected) {
        return connected && failure != Failure.PORT_UNREACHABLE
                ? new IOException(SocketFailures.text(failure))
                : onReceive(failure);
    }

    static SocketException noMulticast() {
        return new SocketException("Multicast is not supported");
    }
}
