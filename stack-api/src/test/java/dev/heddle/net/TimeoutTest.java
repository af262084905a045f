package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls with a time limit end when it is over, not before, and say so as the JDK's do. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TimeoutTest {

    @ParameterizedTest
    @CsvSource({
        "JDK, PLATFORM",
        "JDK, VIRTUAL",
        "HEDDLE_IPV4, PLATFORM",
        "HEDDLE_IPV4, VIRTUAL",
    })
    void a_read_times_out_and_the_connection_stays_usable(Network.Kind kind, BlockedCall.Threads threads)
            throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            connection.client().setSoTimeout(80);
            InputStream in = connection.client().getInputStream();
            long start = System.nanoTime();
            BlockedCall read = BlockedCall.startAnyway(threads, in::read);
            assertThat(read.failure())
                    .isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Read timed out");
            assertThat(System.nanoTime() - start)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(80).toNanos());
            connection.server().getOutputStream().write(7);
            connection.client().setSoTimeout(10_000);
            assertThat(in.read()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void a_reader_that_waits_for_its_turn_times_out_too(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                Connection connection = Connection.open(network)) {
            InputStream in = connection.client().getInputStream();
            BlockedCall first = BlockedCall.start(BlockedCall.Threads.VIRTUAL, in::read);
            connection.client().setSoTimeout(50);
            assertThatThrownBy(in::read)
                    .isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Read timed out");
            assertThat(first.isDone()).isFalse();
            connection.server().getOutputStream().write(7);
            assertThat(first.end().result()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource(Network.Kind.class)
    void accept_times_out_and_the_listener_stays_usable(Network.Kind kind) throws Exception {
        try (Network network = kind.open();
                ServerSocket listener = network.servers().createServerSocket(0, 50, network.serverAddress())) {
            listener.setSoTimeout(50);
            assertThatThrownBy(listener::accept)
                    .isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Accept timed out");
            listener.setSoTimeout(10_000);
            try (Socket client = network.clients().createSocket(network.serverAddress(), listener.getLocalPort());
                    Socket accepted = listener.accept()) {
                assertThat(accepted.getSoTimeout()).isZero();
                assertThat(accepted.getPort()).isEqualTo(client.getLocalPort());
            }
        }
    }

    @Test
    void connect_times_out_if_nobody_answers_and_closes_the_socket() throws Exception {
        try (MemoryLink.Pair cable = MemoryLink.pair("here", "nobody", LinkCapabilities.plain(1500), Clock.system());
                NetworkStack stack = NetworkStack.builder()
                        .link(cable.a())
                        .address("192.0.2.1/24")
                        .build();
                Socket socket = stack.socketFactory().createSocket()) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress("192.0.2.2", 80), 100))
                    .isExactlyInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Connect timed out");
            assertThat(socket.isClosed()).isTrue();
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress("192.0.2.2", 80), 100))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket is closed");
        }
    }
}
