package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.tcp.TcpCounter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stack as the JVM's default; in a JVM of its own, which never has other sockets again. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DefaultStackTest {

    @Test
    void plain_java_net_sockets_are_the_stacks() throws Exception {
        greetOverPlainSockets();
    }

    private static void greetOverPlainSockets() throws Exception {
        try (Network.DefaultStackLoopback network = new Network.DefaultStackLoopback()) {
            try (ServerSocket server = new ServerSocket(8080);
                    Socket client = new Socket("192.0.2.1", 8080);
                    Socket accepted = server.accept()) {
                client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
                client.shutdownOutput();
                assertThat(accepted.getInputStream().readAllBytes()).asString().isEqualTo("hello");
                assertThat(accepted.getLocalAddress().getHostAddress()).isEqualTo("192.0.2.1");
                assertThat(network.stack.counters().tcp().snapshot()).containsEntry(TcpCounter.TcpPassiveOpens, 1L);
            }
        }
    }

    @Test
    void loopback_is_the_stacks_own() throws Exception {
        try (Network.DefaultStackLoopback network = new Network.DefaultStackLoopback();
                ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Socket client = new Socket((String) null, server.getLocalPort());
                Socket accepted = server.accept()) {
            accepted.getOutputStream().write(42);
            assertThat(client.getInputStream().read()).isEqualTo(42);
            assertThat(network.stack.counters().tcp().snapshot()).containsEntry(TcpCounter.TcpActiveOpens, 1L);
        }
    }

    /** The JVM remembers an address of the local host for five seconds; of its name, not here. */
    @Test
    void the_local_hosts_name_leads_to_the_stack_and_to_the_kernel_again_when_it_has_closed() throws Exception {
        String name;
        try (Network.DefaultStackLoopback network = new Network.DefaultStackLoopback()) {
            name = InetAddress.getLocalHost().getHostName();
            assertThat(InetAddress.getAllByName(name))
                    .extracting(InetAddress::getHostAddress)
                    .containsExactlyInAnyOrder("192.0.2.1", "2001:db8:0:0:0:0:0:1");
            assertThat(InetAddress.getByName(name).toString()).startsWith(name + "/");
            assertThat(InetAddress.getByName("192.0.2.1").getHostName()).isEqualTo(name);
            assertThat(network.stack.host().isClosed()).isFalse();
        }
        assertThat(InetAddress.getAllByName(name))
                .extracting(InetAddress::getHostAddress)
                .doesNotContain("192.0.2.1");
    }

    @Test
    void sockets_of_a_jvm_whose_stack_has_closed_say_so() throws Exception {
        Socket before;
        try (Network.DefaultStackLoopback network = new Network.DefaultStackLoopback()) {
            before = new Socket();
            assertThat(network.stack.host().isClosed()).isFalse();
        }
        assertThatThrownBy(() -> before.connect(new InetSocketAddress("192.0.2.1", 80)))
                .isExactlyInstanceOf(SocketException.class)
                .hasMessage(OpenSockets.STACK_CLOSED);
        assertThatThrownBy(() -> new Socket("192.0.2.1", 80))
                .isExactlyInstanceOf(SocketException.class)
                .hasMessage(DefaultStack.NONE);
        try (Socket after = new Socket()) {
            assertThatThrownBy(() -> after.connect(new InetSocketAddress("192.0.2.1", 80)))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage(DefaultStack.NONE);
        }
        assertThatThrownBy(() -> new ServerSocket(80))
                .isExactlyInstanceOf(SocketException.class)
                .hasMessage(DefaultStack.NONE);
        before.close();
    }

    @Test
    void another_stack_may_follow_one_that_has_closed_but_not_one_that_is_open() throws Exception {
        try (Network.DefaultStackLoopback first = new Network.DefaultStackLoopback()) {
            first.stack.installAsDefault();
            assertThatThrownBy(Network.DefaultStackLoopback::new)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("close it first");
            first.stack.close();
            assertThatThrownBy(first.stack::installAsDefault)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is closed");
        }
        greetOverPlainSockets();
    }

    @Test
    void a_listener_whose_stack_closes_accepts_no_more() throws Exception {
        ServerSocket server;
        BlockedCall accept;
        try (Network.DefaultStackLoopback network = new Network.DefaultStackLoopback()) {
            server = new ServerSocket(80);
            accept = BlockedCall.start(BlockedCall.Threads.VIRTUAL, server::accept);
            assertThat(network.stack.host().endpoints()).isNotEmpty();
        }
        assertThat(accept.failure()).isExactlyInstanceOf(SocketException.class).hasMessage("Socket closed");
        // Nor when it is asked again, with sockets that no stack makes any more.
        assertThatThrownBy(server::accept)
                .isExactlyInstanceOf(SocketException.class)
                .hasMessage("Socket closed");
        server.close();
    }
}
