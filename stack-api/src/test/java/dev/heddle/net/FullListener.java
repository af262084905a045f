package dev.heddle.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;

/** A listener that as many connections wait for as may: who connects to it now is not answered. */
record FullListener(ServerSocket listener, List<Socket> waiting) implements AutoCloseable {

    static FullListener open(Network network) throws IOException {
        ServerSocket listener = network.servers().createServerSocket(0, 1, network.serverAddress());
        SocketAddress address = listener.getLocalSocketAddress();
        Socket first = network.clients().createSocket();
        first.connect(address, 10_000);
        Socket second = network.clients().createSocket();
        second.connect(address, 10_000);
        return new FullListener(listener, List.of(first, second));
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        try (listener) {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }
}
