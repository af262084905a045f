package dev.heddle.examples;

import dev.heddle.core.link.Link;
import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** All sockets of a JVM are a stack's. */
final class WholeJvm {

    private WholeJvm() {}

    /** Sends itself a byte. */
    static int run(Link link) throws IOException {
        // example
        try (NetworkStack stack =
                NetworkStack.builder().link(link).address("192.0.2.2/24").build()) {
            stack.installAsDefault();
            ServerSocket server = new ServerSocket(80);
            new Socket(InetAddress.getLocalHost(), 80).getOutputStream().write(42);
            return server.accept().getInputStream().read();
        }
        // end
    }
}
