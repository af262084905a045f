package dev.heddle.net;

import static dev.heddle.net.DatagramPair.buffer;
import static dev.heddle.net.DatagramPair.expect;
import static dev.heddle.net.DatagramPair.on;
import static dev.heddle.net.DatagramPair.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names of datagram sockets: bound, connected, closed, and what is refused. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatagramNameTest {

    private static final String EVERYWHERE = "dev.heddle.net.DatagramPair#everywhere";

    private static final SocketAddress ODD = new SocketAddress() {
        private static final long serialVersionUID = 1;
    };

    private static final InetSocketAddress UNRESOLVED = InetSocketAddress.createUnresolved("nowhere.invalid", 1);

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_socket_knows_its_names_from_beginning_to_end(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        on(kind, threads, (network, pair) -> {
            DatagramSocket socket = network.clientDatagrams(null);
            assertThat(socket.isBound()).isFalse();
            assertThat(socket.getLocalSocketAddress()).isNull();
            assertThat(socket.getLocalAddress()).isEqualTo(InetAddress.getByName("0.0.0.0"));
            assertThat(socket.getLocalPort()).isZero();
            assertUnconnected(socket);

            socket.bind(null);
            int port = socket.getLocalPort();
            assertThat(socket.isBound()).isTrue();
            assertThat(port).isPositive();
            assertThat(socket.getLocalAddress()).isEqualTo(wildcard(kind));
            assertThat(socket.getLocalSocketAddress()).isEqualTo(new InetSocketAddress(wildcard(kind), port));
            assertUnconnected(socket);

            socket.connect(pair.serverName());
            assertThat(socket.getLocalSocketAddress()).isEqualTo(new InetSocketAddress(network.clientAddress(), port));
            assertThat(socket.getLocalAddress()).isEqualTo(network.clientAddress());
            assertConnected(socket, pair.serverName());

            socket.disconnect();
            assertThat(socket.getLocalSocketAddress()).isEqualTo(new InetSocketAddress(wildcard(kind), port));
            assertUnconnected(socket);

            socket.connect(network.serverAddress(), pair.serverName().getPort());
            socket.close();
            assertThat(socket.isClosed()).isTrue();
            assertThat(socket.isBound()).isTrue();
            assertThat(socket.getLocalSocketAddress()).isNull();
            assertThat(socket.getLocalAddress()).isNull();
            assertThat(socket.getLocalPort()).isEqualTo(-1);
            assertConnected(socket, pair.serverName());
        });
    }

    /** What is thrown for an address of no kind that anybody knows. */
    private static Class<?> refusal(Network.Kind kind) {
        return kind.exception(UnsupportedAddressTypeException.class, IllegalArgumentException.class);
    }

    /** How a socket of all addresses calls its own. */
    private static InetAddress wildcard(Network.Kind kind) throws UnknownHostException {
        return InetAddress.getByName(kind.words("::", "0.0.0.0"));
    }

    private static void assertUnconnected(DatagramSocket socket) {
        assertThat(socket.isConnected()).isFalse();
        assertThat(socket.getInetAddress()).isNull();
        assertThat(socket.getPort()).isEqualTo(-1);
        assertThat(socket.getRemoteSocketAddress()).isNull();
        assertThat(socket.getChannel()).isNull();
    }

    private static void assertConnected(DatagramSocket socket, InetSocketAddress peer) {
        assertThat(socket.isConnected()).isTrue();
        assertThat(socket.getInetAddress()).isEqualTo(peer.getAddress());
        assertThat(socket.getPort()).isEqualTo(peer.getPort());
        assertThat(socket.getRemoteSocketAddress()).isEqualTo(peer);
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void who_has_not_bound_is_bound_by_the_first_call_that_needs_it(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        on(kind, threads, (network, pair) -> {
            try (DatagramSocket sender = network.clientDatagrams(null);
                    DatagramSocket receiver = network.clientDatagrams(null);
                    DatagramSocket connected = network.clientDatagrams(null)) {
                sender.send(to(pair.serverName(), (byte) 1));
                DatagramPacket packet = buffer(1);
                pair.server().receive(packet);
                assertThat(packet.getPort()).isEqualTo(sender.getLocalPort());
                assertThat(packet.getAddress()).isEqualTo(network.clientAddress());
                assertThat(sender.getLocalAddress().isAnyLocalAddress()).isTrue();
                receiver.setSoTimeout(1);
                assertThatThrownBy(() -> receiver.receive(packet)).isExactlyInstanceOf(SocketTimeoutException.class);
                assertThat(receiver.getLocalPort()).isPositive();
                connected.connect(pair.serverName());
                assertThat(connected.getLocalPort()).isPositive();
                for (DatagramSocket socket : new DatagramSocket[] {sender, receiver, connected}) {
                    assertThat(socket.isBound()).isTrue();
                    assertThatThrownBy(() -> socket.bind(null))
                            .isExactlyInstanceOf(SocketException.class)
                            .hasMessage(kind.words("Already bound", "already bound"));
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_wildcard_socket_hears_what_comes_to_any_address(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        on(kind, threads, (network, pair) -> {
            for (String wildcard : new String[] {"0.0.0.0", "::"}) {
                try (DatagramSocket anywhere = network.serverDatagrams(new InetSocketAddress(wildcard, 0))) {
                    anywhere.setSoTimeout(10_000);
                    assertThat(anywhere.getLocalAddress()).isEqualTo(wildcard(kind));
                    pair.client()
                            .send(to(
                                    new InetSocketAddress(network.serverAddress(), anywhere.getLocalPort()), (byte) 1));
                    expect(anywhere, (byte) 1);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void the_wildcard_as_a_peer_is_this_host(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            try (DatagramSocket here = network.serverDatagrams(new InetSocketAddress(0));
                    DatagramSocket connected = network.serverDatagrams(null)) {
                here.setSoTimeout(10_000);
                for (String wildcard : new String[] {"0.0.0.0", "::"}) {
                    InetSocketAddress peer = new InetSocketAddress(wildcard, here.getLocalPort());
                    connected.connect(peer);
                    assertThat(connected.getRemoteSocketAddress()).isEqualTo(peer);
                    assertThat(connected.getLocalAddress()).isEqualTo(InetAddress.getAllByName("::1")[0]);
                    connected.send(new DatagramPacket(new byte[] {1}, 1));
                    expect(here, (byte) 1);
                    connected.disconnect();
                    connected.send(to(peer, (byte) 2));
                    expect(here, (byte) 2);
                }
            }
        });
    }

    /** Which of its addresses, follows from the socket's own. */
    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void the_wildcard_as_a_peer_is_this_hosts_loopback_of_ones_own_family(
            Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            String ipv4 = "127.0.0.1";
            String ipv6 = "0:0:0:0:0:0:0:1";
            for (String[] way : new String[][] {
                {ipv4, "0.0.0.0", ipv4, ipv4},
                {ipv4, "::", ipv4, ipv4},
                {ipv6, "::", ipv6, ipv6},
                {"::", "0.0.0.0", ipv4, ipv6},
                {"0.0.0.0", "::", ipv6, ipv6}
            }) {
                assertThat(senderSeen(network, way[0], way[1], false))
                        .as(way[0] + " sends")
                        .isEqualTo(way[2]);
                assertThat(senderSeen(network, way[0], way[1], true))
                        .as(way[0] + " is connected")
                        .isEqualTo(way[3]);
            }
        });
    }

    private static String senderSeen(Network network, String own, String wildcard, boolean connected) throws Exception {
        try (DatagramSocket receiver = network.clientDatagrams(new InetSocketAddress(0));
                DatagramSocket sender = network.clientDatagrams(new InetSocketAddress(own, 0))) {
            receiver.setSoTimeout(10_000);
            InetSocketAddress target = new InetSocketAddress(wildcard, receiver.getLocalPort());
            if (connected) {
                sender.connect(target);
                sender.send(new DatagramPacket(new byte[] {1}, 1));
            } else {
                sender.send(to(target, (byte) 1));
            }
            DatagramPacket packet = buffer(1);
            receiver.receive(packet);
            return packet.getAddress().getHostAddress();
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_peer_of_another_family_than_ones_own_address_is_refused(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        on(kind, threads, (network, pair) -> {
            for (String[] way : new String[][] {
                {"127.0.0.1", "::1", "Address family not supported by protocol"},
                {"::1", "127.0.0.1", "Network is unreachable"}
            }) {
                try (DatagramSocket socket = network.clientDatagrams(new InetSocketAddress(way[0], 0))) {
                    InetSocketAddress peer = new InetSocketAddress(way[1], 4000);
                    assertThatThrownBy(() -> socket.send(to(peer, (byte) 1)))
                            .isExactlyInstanceOf(SocketException.class)
                            .hasMessage(way[2]);
                    assertThatThrownBy(() -> socket.connect(peer))
                            .isExactlyInstanceOf(SocketException.class)
                            .hasMessage(way[2]);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void who_cannot_send_to_port_0_is_bound_all_the_same(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        on(kind, threads, (network, pair) -> {
            try (DatagramSocket socket = network.clientDatagrams(null)) {
                assertThatThrownBy(() -> socket.send(new DatagramPacket(new byte[1], 1)))
                        .isExactlyInstanceOf(IllegalArgumentException.class)
                        .hasMessage("Address not set");
                assertThat(socket.isBound()).isFalse();
                assertThatThrownBy(() -> socket.send(to(new InetSocketAddress(network.serverAddress(), 0), (byte) 1)))
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Can't send to port 0");
                assertThat(socket.isBound()).isEqualTo(!kind.hasOldDatagramSockets());
            }
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_port_is_bound_once_unless_both_allow_it(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            InetSocketAddress taken = pair.serverName();
            assertThatThrownBy(() -> network.serverDatagrams(taken))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessage("Address already in use");
            assertThatThrownBy(() -> network.serverDatagrams(new InetSocketAddress(taken.getPort())))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessage("Address already in use");
            pair.server().close();
            try (DatagramSocket first = network.serverDatagrams(null);
                    DatagramSocket second = network.serverDatagrams(null);
                    DatagramSocket third = network.serverDatagrams(null)) {
                first.setReuseAddress(true);
                first.bind(taken);
                assertThatThrownBy(() -> second.bind(taken))
                        .isExactlyInstanceOf(BindException.class)
                        .hasMessage("Address already in use");
                assertThat(second.isBound()).isFalse();
                third.setReuseAddress(true);
                third.setSoTimeout(10_000);
                third.bind(taken);
                pair.client().send(to(taken, (byte) 1));
                expect(third, (byte) 1);
            }
            // Everybody has given it back.
            network.serverDatagrams(taken).close();
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void what_cannot_be_bound_is_refused(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            try (DatagramSocket socket = network.clientDatagrams(null)) {
                assertThatThrownBy(() -> socket.bind(new InetSocketAddress("203.0.113.1", 0)))
                        .isExactlyInstanceOf(BindException.class)
                        .hasMessage("Cannot assign requested address");
                assertThatThrownBy(() -> socket.bind(UNRESOLVED))
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Unresolved address");
                assertThatThrownBy(() -> socket.bind(ODD)).isExactlyInstanceOf(refusal(kind));
                assertThat(socket.isBound()).isFalse();
                socket.bind(new InetSocketAddress(network.clientAddress(), 0));
                assertThat(socket.getLocalAddress()).isEqualTo(network.clientAddress());
                assertThatThrownBy(() -> socket.bind(ODD))
                        .isExactlyInstanceOf(
                                kind.exception(UnsupportedAddressTypeException.class, SocketException.class));
            }
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void what_cannot_be_a_peer_is_refused(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            try (DatagramSocket socket = network.clientDatagrams(null)) {
                InetAddress peer = network.serverAddress();
                assertThatThrownBy(() -> socket.connect(null))
                        .isExactlyInstanceOf(IllegalArgumentException.class)
                        .hasMessage("Address can't be null");
                assertThatThrownBy(() -> socket.connect(null, 1))
                        .isExactlyInstanceOf(IllegalArgumentException.class)
                        .hasMessage(kind.words("Address can't be null", "connect: null address"));
                assertThatThrownBy(() -> socket.connect(peer, 65_536))
                        .isExactlyInstanceOf(IllegalArgumentException.class)
                        .hasMessage(kind.words("port out of range:65536", "connect: 65536"));
                assertThatThrownBy(() -> socket.connect(peer, 0))
                        .isExactlyInstanceOf(UncheckedIOException.class)
                        .cause()
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Can't connect to port 0");
                assertThatThrownBy(() -> socket.connect(new InetSocketAddress(peer, 0)))
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Can't connect to port 0");
                assertThatThrownBy(() -> socket.connect(UNRESOLVED))
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Unresolved address");
                assertThatThrownBy(() -> socket.connect(ODD)).isExactlyInstanceOf(refusal(kind));
                assertThat(socket.isBound()).isFalse();
                assertUnconnected(socket);
                assertThatThrownBy(() -> socket.send(null)).isExactlyInstanceOf(NullPointerException.class);
                assertThatThrownBy(() -> socket.receive(null)).isExactlyInstanceOf(NullPointerException.class);
            }
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_connected_socket_can_be_connected_again(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            try (DatagramSocket other = network.serverDatagrams(new InetSocketAddress(network.serverAddress(), 0))) {
                other.setSoTimeout(10_000);
                pair.client().connect(pair.serverName());
                pair.client().connect(other.getLocalSocketAddress());
                assertConnected(pair.client(), (InetSocketAddress) other.getLocalSocketAddress());
                pair.client().send(new DatagramPacket(new byte[] {1}, 1));
                expect(other, (byte) 1);
            }
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_closed_socket_says_so(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            DatagramSocket socket = pair.client();
            socket.close();
            socket.close();
            assertThatThrownBy(() -> socket.send(to(pair.serverName(), (byte) 1)))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage(kind.words("Socket closed", "Socket is closed"));
            assertThatThrownBy(() -> socket.send(new DatagramPacket(new byte[1], 1)))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage(kind.words("Socket closed", "Socket is closed"));
            assertThatThrownBy(() -> socket.receive(buffer(1)))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            assertThatThrownBy(() -> socket.bind(null))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket is closed");
            socket.connect(pair.serverName());
            socket.connect(network.serverAddress(), 1);
            socket.disconnect();
            assertThat(socket.isConnected()).isFalse();
        });
    }
}
