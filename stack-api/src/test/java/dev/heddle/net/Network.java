package dev.heddle.net;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/** A client's host and a server's host that reach each other. The JDK's own sockets are the reference for ours. */
interface Network extends AutoCloseable {

    enum Kind {
        JDK {
            @Override
            Network open() {
                return new Loopback();
            }
        },
        HEDDLE_IPV4 {
            @Override
            Network open() {
                return new TwoStacks("192.0.2.1", "192.0.2.2", 24, LinkCapabilities.plain(1500));
            }
        },
        HEDDLE_IPV6_OFFLOADING {
            @Override
            Network open() {
                return new TwoStacks("2001:db8::1", "2001:db8::2", 64, new LinkCapabilities(1500, 65_535, true));
            }
        };

        abstract Network open();
    }

    SocketFactory clients();

    ServerSocketFactory servers();

    InetAddress serverAddress() throws IOException;

    @Override
    void close();

    /** The kernel's loopback interface. */
    record Loopback() implements Network {
        @Override
        public SocketFactory clients() {
            return SocketFactory.getDefault();
        }

        @Override
        public ServerSocketFactory servers() {
            return ServerSocketFactory.getDefault();
        }

        @Override
        public InetAddress serverAddress() throws IOException {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public void close() {}
    }

    /** Two stacks at the ends of a cable in memory. */
    final class TwoStacks implements Network {

        private final String serverAddress;
        final MemoryLink.Pair cable;
        final NetworkStack client;
        final NetworkStack server;

        TwoStacks(String clientAddress, String serverAddress, int prefix, LinkCapabilities capabilities) {
            this.serverAddress = serverAddress;
            cable = MemoryLink.pair("client", "server", capabilities, Clock.system());
            client = NetworkStack.builder()
                    .link(cable.a())
                    .address(clientAddress + "/" + prefix)
                    .build();
            server = NetworkStack.builder()
                    .link(cable.b())
                    .address(serverAddress + "/" + prefix)
                    .build();
        }

        static TwoStacks ipv4() {
            return new TwoStacks("192.0.2.1", "192.0.2.2", 24, LinkCapabilities.plain(1500));
        }

        @Override
        public SocketFactory clients() {
            return client.socketFactory();
        }

        @Override
        public ServerSocketFactory servers() {
            return server.serverSocketFactory();
        }

        @Override
        public InetAddress serverAddress() throws IOException {
            return InetAddress.getByName(serverAddress);
        }

        @Override
        public void close() {
            client.close(Duration.ZERO);
            server.close(Duration.ZERO);
        }
    }
}
