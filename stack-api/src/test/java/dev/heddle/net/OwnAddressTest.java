package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnAddressTest {

    private MemoryLink.Pair cable;
    private NetworkStack stack;

    @BeforeEach
    void start() {
        cable = MemoryLink.pair("own0", "peer0", LinkCapabilities.plain(1500), Clock.system());
        stack = NetworkStack.builder()
                .link(cable.a())
                .address("192.0.2.2/24")
                .address("2001:db8::2/64")
                .build();
    }

    @AfterEach
    void stop() {
        stack.close(Duration.ZERO);
        cable.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "192.0.2.2", "2001:db8::2"})
    void a_stack_reaches_itself(String address) throws Exception {
        byte[] greeting = "to myself".getBytes(StandardCharsets.US_ASCII);
        try (ServerSocket server = stack.serverSocketFactory().createServerSocket(7000);
                Socket client = stack.socketFactory().createSocket(InetAddress.getByName(address), 7000);
                Socket accepted = server.accept()) {
            client.getOutputStream().write(greeting);
            assertThat(accepted.getInputStream().readNBytes(greeting.length)).isEqualTo(greeting);
            assertThat(accepted.getInetAddress()).isEqualTo(client.getLocalAddress());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "192.0.2.2"})
    void a_port_of_its_own_that_nobody_listens_on_refuses(String address) {
        assertThatThrownBy(() -> stack.socketFactory()
                        .createSocket(InetAddress.getByName(address), 7001)
                        .close())
                .isInstanceOf(ConnectException.class)
                .hasMessage("Connection refused");
    }
}
