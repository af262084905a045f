package dev.heddle.commands.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.commands.Refusal;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ServicesTest {

    private final MemoryLink.Pair cable =
            MemoryLink.pair("client", "server", LinkCapabilities.plain(1500), Clock.system());
    private final NetworkStack client =
            NetworkStack.builder().link(cable.a()).address("192.0.2.1/24").build();
    private final NetworkStack server =
            NetworkStack.builder().link(cable.b()).address("192.0.2.2/24").build();
    private InetAddress address;

    @BeforeEach
    void serve() throws IOException {
        address = InetAddress.getByName("192.0.2.2");
        ServicesCommand.start(server, List.of(address));
    }

    @AfterEach
    void close() {
        client.close(Duration.ZERO);
        server.close(Duration.ZERO);
        cable.close();
    }

    @Test
    void echo_sends_back_what_it_receives_to_the_end() throws IOException {
        try (Socket socket = client.socketFactory().createSocket(address, 7)) {
            byte[] sent = new byte[100_000];
            Arrays.fill(sent, (byte) 42);
            Thread.startVirtualThread(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(sent);
        }
    }

    @Test
    void discard_takes_everything_and_says_nothing() throws IOException {
        try (Socket socket = client.socketFactory().createSocket(address, 9)) {
            socket.getOutputStream().write(new byte[100_000]);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void chargen_sends_lines_that_begin_a_character_later_each() throws IOException {
        try (Socket socket = client.socketFactory().createSocket(address, 19)) {
            String text = new String(socket.getInputStream().readNBytes(96 * 74), StandardCharsets.US_ASCII);
            List<String> lines = text.lines().toList();
            assertThat(lines).hasSize(96).allSatisfy(line -> assertThat(line).hasSize(72));
            assertThat(lines.get(0)).startsWith(" !\"#$%&'()*+,-./0123456789");
            assertThat(lines.get(1)).isEqualTo(lines.get(0).substring(1) + "h");
            assertThat(lines.get(95)).isEqualTo(lines.get(0));
        }
    }

    @Test
    void echo_answers_a_datagram_with_itself() throws IOException {
        try (DatagramSocket socket = client.datagramSocketFactory().createDatagramSocket()) {
            assertThat(answer(socket, address, 7, 2_000)).hasSize(2_000);
        }
    }

    @Test
    void chargen_never_answers_with_more_than_came() throws IOException {
        try (DatagramSocket socket = client.datagramSocketFactory().createDatagramSocket()) {
            assertThat(answer(socket, address, 19, 10)).isEqualTo(" !\"#$%&'()".getBytes(StandardCharsets.US_ASCII));
            assertThat(answer(socket, address, 19, 0)).isEmpty();
            assertThat(answer(socket, address, 19, 2_000)).hasSize(512);
        }
    }

    @Test
    void discard_answers_no_datagram() throws IOException {
        try (DatagramSocket socket = client.datagramSocketFactory().createDatagramSocket()) {
            assertSilent(socket, address, 9);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 13, 19, 53, 123, 1_023, 1_900, 2_049, 11_211})
    void what_may_be_the_answer_of_another_service_is_not_answered(int port) throws IOException {
        try (DatagramSocket socket = client.datagramSocketFactory().createDatagramSocket(port)) {
            assertSilent(socket, address, 7);
            assertSilent(socket, address, 19);
        }
    }

    @Test
    void broadcasts_are_not_answered() throws IOException {
        try (DatagramSocket socket = client.datagramSocketFactory().createDatagramSocket()) {
            socket.setBroadcast(true);
            assertSilent(socket, InetAddress.getByName("192.0.2.255"), 7);
        }
    }

    @Test
    void a_port_in_use_is_said() {
        assertThatThrownBy(() -> ServicesCommand.start(server, List.of(address)))
                .isInstanceOf(Refusal.class)
                .hasMessage("cannot serve: Address already in use");
    }

    private static byte[] answer(DatagramSocket socket, InetAddress target, int port, int bytes) throws IOException {
        socket.setSoTimeout(20_000);
        return exchange(socket, target, port, bytes);
    }

    /** Nothing comes for it; what is asked behind it is answered, and so it was not on its way. */
    private void assertSilent(DatagramSocket socket, InetAddress target, int port) throws IOException {
        socket.setSoTimeout(1);
        assertThatThrownBy(() -> exchange(socket, target, port, 100)).isInstanceOf(SocketTimeoutException.class);
        try (DatagramSocket other = client.datagramSocketFactory().createDatagramSocket()) {
            answer(other, address, port == 9 ? 7 : port, 100);
        }
        assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[1], 1)))
                .isInstanceOf(SocketTimeoutException.class);
    }

    private static byte[] exchange(DatagramSocket socket, InetAddress target, int port, int bytes) throws IOException {
        socket.send(new DatagramPacket(new byte[bytes], bytes, target, port));
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }
}
