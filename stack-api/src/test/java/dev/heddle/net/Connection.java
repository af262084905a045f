package dev.heddle.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Both ends of an established connection, and the listener it came from. */
record Connection(ServerSocket listener, Socket client, Socket server) implements AutoCloseable {

    static Connection open(Network network) throws IOException {
        return open(network, network.servers().createServerSocket(0, 50, network.serverAddress()));
    }

    /** The same, and the server receives no more than so many bytes before it reads. */
    static Connection open(Network network, int serverReceiveBufferBytes) throws IOException {
        ServerSocket listener = network.servers().createServerSocket();
        listener.setReceiveBufferSize(serverReceiveBufferBytes);
        listener.bind(new InetSocketAddress(network.serverAddress(), 0));
        return open(network, listener);
    }

    private static Connection open(Network network, ServerSocket listener) throws IOException {
        Socket client = network.clients().createSocket();
        client.connect(new InetSocketAddress(network.serverAddress(), listener.getLocalPort()), 10_000);
        return new Connection(listener, client, listener.accept());
    }

    /** Returns when everything has arrived that was sent before, on any connection: what is sent now comes after it. */
    static void awaitArrivals(Network network) throws IOException {
        try (Connection last = open(network)) {
            last.client().getOutputStream().write(1);
            last.server().getInputStream().readNBytes(1);
            last.server().getOutputStream().write(1);
            last.client().getInputStream().readNBytes(1);
        }
    }

    @Override
    public void close() throws IOException {
        try (listener;
                client) {
            server.close();
        }
    }
}
