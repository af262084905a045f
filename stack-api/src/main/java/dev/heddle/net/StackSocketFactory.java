package dev.heddle.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** Makes client sockets of one stack. */
final class StackSocketFactory extends SocketFactory {

    private final OpenSockets sockets;

    /** Where host names are looked up; null for {@link InetAddress}. */
    private final @Nullable StackResolver names;

    StackSocketFactory(OpenSockets sockets, @Nullable StackResolver names) {
        this.sockets = sockets;
        this.names = names;
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
    private InetSocketAddress peer(@Nullable String host, int port) throws IOException {
        if (host == null || host.isEmpty()) {
            return new InetSocketAddress(InetAddress.getByName(null), port);
        }
        return names == null || isNumeric(host)
                ? new InetSocketAddress(host, port)
                : new InetSocketAddress(names.first(host), port);
    }

    /** The JDK understands more ways to write an address than anybody wants to, and none of them is a name. */
    private static boolean isNumeric(String host) {
        return host.indexOf(':') >= 0
                || host.chars().allMatch(letter -> letter == '.' || letter >= '0' && letter <= '9');
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
