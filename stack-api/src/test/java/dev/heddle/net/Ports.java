package dev.heddle.net;

import java.io.IOException;
import java.net.ServerSocket;

/** Ports of a network's server. */
final class Ports {

    private Ports() {}

    /** One that nobody listens on. */
    static int unused(Network network) throws IOException {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            return listener.getLocalPort();
        }
    }
}
