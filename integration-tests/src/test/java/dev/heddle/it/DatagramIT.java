package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.it.peer.GeneratedContent;
import dev.heddle.it.peer.KernelDatagrams;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Datagrams between Heddle and the kernel: short, in fragments, for nobody, and over narrow paths. */
@RealLinux
@ParameterizedClass
@EnumSource
final class DatagramIT {

    private static final int UNUSED_PORT = 4711;
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final int RECEIVE_TIMEOUT_MS = 10_000;

    /** Around what fits into one packet, and the longest that both ends take. */
    private static final int[] LENGTHS = {0, 1, 1_000, 1_452, 1_453, 1_472, 1_473, 8_000, 60_000, 65_487};

    private final Offloads offloads;
    private TwoHosts hosts;

    DatagramIT(Offloads offloads) {
        this.offloads = offloads;
    }

    @BeforeEach
    void connect() {
        hosts = TwoHosts.connect(offloads);
    }

    @AfterEach
    void leaves_nothing_behind() {
        assertThat(hosts.count("UdpInErrors") + hosts.count("Udp6InErrors"))
                .as("wrong datagrams from the kernel")
                .isZero();
        assertThat(hosts.namespace().count("UdpInErrors") + hosts.namespace().count("Udp6InErrors"))
                .as("wrong datagrams from Heddle")
                .isZero();
        hosts.close();
    }

    private DatagramSocket socket() throws SocketException {
        DatagramSocket socket = hosts.stack().datagramSocketFactory().createDatagramSocket();
        socket.setSoTimeout(RECEIVE_TIMEOUT_MS);
        return socket;
    }

    private static int port(RunningProcess echo) {
        return Integer.parseInt(echo.expectLine("port", START_TIMEOUT));
    }

    /** Sends a datagram and waits for it to come back; several times if some may be lost, whose answers may come late. */
    private static void echoed(DatagramSocket socket, InetAddress address, int port, int length, int attempts)
            throws IOException {
        byte[] bytes = GeneratedContent.bytes(length);
        DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
        for (int attempt = 1; ; attempt++) {
            socket.send(new DatagramPacket(bytes, length, address, port));
            try {
                do {
                    socket.receive(answer);
                } while (attempts > 1 && answer.getLength() != length);
                break;
            } catch (SocketTimeoutException e) {
                if (attempt == attempts) {
                    throw e;
                }
            }
        }
        assertThat(answer.getLength()).isEqualTo(length);
        assertThat(Arrays.copyOf(answer.getData(), length)).isEqualTo(bytes);
        assertThat(answer.getAddress()).isEqualTo(address);
        assertThat(answer.getPort()).isEqualTo(port);
    }

    @ParameterizedTest
    @EnumSource
    void the_kernel_echoes_what_heddle_sends(Family family) throws IOException {
        try (RunningProcess echo =
                        hosts.namespace().java(KernelDatagrams.class, "echo").start();
                DatagramSocket socket = socket()) {
            int port = port(echo);
            for (int length : LENGTHS) {
                echoed(socket, family.kernel(), port, length, 1);
            }
            socket.connect(family.kernel(), port);
            assertThat(socket.getLocalAddress()).isEqualTo(family.heddle());
            for (int length : LENGTHS) {
                echoed(socket, family.kernel(), port, length, 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("try") // closing it ends the echo
    void heddle_echoes_what_the_kernel_sends(Family family) throws IOException {
        try (DatagramSocket socket = socket()) {
            CompletableFuture<Void> echo = Background.run(() -> echoAll(socket));
            List<String> arguments = new ArrayList<>(
                    List.of("ask", family.heddle().getHostAddress(), String.valueOf(socket.getLocalPort())));
            Arrays.stream(LENGTHS).mapToObj(String::valueOf).forEach(arguments::add);
            Command.Result result = hosts.namespace()
                    .java(KernelDatagrams.class, arguments.toArray(String[]::new))
                    .run();
            assertThat(result.output().lines())
                    .as(result.errors() + echo)
                    .containsExactlyElementsOf(Arrays.stream(LENGTHS)
                            .mapToObj(length -> "echoed " + length)
                            .toList());
            socket.close();
            echo.join();
        }
    }

    private static void echoAll(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            while (true) {
                socket.receive(packet);
                socket.send(packet);
            }
        } catch (SocketException e) {
            if (!socket.isClosed()) {
                throw e;
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void heddle_is_told_that_nobody_has_the_port(Family family) throws IOException {
        try (DatagramSocket socket = socket()) {
            socket.connect(family.kernel(), UNUSED_PORT);
            for (int length : new int[] {10, 20_000}) {
                socket.send(new DatagramPacket(new byte[length], length));
                assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[1], 1)))
                        .as("%s bytes", length)
                        .isExactlyInstanceOf(PortUnreachableException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_kernel_is_told_that_nobody_has_the_port_any_more(Family family) throws IOException {
        DatagramSocket socket = socket();
        int port = socket.getLocalPort();
        String[] arguments = {"refused", family.heddle().getHostAddress(), String.valueOf(port)};
        try (RunningProcess sender =
                hosts.namespace().java(KernelDatagrams.class, arguments).start()) {
            // Somebody is there at first.
            socket.receive(new DatagramPacket(new byte[1], 1));
            assertThat(sender.isAlive()).isTrue();
            socket.close();
            sender.expectLine("refused", START_TIMEOUT);
        }
    }

    @ParameterizedTest
    @CsvSource({"IPV4, 1400", "IPV4, 576", "IPV6, 1400", "IPV6, 1280"})
    void datagrams_cross_a_narrow_path(Family family, int mtu) throws IOException {
        try (Router router = Router.behind(hosts, mtu);
                RunningProcess echo =
                        router.far().java(KernelDatagrams.class, "echo").start();
                DatagramSocket socket = socket()) {
            int port = port(echo);
            // An IPv6 router drops what is too long, and says so: the next datagram goes in fragments that fit. The far
            // host's
            // own link is narrow, so what it answers is never too long.
            boolean mayBeLost = family == Family.IPV6;
            socket.setSoTimeout(mayBeLost ? 1_000 : RECEIVE_TIMEOUT_MS);
            for (int length : new int[] {100, 1_450, 8_000, 60_000}) {
                echoed(socket, family.far(), port, length, mayBeLost ? 5 : 1);
            }
            if (family == Family.IPV4) {
                assertThat(router.fragments()).isPositive();
            } else {
                assertThat(router.tooBig(family)).isEqualTo(1);
            }
        }
    }
}
