package dev.heddle.examples;

import dev.heddle.core.link.Link;
import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** Sockets of a stack beside those of the kernel. */
final class SocketFactories {

    private SocketFactories() {}

    /** Sends itself a byte. */
    static int run(Link link) throws IOException {
        // example
        try (NetworkStack stack =
                NetworkStack.builder().link(link).address("192.0.2.2/24").build()) {
            ServerSocket server = stack.serverSocketFactory().createServerSocket(80);
            Socket client = stack.socketFactory().createSocket("192.0.2.2", 80);
            client.getOutputStream().write(42);
            return server.accept().getInputStream().read();
        }
        // end
    }
}
