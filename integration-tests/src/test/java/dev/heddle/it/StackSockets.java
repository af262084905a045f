package dev.heddle.it;

import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** For libraries that take the name of a class of socket factories: leads to one stack's, which a test sets. */
public final class StackSockets extends SocketFactory {

    private static volatile @Nullable SocketFactory target;

    /** For the libraries. */
    public StackSockets() {}

    static void of(NetworkStack stack) {
        target = stack.socketFactory();
    }

    private static SocketFactory target() {
        SocketFactory factory = target;
        if (factory == null) {
            throw new IllegalStateException("no stack");
        }
        return factory;
    }

    @Override
    public Socket createSocket() throws IOException {
        return target().createSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return target().createSocket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return target().createSocket(host, port, local, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return target().createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return target().createSocket(host, port, local, localPort);
    }
}
