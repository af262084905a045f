package dev.heddle.jfr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.core.host.HostObserver;
import dev.heddle.core.host.PacketDrop;
import dev.heddle.core.link.Faults;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpEvent;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import dev.heddle.net.HeddleSocketOptions;
import dev.heddle.net.SimulatedHost;
import dev.heddle.net.SimulatedNetwork;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a program's connections do, seen by the JDK's Flight Recorder. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FlightRecorderTest {

    private static final int BYTES = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void a_connection_over_a_lossy_path_tells_its_losses_and_at_its_end_its_totals() throws Exception {
        List<RecordedEvent> events = recorded(network -> {
            network.faults(Faults.builder().delayNs(1_000_000).loss(0.05).build());
            transfer(network);
        });
        assertThat(of(events, "ConnectionOpened")).hasSize(2);
        RecordedEvent sender = of(events, "ConnectionClosed").stream()
                .filter(event -> event.getInt("remotePort") == 80)
                .findAny()
                .orElseThrow();
        assertThat(sender.getLong("bytesAcknowledged")).isEqualTo(BYTES);
        assertThat(sender.getString("reason")).isEqualTo("NONE");
        assertThat(sender.getString("congestionControl")).isEqualTo("cubic");
        assertThat(sender.getDuration("minRtt").toNanos()).isBetween(2_000_000L, 60_000_000_000L);
        List<RecordedEvent> again = of(events, "Retransmission");
        assertThat(again).isNotEmpty();
        assertThat(again.stream()
                        .filter(event -> event.getInt("remotePort") == 80)
                        .mapToLong(event -> event.getLong("bytes"))
                        .sum())
                .isEqualTo(sender.getLong("bytesRetransmitted"));
        assertThat(again).allSatisfy(event -> {
            assertThat(event.getString("why")).startsWith("TcpExtTCP");
            assertThat(event.getStackTrace()).isNull();
            assertThat(event.getEventType().getCategoryNames()).containsExactly("Heddle", "Connections");
        });
        assertThat(of(events, "LossRecoveryEntered")).isNotEmpty();
        assertThat(of(events, "LossRecoveryLeft"))
                .hasSameSizeAs(of(events, "LossRecoveryEntered"))
                .extracting(event -> event.getString("outcome"))
                .contains("REPAIRED");
    }

    @Test
    void timeouts() throws Exception {
        List<RecordedEvent> events = recorded(network -> {
            SimulatedHost server = network.host("server");
            SimulatedHost client = network.host("client");
            try (ServerSocket listener = server.serverSocketFactory().createServerSocket(80);
                    Socket socket = client.socketFactory().createSocket(server.address(), 80);
                    Socket accepted = listener.accept()) {
                network.partition(client, server);
                socket.getOutputStream().write(1);
                await().until(() ->
                        socket.getOption(HeddleSocketOptions.TCP_INFO).loss().timeouts() > 0);
                network.heal();
                assertThat(accepted.getInputStream().read()).isEqualTo(1);
            }
        });
        assertThat(of(events, "RetransmissionTimeout")).isNotEmpty().allSatisfy(event -> {
            assertThat(event.getLong("outstandingBytes")).isEqualTo(1);
            assertThat(event.getDuration("rto").toMillis()).isGreaterThanOrEqualTo(200);
        });
    }

    @Test
    void a_window_that_closes_on_both_sides_and_opens_again() throws Exception {
        List<RecordedEvent> events = recorded(network -> {
            SimulatedHost server = network.host("server");
            SimulatedHost client = network.host("client");
            try (ServerSocket listener = server.serverSocketFactory().createServerSocket()) {
                listener.setReceiveBufferSize(8192);
                listener.bind(new InetSocketAddress(80));
                try (Socket socket = client.socketFactory().createSocket(server.address(), 80);
                        Socket accepted = listener.accept()) {
                    Thread writer = Thread.startVirtualThread(() -> {
                        try {
                            socket.getOutputStream().write(new byte[100_000]);
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    });
                    await().until(() ->
                            accepted.getOption(HeddleSocketOptions.TCP_INFO).receiveWindowBytes() == 0);
                    assertThat(accepted.getInputStream().readNBytes(100_000)).hasSize(100_000);
                    writer.join();
                }
            }
        });
        for (String side : List.of("OURS", "PEERS")) {
            assertThat(of(events, "ZeroWindow"))
                    .filteredOn(event -> event.getString("side").equals(side))
                    .as(side)
                    .isNotEmpty();
            assertThat(of(events, "ZeroWindowOver"))
                    .filteredOn(event -> event.getString("side").equals(side))
                    .as(side)
                    .isNotEmpty();
        }
    }

    @Test
    void a_packet_that_nobody_wants() throws Exception {
        List<RecordedEvent> events = recorded(network -> {
            SimulatedHost server = network.host("server");
            SimulatedHost client = network.host("client");
            try (DatagramSocket socket = client.datagramSocketFactory().createDatagramSocket()) {
                socket.connect(server.address(), 4711);
                socket.send(new DatagramPacket(new byte[72], 72));
                socket.setSoTimeout(10_000);
                try {
                    socket.receive(new DatagramPacket(new byte[1], 1));
                } catch (PortUnreachableException expected) {
                    return;
                }
            }
            throw new AssertionError("somebody took it");
        });
        assertThat(of(events, "PacketDropped")).singleElement().satisfies(event -> {
            assertThat(event.getString("why")).isEqualTo("UdpNoPorts");
            assertThat(event.getInt("bytes")).isEqualTo(100);
            assertThat(event.getInt("protocol")).isEqualTo(17);
            assertThat(event.getString("source")).isNotEmpty();
        });
    }

    @Test
    void a_packet_that_has_no_way_out() throws Exception {
        List<RecordedEvent> events = recorded(network -> {
            SimulatedHost client = network.host("client");
            try (DatagramSocket socket = client.datagramSocketFactory().createDatagramSocket()) {
                assertThatThrownBy(() -> socket.send(
                                new DatagramPacket(new byte[72], 72, InetAddress.getByName("198.51.100.1"), 4711)))
                        .isInstanceOf(SocketException.class)
                        .hasMessage("Network is unreachable");
            }
        });
        assertThat(of(events, "PacketDropped")).singleElement().satisfies(event -> {
            assertThat(event.getString("direction")).isEqualTo("OUT");
            assertThat(event.getString("why")).isEqualTo("IpOutNoRoutes");
            assertThat(event.getString("destination")).isEqualTo("198.51.100.1");
            assertThat(event.getInt("bytes")).isEqualTo(100);
        });
    }

    @Test
    void nothing_is_asked_of_the_host_while_nothing_is_recorded() {
        HostObserver observer = FlightRecorderObserver.beside(HostObserver.NONE);
        assertThat(observer.isListening()).isFalse();
        try (Recording recording = new Recording()) {
            recording.enable("dev.heddle.Retransmission");
            recording.start();
            assertThat(observer.isListening()).isTrue();
        }
        assertThat(observer.isListening()).isFalse();
    }

    @Test
    void each_event_alone_is_reason_enough_to_listen() {
        HostObserver observer = FlightRecorderObserver.beside(HostObserver.NONE);
        List<String> names = FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .map(EventType::getName)
                .filter(name -> name.startsWith("dev.heddle."))
                .toList();
        assertThat(names).hasSize(10).allSatisfy(name -> {
            try (Recording recording = new Recording()) {
                recording.enable(name);
                recording.start();
                assertThat(observer.isListening()).isTrue();
            }
        });
    }

    @Test
    void connections_that_are_open_when_their_stack_closes_are_in_the_recording() throws Exception {
        List<RecordedEvent> events = recorded(network -> {
            SimulatedHost server = network.host("server");
            SimulatedHost client = network.host("client");
            ServerSocket listener = server.serverSocketFactory().createServerSocket(80);
            client.socketFactory().createSocket(server.address(), 80);
            listener.accept().getOutputStream().write(new byte[100]);
        });
        assertThat(of(events, "ConnectionOpened")).hasSize(2);
        assertThat(of(events, "ConnectionClosed")).hasSize(2);
    }

    @Test
    void another_observer_hears_it_all_the_same() {
        HostObserver observer = FlightRecorderObserver.beside(new HostObserver() {});
        assertThat(observer.isListening()).isTrue();
    }

    @Test
    void another_observer_that_does_not_listen_hears_nothing_of_what_is_recorded() throws Exception {
        List<String> told = new ArrayList<>();
        boolean[] listening = new boolean[1];
        HostObserver observer = FlightRecorderObserver.beside(new HostObserver() {
            @Override
            public boolean isListening() {
                return listening[0];
            }

            @Override
            public void opened(SocketPair pair) {
                told.add("opened");
            }

            @Override
            public void closed(SocketPair pair, TcpInfo last, Failure why) {
                told.add("closed");
            }

            @Override
            public void happened(SocketPair pair, TcpEvent event) {
                told.add("happened");
            }

            @Override
            public void dropped(PacketDrop drop) {
                told.add("dropped");
            }
        });
        SocketPair pair = SocketPair.of(IpAddress.parse("192.0.2.1"), 1000, IpAddress.parse("192.0.2.2"), 80, 0);
        TcpInfo[] info = new TcpInfo[1];
        try (SimulatedNetwork network = SimulatedNetwork.builder().seed(3).build();
                ServerSocket listener =
                        network.host("server").serverSocketFactory().createServerSocket(80);
                Socket socket = network.host("client")
                        .socketFactory()
                        .createSocket(network.host("server").address(), listener.getLocalPort())) {
            info[0] = socket.getOption(HeddleSocketOptions.TCP_INFO);
        }
        for (int round = 0; round < 2; round++) {
            assertThat(told).isEmpty();
            observer.opened(pair);
            observer.closed(pair, info[0], Failure.NONE);
            observer.happened(pair, new TcpEvent.WindowClosed(TcpEvent.Side.OURS));
            observer.dropped(new PacketDrop(PacketDrop.Direction.IN, Refusal.IP_VERSION, null, null, null, -1, 40));
            listening[0] = true;
        }
        assertThat(told).containsExactly("opened", "closed", "happened", "dropped");
    }

    @Test
    void each_event_has_what_it_tells_of() throws Exception {
        HostObserver observer = FlightRecorderObserver.beside(HostObserver.NONE);
        SocketPair pair = SocketPair.of(IpAddress.parse("192.0.2.1"), 1000, IpAddress.parse("2001:db8::2"), 80, 0);
        List<RecordedEvent> events = recorded(network -> {
            observer.opened(pair);
            observer.happened(pair, new TcpEvent.Retransmitted(0xffff_fff0, 1448, TcpCounter.TcpExtTCPFastRetrans));
            observer.happened(pair, new TcpEvent.TimedOut(200_000_000, 3, 14_480));
            observer.happened(pair, new TcpEvent.RecoveryEntered(TcpEvent.Loss.TIMEOUT, 10_000, 1448, 7240));
            observer.happened(pair, new TcpEvent.RecoveryLeft(TcpEvent.Outcome.FOR_NOTHING, 14_480));
            observer.happened(pair, new TcpEvent.WindowClosed(TcpEvent.Side.OURS));
            observer.happened(pair, new TcpEvent.WindowOpened(TcpEvent.Side.PEERS, 65_536));
            observer.happened(pair, new TcpEvent.Dropped(TcpCounter.TcpExtTCPOFODrop, 100));
            observer.dropped(new PacketDrop(
                    PacketDrop.Direction.OUT,
                    Refusal.TCP_CHECKSUM,
                    "tun0",
                    pair.remoteAddress(),
                    pair.localAddress(),
                    6,
                    1500));
            observer.dropped(new PacketDrop(PacketDrop.Direction.IN, Refusal.IP_VERSION, null, null, null, -1, 40));
        });
        assertThat(events.stream()
                        .map(event ->
                                event.getEventType().getName().substring("dev.heddle.".length()) + " " + told(event)))
                .containsExactly(
                        "ConnectionOpened {}",
                        "Retransmission {sequence=4294967280, bytes=1448, why=TcpExtTCPFastRetrans}",
                        "RetransmissionTimeout {rto=200000000, unanswered=3, outstandingBytes=14480}",
                        "LossRecoveryEntered {loss=TIMEOUT, bytesInFlight=10000, congestionWindow=1448,"
                                + " slowStartThreshold=7240}",
                        "LossRecoveryLeft {outcome=FOR_NOTHING, congestionWindow=14480}",
                        "ZeroWindow {side=OURS}",
                        "ZeroWindowOver {side=PEERS, window=65536}",
                        "DataDropped {why=TcpExtTCPOFODrop, bytes=100}",
                        "PacketDropped {direction=OUT, why=TCP_CHECKSUM, interfaceName=tun0, source=2001:db8::2,"
                                + " destination=192.0.2.1, protocol=6, bytes=1500}",
                        "PacketDropped {direction=IN, why=IP_VERSION, interfaceName=null, source=null, destination=null,"
                                + " protocol=-1, bytes=40}");
        assertThat(events)
                .filteredOn(event -> event.hasField("localPort"))
                .hasSize(8)
                .allSatisfy(event -> {
                    assertThat(event.getString("localAddress")).isEqualTo("192.0.2.1");
                    assertThat(event.getInt("localPort")).isEqualTo(1000);
                    assertThat(event.getString("remoteAddress")).isEqualTo("2001:db8::2");
                    assertThat(event.getInt("remotePort")).isEqualTo(80);
                });
    }

    /** The fields of an event's own. */
    private static Map<String, Object> told(RecordedEvent event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (ValueDescriptor field : event.getFields()) {
            String name = field.getName();
            boolean common = List.of("startTime", "duration", "eventThread", "stackTrace")
                    .contains(name);
            if (!common && !name.startsWith("local") && !name.startsWith("remote")) {
                fields.put(
                        name,
                        field.getTypeName().equals("int") && name.equals("sequence")
                                ? event.getLong(name)
                                : event.getValue(name));
            }
        }
        return fields;
    }

    private interface Scene {
        void play(SimulatedNetwork network) throws Exception;
    }

    private List<RecordedEvent> recorded(Scene scene) throws Exception {
        Path file = directory.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            try (SimulatedNetwork network = SimulatedNetwork.builder().seed(3).build()) {
                scene.play(network);
            }
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.heddle."))
                .toList();
    }

    private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.heddle." + name))
                .toList();
    }

    private static void transfer(SimulatedNetwork network) throws Exception {
        SimulatedHost server = network.host("server");
        SimulatedHost client = network.host("client");
        try (ServerSocket listener = server.serverSocketFactory().createServerSocket(80);
                Socket socket = client.socketFactory().createSocket(server.address(), 80);
                Socket accepted = listener.accept()) {
            Thread writer = Thread.startVirtualThread(() -> {
                try {
                    socket.getOutputStream().write(new byte[BYTES]);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(accepted.getInputStream().readAllBytes()).hasSize(BYTES);
            accepted.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            writer.join();
        }
    }
}
