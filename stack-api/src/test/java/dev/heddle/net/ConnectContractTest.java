package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.wire.IpAddress;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;

/** Connecting in each state, and every way to fail. */
@SuppressWarnings("try") // what comes after an explicit close is tested
class ConnectContractTest {

    @SocketContract
    void a_port_without_listener_refuses(Network network) throws Exception {
        int port = Ports.unused(network);
        assertFails(
                ConnectException.class,
                "Connection refused",
                () -> network.clients().createSocket(network.serverAddress(), port));
        try (Socket socket = network.clients().createSocket()) {
            assertFails(
                    ConnectException.class,
                    "Connection refused",
                    () -> socket.connect(new InetSocketAddress(network.serverAddress(), port), 10_000));
            assertThat(socket.isClosed()).isTrue();
            assertThat(socket.isConnected()).isFalse();
            assertFails(
                    SocketException.class,
                    "Socket is closed",
                    () -> socket.connect(new InetSocketAddress(network.serverAddress(), port)));
        }
    }

    @SocketContract
    void nobody_listens_on_port_0(Network network) throws Exception {
        assertFails(
                ConnectException.class,
                "Connection refused",
                () -> network.clients().createSocket(network.serverAddress(), 0));
    }

    @SocketContract
    void groups_and_broadcasts_are_no_peers(Network network) throws Exception {
        for (String address : new String[] {"224.0.0.1", "255.255.255.255"}) {
            try (Socket socket = network.clients().createSocket()) {
                assertFails(
                        SocketException.class,
                        "Network is unreachable",
                        () -> socket.connect(new InetSocketAddress(address, 7)));
                assertThat(socket.isClosed()).isTrue();
            }
        }
    }

    @SocketContract
    void a_peer_of_the_other_family_is_out_of_reach_of_a_bound_address(Network network) throws Exception {
        InetAddress ipv4 = InetAddress.getLoopbackAddress();
        InetAddress ipv6 = IpAddress.LOOPBACK_V6.toInetAddress();
        try (Socket fromIpv4 = network.clients().createSocket();
                Socket fromIpv6 = network.clients().createSocket()) {
            fromIpv4.bind(new InetSocketAddress(ipv4, 0));
            assertFails(
                    SocketException.class,
                    "Address family not supported by protocol",
                    () -> fromIpv4.connect(new InetSocketAddress(ipv6, 7)));
            assertThat(fromIpv4.isClosed()).isTrue();
            fromIpv6.bind(new InetSocketAddress(ipv6, 0));
            assertFails(
                    SocketException.class,
                    "Network is unreachable",
                    () -> fromIpv6.connect(new InetSocketAddress(ipv4, 7)));
            assertThat(fromIpv6.isClosed()).isTrue();
        }
    }

    @SocketContract
    void an_unresolved_name_is_an_unknown_host(Network network) throws Exception {
        try (Socket socket = network.clients().createSocket()) {
            assertFails(
                    UnknownHostException.class,
                    "nowhere.invalid",
                    () -> socket.connect(InetSocketAddress.createUnresolved("nowhere.invalid", 80)));
            assertThat(socket.isClosed()).isTrue();
        }
    }

    @SocketContract
    void arguments_that_make_no_sense_leave_the_socket_as_it_was(Network network) throws Exception {
        SocketAddress strange = new SocketAddress() {
            private static final long serialVersionUID = 1;
        };
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket socket = network.clients().createSocket()) {
            assertFails(
                    IllegalArgumentException.class, "connect: The address can't be null", () -> socket.connect(null));
            assertFails(
                    IllegalArgumentException.class,
                    "connect: timeout can't be negative",
                    () -> socket.connect(listener.getLocalSocketAddress(), -1));
            assertFails(IllegalArgumentException.class, "Unsupported address type", () -> socket.connect(strange));
            assertThat(Failures.of(() -> network.clients().createSocket((InetAddress) null, 80)))
                    .isExactlyInstanceOf(NullPointerException.class);
            assertThat(socket.isClosed()).isFalse();
            socket.connect(listener.getLocalSocketAddress(), 0);
            assertThat(socket.isConnected()).isTrue();
        }
    }

    @SocketContract
    void a_connected_socket_does_not_connect_again(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            for (Socket socket : new Socket[] {connection.client(), connection.server()}) {
                assertFails(
                        SocketException.class,
                        "Already connected",
                        () -> socket.connect(connection.listener().getLocalSocketAddress()));
                assertThat(socket.isClosed()).isFalse();
            }
            connection.client().getOutputStream().write(7);
            assertThat(connection.server().getInputStream().read()).isEqualTo(7);
        }
    }

    @SocketContract
    void a_closed_socket_does_not_connect(Network network) throws Exception {
        Socket socket = network.clients().createSocket();
        socket.close();
        assertFails(
                SocketException.class,
                "Socket is closed",
                () -> socket.connect(new InetSocketAddress(network.serverAddress(), 80)));
    }

    @SocketContract
    void a_socket_that_is_not_connected_carries_nothing(Network network) throws Exception {
        try (Socket unbound = network.clients().createSocket();
                Socket bound = network.clients().createSocket()) {
            bound.bind(null);
            for (Socket socket : new Socket[] {unbound, bound}) {
                String words = "Socket is not connected";
                assertFails(SocketException.class, words, socket::getInputStream);
                assertFails(SocketException.class, words, socket::getOutputStream);
                assertFails(SocketException.class, words, socket::shutdownInput);
                assertFails(SocketException.class, words, socket::shutdownOutput);
                assertFails(SocketException.class, "Not connected", () -> socket.sendUrgentData(1));
            }
        }
    }

    @SocketContract
    void connect_times_out_if_nobody_answers_and_closes_the_socket(Network network) throws Exception {
        try (FullListener full = FullListener.open(network);
                Socket socket = network.clients().createSocket()) {
            long start = System.nanoTime();
            assertFails(SocketTimeoutException.class, "Connect timed out", () -> socket.connect(full.address(), 100));
            assertThat(System.nanoTime() - start)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(95).toNanos());
            assertThat(socket.isClosed()).isTrue();
            assertThat(socket.isConnected()).isFalse();
            assertFails(SocketException.class, "Socket is closed", () -> socket.connect(full.address(), 100));
        }
    }

    @SocketContract
    void close_ends_a_blocked_connect(Network network) throws Exception {
        for (int timeoutMillis : new int[] {0, 30_000}) {
            try (FullListener full = FullListener.open(network);
                    Socket socket = network.clients().createSocket()) {
                BlockedCall connect = BlockedCall.start(() -> {
                    socket.connect(full.address(), timeoutMillis);
                    return null;
                });
                socket.close();
                assertThat(connect.failure())
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Socket closed");
                assertThat(socket.isConnected()).isFalse();
                assertFails(SocketException.class, "Socket is closed", () -> socket.connect(full.address()));
            }
        }
    }

    @SocketContract
    void preferences_of_performance_change_nothing(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket();
                Socket client = network.clients().createSocket()) {
            listener.setPerformancePreferences(1, 2, 3);
            client.setPerformancePreferences(-3, 2, 0);
            listener.bind(new InetSocketAddress(network.serverAddress(), 0));
            client.connect(listener.getLocalSocketAddress());
            listener.accept().close();
            client.setPerformancePreferences(0, 0, 0);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }
}
