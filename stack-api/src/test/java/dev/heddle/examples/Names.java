package dev.heddle.examples;

import dev.heddle.core.link.Link;
import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;

/** Host names that a stack looks up by itself. */
final class Names {

    private Names() {}

    /** Sends a byte to a host of which a hosts file says that it is the stack itself. */
    static int run(Link link, Path hostsFile) throws IOException {
        // example
        try (NetworkStack stack = NetworkStack.builder()
                .link(link)
                .address("192.0.2.2/24")
                .dns("192.0.2.1")
                .dns("[2001:db8::1]:5353")
                .hosts(hostsFile)
                .build()) {
            ServerSocket server = stack.serverSocketFactory().createServerSocket(80);
            stack.socketFactory()
                    .createSocket("www.example.org", 80)
                    .getOutputStream()
                    .write(42);
            return server.accept().getInputStream().read();
        }
        // end
    }
}
