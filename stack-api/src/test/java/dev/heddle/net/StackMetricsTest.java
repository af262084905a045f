package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.core.link.Faults;
import dev.heddle.core.link.FaultyLink;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Micrometer sees of a stack. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StackMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Network.TwoStacks network;
    private StackMetrics client;
    private StackMetrics server;

    @BeforeEach
    void bind() {
        network = Network.TwoStacks.ipv4();
        client = new StackMetrics(network.client, Tags.of("stack", "client"));
        server = new StackMetrics(network.server, Tags.of("stack", "server"));
        client.bindTo(registry);
        server.bindTo(registry);
    }

    @AfterEach
    void close() {
        network.close();
    }

    private double value(String stack, String name, String... tags) {
        Meter meter = registry.get(name).tags("stack", stack).tags(tags).meter();
        return meter.measure().iterator().next().getValue();
    }

    private double fresh(StackMetrics metrics, String stack, String name, String... tags) {
        metrics.refresh();
        return value(stack, name, tags);
    }

    private long meters(String stack) {
        return registry.getMeters().stream()
                .filter(meter -> stack.equals(meter.getId().getTag("stack")))
                .count();
    }

    @Test
    void every_counter_is_there_under_its_name() {
        Stream<String> names = network.server.counters().snapshot().keySet().stream();
        assertThat(names.filter(name -> !name.startsWith("Refused.")))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(value("server", MibName.of(name).meterName()))
                        .as(name)
                        .isGreaterThanOrEqualTo(0));
    }

    @Test
    void counters_and_states_move_with_a_connection() throws Exception {
        assertThat(value("server", "heddle.netstat.Tcp_PassiveOpens")).isZero();
        Connection connection = Connection.open(network);
        try (connection) {
            connection.client().getOutputStream().write(new byte[100_000]);
            assertThat(connection.server().getInputStream().readNBytes(100_000)).hasSize(100_000);

            assertThat(value("client", "heddle.netstat.Tcp_ActiveOpens")).isEqualTo(1);
            assertThat(value("server", "heddle.netstat.Tcp_PassiveOpens")).isEqualTo(1);
            assertThat(value("server", "heddle.netstat.Tcp_InSegs")).isGreaterThan(60);
            assertThat(fresh(server, "server", "heddle.tcp.connections", "state", "ESTABLISHED"))
                    .isEqualTo(1);
            assertThat(value("server", "heddle.netstat.Tcp_CurrEstab")).isEqualTo(1);
        }
        await().untilAsserted(() -> assertThat(fresh(client, "client", "heddle.tcp.connections", "state", "TIME_WAIT")
                        + fresh(server, "server", "heddle.tcp.connections", "state", "TIME_WAIT"))
                .isPositive());
        assertThat(fresh(server, "server", "heddle.netstat.Tcp_CurrEstab")).isZero();
    }

    @Test
    void a_scrape_sees_the_connections_without_being_told_to_look() throws Exception {
        try (Connection connection = Connection.open(network)) {
            connection.client().getOutputStream().write(1);
            await().untilAsserted(() ->
                    assertThat(value("server", "heddle.netstat.Tcp_CurrEstab")).isEqualTo(1));
        }
    }

    @Test
    void round_trip_times_are_in_the_registrys_unit() throws Exception {
        assertThat(value("client", "heddle.tcp.rtt", "quantile", "0.5")).isNaN();
        try (Connection connection = Connection.open(network)) {
            connection.client().getOutputStream().write(1);
            assertThat(connection.server().getInputStream().read()).isEqualTo(1);
            double slowest = fresh(client, "client", "heddle.tcp.rtt", "quantile", "1");
            assertThat(slowest).isBetween(0.000_001, 5.0);
            assertThat(value("client", "heddle.tcp.rtt", "quantile", "0.5")).isEqualTo(slowest);
        }
    }

    @Test
    void memory_in_use_rises_with_what_nobody_reads_and_falls_when_it_is_read() throws Exception {
        double limit = value("server", "heddle.memory.limit");
        assertThat(limit).isEqualTo((double) network.server.host().config().memoryLimitBytes());
        double before = value("server", "heddle.memory.used");
        try (Connection connection = Connection.open(network)) {
            connection.client().getOutputStream().write(new byte[20_000]);
            await().untilAsserted(() ->
                    assertThat(connection.server().getInputStream().available()).isEqualTo(20_000));
            assertThat(value("server", "heddle.memory.used")).isBetween(before + 20_000, limit);
            assertThat(connection.server().getInputStream().readNBytes(20_000)).hasSize(20_000);
            await().untilAsserted(() ->
                    assertThat(value("server", "heddle.memory.used")).isEqualTo(before));
            assertThat(value("server", "heddle.memory.peak")).isGreaterThanOrEqualTo(before + 20_000);
        }
    }

    @Test
    void a_refused_packet_is_counted_under_its_reason() {
        Packet packet = new Packet(100);
        packet.head(Packet.HEADROOM, 19);
        packet.buffer().put(Packet.HEADROOM, (byte) 0x45);
        assertThat(network.cable.a().transmit(packet)).isTrue();
        await().untilAsserted(() -> assertThat(value("server", "heddle.packets.refused", "reason", "IPV4_TRUNCATED"))
                .isEqualTo(1));
        assertThat(value("server", "heddle.packets.refused", "reason", "TCP_CHECKSUM"))
                .isZero();
    }

    @Test
    void retransmissions_are_counted_on_a_lossy_link() throws Exception {
        MemoryLink.Pair cable = MemoryLink.pair("a", "b", LinkCapabilities.plain(1500), Clock.system());
        Faults faults = Faults.builder().loss(0.05).build();
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        try (NetworkStack sender = NetworkStack.builder()
                        .link(new FaultyLink(cable.a(), Clock.system(), random, faults))
                        .address("192.0.2.1/24")
                        .build();
                NetworkStack receiver = NetworkStack.builder()
                        .link(cable.b())
                        .address("192.0.2.2/24")
                        .build();
                StackMetrics metrics = new StackMetrics(sender, Tags.of("stack", "lossy"));
                ServerSocket listener = receiver.serverSocketFactory().createServerSocket(80)) {
            metrics.bindTo(registry);
            try (Socket out = sender.socketFactory().createSocket("192.0.2.2", 80);
                    Socket in = listener.accept()) {
                Thread.startVirtualThread(() -> {
                    try {
                        out.getOutputStream().write(new byte[1_000_000]);
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                assertThat(in.getInputStream().readNBytes(1_000_000)).hasSize(1_000_000);
            }
            assertThat(value("lossy", "heddle.netstat.Tcp_RetransSegs")).isPositive();
        }
    }

    @Test
    void a_listeners_queue_is_seen_from_its_first_look_until_it_closes() throws Exception {
        String[] name = {"port", "8080"};
        try (ServerSocket listener = network.servers().createServerSocket(8080, 7);
                Socket first = network.clients().createSocket(network.serverAddress(), 8080);
                Socket second = network.clients().createSocket(network.serverAddress(), 8080)) {
            server.refresh();
            await().untilAsserted(() -> assertThat(fresh(server, "server", "heddle.tcp.listener.queue", name))
                    .isEqualTo(2));
            assertThat(value("server", "heddle.tcp.listener.queue.limit", name)).isEqualTo(7);
            assertThat(value("server", "heddle.tcp.listener.handshakes", name)).isZero();
            listener.accept().close();
            assertThat(fresh(server, "server", "heddle.tcp.listener.queue", name))
                    .isEqualTo(1);
            assertThat(first.isConnected() && second.isConnected()).isTrue();
        }
        server.refresh();
        assertThat(registry.find("heddle.tcp.listener.queue").meters()).isEmpty();
    }

    @Test
    void the_meters_go_with_the_stack_and_only_its_own() throws Exception {
        ServerSocket listener = network.servers().createServerSocket(8080, 7);
        server.refresh();
        assertThat(registry.find("heddle.tcp.listener.queue").meters()).hasSize(1);
        long ofClient = meters("client");
        assertThat(ofClient).isGreaterThan(100);
        network.server.close(Duration.ZERO);
        assertThat(listener.isClosed()).isTrue();
        assertThat(meters("server")).isZero();
        assertThat(meters("client")).isEqualTo(ofClient);

        StackMetrics late = new StackMetrics(network.server, Tags.of("stack", "server"));
        late.bindTo(registry);
        assertThat(meters("server")).isZero();
    }

    @Test
    void closing_takes_the_meters_back_while_the_stack_goes_on() throws Exception {
        server.close();
        assertThat(meters("server")).isZero();
        try (Connection connection = Connection.open(network)) {
            assertThat(connection.server().isConnected()).isTrue();
        }
        StackMetrics again = new StackMetrics(network.server, Tags.of("stack", "server"));
        again.bindTo(registry);
        assertThat(meters("server")).isGreaterThan(100);
    }

    @Test
    void binding_twice_changes_nothing_and_the_tags_of_another_stack_are_refused() {
        long ofServer = meters("server");
        server.bindTo(registry);
        assertThat(meters("server")).isEqualTo(ofServer);
        StackMetrics same = new StackMetrics(network.client, Tags.of("stack", "server"));
        assertThatThrownBy(() -> same.bindTo(registry)).isInstanceOf(IllegalArgumentException.class);
        same.close();
        assertThat(meters("server")).isEqualTo(ofServer);
    }
}
