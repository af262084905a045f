package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.List;
import jdk.net.ExtendedSocketOptions;

/** Options by their setters and by their names, before and after the connection is made. */
class OptionContractTest {

    @FunctionalInterface
    interface Check {
        void of(Socket socket) throws Exception;
    }

    /** Makes a check of a socket that is not connected, and of both ends of a connection. */
    static void onEverySocket(Network network, Check check) throws Exception {
        try (Socket unconnected = network.clients().createSocket();
                Connection connection = Connection.open(network)) {
            for (Socket socket : List.of(unconnected, connection.client(), connection.server())) {
                check.of(socket);
            }
        }
    }

    private static <T> void assertKeeps(Socket socket, SocketOption<T> option, T value) throws IOException {
        assertThat(socket.setOption(option, value)).isSameAs(socket);
        assertThat(socket.getOption(option)).isEqualTo(value);
    }

    @SocketContract
    void the_setters_keep_what_was_set(Network network) throws Exception {
        onEverySocket(network, socket -> {
            assertThat(socket.getTcpNoDelay()).isFalse();
            socket.setTcpNoDelay(true);
            assertThat(socket.getTcpNoDelay()).isTrue();
            assertThat(socket.getKeepAlive()).isFalse();
            socket.setKeepAlive(true);
            assertThat(socket.getKeepAlive()).isTrue();
            assertThat(socket.getOOBInline()).isFalse();
            socket.setOOBInline(true);
            assertThat(socket.getOOBInline()).isTrue();
            assertThat(socket.getSoTimeout()).isZero();
            socket.setSoTimeout(123);
            assertThat(socket.getSoTimeout()).isEqualTo(123);
            socket.setReuseAddress(true);
            assertThat(socket.getReuseAddress()).isTrue();
            socket.setReuseAddress(false);
            assertThat(socket.getReuseAddress()).isFalse();
        });
    }

    @SocketContract
    void the_names_keep_what_was_set(Network network) throws Exception {
        onEverySocket(network, socket -> {
            assertKeeps(socket, ExtendedSocketOptions.TCP_KEEPIDLE, 11);
            assertKeeps(socket, ExtendedSocketOptions.TCP_KEEPINTERVAL, 12);
            assertKeeps(socket, ExtendedSocketOptions.TCP_KEEPCOUNT, 13);
            for (boolean on : new boolean[] {true, false}) {
                assertKeeps(socket, StandardSocketOptions.TCP_NODELAY, on);
                assertThat(socket.getTcpNoDelay()).isEqualTo(on);
                assertKeeps(socket, StandardSocketOptions.SO_KEEPALIVE, on);
                assertThat(socket.getKeepAlive()).isEqualTo(on);
                assertKeeps(socket, StandardSocketOptions.SO_REUSEADDR, on);
                assertThat(socket.getReuseAddress()).isEqualTo(on);
            }
        });
    }

    @SocketContract
    void what_nobody_has_set_is_as_linux_has_it(Network network) throws Exception {
        onEverySocket(network, socket -> {
            assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(7200);
            assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL)).isEqualTo(75);
            assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT)).isEqualTo(9);
            assertThat(socket.getOption(StandardSocketOptions.SO_KEEPALIVE)).isFalse();
            assertThat(socket.getOption(StandardSocketOptions.TCP_NODELAY)).isFalse();
            assertThat(socket.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(-1);
            assertThat(socket.getOption(StandardSocketOptions.IP_TOS)).isZero();
            assertThat(socket.getSendBufferSize()).isGreaterThan(8_000);
            assertThat(socket.getReceiveBufferSize()).isGreaterThan(8_000);
        });
    }

    /** Linux tells whether it answers quickly at present; Heddle tells what was set. */
    @SocketContract
    void quick_acknowledgments_are_as_they_were_set(Network network) throws Exception {
        onEverySocket(network, socket -> {
            assertThat(socket.getOption(ExtendedSocketOptions.TCP_QUICKACK)).isEqualTo(!network.isHeddles());
            assertKeeps(socket, ExtendedSocketOptions.TCP_QUICKACK, false);
            assertKeeps(socket, ExtendedSocketOptions.TCP_QUICKACK, true);
        });
    }

    @SocketContract
    void linger_is_off_or_from_0_to_65535_seconds(Network network) throws Exception {
        onEverySocket(network, socket -> {
            assertThat(socket.getSoLinger()).isEqualTo(-1);
            socket.setSoLinger(true, 70_000);
            assertThat(socket.getSoLinger()).isEqualTo(65_535);
            socket.setSoLinger(true, 0);
            assertThat(socket.getSoLinger()).isZero();
            assertThat(socket.getOption(StandardSocketOptions.SO_LINGER)).isZero();
            socket.setSoLinger(false, 5);
            assertThat(socket.getSoLinger()).isEqualTo(-1);
            assertFails(
                    IllegalArgumentException.class, "invalid value for SO_LINGER", () -> socket.setSoLinger(true, -1));
            assertKeeps(socket, StandardSocketOptions.SO_LINGER, 5);
            assertThat(socket.getSoLinger()).isEqualTo(5);
            socket.setOption(StandardSocketOptions.SO_LINGER, 100_000);
            assertThat(socket.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(65_535);
            socket.setOption(StandardSocketOptions.SO_LINGER, -5);
            assertThat(socket.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(-1);
        });
    }

    @SocketContract
    void the_traffic_class_is_kept_but_for_the_bits_of_ecn(Network network) throws Exception {
        onEverySocket(network, socket -> {
            assertThat(socket.getTrafficClass()).isZero();
            socket.setTrafficClass(0x28);
            assertThat(socket.getTrafficClass()).isEqualTo(0x28);
            socket.setTrafficClass(0xff);
            assertThat(socket.getTrafficClass()).isEqualTo(0xfc);
            socket.setOption(StandardSocketOptions.IP_TOS, 3);
            assertThat(socket.getOption(StandardSocketOptions.IP_TOS)).isZero();
            for (int value : new int[] {-1, 256}) {
                assertFails(
                        IllegalArgumentException.class,
                        "tc is not in range 0 -- 255",
                        () -> socket.setTrafficClass(value));
                assertFails(
                        IllegalArgumentException.class,
                        "Invalid IP_TOS value",
                        () -> socket.setOption(StandardSocketOptions.IP_TOS, value));
            }
        });
    }

    @SocketContract
    void buffers_have_the_sizes_that_were_set_but_a_least_one(Network network) throws Exception {
        onEverySocket(network, socket -> {
            for (int bytes : new int[] {5_000, 100_000}) {
                socket.setSendBufferSize(bytes);
                assertThat(socket.getSendBufferSize()).isEqualTo(bytes);
                socket.setReceiveBufferSize(bytes);
                assertThat(socket.getReceiveBufferSize()).isEqualTo(bytes);
                assertKeeps(socket, StandardSocketOptions.SO_SNDBUF, bytes);
                assertKeeps(socket, StandardSocketOptions.SO_RCVBUF, bytes);
            }
            for (int bytes : new int[] {0, 1, 1_000}) {
                socket.setOption(StandardSocketOptions.SO_SNDBUF, bytes);
                assertThat(socket.getSendBufferSize()).isEqualTo(2_304);
                socket.setOption(StandardSocketOptions.SO_RCVBUF, bytes);
                assertThat(socket.getReceiveBufferSize()).isEqualTo(1_152);
            }
            assertFails(IllegalArgumentException.class, "negative send size", () -> socket.setSendBufferSize(0));
            assertFails(IllegalArgumentException.class, "invalid receive size", () -> socket.setReceiveBufferSize(-1));
            for (SocketOption<Integer> option :
                    List.of(StandardSocketOptions.SO_SNDBUF, StandardSocketOptions.SO_RCVBUF)) {
                assertFails(
                        IllegalArgumentException.class,
                        "Invalid send/receive buffer size",
                        () -> socket.setOption(option, -1));
            }
        });
    }

    @SocketContract
    void the_least_buffers_carry_everything(Network network) throws Exception {
        byte[] data = new byte[50_000];
        try (ServerSocket listener = network.servers().createServerSocket();
                Socket client = network.clients().createSocket()) {
            listener.setReceiveBufferSize(1);
            listener.bind(new InetSocketAddress(network.serverAddress(), 0));
            client.setSendBufferSize(1);
            client.connect(listener.getLocalSocketAddress());
            try (Socket server = listener.accept()) {
                BlockedCall write = BlockedCall.startAnyway(() -> {
                    client.getOutputStream().write(data);
                    client.shutdownOutput();
                    return null;
                });
                assertThat(server.getInputStream().readAllBytes()).hasSize(data.length);
                assertThat(write.end().exception()).isNull();
            }
        }
    }

    @SocketContract
    void keep_alive_has_linuxs_bounds(Network network) throws Exception {
        onEverySocket(network, socket -> {
            for (SocketOption<Integer> seconds :
                    List.of(ExtendedSocketOptions.TCP_KEEPIDLE, ExtendedSocketOptions.TCP_KEEPINTERVAL)) {
                assertKeeps(socket, seconds, 1);
                assertKeeps(socket, seconds, 32_767);
                for (int wrong : new int[] {-1, 0, 32_768}) {
                    assertFails(SocketException.class, "Invalid argument", () -> socket.setOption(seconds, wrong));
                }
                assertThat(socket.getOption(seconds)).isEqualTo(32_767);
            }
            SocketOption<Integer> probes = ExtendedSocketOptions.TCP_KEEPCOUNT;
            assertKeeps(socket, probes, 1);
            assertKeeps(socket, probes, 127);
            for (int wrong : new int[] {-1, 0, 128}) {
                assertFails(SocketException.class, "Invalid argument", () -> socket.setOption(probes, wrong));
            }
        });
    }

    @SocketContract
    void a_listener_has_its_own_options(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            assertThat(listener.getReuseAddress()).isTrue();
            listener.setReuseAddress(false);
            assertThat(listener.getReuseAddress()).isFalse();
            assertThat(listener.getSoTimeout()).isZero();
            listener.setSoTimeout(50);
            assertThat(listener.getSoTimeout()).isEqualTo(50);
            listener.setReceiveBufferSize(20_000);
            assertThat(listener.getReceiveBufferSize()).isEqualTo(20_000);
            assertFails(
                    IllegalArgumentException.class, "negative receive size", () -> listener.setReceiveBufferSize(0));
            assertThat(listener.setOption(StandardSocketOptions.IP_TOS, 0x28)).isSameAs(listener);
            assertThat(listener.getOption(StandardSocketOptions.IP_TOS)).isEqualTo(0x28);
            assertFails(
                    SocketException.class,
                    "Invalid argument",
                    () -> listener.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 0));
        }
    }

    @SocketContract
    void an_accepted_socket_inherits_from_its_listener(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket()) {
            listener.setReceiveBufferSize(30_000);
            listener.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 77);
            listener.bind(new InetSocketAddress(network.serverAddress(), 0));
            listener.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
            listener.setOption(StandardSocketOptions.IP_TOS, 0x28);
            listener.setSoTimeout(10_000);
            for (boolean reuse : new boolean[] {true, false}) {
                listener.setReuseAddress(reuse);
                try (Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                        Socket accepted = listener.accept()) {
                    assertThat(accepted.getReuseAddress()).isEqualTo(reuse);
                    assertThat(client.getReuseAddress()).isFalse();
                    assertThat(accepted.getReceiveBufferSize()).isEqualTo(30_000);
                    assertThat(accepted.getOption(ExtendedSocketOptions.TCP_KEEPIDLE))
                            .isEqualTo(77);
                    assertThat(accepted.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT))
                            .isEqualTo(3);
                    assertThat(accepted.getTrafficClass()).isEqualTo(0x28);
                    assertThat(accepted.getSoTimeout()).isZero();
                }
            }
        }
    }

    @SocketContract
    void options_that_were_set_before_are_those_of_the_connection(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket client = network.clients().createSocket()) {
            client.setTcpNoDelay(true);
            client.setKeepAlive(true);
            client.setOOBInline(true);
            client.setSoLinger(true, 7);
            client.setTrafficClass(0x28);
            client.setSoTimeout(123);
            client.setSendBufferSize(50_000);
            client.setReceiveBufferSize(60_000);
            client.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 77);
            client.connect(listener.getLocalSocketAddress());
            assertThat(client.getTcpNoDelay()).isTrue();
            assertThat(client.getKeepAlive()).isTrue();
            assertThat(client.getOOBInline()).isTrue();
            assertThat(client.getSoLinger()).isEqualTo(7);
            assertThat(client.getTrafficClass()).isEqualTo(0x28);
            assertThat(client.getSoTimeout()).isEqualTo(123);
            assertThat(client.getSendBufferSize()).isEqualTo(50_000);
            assertThat(client.getReceiveBufferSize()).isEqualTo(60_000);
            assertThat(client.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(77);
        }
    }
}
