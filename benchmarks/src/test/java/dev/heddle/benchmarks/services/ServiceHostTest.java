package dev.heddle.benchmarks.services;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.LoopbackLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The services on the JDK's sockets and on Heddle's. */
@Timeout(60)
class ServiceHostTest {

    /** Whose sockets. */
    enum Sockets {
        JDK,
        HEDDLE
    }

    private interface Use {
        void with(ServiceHost host, SocketFactory clients) throws Exception;
    }

    private static void use(Sockets sockets, Use use) throws Exception {
        if (sockets == Sockets.JDK) {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            try (ServiceHost host = new ServiceHost(ServerSocketFactory.getDefault(), loopback, service -> 0)) {
                use.with(host, SocketFactory.getDefault());
            }
            return;
        }
        try (NetworkStack stack = NetworkStack.builder()
                        .link(new LoopbackLink(Clock.system()))
                        .address("192.0.2.1/24")
                        .build();
                ServiceHost host = new ServiceHost(stack.serverSocketFactory(), null)) {
            use.with(host, stack.socketFactory());
        }
    }

    private static Socket connect(ServiceHost host, SocketFactory clients, Service service) throws Exception {
        return clients.createSocket(InetAddress.getLoopbackAddress(), host.port(service));
    }

    @ParameterizedTest
    @EnumSource
    void echo_sends_back_all_and_ends_when_the_client_does(Sockets sockets) throws Exception {
        use(sockets, (host, clients) -> {
            try (Socket socket = connect(host, clients, Service.ECHO)) {
                for (String text : new String[] {"a", "b".repeat(200), "c".repeat(5000)}) {
                    byte[] sent = text.getBytes(StandardCharsets.US_ASCII);
                    socket.getOutputStream().write(sent);
                    assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
                }
                socket.shutdownOutput();
                assertThat(socket.getInputStream().read()).isNegative();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void discard_answers_nothing(Sockets sockets) throws Exception {
        use(sockets, (host, clients) -> {
            try (Socket socket = connect(host, clients, Service.DISCARD)) {
                socket.getOutputStream().write(new byte[1_000_000]);
                socket.shutdownOutput();
                assertThat(socket.getInputStream().read()).isNegative();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void chargen_sends_the_lines_of_rfc_864(Sockets sockets) throws Exception {
        use(sockets, (host, clients) -> {
            try (Socket socket = connect(host, clients, Service.CHARGEN)) {
                InputStream in = socket.getInputStream();
                String lines = new String(in.readNBytes(200 * 74), StandardCharsets.US_ASCII);
                String printing = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                        + "abcdefghijklmnopqrstuvwxyz{|}~";
                for (int line = 0; line < 200; line++) {
                    String expected = (printing + printing).substring(line % 95, line % 95 + 72) + "\r\n";
                    assertThat(lines.substring(line * 74, line * 74 + 74)).isEqualTo(expected);
                }
            }
        });
    }

    @Test
    void the_ports_are_those_of_the_rfcs() {
        assertThat(Service.ECHO.port()).isEqualTo(7);
        assertThat(Service.DISCARD.port()).isEqualTo(9);
        assertThat(Service.CHARGEN.port()).isEqualTo(19);
    }
}
