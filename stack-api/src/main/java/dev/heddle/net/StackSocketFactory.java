package dev.heddle.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** Makes client sockets of one stack. Host names are resolved by {@link InetAddress}. */
final class StackSocketFactory extends SocketFactory {

    private final OpenSockets sockets;

    StackSocketFactory(OpenSockets sockets) {
        this.sockets = sockets;
    }

    @Override
    public Socket createSocket() throws IOException {
        return new HeddleSocket(HeddleSocketImpl.forClient(sockets));
    }

    @Override
    public Socket createSocket(@Nullable String host, int port) throws IOException {
        return connect(peer(host, port), null);
    }

    @Override
    public Socket createSocket(@Nullable String host, int port, @Nullable InetAddress localAddress, int localPort)
            throws IOException {
        return connect(peer(host, port), new InetSocketAddress(localAddress, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connect(new InetSocketAddress(notNull(host), port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, @Nullable InetAddress localAddress, int localPort)
            throws IOException {
        return connect(new InetSocketAddress(notNull(host), port), new InetSocketAddress(localAddress, localPort));
    }

    /** No name means this host, as for {@link Socket}. */
    private static InetSocketAddress peer(@Nullable String host, int port) throws IOException {
        return host == null
                ? new InetSocketAddress(InetAddress.getByName(null), port)
                : new InetSocketAddress(host, port);
    }

    /** An {@link InetSocketAddress} would take null for the wildcard; {@link Socket} refuses it. */
    private static InetAddress notNull(@Nullable InetAddress host) {
        return Objects.requireNonNull(host);
    }

    private Socket connect(InetSocketAddress peer, @Nullable InetSocketAddress local) throws IOException {
        Socket socket = createSocket();
        try {
            if (local != null) {
                socket.bind(local);
            }
            socket.connect(peer);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }
}
