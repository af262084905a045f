package dev.heddle.net;

import static dev.heddle.net.BlockedCall.Threads.PLATFORM;
import static dev.heddle.net.BlockedCall.Threads.VIRTUAL;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/**
 * Interruption closes the socket of a blocked virtual thread; a platform thread goes on, and finds its interrupt status
 * set when its call ends.
 */
@SuppressWarnings("try") // what comes after an explicit close is tested
class InterruptContractTest {

    private static final byte[] MUCH = new byte[64 << 20];

    @SocketContract(threads = VIRTUAL)
    void interrupted_in_read_closes_the_socket(Network network) throws Exception {
        for (int timeoutMillis : new int[] {0, 30_000}) {
            try (Connection connection = Connection.open(network)) {
                connection.client().setSoTimeout(timeoutMillis);
                InputStream in = connection.client().getInputStream();
                BlockedCall read = BlockedCall.start(in::read);
                read.interrupt();
                assertClosedByInterrupt(read);
                assertThat(connection.client().isClosed()).isTrue();
                assertThat(connection.server().getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @SocketContract(threads = VIRTUAL)
    void interrupted_before_a_read_that_must_wait_closes_the_socket(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            BlockedCall read = BlockedCall.startAnyway(() -> {
                Thread.currentThread().interrupt();
                return connection.client().getInputStream().read();
            });
            assertClosedByInterrupt(read);
            assertThat(connection.client().isClosed()).isTrue();
        }
    }

    @SocketContract
    void interrupted_before_a_read_of_what_is_there_changes_nothing(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.server().getOutputStream().write(new byte[] {7, 8});
            InputStream in = connection.client().getInputStream();
            assertThat(in.read()).isEqualTo(7);
            BlockedCall read = BlockedCall.startAnyway(() -> {
                Thread.currentThread().interrupt();
                return in.read();
            });
            assertThat(read.end()).isEqualTo(new BlockedCall.Outcome(8, null, true));
            assertThat(connection.client().isClosed()).isFalse();
        }
    }

    @SocketContract
    void interrupted_before_a_write_that_has_room_changes_nothing(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            BlockedCall write = BlockedCall.startAnyway(() -> {
                Thread.currentThread().interrupt();
                connection.client().getOutputStream().write(7);
                return "written";
            });
            assertThat(write.end()).isEqualTo(new BlockedCall.Outcome("written", null, true));
            assertThat(connection.server().getInputStream().read()).isEqualTo(7);
            assertThat(connection.client().isClosed()).isFalse();
        }
    }

    @SocketContract
    void interrupted_before_an_accept_of_who_waits_changes_nothing(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort())) {
            Connection.awaitArrivals(network);
            BlockedCall accept = BlockedCall.startAnyway(() -> {
                Thread.currentThread().interrupt();
                try (Socket accepted = listener.accept()) {
                    return accepted.getPort();
                }
            });
            assertThat(accept.end()).isEqualTo(new BlockedCall.Outcome(client.getLocalPort(), null, true));
            assertThat(listener.isClosed()).isFalse();
        }
    }

    @SocketContract(threads = VIRTUAL)
    void interrupted_in_write_closes_the_socket(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            OutputStream out = connection.client().getOutputStream();
            BlockedCall write = BlockedCall.start(() -> {
                out.write(MUCH);
                return null;
            });
            write.interrupt();
            assertClosedByInterrupt(write);
            assertThat(connection.client().isClosed()).isTrue();
        }
    }

    @SocketContract(threads = VIRTUAL)
    void interrupted_in_accept_closes_the_listener(Network network) throws Exception {
        for (int timeoutMillis : new int[] {0, 30_000}) {
            try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
                listener.setSoTimeout(timeoutMillis);
                BlockedCall accept = BlockedCall.start(listener::accept);
                accept.interrupt();
                assertClosedByInterrupt(accept);
                assertThat(listener.isClosed()).isTrue();
            }
        }
    }

    @SocketContract(threads = VIRTUAL)
    void interrupted_in_connect_closes_the_socket(Network network) throws Exception {
        for (int timeoutMillis : new int[] {0, 30_000}) {
            try (FullListener full = FullListener.open(network);
                    Socket socket = network.clients().createSocket()) {
                BlockedCall connect = BlockedCall.start(() -> {
                    socket.connect(full.address(), timeoutMillis);
                    return null;
                });
                connect.interrupt();
                assertClosedByInterrupt(connect);
                assertThat(socket.isClosed()).isTrue();
            }
        }
    }

    @SocketContract(threads = VIRTUAL)
    void interrupted_before_connect_closes_the_socket(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket socket = network.clients().createSocket()) {
            BlockedCall connect = BlockedCall.startAnyway(() -> {
                Thread.currentThread().interrupt();
                socket.connect(listener.getLocalSocketAddress());
                return null;
            });
            assertClosedByInterrupt(connect);
            assertThat(socket.isClosed()).isTrue();
        }
    }

    private static void assertClosedByInterrupt(BlockedCall call) {
        assertThat(call.failure()).isExactlyInstanceOf(SocketException.class).hasMessage("Closed by interrupt");
        assertThat(call.end().interrupted()).isTrue();
    }

    @SocketContract
    void interrupted_while_it_waits_for_its_turn_a_thread_waits_on(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            InputStream in = connection.client().getInputStream();
            BlockedCall first = BlockedCall.start(in::read);
            BlockedCall second = BlockedCall.startAnyway(() -> {
                Thread.currentThread().interrupt();
                return in.read();
            });
            second.awaitTurn();
            connection.server().getOutputStream().write(new byte[] {7, 8});
            assertThat(first.end().result()).isEqualTo(7);
            assertThat(second.end()).isEqualTo(new BlockedCall.Outcome(8, null, true));
        }
    }

    @SocketContract(threads = PLATFORM)
    void interrupted_in_read_a_platform_thread_keeps_reading(Network network) throws Exception {
        for (int timeoutMillis : new int[] {0, 30_000}) {
            try (Connection connection = Connection.open(network)) {
                connection.client().setSoTimeout(timeoutMillis);
                InputStream in = connection.client().getInputStream();
                BlockedCall read = BlockedCall.start(in::read);
                read.interrupt();
                connection.server().getOutputStream().write(7);
                assertThat(read.end()).isEqualTo(new BlockedCall.Outcome(7, null, true));
                assertThat(connection.client().isClosed()).isFalse();
            }
        }
    }

    @SocketContract(threads = PLATFORM)
    void interrupted_in_write_a_platform_thread_keeps_writing(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            OutputStream out = connection.client().getOutputStream();
            BlockedCall write = BlockedCall.start(() -> {
                out.write(MUCH);
                return "written";
            });
            write.interrupt();
            connection.server().getInputStream().skipNBytes(MUCH.length);
            assertThat(write.end()).isEqualTo(new BlockedCall.Outcome("written", null, true));
        }
    }

    @SocketContract(threads = PLATFORM)
    void interrupted_in_accept_a_platform_thread_keeps_accepting(Network network) throws Exception {
        for (int timeoutMillis : new int[] {0, 30_000}) {
            try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
                listener.setSoTimeout(timeoutMillis);
                BlockedCall accept = BlockedCall.start(listener::accept);
                accept.interrupt();
                try (Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                        Socket accepted = (Socket) accept.end().result()) {
                    assertThat(accepted.getPort()).isEqualTo(client.getLocalPort());
                    assertThat(accept.end().interrupted()).isTrue();
                }
            }
        }
    }

    @SocketContract(threads = PLATFORM)
    void interrupted_in_connect_a_platform_thread_keeps_connecting(Network network) throws Exception {
        for (int timeoutMillis : new int[] {0, 30_000}) {
            try (FullListener full = FullListener.open(network);
                    Socket socket = network.clients().createSocket()) {
                BlockedCall connect = BlockedCall.start(() -> {
                    socket.connect(full.address(), timeoutMillis);
                    return null;
                });
                connect.interrupt();
                assertThat(connect.isDone()).isFalse();
                socket.close();
                assertThat(connect.failure()).hasMessage("Socket closed");
                assertThat(connect.end().interrupted()).isTrue();
            }
        }
    }

    @SocketContract(threads = PLATFORM)
    void interrupted_before_connect_a_platform_thread_connects(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket socket = network.clients().createSocket()) {
            BlockedCall connect = BlockedCall.startAnyway(() -> {
                Thread.currentThread().interrupt();
                socket.connect(new InetSocketAddress(network.serverAddress(), listener.getLocalPort()));
                return "connected";
            });
            assertThat(connect.end()).isEqualTo(new BlockedCall.Outcome("connected", null, true));
        }
    }
}
