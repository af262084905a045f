package dev.heddle.net;

import static dev.heddle.net.DatagramPair.buffer;
import static dev.heddle.net.DatagramPair.expect;
import static dev.heddle.net.DatagramPair.on;
import static dev.heddle.net.DatagramPair.payload;
import static dev.heddle.net.DatagramPair.random;
import static dev.heddle.net.DatagramPair.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What datagrams carry, of every length, and what becomes of those that do not arrive. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatagramTransferTest {

    private static final String EVERYWHERE = "dev.heddle.net.DatagramPair#everywhere";

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_datagram_brings_its_senders_name_and_an_answer_finds_it(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        on(kind, threads, (network, pair) -> {
            pair.client().send(to(pair.serverName(), (byte) 1, (byte) 2, (byte) 3));
            DatagramPacket packet = buffer(10);
            pair.server().receive(packet);
            assertThat(payload(packet)).containsExactly(1, 2, 3);
            assertThat(packet.getSocketAddress()).isEqualTo(pair.clientName());
            packet.getData()[0] = 7;
            pair.server().send(packet);
            pair.client().receive(packet);
            assertThat(payload(packet)).containsExactly(7, 2, 3);
            assertThat(packet.getSocketAddress()).isEqualTo(pair.serverName());
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void datagrams_of_every_length_arrive(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            for (int length : new int[] {0, 1, 1_452, 1_453, 1_472, 1_473, 8_000, 60_000, 65_487}) {
                pair.client().send(to(pair.serverName(), random(length)));
                expect(pair.server(), random(length));
                pair.server().send(to(pair.clientName(), random(length)));
                expect(pair.client(), random(length));
            }
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_datagram_that_is_too_long_for_any_packet_is_refused(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        on(kind, threads, (network, pair) -> {
            int tooMany = network.serverAddress().getAddress().length == 4 ? 65_508 : 65_528;
            assertThatThrownBy(() -> pair.client().send(to(pair.serverName(), new byte[tooMany])))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Message too long");
            pair.client().connect(pair.serverName());
            assertThatThrownBy(() -> pair.client().send(to(pair.serverName(), new byte[tooMany])))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("Message too long");
            pair.client().send(to(pair.serverName(), random(10)));
            expect(pair.server(), random(10));
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void what_does_not_fit_into_the_packet_is_lost(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            pair.client().send(to(pair.serverName(), random(100)));
            pair.client().send(to(pair.serverName(), random(9_000)));
            pair.client().send(to(pair.serverName(), random(5)));
            byte[] bytes = new byte[20];
            DatagramPacket packet = new DatagramPacket(bytes, 3, 10);
            pair.server().receive(packet);
            assertThat(packet.getLength()).isEqualTo(10);
            assertThat(packet.getOffset()).isEqualTo(3);
            assertThat(bytes).startsWith(0, 0, 0).endsWith(0, 0, 0, 0, 0, 0, 0);
            assertThat(payload(packet)).isEqualTo(Arrays.copyOf(random(100), 10));
            DatagramPacket none = new DatagramPacket(new byte[0], 0);
            pair.server().receive(none);
            assertThat(none.getLength()).isZero();
            assertThat(none.getSocketAddress()).isEqualTo(pair.clientName());
            expect(pair.server(), random(5));
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_packet_takes_as_much_as_before_when_a_shorter_datagram_has_come(
            Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            DatagramPacket packet = buffer(10);
            for (int length : new int[] {3, 10, 0, 7, 12, 10}) {
                pair.client().send(to(pair.serverName(), random(length)));
                pair.server().receive(packet);
                assertThat(packet.getLength()).isEqualTo(Math.min(10, length));
            }
            pair.client().send(to(pair.serverName(), random(3)));
            pair.server().receive(packet);
            // What the program sets counts.
            packet.setLength(5);
            pair.client().send(to(pair.serverName(), random(10)));
            pair.server().receive(packet);
            assertThat(packet.getLength()).isEqualTo(5);
            packet.setData(new byte[20]);
            pair.client().send(to(pair.serverName(), random(15)));
            pair.server().receive(packet);
            assertThat(packet.getLength()).isEqualTo(15);
            packet.setData(packet.getData(), 2, 8);
            pair.client().send(to(pair.serverName(), random(15)));
            pair.server().receive(packet);
            assertThat(packet.getLength()).isEqualTo(8);
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void datagrams_that_are_sent_one_after_another_come_so(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        on(kind, threads, (network, pair) -> {
            for (int i = 0; i < 100; i++) {
                pair.client().send(to(pair.serverName(), (byte) i));
            }
            for (int i = 0; i < 100; i++) {
                expect(pair.server(), (byte) i);
            }
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_connected_socket_hears_its_peer_only(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            try (DatagramSocket stranger = network.serverDatagrams(new InetSocketAddress(network.serverAddress(), 0))) {
                stranger.send(to(pair.clientName(), (byte) 1));
                expect(pair.client(), (byte) 1);
                stranger.send(to(pair.clientName(), (byte) 2));
                stranger.send(to(pair.clientName(), (byte) 2));
                // What came before the connection is discarded.
                awaitSomething(pair.client());
                pair.client().connect(pair.serverName());
                stranger.send(to(pair.clientName(), (byte) 3));
                pair.server().send(to(pair.clientName(), (byte) 4));
                expect(pair.client(), (byte) 4);
                pair.client().disconnect();
                stranger.send(to(pair.clientName(), (byte) 5));
                expect(pair.client(), (byte) 5);
            }
        });
    }

    /** Waits until a datagram has come, and takes it. */
    private static void awaitSomething(DatagramSocket socket) throws IOException {
        socket.receive(buffer(1));
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_connected_socket_sends_to_its_peer_only(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            DatagramPacket packet = new DatagramPacket(new byte[] {1}, 1);
            assertThatThrownBy(() -> pair.client().send(packet))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Address not set");
            pair.client().connect(pair.serverName());
            pair.client().send(packet);
            expect(pair.server(), (byte) 1);
            assertThat(packet.getSocketAddress()).as("is filled in").isEqualTo(pair.serverName());
            packet.setPort(pair.serverName().getPort() ^ 1);
            assertThatThrownBy(() -> pair.client().send(packet))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage(kind.words(
                            "Connected and packet address differ", "connected address and packet address differ"));
            pair.client().disconnect();
            packet.setPort(0);
            assertThatThrownBy(() -> pair.client().send(packet))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Can't send to port 0");
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_closed_port_is_told_to_a_connected_receiver(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        on(kind, threads, (network, pair) -> {
            InetSocketAddress nobody = pair.serverName();
            pair.server().close();
            pair.client().connect(nobody);
            pair.client().send(to(nobody, (byte) 1));
            assertThatThrownBy(() -> pair.client().receive(buffer(1)))
                    .isExactlyInstanceOf(PortUnreachableException.class)
                    .hasMessage(null);
            pair.client().setSoTimeout(50);
            assertThatThrownBy(() -> pair.client().receive(buffer(1)))
                    .as("is told once")
                    .isExactlyInstanceOf(SocketTimeoutException.class);
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_closed_port_is_told_to_a_connected_sender(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            InetSocketAddress nobody = pair.serverName();
            pair.server().close();
            pair.client().connect(nobody);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1_000; i++) {
                            pair.client().send(to(nobody, (byte) 1));
                            Thread.sleep(1);
                        }
                    })
                    .isExactlyInstanceOf(PortUnreachableException.class)
                    .hasMessage(null);
            // The socket goes on.
            try (DatagramSocket somebody = network.serverDatagrams(nobody)) {
                somebody.setSoTimeout(10_000);
                sendDespiteOldErrors(pair.client(), nobody);
                DatagramPacket received = buffer(1);
                do {
                    // What was on its way when this one opened may come before.
                    somebody.receive(received);
                } while (received.getData()[0] == 1);
                assertThat(received.getData()[0]).isEqualTo((byte) 2);
            }
        });
    }

    /** Another report of what was sent before may still come. */
    private static void sendDespiteOldErrors(DatagramSocket socket, InetSocketAddress target) throws Exception {
        while (true) {
            try {
                socket.send(to(target, (byte) 2));
                return;
            } catch (PortUnreachableException e) {
                Thread.sleep(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_closed_port_is_not_told_to_who_is_not_connected(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        on(kind, threads, (network, pair) -> {
            InetSocketAddress nobody = pair.serverName();
            pair.server().close();
            pair.client().setSoTimeout(50);
            for (int i = 0; i < 3; i++) {
                pair.client().send(to(nobody, (byte) 1));
                assertThatThrownBy(() -> pair.client().receive(buffer(1)))
                        .isExactlyInstanceOf(SocketTimeoutException.class)
                        .hasMessage("Receive timed out");
            }
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void broadcasts_need_permission(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        on(kind, threads, (network, pair) -> {
            if (network.serverAddress().getAddress().length != 4) {
                return;
            }
            InetAddress everybody = InetAddress.getByName(kind == Network.Kind.JDK ? "127.255.255.255" : "192.0.2.255");
            int port = pair.serverName().getPort();
            InetSocketAddress target = new InetSocketAddress(everybody, port);
            pair.client().send(to(target, (byte) 1));
            pair.client().setBroadcast(false);
            assertThatThrownBy(() -> pair.client().send(to(target, (byte) 1)))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessage("Permission denied");
            assertThatThrownBy(() -> pair.client().connect(target))
                    .isExactlyInstanceOf(BindException.class)
                    .hasMessage("Permission denied");
            try (DatagramSocket anywhere = network.serverDatagrams(new InetSocketAddress(0))) {
                anywhere.setSoTimeout(10_000);
                pair.client().setBroadcast(true);
                pair.client().send(to(new InetSocketAddress(everybody, anywhere.getLocalPort()), (byte) 2));
                expect(anywhere, (byte) 2);
            }
        });
    }
}
