package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of sockets when their stack closes or a link goes away. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StackCloseTest {

    private static final byte[] MUCH = new byte[64 << 20];

    @Test
    void close_sends_what_was_written_and_then_the_end_of_the_stream() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                Connection connection = Connection.open(network)) {
            byte[] data = new byte[500_000];
            // Somebody reads: buffers that size themselves would not take so much at once.
            BlockedCall received = BlockedCall.startAnyway(
                    BlockedCall.Threads.VIRTUAL,
                    () -> connection.server().getInputStream().readAllBytes().length);
            connection.client().getOutputStream().write(data);
            network.client.close(Duration.ofSeconds(20));
            assertThat(received.end().result()).isEqualTo(data.length);
        }
    }

    @Test
    void close_sends_what_was_written_even_if_something_received_was_not_read() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                Connection connection = Connection.open(network)) {
            connection.server().getOutputStream().write(new byte[1000]);
            assertThat(connection.client().getInputStream().read()).isZero();
            connection.client().getOutputStream().write(new byte[1000]);
            BlockedCall received = BlockedCall.startAnyway(
                    BlockedCall.Threads.VIRTUAL,
                    () -> connection.server().getInputStream().readAllBytes().length);
            network.client.close(Duration.ofSeconds(20));
            assertThat(received.end().result()).isEqualTo(1000);
        }
    }

    @Test
    void close_resets_what_is_not_sent_in_time() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                ServerSocket listener = network.servers().createServerSocket();
                Socket client = network.clients().createSocket()) {
            listener.setReceiveBufferSize(10_000);
            listener.bind(new InetSocketAddress(network.serverAddress(), 0));
            client.connect(listener.getLocalSocketAddress());
            Socket server = listener.accept();
            BlockedCall write = BlockedCall.start(BlockedCall.Threads.VIRTUAL, () -> {
                client.getOutputStream().write(MUCH);
                return null;
            });
            long start = System.nanoTime();
            network.client.close(Duration.ofMillis(200));
            assertThat(System.nanoTime() - start)
                    .isBetween(
                            Duration.ofMillis(200).toNanos(),
                            Duration.ofSeconds(10).toNanos());
            assertThat(write.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            InputStream in = server.getInputStream();
            assertThatThrownBy(() -> in.transferTo(OutputStream.nullOutputStream()))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
        }
    }

    @ParameterizedTest
    @EnumSource(BlockedCall.Threads.class)
    void close_ends_every_blocked_call(BlockedCall.Threads threads) throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                Connection connection = Connection.open(network);
                Socket connecting = network.clients().createSocket();
                ServerSocket listening = network.client.serverSocketFactory().createServerSocket(0)) {
            BlockedCall read = BlockedCall.start(threads, connection.client().getInputStream()::read);
            BlockedCall write = BlockedCall.start(threads, () -> {
                connection.client().getOutputStream().write(MUCH);
                return null;
            });
            BlockedCall accept = BlockedCall.start(threads, listening::accept);
            BlockedCall connect = BlockedCall.start(threads, () -> {
                connecting.connect(new InetSocketAddress("192.0.2.77", 80));
                return null;
            });
            network.client.close(Duration.ofMillis(10));
            for (BlockedCall call : new BlockedCall[] {read, write, accept, connect}) {
                assertThat(call.failure())
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Socket closed");
            }
        }
    }

    @Test
    void a_link_that_cannot_be_closed_keeps_nothing_else_open() {
        MemoryLink.Pair stubborn = MemoryLink.pair("stubborn", "nobody", LinkCapabilities.plain(1500), Clock.system());
        MemoryLink.Pair other = MemoryLink.pair("other", "peer", LinkCapabilities.plain(1500), Clock.system());
        NetworkStack stack = NetworkStack.builder()
                .link(unclosable(stubborn.a()))
                .address("192.0.2.1/24")
                .link(other.a())
                .address("198.51.100.1/24")
                .build();
        assertThatThrownBy(() -> stack.close(Duration.ZERO))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("stuck");
        Packet packet = new Packet(2048);
        assertThatThrownBy(() -> other.b().receive(packet)).isInstanceOf(LinkDownException.class);
        assertThat(stack.host().isClosed()).isTrue();
        stack.close();
    }

    @Test
    void a_link_that_fails_while_the_last_is_sent_keeps_nothing_from_being_closed() throws Exception {
        MemoryLink.Pair cable = MemoryLink.pair("a", "b", LinkCapabilities.plain(1500), Clock.system());
        AtomicBoolean broken = new AtomicBoolean();
        AtomicBoolean ran = new AtomicBoolean();
        try (NetworkStack peer =
                NetworkStack.builder().link(cable.b()).address("192.0.2.2/24").build()) {
            NetworkStack stack = NetworkStack.builder()
                    .link(failing(cable.a(), broken))
                    .address("192.0.2.1/24")
                    .build();
            stack.afterClose(() -> ran.set(true));
            ServerSocket server = peer.serverSocketFactory().createServerSocket(80);
            Socket client = stack.socketFactory().createSocket("192.0.2.2", 80);
            server.accept();
            broken.set(true);
            assertThatThrownBy(() -> stack.close(Duration.ofMillis(100)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("stuck");
            assertThat(stack.host().isClosed()).isTrue();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> cable.a().awaitWork(0)).isExactlyInstanceOf(LinkDownException.class);
            assertThat(ran).isTrue();
        }
    }

    private static Link failing(Link link, AtomicBoolean broken) {
        return (Link) Proxy.newProxyInstance(
                Link.class.getClassLoader(), new Class<?>[] {Link.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("transmit") && broken.get()) {
                        throw new IllegalStateException("stuck");
                    }
                    try {
                        return method.invoke(link, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Link unclosable(Link link) {
        return (Link) Proxy.newProxyInstance(
                Link.class.getClassLoader(), new Class<?>[] {Link.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        throw new IllegalStateException("stuck");
                    }
                    try {
                        return method.invoke(link, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void a_closed_stack_makes_no_sockets_and_has_given_its_link_back() throws Exception {
        MemoryLink.Pair cable = MemoryLink.pair("a", "b", LinkCapabilities.plain(1500), Clock.system());
        NetworkStack stack =
                NetworkStack.builder().link(cable.a()).address("192.0.2.1/24").build();
        Socket unconnected = stack.socketFactory().createSocket();
        Socket unused = stack.socketFactory().createSocket();
        ServerSocket unbound = stack.serverSocketFactory().createServerSocket();
        Socket used = stack.socketFactory().createSocket();
        used.setTcpNoDelay(true);
        EchoSocket echo = stack.echoSocket();
        stack.close();
        stack.close();
        InetSocketAddress peer = new InetSocketAddress("192.0.2.2", 80);
        assertSaysThatTheStackIsClosed(() -> unconnected.connect(peer));
        assertSaysThatTheStackIsClosed(() -> unused.setTcpNoDelay(true));
        assertSaysThatTheStackIsClosed(() -> unused.bind(null));
        assertSaysThatTheStackIsClosed(() -> unbound.setReceiveBufferSize(10_000));
        assertSaysThatTheStackIsClosed(() -> unbound.bind(null));
        assertSaysThatTheStackIsClosed(() -> stack.socketFactory().createSocket("192.0.2.2", 80));
        assertSaysThatTheStackIsClosed(() -> stack.serverSocketFactory().createServerSocket(80));
        assertSaysThatTheStackIsClosed(() -> stack.datagramSocketFactory().createDatagramSocket());
        assertSaysThatTheStackIsClosed(() -> stack.isReachable(peer.getAddress(), Duration.ofSeconds(1)));
        assertSaysThatTheStackIsClosed(() -> echo.send(peer.getAddress(), 1, new byte[1]));
        // This one was closed with its stack.
        assertThatThrownBy(() -> used.connect(peer))
                .isExactlyInstanceOf(SocketException.class)
                .hasMessage("Socket closed");
        assertThatThrownBy(() -> cable.a().awaitWork(0)).isExactlyInstanceOf(LinkDownException.class);
        cable.close();
    }

    private static void assertSaysThatTheStackIsClosed(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isExactlyInstanceOf(SocketException.class)
                .hasMessage("this network stack has been closed: use another");
    }

    @Test
    void an_idle_stack_closes_at_once() {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4()) {
            long start = System.nanoTime();
            network.client.close(Duration.ofSeconds(30));
            assertThat(System.nanoTime() - start)
                    .isLessThan(Duration.ofSeconds(5).toNanos());
        }
    }

    @ParameterizedTest
    @EnumSource(BlockedCall.Threads.class)
    void a_link_that_disappears_fails_its_connections(BlockedCall.Threads threads) throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                Connection connection = Connection.open(network)) {
            BlockedCall read = BlockedCall.start(threads, connection.client().getInputStream()::read);
            BlockedCall write = BlockedCall.start(threads, () -> {
                connection.client().getOutputStream().write(MUCH);
                return null;
            });
            network.cable.a().close();
            assertThat(read.failure()).isExactlyInstanceOf(SocketException.class);
            assertThat(write.failure()).isExactlyInstanceOf(SocketException.class);
            assertThat(List.of(read.failure().getMessage(), write.failure().getMessage()))
                    .contains("Network is down");
        }
    }

    @Test
    void connecting_over_a_link_that_has_disappeared_fails() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                Connection connection = Connection.open(network)) {
            network.cable.a().close();
            assertThatThrownBy(connection.client().getInputStream()::read).hasMessage("Network is down");
            assertThatThrownBy(() -> network.clients().createSocket(network.serverAddress(), 80))
                    .isInstanceOf(SocketException.class)
                    .hasMessageStartingWith("Network is");
        }
    }
}
