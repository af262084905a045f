package dev.heddle.net;

import static dev.heddle.net.DatagramPair.buffer;
import static dev.heddle.net.DatagramPair.expect;
import static dev.heddle.net.DatagramPair.payload;
import static dev.heddle.net.DatagramPair.random;
import static dev.heddle.net.DatagramPair.to;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;
import static org.awaitility.Awaitility.await;

import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.HostObserver;
import dev.heddle.core.host.PacketDrop;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import dev.heddle.core.udp.UdpCounter;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the datagram sockets of a stack do beyond those of the JDK, and without. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatagramStackTest {

    @Test
    void every_method_of_the_superclass_is_overridden() {
        List<String> inherited = Arrays.stream(DatagramSocket.class.getDeclaredMethods())
                .filter(method ->
                        Modifier.isPublic(method.getModifiers()) || Modifier.isProtected(method.getModifiers()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !isOverridden(method))
                .map(Method::toGenericString)
                .toList();
        assertThat(inherited).isEmpty();
    }

    private static boolean isOverridden(Method method) {
        return Arrays.stream(HeddleDatagramSocket.class.getDeclaredMethods())
                .anyMatch(own -> own.getName().equals(method.getName())
                        && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
    }

    /** A log that is sent by the socket whose datagram was dropped. */
    @Test
    void an_observer_that_calls_the_socket_whose_call_it_hears_of_does_not_wait_for_itself() throws Exception {
        DatagramPacket lost = to(new InetSocketAddress("198.51.100.1", 514), (byte) 1);
        AtomicReference<DatagramSocket> log = new AtomicReference<>();
        List<Exception> failures = new ArrayList<>();
        HostConfig config = HostConfig.builder()
                .observer(new HostObserver() {
                    @Override
                    public void dropped(PacketDrop drop) {
                        try {
                            log.get().send(lost);
                        } catch (IOException | IllegalStateException e) {
                            failures.add(e);
                        }
                    }
                })
                .build();
        try (MemoryLink.Pair cable = MemoryLink.pair("a", "b", LinkCapabilities.plain(1500), Clock.system());
                NetworkStack stack = NetworkStack.builder()
                        .hostConfig(config)
                        .link(cable.a())
                        .address("192.0.2.1/24")
                        .build();
                DatagramSocket socket = stack.datagramSocketFactory().createDatagramSocket()) {
            log.set(socket);
            assertThatThrownBy(() -> socket.send(lost))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Network is unreachable");
        }
        assertThat(failures)
                .singleElement(as(THROWABLE))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("this thread is in the midst of a call on this socket");
    }

    @Test
    void multicast_is_refused() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                DatagramPair pair = DatagramPair.open(network)) {
            DatagramSocket socket = pair.client();
            InetSocketAddress group = new InetSocketAddress("239.1.2.3", 4000);
            assertThatThrownBy(() -> socket.joinGroup(group, null))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Multicast is not supported");
            assertThatThrownBy(() -> socket.send(to(group, (byte) 1)))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Multicast is not supported");
            assertThatThrownBy(() -> socket.connect(group))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Multicast is not supported");
            assertThatThrownBy(() -> socket.getOption(StandardSocketOptions.IP_MULTICAST_TTL))
                    .isExactlyInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("'IP_MULTICAST_TTL' not supported");
        }
    }

    @Test
    void an_empty_datagram_of_a_connected_socket_is_sent() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                DatagramPair pair = DatagramPair.open(network)) {
            pair.client().connect(pair.serverName());
            pair.client().send(buffer(0));
            expect(pair.server());
        }
    }

    @Test
    void what_has_no_route_is_unreachable() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                DatagramSocket socket = network.clientDatagrams(null)) {
            InetSocketAddress far = new InetSocketAddress("198.51.100.1", 53);
            InetSocketAddress otherFamily = new InetSocketAddress("2001:db8::1", 53);
            for (InetSocketAddress target : new InetSocketAddress[] {far, otherFamily}) {
                assertThatThrownBy(() -> socket.send(to(target, (byte) 1)))
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Network is unreachable");
                assertThatThrownBy(() -> socket.connect(target))
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Network is unreachable");
            }
            assertThat(socket.isConnected()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "192.0.2.1"})
    void a_stack_sends_to_itself(String address) throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                DatagramSocket server = network.clientDatagrams(new InetSocketAddress(0));
                DatagramSocket client = network.clientDatagrams(null)) {
            server.setSoTimeout(10_000);
            client.setSoTimeout(10_000);
            InetAddress here = InetAddress.getByName(address);
            client.connect(here, server.getLocalPort());
            for (int length : new int[] {1, 2_000, 65_000}) {
                client.send(to(client.getRemoteSocketAddress(), random(length)));
                DatagramPacket packet = buffer(70_000);
                server.receive(packet);
                assertThat(payload(packet)).isEqualTo(random(length));
                server.send(packet);
                expect(client, random(length));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(BlockedCall.Threads.class)
    void a_stack_that_closes_ends_its_sockets_and_leaves_nothing(BlockedCall.Threads threads) throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                DatagramPair pair = DatagramPair.open(network)) {
            DatagramSocket unbound = network.clientDatagrams(null);
            pair.server().send(to(pair.clientName(), random(10_000)));
            await().until(() -> network.client.counters().udp().get(UdpCounter.UdpInDatagrams) == 1);
            DatagramSocket waiting = network.clientDatagrams(new InetSocketAddress(0));
            BlockedCall receive = BlockedCall.start(threads, () -> {
                waiting.receive(buffer(1));
                return null;
            });
            network.client.close();
            assertThat(receive.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            for (DatagramSocket socket : new DatagramSocket[] {pair.client(), waiting, unbound}) {
                assertThat(socket.isClosed()).isTrue();
                assertThatThrownBy(() -> socket.send(to(pair.serverName(), (byte) 1)))
                        .isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Socket closed");
            }
            assertThatThrownBy(() -> network.client.datagramSocketFactory().createDatagramSocket())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage(OpenSockets.STACK_CLOSED);
            assertThat(network.client.host().datagramEndpoints()).isEmpty();
            assertThat(network.client.host().bufferPool().usedBytes()).isZero();
        }
    }

    @Test
    void the_factory_makes_what_the_constructors_make() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4()) {
            DatagramSocketFactory factory = network.client.datagramSocketFactory();
            try (DatagramSocket any = factory.createDatagramSocket();
                    DatagramSocket port = factory.createDatagramSocket(4000);
                    DatagramSocket address = factory.createDatagramSocket(4001, network.clientAddress());
                    DatagramSocket unbound = factory.createDatagramSocket(null)) {
                assertThat(any.getLocalPort()).isPositive();
                assertThat(port.getLocalSocketAddress()).isEqualTo(new InetSocketAddress("::", 4000));
                assertThat(address.getLocalSocketAddress())
                        .isEqualTo(new InetSocketAddress(network.clientAddress(), 4001));
                assertThat(unbound.isBound()).isFalse();
                assertThatThrownBy(() -> factory.createDatagramSocket(4000)).hasMessage("Address already in use");
                assertThatThrownBy(() -> factory.createDatagramSocket(65_536))
                        .isExactlyInstanceOf(IllegalArgumentException.class);
            }
            assertThat(network.client.host().datagramEndpoints()).isEmpty();
        }
    }

    /** Sends until the sender blocks. */
    private static BlockedCall sendMuch(BlockedCall.Threads threads, DatagramSocket socket, AtomicInteger sent) {
        return BlockedCall.start(threads, () -> {
            while (sent.get() < 10_000) {
                socket.send(to(new InetSocketAddress("192.0.2.2", 9), random(5_000)));
                sent.incrementAndGet();
            }
            return "sent";
        });
    }

    @ParameterizedTest
    @EnumSource(BlockedCall.Threads.class)
    void a_sender_waits_while_the_link_is_full_and_loses_nothing(BlockedCall.Threads threads) throws Exception {
        try (MemoryLink.Pair cable = MemoryLink.pair("here", "slow", LinkCapabilities.plain(1500), Clock.system());
                NetworkStack stack = NetworkStack.builder()
                        .link(cable.a())
                        .address("192.0.2.1/24")
                        .build();
                DatagramSocket socket = stack.datagramSocketFactory().createDatagramSocket()) {
            AtomicInteger sent = new AtomicInteger();
            BlockedCall sender = sendMuch(threads, socket, sent);
            assertThat(sent.get()).isBetween(50, 5_000);
            // Four fragments a datagram: whoever reads the other end gets every one.
            Packet packet = new Packet(1500);
            int packets = 0;
            while (packets < 40_000) {
                if (cable.b().receive(packet)) {
                    packets++;
                } else {
                    cable.b().awaitWork(System.nanoTime() + 1_000_000);
                }
            }
            assertThat(sender.end().result()).isEqualTo("sent");
            assertThat(cable.b().receive(packet)).isFalse();
            assertThat(stack.counters().snapshot())
                    .containsEntry("UdpOutDatagrams", 10_000L)
                    .containsEntry("IpFragOKs", 10_000L)
                    .containsEntry("IpFragFails", 0L);
        }
    }

    @ParameterizedTest
    @EnumSource(BlockedCall.Threads.class)
    @SuppressWarnings("try") // the close is what is tested
    void close_ends_a_blocked_send(BlockedCall.Threads threads) throws Exception {
        try (MemoryLink.Pair cable = MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());
                NetworkStack stack = NetworkStack.builder()
                        .link(cable.a())
                        .address("192.0.2.1/24")
                        .build();
                DatagramSocket socket = stack.datagramSocketFactory().createDatagramSocket()) {
            BlockedCall sender = sendMuch(threads, socket, new AtomicInteger());
            socket.close();
            assertThat(sender.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            stack.close(Duration.ZERO);
            assertThat(stack.host().bufferPool().usedBytes()).isZero();
        }
    }

    @Test
    @SuppressWarnings("try") // the close is what is tested
    void a_link_that_goes_away_ends_a_blocked_send() throws Exception {
        try (MemoryLink.Pair cable = MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());
                NetworkStack stack = NetworkStack.builder()
                        .link(cable.a())
                        .address("192.0.2.1/24")
                        .build();
                DatagramSocket socket = stack.datagramSocketFactory().createDatagramSocket()) {
            BlockedCall sender = sendMuch(BlockedCall.Threads.VIRTUAL, socket, new AtomicInteger());
            cable.close();
            assertThat(sender.failure())
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Network is down");
        }
    }

    @Test
    void thousands_of_virtual_threads_wait_for_datagrams_and_each_gets_its_own() throws Exception {
        int count = 3_000;
        try (Network.TwoStacks network = Network.TwoStacks.ipv4()) {
            List<BlockedCall> receivers = new ArrayList<>();
            List<DatagramSocket> sockets = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                DatagramSocket socket = network.serverDatagrams(new InetSocketAddress(0));
                sockets.add(socket);
                receivers.add(BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, () -> {
                    DatagramPacket packet = buffer(10);
                    socket.receive(packet);
                    return (int) packet.getData()[0];
                }));
            }
            try (DatagramSocket client = network.clientDatagrams(null)) {
                for (int i = 0; i < count; i++) {
                    client.send(to(
                            new InetSocketAddress(
                                    network.serverAddress(), sockets.get(i).getLocalPort()),
                            (byte) i));
                }
            }
            for (int i = 0; i < count; i++) {
                assertThat(receivers.get(i).end().result()).isEqualTo((int) (byte) i);
            }
            sockets.forEach(DatagramSocket::close);
            assertThat(network.server.host().datagramEndpoints()).isEmpty();
        }
    }

    @Test
    @SuppressWarnings("try") // the close is what is tested
    void sockets_that_are_opened_used_and_closed_by_many_threads_leave_nothing() throws Exception {
        try (Network.TwoStacks network = Network.TwoStacks.ipv4();
                DatagramSocket echo = network.serverDatagrams(new InetSocketAddress(network.serverAddress(), 0))) {
            InetSocketAddress target = (InetSocketAddress) echo.getLocalSocketAddress();
            echo.setReceiveBufferSize(4 << 20);
            byte[] unawaited = random(3_000);
            BlockedCall server = BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, () -> {
                DatagramPacket packet = buffer(5_000);
                while (true) {
                    echo.receive(packet);
                    echo.send(packet);
                }
            });
            List<BlockedCall> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(BlockedCall.startAnyway(BlockedCall.Threads.VIRTUAL, () -> {
                    for (int round = 0; round < 50; round++) {
                        try (DatagramSocket socket = network.clientDatagrams(null)) {
                            socket.setSoTimeout(15_000);
                            socket.connect(target);
                            socket.send(to(target, random(round * 60)));
                            assertThat(answer(socket, unawaited)).isEqualTo(random(round * 60));
                            // Nobody waits for this answer.
                            socket.send(to(target, unawaited));
                        }
                    }
                    return "done";
                }));
            }
            for (BlockedCall client : clients) {
                assertThat(client.end()).isEqualTo(new BlockedCall.Outcome("done", null, false));
            }
            echo.close();
            assertThat(server.failure()).hasMessage("Socket closed");
            assertThat(network.client.host().datagramEndpoints()).isEmpty();
            assertThat(network.server.host().datagramEndpoints()).isEmpty();
            network.close();
            assertThat(network.client.host().bufferPool().usedBytes()).isZero();
            assertThat(network.server.host().bufferPool().usedBytes()).isZero();
        }
    }

    /** The next datagram but for those that nobody awaits: one may come for whoever had the port before. */
    private static byte[] answer(DatagramSocket socket, byte[] unawaited) throws IOException {
        DatagramPacket packet = buffer(70_000);
        do {
            packet.setLength(70_000);
            socket.receive(packet);
        } while (Arrays.equals(payload(packet), unawaited));
        return payload(packet);
    }

    @Test
    void a_simulated_host_has_datagram_sockets() throws Exception {
        try (SimulatedNetwork network = SimulatedNetwork.builder().build()) {
            SimulatedHost server = network.host("server");
            SimulatedHost client = network.host("client");
            try (DatagramSocket listening = server.datagramSocketFactory().createDatagramSocket(53, server.address());
                    DatagramSocket asking = client.datagramSocketFactory().createDatagramSocket()) {
                listening.setSoTimeout(10_000);
                asking.send(to(new InetSocketAddress(server.address(), 53), random(100)));
                expect(listening, random(100));
            }
        }
    }
}
