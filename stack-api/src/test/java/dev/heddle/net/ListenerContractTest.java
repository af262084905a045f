package dev.heddle.net;

import static dev.heddle.net.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** What a listener accepts, how many wait for that, and what becomes of them when it is closed. */
@SuppressWarnings("try") // what comes after an explicit close is tested
class ListenerContractTest {

    @SocketContract
    void accept_needs_a_binding(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket()) {
            assertFails(SocketException.class, "Socket is not bound yet", listener::accept);
            listener.close();
            assertFails(SocketException.class, "Socket is closed", listener::accept);
        }
    }

    @SocketContract
    void connections_are_accepted_in_the_order_of_their_coming(Network network) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            for (int i = 0; i < 5; i++) {
                clients.add(network.clients().createSocket(network.serverAddress(), listener.getLocalPort()));
            }
            for (Socket client : clients) {
                try (Socket accepted = listener.accept()) {
                    assertThat(accepted.getPort()).isEqualTo(client.getLocalPort());
                }
                client.close();
            }
        }
    }

    @SocketContract
    void one_more_than_the_backlog_waits_to_be_accepted(Network network) throws Exception {
        for (int backlog : new int[] {1, 3}) {
            List<Socket> clients = new ArrayList<>();
            try (ServerSocket listener = network.servers().createServerSocket(0, backlog, network.serverAddress())) {
                Throwable end = Failures.of(() -> {
                    while (true) {
                        Socket client = network.clients().createSocket();
                        client.connect(listener.getLocalSocketAddress(), 150);
                        clients.add(client);
                    }
                });
                assertThat(end)
                        .isExactlyInstanceOf(SocketTimeoutException.class)
                        .hasMessage("Connect timed out");
                assertThat(clients).hasSize(backlog + 1);
                listener.accept().close();
                try (Socket next = network.clients().createSocket()) {
                    next.connect(listener.getLocalSocketAddress(), 10_000);
                    assertThat(next.isConnected()).isTrue();
                }
            } finally {
                for (Socket client : clients) {
                    client.close();
                }
            }
        }
    }

    @SocketContract
    void who_waits_to_be_accepted_may_send_and_close_already(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
            client.getOutputStream().write(7);
            int port = client.getLocalPort();
            client.close();
            try (Socket accepted = listener.accept()) {
                assertThat(accepted.getPort()).isEqualTo(port);
                assertThat(accepted.getInputStream().readAllBytes()).containsExactly(7);
            }
        }
    }

    @SocketContract
    void who_has_reset_his_connection_is_accepted_and_then_known_to_be_gone(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
            int port = client.getLocalPort();
            client.setSoLinger(true, 0);
            client.close();
            listener.setSoTimeout(10_000);
            try (Socket accepted = listener.accept()) {
                assertThat(accepted.isConnected()).isTrue();
                assertThat(accepted.getPort()).isEqualTo(port);
                assertThat(accepted.getInetAddress()).isEqualTo(network.clientAddress());
                assertFails(
                        SocketException.class,
                        "Connection reset",
                        () -> accepted.getInputStream().read());
            }
        }
    }

    @SocketContract
    void the_listeners_close_resets_who_was_not_accepted(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress());
                Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                Socket another = network.clients().createSocket(network.serverAddress(), listener.getLocalPort())) {
            BlockedCall read = BlockedCall.start(client.getInputStream()::read);
            listener.close();
            assertThat(read.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
            assertFails(
                    SocketException.class,
                    "Connection reset",
                    () -> another.getInputStream().read());
            assertFails(
                    ConnectException.class,
                    "Connection refused",
                    () -> network.clients().createSocket(network.serverAddress(), listener.getLocalPort()));
        }
    }

    @SocketContract
    void accepted_connections_outlive_their_listener(Network network) throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.listener().close();
            connection.client().getOutputStream().write(7);
            assertThat(connection.server().getInputStream().read()).isEqualTo(7);
        }
    }

    @SocketContract
    void close_ends_a_blocked_accept(Network network) throws Exception {
        for (int timeoutMillis : new int[] {0, 30_000}) {
            try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
                listener.setSoTimeout(timeoutMillis);
                BlockedCall accept = BlockedCall.start(listener::accept);
                listener.close();
                assertThat(accept.failure())
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Socket closed");
                assertFails(SocketException.class, "Socket is closed", listener::accept);
                listener.close();
            }
        }
    }

    @SocketContract
    void close_ends_every_accept_that_waits(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            List<BlockedCall> accepts = new ArrayList<>();
            accepts.add(BlockedCall.start(listener::accept));
            accepts.add(BlockedCall.startAnyway(listener::accept));
            accepts.add(BlockedCall.startAnyway(listener::accept));
            listener.close();
            for (BlockedCall accept : accepts) {
                // Who has not yet begun to wait meets a listener that is closed already.
                assertThat(accept.failure())
                        .isExactlyInstanceOf(SocketException.class)
                        .message()
                        .isIn("Socket closed", "Socket is closed");
            }
        }
    }

    @SocketContract
    void several_threads_accept_one_connection_each(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            List<BlockedCall> accepts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                accepts.add(BlockedCall.startAnyway(() -> {
                    try (Socket accepted = listener.accept()) {
                        return accepted.getPort();
                    }
                }));
            }
            List<Object> ports = new ArrayList<>();
            for (int i = 0; i < accepts.size(); i++) {
                try (Socket client = network.clients().createSocket()) {
                    client.connect(new InetSocketAddress(network.serverAddress(), listener.getLocalPort()));
                    ports.add(client.getLocalPort());
                    assertThat(client.getInputStream().read()).isEqualTo(-1);
                }
            }
            assertThat(accepts).extracting(accept -> accept.end().result()).containsExactlyInAnyOrderElementsOf(ports);
        }
    }

    @SocketContract
    void accept_times_out_and_the_listener_stays_usable(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            listener.setSoTimeout(50);
            assertFails(SocketTimeoutException.class, "Accept timed out", listener::accept);
            listener.setSoTimeout(10_000);
            try (Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                    Socket accepted = listener.accept()) {
                assertThat(accepted.getSoTimeout()).isZero();
                assertThat(accepted.getPort()).isEqualTo(client.getLocalPort());
            }
        }
    }

    @SocketContract
    void a_time_limit_that_is_set_later_is_not_that_of_an_accept_that_waits(Network network) throws Exception {
        try (ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            BlockedCall first = BlockedCall.start(listener::accept);
            listener.setSoTimeout(50);
            assertFails(SocketTimeoutException.class, "Accept timed out", listener::accept);
            assertThat(first.isDone()).isFalse();
            try (Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                    Socket accepted = (Socket) first.end().result()) {
                assertThat(accepted.getPort()).isEqualTo(client.getLocalPort());
            }
        }
    }

    /** A server socket of the program's own, whose accept fills sockets of the program's own. */
    private static final class OwnServerSocket extends ServerSocket {

        private final Socket next;

        OwnServerSocket(Network network, Socket next) throws IOException {
            super(0, 50, network.serverAddress());
            this.next = next;
        }

        @Override
        public Socket accept() throws IOException {
            implAccept(next);
            return next;
        }
    }

    /** Only the JVM's own factories make the sockets of subclasses: there is nothing to ask of a stack's factories here. */
    @SocketContract
    void a_subclass_fills_sockets_of_its_own(Network network) throws Exception {
        if (!network.isOfTheJvm()) {
            return;
        }
        try (Socket own = new Socket();
                ServerSocket listener = new OwnServerSocket(network, own);
                Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort())) {
            assertThat(listener.accept()).isSameAs(own);
            assertThat(own.isConnected()).isTrue();
            assertThat(own.isBound()).isTrue();
            assertThat(own.getPort()).isEqualTo(client.getLocalPort());
            assertThat(own.getLocalPort()).isEqualTo(listener.getLocalPort());
            client.getOutputStream().write(7);
            assertThat(own.getInputStream().read()).isEqualTo(7);
        }
    }

    @SocketContract
    void a_socket_that_a_subclass_has_prepared_keeps_its_time_limit(Network network) throws Exception {
        if (!network.isOfTheJvm()) {
            return;
        }
        try (Socket own = new Socket();
                ServerSocket listener = new OwnServerSocket(network, own);
                Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort())) {
            own.setSoTimeout(50);
            listener.accept();
            assertThat(own.getPort()).isEqualTo(client.getLocalPort());
            assertThat(own.getSoTimeout()).isEqualTo(50);
            assertFails(
                    SocketTimeoutException.class,
                    "Read timed out",
                    () -> own.getInputStream().read());
        }
    }

    @SocketContract
    void a_subclass_may_fill_a_socket_again_but_not_one_that_is_closed(Network network) throws Exception {
        if (!network.isOfTheJvm()) {
            return;
        }
        try (Socket own = new Socket();
                ServerSocket listener = new OwnServerSocket(network, own);
                Socket first = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                Socket second = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                Socket third = network.clients().createSocket(network.serverAddress(), listener.getLocalPort())) {
            listener.accept();
            assertThat(own.getPort()).isEqualTo(first.getLocalPort());
            first.shutdownOutput();
            assertThat(own.getInputStream().read()).isEqualTo(-1);
            listener.accept();
            assertThat(own.getPort()).isEqualTo(second.getLocalPort());
            assertThat(first.getInputStream().read()).isEqualTo(-1);
            second.getOutputStream().write(7);
            assertThat(own.getInputStream().read()).isEqualTo(7);
            own.close();
            assertFails(SocketException.class, "Socket is closed", listener::accept);
            assertThat(third.getInputStream().read()).isEqualTo(-1);
        }
    }
}
