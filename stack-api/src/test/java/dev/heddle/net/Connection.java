package dev.heddle.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Both ends of an established connection, and the listener it came from. */
record Connection(ServerSocket listener, Socket client, Socket server) implements AutoCloseable {

    static Connection open(Network network) throws IOException {
        ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
        Socket client = network.clients().createSocket();
        client.connect(new InetSocketAddress(network.serverAddress(), listener.getLocalPort()), 10_000);
        return new Connection(listener, client, listener.accept());
    }

    @Override
    public void close() throws IOException {
        try (listener;
                client) {
            server.close();
        }
    }
}
