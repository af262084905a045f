package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;

/** Who may have which address and port, and who may have it after him. */
@SuppressWarnings("try") // what comes after an explicit close is tested
class BindContractTest {

    private static final String IN_USE = "Address already in use";

    @SocketContract
    void a_port_is_bound_once(Network network) throws Exception {
        int port;
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            port = listener.getLocalPort();
            assertFails(
                    BindException.class,
                    IN_USE,
                    () -> network.servers().createServerSocket(port, 50, network.serverAddress()));
        }
        try (ServerSocket next = network.servers().createServerSocket()) {
            next.setReuseAddress(false);
            next.bind(new InetSocketAddress(network.serverAddress(), port));
        }
    }

    @SocketContract
    void one_address_and_every_address_exclude_each_other(Network network) throws Exception {
        try (ServerSocket everywhere = network.servers().createServerSocket(0);
                ServerSocket here = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            assertFails(
                    BindException.class,
                    IN_USE,
                    () -> network.servers().createServerSocket(everywhere.getLocalPort(), 50, network.serverAddress()));
            assertFails(BindException.class, IN_USE, () -> network.servers().createServerSocket(here.getLocalPort()));
        }
    }

    @SocketContract
    void two_addresses_have_their_ports_apart(Network network) throws Exception {
        InetAddress first = InetAddress.getLoopbackAddress();
        InetAddress second = InetAddress.getByName("127.0.0.2");
        try (ServerSocket one = network.servers().createServerSocket(0, 50, first);
                ServerSocket other = network.servers().createServerSocket(one.getLocalPort(), 50, second)) {
            try (Socket client = network.serverSideClients().createSocket(second, one.getLocalPort());
                    Socket accepted = other.accept()) {
                assertThat(accepted.getLocalAddress()).isEqualTo(second);
                assertThat(client.getInetAddress()).isEqualTo(second);
            }
        }
    }

    @SocketContract
    void a_client_cannot_bind_to_a_listeners_port(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket client = network.serverSideClients().createSocket()) {
            client.setReuseAddress(true);
            assertFails(BindException.class, IN_USE, () -> client.bind(listener.getLocalSocketAddress()));
        }
    }

    @SocketContract
    void what_is_bound_but_does_not_listen_is_shared_if_both_allow_it(Network network) throws Exception {
        for (boolean first : new boolean[] {false, true}) {
            for (boolean second : new boolean[] {false, true}) {
                try (Socket bound = boundClient(network, first);
                        Socket another = network.clients().createSocket()) {
                    another.setReuseAddress(second);
                    if (first && second) {
                        another.bind(bound.getLocalSocketAddress());
                        assertThat(another.getLocalSocketAddress()).isEqualTo(bound.getLocalSocketAddress());
                    } else {
                        assertFails(BindException.class, IN_USE, () -> another.bind(bound.getLocalSocketAddress()));
                    }
                }
            }
        }
    }

    private static Socket boundClient(Network network, boolean reuseAddress) throws IOException {
        Socket socket = network.clients().createSocket();
        socket.setReuseAddress(reuseAddress);
        socket.bind(new InetSocketAddress(network.clientAddress(), 0));
        return socket;
    }

    @SocketContract
    void one_can_listen_where_others_are_bound_if_all_allow_it(Network network) throws Exception {
        for (boolean first : new boolean[] {false, true}) {
            for (boolean second : new boolean[] {false, true}) {
                try (Socket bound = network.serverSideClients().createSocket();
                        ServerSocket listener = network.servers().createServerSocket()) {
                    bound.setReuseAddress(first);
                    bound.bind(new InetSocketAddress(network.serverAddress(), 0));
                    listener.setReuseAddress(second);
                    if (first && second) {
                        listener.bind(bound.getLocalSocketAddress());
                    } else {
                        assertFails(BindException.class, IN_USE, () -> listener.bind(bound.getLocalSocketAddress()));
                        assertThat(listener.isBound()).isFalse();
                    }
                }
            }
        }
    }

    @SocketContract
    void a_port_with_connections_is_listened_on_again_only_with_reuse(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                Socket server = listener.accept()) {
            SocketAddress address = listener.getLocalSocketAddress();
            listener.close();
            assertListensAgainOnlyWithReuse(network, address);
            // The server's end closes first, and so waits in TIME-WAIT.
            server.close();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.close();
            assertListensAgainOnlyWithReuse(network, address);
        }
    }

    private static void assertListensAgainOnlyWithReuse(Network network, SocketAddress address) throws IOException {
        try (ServerSocket strict = network.servers().createServerSocket();
                ServerSocket lenient = network.servers().createServerSocket()) {
            strict.setReuseAddress(false);
            assertFails(BindException.class, IN_USE, () -> strict.bind(address));
            assertThat(lenient.getReuseAddress()).isTrue();
            lenient.bind(address);
        }
    }

    @SocketContract
    void a_clients_port_is_bound_again_only_if_both_allow_it(Network network) throws Exception {
        for (boolean first : new boolean[] {false, true}) {
            for (boolean second : new boolean[] {false, true}) {
                try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                        Socket client = boundClient(network, first)) {
                    SocketAddress local = client.getLocalSocketAddress();
                    client.connect(listener.getLocalSocketAddress());
                    Socket server = listener.accept();
                    assertBindsAgain(network, local, second, first && second);
                    client.close();
                    assertThat(server.getInputStream().read()).isEqualTo(-1);
                    server.close();
                    assertBindsAgain(network, local, second, first && second);
                }
            }
        }
    }

    private static void assertBindsAgain(Network network, SocketAddress local, boolean reuse, boolean possible)
            throws IOException {
        try (Socket socket = network.clients().createSocket()) {
            socket.setReuseAddress(reuse);
            if (possible) {
                socket.bind(local);
                assertThat(socket.isBound()).isTrue();
            } else {
                assertFails(BindException.class, IN_USE, () -> socket.bind(local));
            }
        }
    }

    @SocketContract
    void two_connections_of_one_name_cannot_be(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket client = boundClient(network, true);
                Socket another = network.clients().createSocket()) {
            client.connect(listener.getLocalSocketAddress());
            another.setReuseAddress(true);
            another.bind(client.getLocalSocketAddress());
            assertFails(
                    BindException.class,
                    "Cannot assign requested address",
                    () -> another.connect(listener.getLocalSocketAddress()));
            assertThat(another.isClosed()).isTrue();
        }
    }

    @SocketContract
    void a_connection_from_the_port_of_one_that_has_ended_can_be(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            SocketAddress local;
            try (Socket client = boundClient(network, true)) {
                local = client.getLocalSocketAddress();
                client.connect(listener.getLocalSocketAddress());
                Socket server = listener.accept();
                client.close();
                assertThat(server.getInputStream().read()).isEqualTo(-1);
                server.close();
                Connection.awaitArrivals(network);
            }
            try (Socket again = network.clients().createSocket()) {
                again.setReuseAddress(true);
                again.bind(local);
                again.connect(listener.getLocalSocketAddress(), 10_000);
                try (Socket server = listener.accept()) {
                    again.getOutputStream().write(7);
                    assertThat(server.getInputStream().read()).isEqualTo(7);
                }
            }
        }
    }

    @SocketContract
    void ephemeral_ports_differ(Network network) throws Exception {
        Set<Integer> ports = new HashSet<>();
        try (Socket first = boundClient(network, false);
                Socket second = boundClient(network, true);
                ServerSocket third = network.servers().createServerSocket(0);
                ServerSocket fourth = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            for (int port : new int[] {first.getLocalPort(), second.getLocalPort()}) {
                assertThat(port).isGreaterThanOrEqualTo(1024);
                ports.add(port);
            }
            assertThat(ports).hasSize(2);
            assertThat(third.getLocalPort()).isGreaterThanOrEqualTo(1024).isNotEqualTo(fourth.getLocalPort());
        }
    }

    @SocketContract
    void a_foreign_address_cannot_be_bound_and_the_socket_stays_usable(Network network) throws Exception {
        InetSocketAddress foreign = new InetSocketAddress("198.51.100.1", 0);
        try (Socket socket = network.clients().createSocket();
                ServerSocket listener = network.servers().createServerSocket()) {
            assertFails(BindException.class, "Cannot assign requested address", () -> socket.bind(foreign));
            assertThat(socket.isBound()).isFalse();
            assertThat(socket.isClosed()).isFalse();
            assertFails(BindException.class, "Cannot assign requested address", () -> listener.bind(foreign));
            assertThat(listener.isBound()).isFalse();
            assertThat(listener.isClosed()).isFalse();

            socket.bind(null);
            listener.bind(new InetSocketAddress(network.serverAddress(), 0), 0);
            socket.connect(listener.getLocalSocketAddress());
            listener.accept().close();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @SocketContract
    void nobody_binds_twice(Network network) throws Exception {
        SocketAddress any = new InetSocketAddress(0);
        try (Socket socket = network.clients().createSocket();
                ServerSocket listener = network.servers().createServerSocket(0);
                Connection connection = Connection.open(network)) {
            socket.bind(any);
            assertFails(SocketException.class, "Already bound", () -> socket.bind(any));
            assertFails(SocketException.class, "Already bound", () -> listener.bind(any));
            assertFails(SocketException.class, "Already bound", () -> listener.bind(null));
            for (Socket connected : new Socket[] {connection.client(), connection.server()}) {
                assertFails(SocketException.class, "Already bound", () -> connected.bind(any));
            }
        }
    }

    @SocketContract
    void nobody_binds_while_connecting(Network network) throws Exception {
        try (FullListener full = FullListener.open(network);
                Socket socket = network.clients().createSocket()) {
            BlockedCall connect = BlockedCall.start(() -> {
                socket.connect(full.address());
                return null;
            });
            assertFails(SocketException.class, "Invalid argument", () -> socket.bind(null));
            assertThat(socket.isBound()).isFalse();
            assertThat(socket.isClosed()).isFalse();
            socket.close();
            assertThat(connect.failure()).hasMessage("Socket closed");
        }
    }

    @SocketContract
    void an_ipv6_address_of_a_group_or_without_an_interface_cannot_be_bound(Network network) throws Exception {
        for (String address : new String[] {"ff02::1", "ff0e::1", "fe80::1"}) {
            InetSocketAddress local = new InetSocketAddress(address, 0);
            try (Socket socket = network.clients().createSocket();
                    ServerSocket listener = network.servers().createServerSocket()) {
                assertFails(SocketException.class, "Invalid argument", () -> socket.bind(local));
                assertThat(socket.isBound()).isFalse();
                assertFails(SocketException.class, "Invalid argument", () -> listener.bind(local));
                assertThat(listener.isBound()).isFalse();
            }
        }
    }

    @SocketContract
    void nobody_binds_when_closed(Network network) throws Exception {
        Socket socket = network.clients().createSocket();
        socket.close();
        assertFails(SocketException.class, "Socket is closed", () -> socket.bind(null));
        ServerSocket listener = network.servers().createServerSocket();
        listener.close();
        assertFails(SocketException.class, "Socket is closed", () -> listener.bind(null));
    }

    @SocketContract
    void what_is_no_address_of_the_internet_is_refused(Network network) throws Exception {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 0);
        SocketAddress strange = new SocketAddress() {
            private static final long serialVersionUID = 1;
        };
        try (Socket socket = network.clients().createSocket();
                ServerSocket listener = network.servers().createServerSocket()) {
            assertFails(SocketException.class, "Unresolved address", () -> socket.bind(unresolved));
            assertFails(SocketException.class, "Unresolved address", () -> listener.bind(unresolved));
            assertFails(IllegalArgumentException.class, "Unsupported address type", () -> socket.bind(strange));
            assertFails(IllegalArgumentException.class, "Unsupported address type", () -> listener.bind(strange));
            assertThat(socket.isClosed()).isFalse();
            assertThat(listener.isClosed()).isFalse();
        }
    }

    @SocketContract
    void a_port_out_of_range_is_an_illegal_argument(Network network) {
        assertFails(
                IllegalArgumentException.class,
                "Port value out of range: 65536",
                () -> network.servers().createServerSocket(65_536));
        assertFails(
                IllegalArgumentException.class,
                "Port value out of range: -1",
                () -> network.servers().createServerSocket(-1, 1, network.serverAddress()));
        assertFails(
                IllegalArgumentException.class,
                "port out of range:-1",
                () -> network.clients().createSocket(network.serverAddress(), -1));
        assertFails(
                IllegalArgumentException.class,
                "port out of range:65536",
                () -> network.clients().createSocket(network.serverAddress(), 80, null, 65_536));
    }

    @SocketContract
    void a_factory_binds_before_it_connects(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 0, network.serverAddress());
                Socket free = boundClient(network, false)) {
            int port = free.getLocalPort();
            free.close();
            try (Socket client = network.clients()
                            .createSocket(
                                    network.serverAddress(), listener.getLocalPort(), network.clientAddress(), port);
                    Socket server = listener.accept()) {
                assertThat(server.getPort()).isEqualTo(port);
                assertThat(client.getLocalAddress()).isEqualTo(network.clientAddress());
            }
            assertFails(
                    BindException.class,
                    "Cannot assign requested address",
                    () -> network.clients()
                            .createSocket(
                                    network.serverAddress(),
                                    listener.getLocalPort(),
                                    InetAddress.getByName("198.51.100.1"),
                                    0));
        }
    }
}
