package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.link.FaultCounter;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.Loss;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketFields;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an application developer's test does with a network of hosts that misbehaves as told. */
@Timeout(60)
class SimulatedNetworkTest {

    private static final int MS = 1_000_000;
    private static final int PORT = 7;

    /** Echoes whatever comes, connection by connection. */
    private static ServerSocket echo(SimulatedHost host) throws IOException {
        ServerSocket server = host.serverSocketFactory().createServerSocket(PORT);
        Thread.startVirtualThread(() -> {
            while (true) {
                try {
                    Socket socket = server.accept();
                    Thread.startVirtualThread(() -> {
                        try (socket) {
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        } catch (IOException e) {
                            // The test has ended this connection.
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        return server;
    }

    private static void exchange(Socket socket, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(bytes);
        InputStream in = socket.getInputStream();
        assertThat(new String(in.readNBytes(bytes.length), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    @Test
    void hosts_reach_each_other_by_the_addresses_of_both_families() throws IOException {
        try (SimulatedNetwork network = SimulatedNetwork.builder().build()) {
            SimulatedHost server = network.host("server");
            SimulatedHost client = network.host("client");
            SimulatedHost other = network.host("other");
            echo(server);
            assertThat(server.address()).hasToString("server/10.0.0.1");
            for (SimulatedHost from : new SimulatedHost[] {client, other}) {
                for (InetAddress to : new InetAddress[] {server.address(), server.address6()}) {
                    try (Socket socket = from.socketFactory().createSocket(to, PORT)) {
                        exchange(socket, "hello");
                    }
                }
            }
            assertThat(network.host("server")).isSameAs(server);
            assertThat(network.hosts()).containsExactly(server, client, other);
        }
    }

    @Test
    void delay_is_felt_and_can_be_changed_while_a_connection_is_open() throws IOException {
        try (SimulatedNetwork network = SimulatedNetwork.builder().build()) {
            SimulatedHost server = network.host("server");
            SimulatedHost client = network.host("client");
            echo(server);
            try (Socket socket = client.socketFactory().createSocket(server.address(), PORT)) {
                exchange(socket, "quick");
                network.faults(client, server, Faults.builder().delayNs(50 * MS).build());
                long startNs = System.nanoTime();
                exchange(socket, "slow");
                assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(100L * MS);
            }
        }
    }

    @Test
    void a_partition_stops_two_hosts_without_a_word_and_heals_as_if_nothing_had_been() throws Exception {
        try (SimulatedNetwork network = SimulatedNetwork.builder().build()) {
            SimulatedHost server = network.host("server");
            SimulatedHost client = network.host("client");
            SimulatedHost bystander = network.host("bystander");
            echo(server);
            try (Socket parted = client.socketFactory().createSocket(server.address(), PORT);
                    Socket standing = bystander.socketFactory().createSocket(server.address(), PORT)) {
                exchange(parted, "before");
                network.partition(client, server);
                parted.setSoTimeout(200);
                assertThatThrownBy(() -> exchange(parted, "during")).isInstanceOf(SocketTimeoutException.class);
                exchange(standing, "untouched");
                assertThat(network.path(client, server).cutPackets()).isPositive();
                network.heal();
                parted.setSoTimeout(0);
                assertThat(new String(parted.getInputStream().readNBytes(6), StandardCharsets.UTF_8))
                        .isEqualTo("during");
            }
            network.isolate(server);
            try (Socket none = client.socketFactory().createSocket()) {
                assertThatThrownBy(() -> none.connect(new InetSocketAddress(server.address(), PORT), 200))
                        .isInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    @Test
    void the_third_data_segment_can_be_lost_and_is_sent_again() throws IOException {
        try (SimulatedNetwork network = SimulatedNetwork.builder().build()) {
            SimulatedHost server = network.host("server");
            SimulatedHost client = network.host("client");
            echo(server);
            network.path(client, server)
                    .faults(Faults.builder()
                            .loss(Loss.script(PacketFields::hasData, 3))
                            .build());
            try (Socket socket = client.socketFactory().createSocket(server.address(), PORT)) {
                for (String text : new String[] {"one", "two", "three", "four"}) {
                    exchange(socket, text);
                }
            }
            assertThat(network.path(client, server).counters().get(FaultCounter.LOST))
                    .isEqualTo(1);
            assertThat(network.path(server, client).counters().get(FaultCounter.LOST))
                    .isZero();
        }
    }

    @Test
    void bytes_survive_a_bad_network() throws IOException {
        Faults bad = Faults.builder()
                .delayNs(2 * MS)
                .loss(Loss.bursts(0.01, 0.4, 0, 1))
                .reordering(0.02)
                .duplication(0.02)
                .corruption(0.01)
                .build();
        try (SimulatedNetwork network =
                SimulatedNetwork.builder().seed(11).faults(bad).build()) {
            SimulatedHost server = network.host("server");
            SimulatedHost client = network.host("client");
            echo(server);
            byte[] sent = new byte[400_000];
            new Random(1).nextBytes(sent);
            try (Socket socket = client.socketFactory().createSocket(server.address(), PORT)) {
                Thread.startVirtualThread(() -> {
                    try {
                        socket.getOutputStream().write(sent);
                        socket.shutdownOutput();
                    } catch (IOException e) {
                        // The reader sees that something is missing.
                    }
                });
                assertThat(socket.getInputStream().readAllBytes()).isEqualTo(sent);
            }
            assertThat(network.seed()).isEqualTo(11);
        }
    }

    @Test
    void each_hosts_packets_are_recorded(@TempDir Path directory) throws IOException {
        try (SimulatedNetwork network =
                SimulatedNetwork.builder().captures(directory).build()) {
            echo(network.host("server"));
            SimulatedHost client = network.host("client");
            try (Socket socket =
                    client.socketFactory().createSocket(network.host("server").address(), PORT)) {
                exchange(socket, "to be found in the capture");
            }
        }
        for (String name : new String[] {"server", "client"}) {
            String bytes = Files.readString(directory.resolve(name + ".pcapng"), StandardCharsets.ISO_8859_1);
            assertThat(bytes).contains("to be found in the capture");
        }
    }

    @Test
    void a_host_that_could_not_be_recorded_is_not_there_and_can_be_added_later(@TempDir Path directory)
            throws IOException {
        Path captures = directory.resolve("captures");
        try (SimulatedNetwork network =
                SimulatedNetwork.builder().captures(captures).build()) {
            assertThatThrownBy(() -> network.host("server")).isInstanceOf(UncheckedIOException.class);
            assertThat(network.hosts()).isEmpty();
            Files.createDirectory(captures);
            SimulatedHost server = network.host("server");
            assertThat(server.address()).hasToString("server/10.0.0.1");
            echo(server);
            try (Socket socket = network.host("client").socketFactory().createSocket(server.address(), PORT)) {
                exchange(socket, "hello");
            }
        }
    }

    @Test
    void a_host_that_fails_to_close_does_not_keep_the_others_from_it() throws Exception {
        SimulatedNetwork network = SimulatedNetwork.builder().build();
        for (String name : new String[] {"first", "second"}) {
            network.host(name).stack().afterClose(() -> {
                throw new IllegalStateException(name);
            });
        }
        SimulatedHost last = network.host("last");
        ServerSocket listener = last.serverSocketFactory().createServerSocket(PORT);
        BlockedCall accept = BlockedCall.start(BlockedCall.Threads.VIRTUAL, listener::accept);
        assertThatThrownBy(network::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("first")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .singleElement()
                        .extracting(Throwable::getMessage)
                        .isEqualTo("second"));
        assertThat(accept.failure()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> last.link().receive(new Packet(1500))).isInstanceOf(LinkDownException.class);
        network.close();
    }

    @Test
    void closing_ends_blocked_calls_and_a_closed_network_takes_no_hosts() throws Exception {
        SimulatedNetwork network = SimulatedNetwork.builder().build();
        SimulatedHost server = network.host("server");
        ServerSocket listener = server.serverSocketFactory().createServerSocket(PORT);
        BlockedCall accept = BlockedCall.start(BlockedCall.Threads.VIRTUAL, listener::accept);
        network.close();
        network.close();
        assertThat(accept.failure()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> network.host("late")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> SimulatedNetwork.builder().mtu(576).build())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
