package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Interruption closes the socket of a blocked virtual thread; a platform thread goes on, and finds its interrupt status
 * set when its call ends.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptTest {

    private static final byte[] MUCH = new byte[64 << 20];

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_virtual_thread_interrupted_in_read_closes_the_socket(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            InputStream in = connection.client().getInputStream();
            BlockedCall read = BlockedCall.start(BlockedCall.Threads.VIRTUAL, in::read);
            read.interrupt();
            assertClosedByInterrupt(read);
            assertThat(connection.client().isClosed()).isTrue();
            assertThat(connection.server().getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_virtual_thread_interrupted_in_a_timed_read_closes_the_socket(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            connection.client().setSoTimeout(30_000);
            BlockedCall read = BlockedCall.start(
                    BlockedCall.Threads.VIRTUAL, connection.client().getInputStream()::read);
            read.interrupt();
            assertClosedByInterrupt(read);
            assertThat(connection.client().isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_virtual_thread_interrupted_before_a_read_that_must_wait_closes_the_socket(Network.Kind kind)
            throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            BlockedCall read = BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, () -> {
                Thread.currentThread().interrupt();
                return connection.client().getInputStream().read();
            });
            assertClosedByInterrupt(read);
            assertThat(connection.client().isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void an_interrupted_virtual_thread_reads_what_is_there(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            connection.server().getOutputStream().write(new byte[] {7, 8});
            InputStream in = connection.client().getInputStream();
            assertThat(in.read()).isEqualTo(7);
            BlockedCall read = BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, () -> {
                Thread.currentThread().interrupt();
                return in.read();
            });
            assertThat(read.end()).isEqualTo(new BlockedCall.Outcome(8, null, true));
            assertThat(connection.client().isClosed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_virtual_thread_interrupted_in_write_closes_the_socket(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            OutputStream out = connection.client().getOutputStream();
            BlockedCall write = BlockedCall.start(BlockedCall.Threads.VIRTUAL, () -> {
                out.write(MUCH);
                return null;
            });
            write.interrupt();
            assertClosedByInterrupt(write);
            assertThat(connection.client().isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_virtual_thread_interrupted_in_accept_closes_the_listener(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            BlockedCall accept = BlockedCall.start(BlockedCall.Threads.VIRTUAL, listener::accept);
            accept.interrupt();
            assertClosedByInterrupt(accept);
            assertThat(listener.isClosed()).isTrue();
        }
    }

    @Test
    void a_virtual_thread_interrupted_in_connect_closes_the_socket() throws Exception {
        try (NetworkStack stack = unanswered();
                Socket socket = stack.socketFactory().createSocket()) {
            BlockedCall connect = BlockedCall.start(BlockedCall.Threads.VIRTUAL, () -> connect(socket));
            connect.interrupt();
            assertClosedByInterrupt(connect);
            assertThat(socket.isClosed()).isTrue();
        }
    }

    private static void assertClosedByInterrupt(BlockedCall call) {
        assertThat(call.failure()).isExactlyInstanceOf(SocketException.class).hasMessage("Closed by interrupt");
        assertThat(call.end().interrupted()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_platform_thread_interrupted_in_read_keeps_reading(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            InputStream in = connection.client().getInputStream();
            BlockedCall read = BlockedCall.start(BlockedCall.Threads.PLATFORM, in::read);
            read.interrupt();
            connection.server().getOutputStream().write(7);
            assertThat(read.end()).isEqualTo(new BlockedCall.Outcome(7, null, true));
            assertThat(connection.client().isClosed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_platform_thread_interrupted_in_write_keeps_writing(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            OutputStream out = connection.client().getOutputStream();
            BlockedCall write = BlockedCall.start(BlockedCall.Threads.PLATFORM, () -> {
                out.write(MUCH);
                return "written";
            });
            write.interrupt();
            connection.server().getInputStream().skipNBytes(MUCH.length);
            assertThat(write.end()).isEqualTo(new BlockedCall.Outcome("written", null, true));
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_platform_thread_interrupted_in_accept_keeps_accepting(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            BlockedCall accept = BlockedCall.start(BlockedCall.Threads.PLATFORM, listener::accept);
            accept.interrupt();
            try (Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                    Socket accepted = (Socket) accept.end().result()) {
                assertThat(accepted.getPort()).isEqualTo(client.getLocalPort());
                assertThat(accept.end().interrupted()).isTrue();
            }
        }
    }

    @Test
    @SuppressWarnings("try") // the close is what is tested
    void a_platform_thread_interrupted_in_connect_keeps_connecting() throws Exception {
        try (NetworkStack stack = unanswered();
                Socket socket = stack.socketFactory().createSocket()) {
            BlockedCall connect = BlockedCall.start(BlockedCall.Threads.PLATFORM, () -> connect(socket));
            connect.interrupt();
            assertThat(connect.isDone()).isFalse();
            socket.close();
            assertThat(connect.failure()).hasMessage("Socket closed");
            assertThat(connect.end().interrupted()).isTrue();
        }
    }

    /** A stack at a cable that nobody reads at the other end. */
    private static NetworkStack unanswered() {
        MemoryLink.Pair cable = MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());
        return NetworkStack.builder().link(cable.a()).address("192.0.2.1/24").build();
    }

    private static Object connect(Socket socket) throws Exception {
        socket.connect(new InetSocketAddress("192.0.2.2", 80));
        return "connected";
    }
}
