package dev.heddle.net;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** A client's host and a server's host that reach each other. The JDK's own sockets are the reference for ours. */
interface Network extends AutoCloseable {

    /** Whether the JVM's own sockets are those of an installed stack: then the same cases are asked of these. */
    boolean WHOLE_JVM = Boolean.getBoolean("heddle.wholeJvm");

    enum Kind {
        JDK {
            @Override
            Network open() {
                return WHOLE_JVM ? new DefaultStackLoopback() : new Loopback();
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

        /**
         * Whether a datagram socket is one that the JDK builds around an implementation: it keeps names and states in an old
         * way of its own, which differs from that of its newer sockets.
         */
        boolean hasOldDatagramSockets() {
            return this == JDK && WHOLE_JVM;
        }

        /** What datagram sockets say, where the JDK's old ones have other words for it. */
        String words(String usual, String old) {
            return hasOldDatagramSockets() ? old : usual;
        }

        /** The exception of datagram sockets, where the JDK's old ones have another. */
        Class<?> exception(Class<?> usual, Class<?> old) {
            return hasOldDatagramSockets() ? old : usual;
        }
    }

    SocketFactory clients();

    ServerSocketFactory servers();

    /** Makes client sockets on the server's host. */
    SocketFactory serverSideClients();

    InetAddress serverAddress() throws IOException;

    /** A datagram socket of the client's, bound to an address, or not if there is none. */
    DatagramSocket clientDatagrams(@Nullable SocketAddress local) throws SocketException;

    /** A datagram socket of the server's. */
    DatagramSocket serverDatagrams(@Nullable SocketAddress local) throws SocketException;

    InetAddress clientAddress() throws IOException;

    /** Whether {@code new Socket()} makes sockets of this network. */
    default boolean isOfTheJvm() {
        return false;
    }

    /** Whether the sockets are ours; a case asks this only where the two differ and a row of the documentation says so. */
    boolean isHeddles();

    @Override
    void close();

    /** The sockets that the JVM makes, which reach each other by the loopback interface. */
    interface JvmSockets extends Network {

        @Override
        default SocketFactory clients() {
            return SocketFactory.getDefault();
        }

        @Override
        default ServerSocketFactory servers() {
            return ServerSocketFactory.getDefault();
        }

        @Override
        default SocketFactory serverSideClients() {
            return clients();
        }

        @Override
        default InetAddress serverAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        default DatagramSocket clientDatagrams(@Nullable SocketAddress local) throws SocketException {
            return new DatagramSocket(local);
        }

        @Override
        default DatagramSocket serverDatagrams(@Nullable SocketAddress local) throws SocketException {
            return new DatagramSocket(local);
        }

        @Override
        default InetAddress clientAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        default boolean isOfTheJvm() {
            return true;
        }
    }

    /** The kernel's loopback interface. */
    record Loopback() implements JvmSockets {

        @Override
        public boolean isHeddles() {
            return false;
        }

        @Override
        public void close() {}
    }

    /** The loopback interface of a stack that is the JVM's default. */
    final class DefaultStackLoopback implements JvmSockets {

        private final OneStack one = new OneStack();
        final NetworkStack stack = one.stack();

        DefaultStackLoopback() {
            stack.installAsDefault();
        }

        @Override
        public boolean isHeddles() {
            return true;
        }

        @Override
        public void close() {
            one.close();
        }
    }

    /** Two stacks at the ends of a cable in memory. */
    final class TwoStacks implements Network {

        private final String clientAddress;
        private final String serverAddress;
        final MemoryLink.Pair cable;
        final NetworkStack client;
        final NetworkStack server;

        TwoStacks(String clientAddress, String serverAddress, int prefix, LinkCapabilities capabilities) {
            this.clientAddress = clientAddress;
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
        public SocketFactory serverSideClients() {
            return server.socketFactory();
        }

        @Override
        public InetAddress serverAddress() throws IOException {
            return InetAddress.getByName(serverAddress);
        }

        @Override
        public DatagramSocket clientDatagrams(@Nullable SocketAddress local) throws SocketException {
            return client.datagramSocketFactory().createDatagramSocket(local);
        }

        @Override
        public DatagramSocket serverDatagrams(@Nullable SocketAddress local) throws SocketException {
            return server.datagramSocketFactory().createDatagramSocket(local);
        }

        @Override
        public InetAddress clientAddress() throws IOException {
            return InetAddress.getByName(clientAddress);
        }

        @Override
        public boolean isHeddles() {
            return true;
        }

        @Override
        public void close() {
            client.close(Duration.ZERO);
            server.close(Duration.ZERO);
        }
    }
}
