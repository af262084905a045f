package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which addresses and ports a socket says it has, and which it refuses. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AddressTest {

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_socket_knows_its_addresses_before_and_after(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket client = network.clients().createSocket()) {
            assertThat(client.getLocalAddress().isAnyLocalAddress()).isTrue();
            assertThat(client.getLocalPort()).isEqualTo(-1);
            assertThat(client.getInetAddress()).isNull();
            assertThat(client.getPort()).isZero();
            assertThat(client).hasToString("Socket[unconnected]");

            client.bind(new InetSocketAddress(0));
            int localPort = client.getLocalPort();
            assertThat(localPort).isPositive();
            assertThat(client.getLocalAddress().isAnyLocalAddress()).isTrue();

            client.connect(new InetSocketAddress(network.serverAddress(), listener.getLocalPort()));
            assertThat(client.getInetAddress()).isEqualTo(network.serverAddress());
            assertThat(client.getPort()).isEqualTo(listener.getLocalPort());
            assertThat(client.getLocalPort()).isEqualTo(localPort);
            InetAddress localAddress = client.getLocalAddress();
            assertThat(localAddress.isAnyLocalAddress()).isFalse();

            Socket server = listener.accept();
            assertThat(server.getRemoteSocketAddress()).isEqualTo(client.getLocalSocketAddress());
            assertThat(server.getLocalSocketAddress()).isEqualTo(client.getRemoteSocketAddress());
            assertThat(server)
                    .hasToString("Socket[addr=" + localAddress + ",port=" + localPort + ",localport="
                            + listener.getLocalPort() + "]");

            server.close();
            assertThat(server.getInetAddress()).isEqualTo(localAddress);
            assertThat(server.getPort()).isEqualTo(localPort);
            assertThat(server.getLocalPort()).isEqualTo(listener.getLocalPort());
            assertThat(server.getLocalAddress().isAnyLocalAddress()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_listener_knows_its_address(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket()) {
            assertThat(listener.getLocalPort()).isEqualTo(-1);
            assertThat(listener.getInetAddress()).isNull();
            assertThatThrownBy(listener::accept)
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket is not bound yet");
            listener.bind(new InetSocketAddress(network.serverAddress(), 0));
            assertThat(listener.getInetAddress()).isEqualTo(network.serverAddress());
            assertThat(listener.getLocalPort()).isPositive();
            assertThatThrownBy(() -> listener.bind(null))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Already bound");
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_wildcard_listener_accepts_what_comes_to_any_address(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0);
                Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                Socket server = listener.accept()) {
            assertThat(listener.getInetAddress().isAnyLocalAddress()).isTrue();
            assertThat(server.getLocalAddress()).isEqualTo(network.serverAddress());
            assertThat(client.getInetAddress()).isEqualTo(network.serverAddress());
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    @SuppressWarnings("try") // the close is what is tested
    void a_port_is_bound_once(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            assertThatThrownBy(() ->
                            network.servers().createServerSocket(listener.getLocalPort(), 50, network.serverAddress()))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessageStartingWith("Address already in use");
            int port = listener.getLocalPort();
            listener.close();
            network.servers()
                    .createServerSocket(port, 50, network.serverAddress())
                    .close();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_foreign_address_cannot_be_bound(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Socket socket = network.clients().createSocket()) {
            assertThatThrownBy(() -> socket.bind(new InetSocketAddress("198.51.100.1", 0)))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessageStartingWith("Cannot assign requested address");
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void an_unresolved_name_is_an_unknown_host(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Socket socket = network.clients().createSocket()) {
            assertThatThrownBy(() -> socket.connect(InetSocketAddress.createUnresolved("nowhere.invalid", 80)))
                    .isExactlyInstanceOf(UnknownHostException.class)
                    .hasMessage("nowhere.invalid");
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_port_out_of_range_is_an_illegal_argument(Network.Kind kind) throws Exception {
        try (Network network = kind.open()) {
            assertThatThrownBy(() -> network.servers().createServerSocket(65_536))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> network.clients().createSocket(network.serverAddress(), -1))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_connected_socket_does_not_connect_again(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            assertThatThrownBy(() ->
                            connection.client().connect(connection.client().getRemoteSocketAddress()))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Already connected");
        }
    }

    @Test
    void an_address_without_route_is_unreachable() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                Socket socket = network.clients().createSocket()) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress("198.51.100.1", 80)))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Network is unreachable");
        }
    }

    @Test
    void a_gateway_off_every_link_is_refused_and_the_link_is_closed() {
        MemoryLink.Pair cable = MemoryLink.pair("a", "b", LinkCapabilities.plain(1500), Clock.system());
        NetworkStackBuilder builder =
                NetworkStack.builder().link(cable.a()).address("192.0.2.9/24").defaultGateway("198.51.100.1");
        assertThatThrownBy(builder::build)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("gateway 198.51.100.1 is on no link's network");
        assertThatThrownBy(() -> cable.a().awaitWork(0)).isExactlyInstanceOf(LinkDownException.class);
        cable.close();
    }
}
