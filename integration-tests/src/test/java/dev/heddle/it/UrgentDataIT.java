package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An urgent octet between Heddle and the kernel, where the receiver keeps it in the stream and where not (RFC 6093). */
@RealLinux
final class UrgentDataIT {

    private static final String CASES = """
            IPV4, ON,  true
            IPV4, OFF, false
            IPV6, ON,  false
            IPV6, OFF, true
            """;

    private static String expected(boolean inline) {
        return inline ? "before!behind" : "beforebehind";
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource(textBlock = CASES)
    void the_kernels_urgent_octet_is_where_heddle_wants_it(Family family, Offloads offloads, boolean inline)
            throws IOException {
        try (TwoHosts hosts = TwoHosts.connect(offloads);
                KernelPeer peer = KernelPeer.start(hosts.namespace());
                Socket socket = hosts.stack().socketFactory().createSocket(family.kernel(), peer.port())) {
            socket.setOOBInline(inline);
            socket.getOutputStream().write("URGENT\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(rest(socket)).isEqualTo(expected(inline));
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = CASES)
    void heddles_urgent_octet_is_where_the_kernel_wants_it(Family family, Offloads offloads, boolean inline)
            throws IOException {
        try (TwoHosts hosts = TwoHosts.connect(offloads);
                KernelPeer peer = KernelPeer.start(hosts.namespace());
                Socket socket =
                        peer.request(hosts.stack(), family.kernel(), inline ? "URGENT INLINE" : "URGENT APART")) {
            socket.getOutputStream().write("before".getBytes(StandardCharsets.US_ASCII));
            socket.sendUrgentData('!');
            socket.getOutputStream().write("behind".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(rest(socket)).isEqualTo(expected(inline));
        }
    }
}
