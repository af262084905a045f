package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A socket that the program has forgotten is closed once the collector finds it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnreachableSocketTest {

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_forgotten_client_is_closed(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            connectAndForget(network, listener.getLocalPort());
            try (Socket server = listener.accept()) {
                BlockedCall read = BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, server.getInputStream()::read);
                collectUntilDone(read);
                assertThat(read.end().result()).isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_forgotten_accepted_socket_is_closed(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort())) {
            acceptAndForget(listener);
            BlockedCall read = BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, client.getInputStream()::read);
            collectUntilDone(read);
            assertThat(read.end().result()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_socket_of_which_only_the_stream_is_kept_stays_open(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            InputStream kept = network.clients()
                    .createSocket(network.serverAddress(), listener.getLocalPort())
                    .getInputStream();
            try (Socket server = listener.accept()) {
                connectAndForget(network, listener.getLocalPort());
                try (Socket canary = listener.accept()) {
                    BlockedCall read =
                            BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, canary.getInputStream()::read);
                    collectUntilDone(read);
                }
                server.getOutputStream().write(7);
                assertThat(kept.read()).isEqualTo(7);
            }
            kept.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_forgotten_listener_is_closed(Network.Kind kind) throws Exception {
        try (Network network = kind.open()) {
            int port = listenAndForget(network);
            BlockedCall refused = BlockedCall.startAnyway(BlockedCall.Threads.PLATFORM, () -> {
                while (true) {
                    network.clients()
                            .createSocket(network.serverAddress(), port)
                            .close();
                    Thread.sleep(10);
                }
            });
            collectUntilDone(refused);
            assertThatThrownBy(() -> {
                        throw refused.failure();
                    })
                    .isInstanceOf(ConnectException.class);
        }
    }

    private static void connectAndForget(Network network, int port) throws Exception {
        network.clients().createSocket(network.serverAddress(), port);
    }

    private static void acceptAndForget(ServerSocket listener) throws Exception {
        listener.accept();
    }

    private static int listenAndForget(Network network) throws Exception {
        return network.servers()
                .createServerSocket(0, 50, network.serverAddress())
                .getLocalPort();
    }

    /** Asks for collections until the call has seen what it waits for. */
    private static void collectUntilDone(BlockedCall call) throws InterruptedException {
        for (int attempt = 0; attempt < 500 && !call.isDone(); attempt++) {
            System.gc();
            Thread.sleep(10);
        }
    }
}
