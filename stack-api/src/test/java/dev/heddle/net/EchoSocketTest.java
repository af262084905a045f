package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.host.EchoAnswer;
import dev.heddle.core.link.LinkCapabilities;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EchoSocketTest {

    private static final byte[] DATA = new byte[56];
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Network.TwoStacks net = Network.TwoStacks.ipv4();
    private final EchoSocket echo = net.client.echoSocket();

    @AfterEach
    void close() {
        net.close();
    }

    /** In the network, and nobody's. */
    private static InetAddress nobody() throws Exception {
        return InetAddress.getByName("192.0.2.99");
    }

    @Test
    void an_answer_is_waited_for() throws Exception {
        echo.send(net.serverAddress(), 3, DATA);
        EchoAnswer answer = Objects.requireNonNull(echo.receive(LONG));
        assertThat(answer.sequence()).isEqualTo(3);
        assertThat(answer.isReply()).isTrue();
        assertThat(answer.intact()).isTrue();
        assertThat(answer.from().toInetAddress()).isEqualTo(net.serverAddress());
        assertThat(answer.roundTripNs()).isPositive();
    }

    @Test
    void nothing_comes_in_time_from_nobody() throws Exception {
        echo.send(nobody(), 1, DATA);
        assertThat(echo.receive(Duration.ofMillis(20))).isNull();
        assertThat(echo.receive(Duration.ZERO)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void closing_ends_the_wait(BlockedCall.Threads threads) throws Exception {
        BlockedCall call = BlockedCall.start(threads, () -> echo.receive(LONG));
        echo.close();
        assertThat(call.failure()).isInstanceOf(SocketException.class).hasMessage("Socket closed");
        assertThatThrownBy(() -> echo.send(net.serverAddress(), 1, DATA)).hasMessage("Socket closed");
    }

    @ParameterizedTest
    @EnumSource
    void closing_the_stack_ends_the_wait(BlockedCall.Threads threads) throws Exception {
        echo.send(nobody(), 1, DATA);
        BlockedCall call = BlockedCall.start(threads, () -> echo.receive(LONG));
        net.client.close(Duration.ZERO);
        assertThat(call.failure()).isInstanceOf(SocketException.class).hasMessage("Socket closed");
    }

    @Test
    void interruption_ends_the_wait_of_a_virtual_thread() throws Exception {
        BlockedCall call = BlockedCall.start(BlockedCall.Threads.VIRTUAL, () -> echo.receive(LONG));
        call.interrupt();
        assertThat(call.failure()).isInstanceOf(InterruptedIOException.class);
    }

    @Test
    void what_cannot_be_asked_is_refused() throws Exception {
        assertThatThrownBy(() -> echo.send(InetAddress.getByName("198.51.100.1"), 1, DATA))
                .isInstanceOf(SocketException.class)
                .hasMessage("Network is unreachable");
        assertThatThrownBy(() -> echo.send(InetAddress.getByName("2001:db8::2"), 1, DATA))
                .hasMessage("Network is unreachable");
        assertThatThrownBy(() -> echo.send(InetAddress.getByName("192.0.2.255"), 1, DATA))
                .hasMessage("Permission denied");
        assertThatThrownBy(() -> echo.send(InetAddress.getByName("224.0.0.1"), 1, DATA))
                .hasMessage("Multicast is not supported");
        assertThatThrownBy(() -> echo.send(net.serverAddress(), 1, new byte[70_000]))
                .hasMessage("Message too long");
    }

    @Test
    void hosts_that_answer_are_reachable() throws Exception {
        assertThat(net.client.isReachable(net.serverAddress(), LONG)).isTrue();
        assertThat(net.client.isReachable(InetAddress.getLoopbackAddress(), LONG))
                .isTrue();
        assertThat(net.client.isReachable(nobody(), Duration.ofMillis(20))).isFalse();
        assertThat(net.client.isReachable(InetAddress.getByName("198.51.100.1"), LONG))
                .isFalse();
        net.client.close(Duration.ZERO);
        assertThatThrownBy(() -> net.client.isReachable(net.serverAddress(), LONG))
                .isInstanceOf(SocketException.class);
    }

    @Test
    void hosts_are_reachable_over_ipv6() throws Exception {
        try (Network.TwoStacks net6 =
                new Network.TwoStacks("2001:db8::1", "2001:db8::2", 64, LinkCapabilities.plain(1500))) {
            assertThat(net6.client.isReachable(net6.serverAddress(), LONG)).isTrue();
        }
    }
}
