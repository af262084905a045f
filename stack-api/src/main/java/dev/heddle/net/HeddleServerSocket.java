package dev.heddle.net;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/** A {@link ServerSocket} that listens on the stack. */
final class HeddleServerSocket extends ServerSocket {

    private final HeddleSocketImpl implementation;

    HeddleServerSocket(HeddleSocketImpl implementation) {
        super(implementation);
        this.implementation = implementation;
    }

    /**
     * Waits for a connection, as {@link ServerSocket#accept} does; that one can fill only sockets of the JVM-wide
     * factory.
     */
    @Override
    public Socket accept() throws IOException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        if (!isBound()) {
            throw new SocketException("Socket is not bound yet");
        }
        Socket accepted = new HeddleSocket(implementation.forAccepted());
        implAccept(accepted);
        return accepted;
    }

    /** Also once the stack was closed: a loop that accepts until this socket is closed must end then. */
    @Override
    public boolean isClosed() {
        return super.isClosed() || implementation.isClosed();
    }
}
