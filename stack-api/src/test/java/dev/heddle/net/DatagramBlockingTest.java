package dev.heddle.net;

import static dev.heddle.net.DatagramPair.buffer;
import static dev.heddle.net.DatagramPair.expect;
import static dev.heddle.net.DatagramPair.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Receivers that wait: for a datagram, for a time, for the end of their socket, for an interruption. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatagramBlockingTest {

    private static final String EVERYWHERE = "dev.heddle.net.DatagramPair#everywhere";

    private static BlockedCall receive(DatagramSocket at, BlockedCall.Threads threads) {
        return BlockedCall.start(threads, () -> {
            DatagramPacket packet = buffer(10);
            at.receive(packet);
            return packet.getData()[0];
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_receiver_waits_for_a_datagram(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        try (Network network = kind.open();
                DatagramPair pair = DatagramPair.open(network)) {
            for (int timeoutMillis : new int[] {0, 30_000}) {
                pair.server().setSoTimeout(timeoutMillis);
                BlockedCall receive = receive(pair.server(), threads);
                pair.client().send(to(pair.serverName(), (byte) 7));
                assertThat(receive.end().result()).isEqualTo((byte) 7);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void a_receiver_waits_no_longer_than_it_says(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        DatagramPair.on(kind, threads, (network, pair) -> {
            pair.server().setSoTimeout(60);
            long startNs = System.nanoTime();
            assertThatThrownBy(() -> pair.server().receive(buffer(1)))
                    .isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Receive timed out");
            assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(60));
            assertThat(pair.server().isClosed()).isFalse();
            pair.server().setSoTimeout(10_000);
            pair.client().send(to(pair.serverName(), (byte) 7));
            expect(pair.server(), (byte) 7);
        });
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void close_ends_a_blocked_receive(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        try (Network network = kind.open();
                DatagramPair pair = DatagramPair.open(network)) {
            for (DatagramSocket socket : new DatagramSocket[] {pair.server(), pair.client()}) {
                socket.setSoTimeout(socket == pair.server() ? 0 : 30_000);
                BlockedCall receive = receive(socket, threads);
                socket.close();
                assertThat(receive.failure())
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Socket closed");
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void every_receiver_gets_a_datagram_of_its_own(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        try (Network network = kind.open();
                DatagramPair pair = DatagramPair.open(network)) {
            List<BlockedCall> receivers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                receivers.add(BlockedCall.startAnyway(threads, () -> {
                    DatagramPacket packet = buffer(10);
                    pair.server().receive(packet);
                    return (int) packet.getData()[0];
                }));
            }
            for (int i = 0; i < 4; i++) {
                pair.client().send(to(pair.serverName(), (byte) i));
            }
            assertThat(receivers.stream().map(receiver -> receiver.end().result()))
                    .containsExactlyInAnyOrder(0, 1, 2, 3);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void others_send_while_one_receives(Network.Kind kind, BlockedCall.Threads threads) throws Exception {
        try (Network network = kind.open();
                DatagramPair pair = DatagramPair.open(network)) {
            pair.client().setSoTimeout(0);
            BlockedCall receive = receive(pair.client(), threads);
            pair.client().send(to(pair.serverName(), (byte) 1));
            expect(pair.server(), (byte) 1);
            assertThat(receive.isDone()).isFalse();
            pair.server().send(to(pair.clientName(), (byte) 2));
            assertThat(receive.end().result()).isEqualTo((byte) 2);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_virtual_thread_interrupted_in_receive_closes_the_socket(Network.Kind kind) throws Exception {
        for (int timeoutMillis : new int[] {0, 30_000}) {
            try (Network network = kind.open();
                    DatagramPair pair = DatagramPair.open(network)) {
                pair.server().setSoTimeout(timeoutMillis);
                BlockedCall receive = receive(pair.server(), BlockedCall.Threads.VIRTUAL);
                receive.interrupt();
                assertThat(receive.failure())
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Closed by interrupt");
                assertThat(receive.end().interrupted()).isTrue();
                // The JDK's old class does not hear of what its implementation does.
                assertThat(pair.server().isClosed()).isEqualTo(!kind.hasOldDatagramSockets());
                assertThatThrownBy(() -> pair.server().receive(buffer(1)))
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Socket closed");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void an_interrupted_virtual_thread_receives_what_is_there(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                DatagramPair pair = DatagramPair.open(network);
                DatagramSocket other = network.serverDatagrams(new InetSocketAddress(network.serverAddress(), 0))) {
            pair.client().send(to(pair.serverName(), (byte) 8));
            // What was sent later has come, and so has that.
            pair.client().send(to(other.getLocalSocketAddress(), (byte) 7));
            other.setSoTimeout(10_000);
            expect(other, (byte) 7);
            BlockedCall receive = BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, () -> {
                Thread.currentThread().interrupt();
                DatagramPacket packet = buffer(1);
                pair.server().receive(packet);
                return packet.getData()[0];
            });
            assertThat(receive.end()).isEqualTo(new BlockedCall.Outcome((byte) 8, null, true));
            assertThat(pair.server().isClosed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_platform_thread_interrupted_in_receive_keeps_receiving(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                DatagramPair pair = DatagramPair.open(network)) {
            pair.server().setSoTimeout(0);
            BlockedCall receive = receive(pair.server(), BlockedCall.Threads.PLATFORM);
            receive.interrupt();
            pair.client().send(to(pair.serverName(), (byte) 7));
            assertThat(receive.end()).isEqualTo(new BlockedCall.Outcome((byte) 7, null, true));
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_forgotten_socket_gives_its_port_back(Network.Kind kind) throws Exception {
        try (Network network = kind.open()) {
            InetSocketAddress name = openAndForget(network);
            BlockedCall bind = BlockedCall.startAnyway(BlockedCall.Threads.PLATFORM, () -> {
                while (true) {
                    try {
                        network.serverDatagrams(name).close();
                        return "bound";
                    } catch (SocketException e) {
                        Thread.sleep(10);
                    }
                }
            });
            for (int attempt = 0; attempt < 500 && !bind.isDone(); attempt++) {
                System.gc();
                Thread.sleep(10);
            }
            assertThat(bind.end().result()).isEqualTo("bound");
        }
    }

    private static InetSocketAddress openAndForget(Network network) throws Exception {
        DatagramSocket socket = network.serverDatagrams(new InetSocketAddress(network.serverAddress(), 0));
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }
}
