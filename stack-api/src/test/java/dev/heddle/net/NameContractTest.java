package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.assertj.core.api.InstanceOfAssertFactories;

/** What a socket says of its names and its state, from its making to after its end. */
@SuppressWarnings("try") // what comes after an explicit close is tested
class NameContractTest {

    @SocketContract
    void a_socket_knows_its_addresses_before_and_after(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket client = network.clients().createSocket()) {
            assertUnconnected(client);
            assertUnbound(client);

            client.bind(new InetSocketAddress(0));
            int localPort = client.getLocalPort();
            assertThat(localPort).isPositive();
            assertThat(client.getLocalAddress().isAnyLocalAddress()).isTrue();
            assertThat(client.getLocalSocketAddress())
                    .isEqualTo(new InetSocketAddress(client.getLocalAddress(), localPort));
            assertThat(client.isBound()).isTrue();
            assertUnconnected(client);

            client.connect(new InetSocketAddress(network.serverAddress(), listener.getLocalPort()));
            assertThat(client.isConnected()).isTrue();
            assertThat(client.isBound()).isTrue();
            assertThat(client.isClosed()).isFalse();
            assertThat(client.getInetAddress()).isEqualTo(network.serverAddress());
            assertThat(client.getPort()).isEqualTo(listener.getLocalPort());
            assertThat(client.getRemoteSocketAddress())
                    .isEqualTo(new InetSocketAddress(network.serverAddress(), listener.getLocalPort()));
            assertThat(client.getLocalPort()).isEqualTo(localPort);
            InetAddress localAddress = client.getLocalAddress();
            assertThat(localAddress).isEqualTo(network.clientAddress());

            Socket server = listener.accept();
            assertThat(server.isConnected()).isTrue();
            assertThat(server.isBound()).isTrue();
            assertThat(server.getRemoteSocketAddress()).isEqualTo(client.getLocalSocketAddress());
            assertThat(server.getLocalSocketAddress()).isEqualTo(client.getRemoteSocketAddress());
            String name = "Socket[addr=/" + localAddress.getHostAddress() + ",port=" + localPort + ",localport="
                    + listener.getLocalPort() + "]";
            assertThat(server).hasToString(name);

            server.close();
            assertThat(server.isClosed()).isTrue();
            assertThat(server.isConnected()).isTrue();
            assertThat(server.isBound()).isTrue();
            assertThat(server.getInetAddress()).isEqualTo(localAddress);
            assertThat(server.getPort()).isEqualTo(localPort);
            assertThat(server.getRemoteSocketAddress()).isEqualTo(client.getLocalSocketAddress());
            assertThat(server.getLocalPort()).isEqualTo(listener.getLocalPort());
            assertThat(server.getLocalAddress().isAnyLocalAddress()).isTrue();
            assertThat(server).hasToString(name);
        }
    }

    private static void assertUnbound(Socket socket) {
        assertThat(socket.isBound()).isFalse();
        assertThat(socket.getLocalAddress().isAnyLocalAddress()).isTrue();
        assertThat(socket.getLocalPort()).isEqualTo(-1);
        assertThat(socket.getLocalSocketAddress()).isNull();
    }

    private static void assertUnconnected(Socket socket) {
        assertThat(socket.isConnected()).isFalse();
        assertThat(socket.getInetAddress()).isNull();
        assertThat(socket.getPort()).isZero();
        assertThat(socket.getRemoteSocketAddress()).isNull();
        assertThat(socket.isInputShutdown()).isFalse();
        assertThat(socket.isOutputShutdown()).isFalse();
        assertThat(socket.getChannel()).isNull();
        assertThat(socket).hasToString("Socket[unconnected]");
    }

    @SocketContract
    void a_socket_that_was_never_used_is_closed_without_names(Network network) throws Exception {
        Socket socket = network.clients().createSocket();
        socket.close();
        assertThat(socket.isClosed()).isTrue();
        assertUnconnected(socket);
        assertUnbound(socket);
        assertThat(socket.supportedOptions()).isEmpty();
    }

    @SocketContract
    void a_socket_that_is_bound_and_closed_keeps_its_port(Network network) throws Exception {
        Socket socket = network.clients().createSocket();
        socket.bind(new InetSocketAddress(network.clientAddress(), 0));
        int port = socket.getLocalPort();
        assertThat(socket.getLocalAddress()).isEqualTo(network.clientAddress());
        socket.close();
        assertThat(socket.isBound()).isTrue();
        assertThat(socket.getLocalPort()).isEqualTo(port);
        assertThat(socket.getLocalAddress().isAnyLocalAddress()).isTrue();
        assertUnconnected(socket);
    }

    @SocketContract
    void a_connection_that_is_refused_leaves_the_names_of_before(Network network) throws Exception {
        int nobodys = Ports.unused(network);
        try (Socket unbound = network.clients().createSocket();
                Socket bound = network.clients().createSocket()) {
            bound.bind(new InetSocketAddress(network.clientAddress(), 0));
            int port = bound.getLocalPort();
            for (Socket socket : new Socket[] {unbound, bound}) {
                assertThat(Failures.of(() -> socket.connect(new InetSocketAddress(network.serverAddress(), nobodys))))
                        .hasMessage("Connection refused");
                assertThat(socket.isClosed()).isTrue();
                assertUnconnected(socket);
            }
            assertUnbound(unbound);
            assertThat(bound.isBound()).isTrue();
            assertThat(bound.getLocalPort()).isEqualTo(port);
            assertThat(bound.getLocalAddress().isAnyLocalAddress()).isTrue();
        }
    }

    @SocketContract
    void a_socket_that_is_connecting_has_no_names_yet(Network network) throws Exception {
        try (FullListener full = FullListener.open(network);
                Socket socket = network.clients().createSocket()) {
            BlockedCall connect = BlockedCall.start(() -> {
                socket.connect(full.address());
                return null;
            });
            assertUnconnected(socket);
            assertUnbound(socket);
            assertThat(socket.isClosed()).isFalse();
            socket.close();
            assertThat(connect.failure()).hasMessage("Socket closed");
            assertUnconnected(socket);
        }
    }

    @SocketContract
    void a_listener_knows_its_address(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket()) {
            assertThat(listener.isBound()).isFalse();
            assertThat(listener.getLocalPort()).isEqualTo(-1);
            assertThat(listener.getInetAddress()).isNull();
            assertThat(listener.getLocalSocketAddress()).isNull();
            assertThat(listener.getChannel()).isNull();
            assertThat(listener).hasToString("ServerSocket[unbound]");
            InetAddress address = network.serverAddress();
            listener.bind(new InetSocketAddress(address, 0));
            int port = listener.getLocalPort();
            assertThat(port).isPositive();
            for (boolean closed : new boolean[] {false, true}) {
                if (closed) {
                    listener.close();
                }
                assertThat(listener.isClosed()).isEqualTo(closed);
                assertThat(listener.isBound()).isTrue();
                assertThat(listener.getInetAddress()).isEqualTo(address);
                assertThat(listener.getLocalPort()).isEqualTo(port);
                assertThat(listener.getLocalSocketAddress()).isEqualTo(new InetSocketAddress(address, port));
                assertThat(listener).hasToString("ServerSocket[addr=" + address + ",localport=" + port + "]");
            }
        }
    }

    @SocketContract
    void a_listener_that_was_never_bound_is_closed_without_names(Network network) throws Exception {
        ServerSocket listener = network.servers().createServerSocket();
        listener.close();
        assertThat(listener.isClosed()).isTrue();
        assertThat(listener.isBound()).isFalse();
        assertThat(listener.getLocalSocketAddress()).isNull();
        assertThat(listener).hasToString("ServerSocket[unbound]");
    }

    @SocketContract
    void a_wildcard_listener_accepts_what_comes_to_any_address(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0);
                Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                Socket server = listener.accept()) {
            assertThat(listener.getInetAddress().isAnyLocalAddress()).isTrue();
            assertThat(server.getLocalAddress()).isEqualTo(network.serverAddress());
            assertThat(client.getInetAddress()).isEqualTo(network.serverAddress());
        }
    }

    @SocketContract
    void the_wildcard_of_either_family_means_both(Network network) throws Exception {
        for (String wildcard : new String[] {"0.0.0.0", "::"}) {
            InetAddress any = InetAddress.getByName(wildcard);
            try (ServerSocket listener = network.servers().createServerSocket(0, 50, any)) {
                assertThat(listener.getInetAddress()).isEqualTo(any);
                for (String loopback : new String[] {"127.0.0.1", "::1"}) {
                    InetAddress address = InetAddress.getByName(loopback);
                    try (Socket client = network.serverSideClients().createSocket(address, listener.getLocalPort());
                            Socket server = listener.accept()) {
                        assertThat(server.getLocalAddress()).isEqualTo(address);
                        assertThat(server.getInetAddress()).isEqualTo(address);
                        assertThat(client.getLocalAddress()).isEqualTo(address);
                    }
                }
            }
        }
    }

    @SocketContract
    void the_wildcard_as_a_peer_is_this_host(Network network) throws Exception {
        for (String wildcard : new String[] {"0.0.0.0", "::"}) {
            try (ServerSocket listener = network.servers().createServerSocket(0);
                    Socket client = network.serverSideClients().createSocket()) {
                client.connect(new InetSocketAddress(InetAddress.getByName(wildcard), listener.getLocalPort()));
                try (Socket server = listener.accept()) {
                    assertThat(client.getInetAddress().isAnyLocalAddress()).isFalse();
                    assertThat(client.getInetAddress()).isEqualTo(server.getLocalAddress());
                    assertThat(client.getLocalAddress()).isEqualTo(server.getInetAddress());
                }
            }
        }
    }

    @SocketContract
    void no_name_means_this_host(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0);
                Socket client = network.serverSideClients().createSocket((String) null, listener.getLocalPort());
                Socket server = listener.accept()) {
            assertThat(client.getInetAddress().isLoopbackAddress()).isTrue();
            assertThat(server.getInetAddress().isLoopbackAddress()).isTrue();
        }
    }

    @SocketContract
    void a_peer_is_called_by_the_name_that_it_was_sought_by(Network network) throws Exception {
        InetAddress named = InetAddress.getByAddress(
                "server.example", network.serverAddress().getAddress());
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket client = network.clients().createSocket(named, listener.getLocalPort());
                Socket server = listener.accept()) {
            assertThat(client.getInetAddress().getHostName()).isEqualTo("server.example");
            assertThat(client.toString()).startsWith("Socket[addr=server.example/");
            assertThat(server.getRemoteSocketAddress())
                    .asInstanceOf(InstanceOfAssertFactories.type(InetSocketAddress.class))
                    .extracting(InetSocketAddress::getPort)
                    .isEqualTo(client.getLocalPort());
        }
    }
}
