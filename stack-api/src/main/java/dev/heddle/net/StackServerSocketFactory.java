package dev.heddle.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** Makes server sockets of one stack. */
final class StackServerSocketFactory extends ServerSocketFactory {

    /** {@link ServerSocket}'s own default. */
    private static final int DEFAULT_BACKLOG = 50;

    private final OpenSockets sockets;

    StackServerSocketFactory(OpenSockets sockets) {
        this.sockets = sockets;
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
        return new HeddleServerSocket(HeddleSocketImpl.forServer(sockets));
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return createServerSocket(port, DEFAULT_BACKLOG, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return createServerSocket(port, backlog, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress localAddress)
            throws IOException {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("Port value out of range: " + port);
        }
        ServerSocket server = createServerSocket();
        try {
            server.bind(new InetSocketAddress(localAddress, port), backlog);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }
}
