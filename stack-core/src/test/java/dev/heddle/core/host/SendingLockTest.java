package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpConfig.CookieUse;
import dev.heddle.core.tcp.TcpState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** While a link takes what a record sends, others have the lock of the record. */
@Timeout(60)
class SendingLockTest {

    private static final int PORT = 80;

    /** Whether another thread came through, each time that somebody looked. */
    private final List<Boolean> passed = new ArrayList<>();

    private void pass(Runnable whatLocks) {
        Thread other = Thread.ofPlatform().start(whatLocks);
        try {
            passed.add(other.join(Duration.ofSeconds(5)));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = CookieUse.class,
            names = {"NEVER", "ALWAYS"})
    void handshakes_answer_behind_the_lock_of_their_listener(CookieUse cookies) {
        HostPair net = new HostPair(TcpConfig.builder().synCookies(cookies).build());
        TcpListener listener = net.listen(PORT);
        net.lost = packet -> {
            if (RawSegment.headerOf(packet).isSyn()
                    && RawSegment.headerOf(packet).isAck()) {
                pass(listener::queue);
                // So that it must be sent again, by its timer or by the peer's.
                return passed.size() < 3;
            }
            return false;
        };
        TcpEndpoint client = net.connect(B4, PORT);
        net.advance(10 * SECOND);
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(passed).hasSizeGreaterThanOrEqualTo(3).doesNotContain(false);
        client.abort();
        net.closeAndCheck();
    }

    @Test
    void a_connection_in_time_wait_answers_behind_the_lock_of_all_of_them() {
        HostPair net = new HostPair();
        TcpListener listener = net.listen(PORT);
        TcpEndpoint client = net.connect(B4, PORT);
        TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());
        client.close();
        // The last ACK is lost, so that the FIN comes again.
        net.lost = SendingLockTest::isFromA;
        server.close();
        assertThat(net.a.endpoints().getFirst().state()).isEqualTo(TcpState.TIME_WAIT);
        net.lost = packet -> {
            if (isFromA(packet)) {
                pass(net.a.timeWaits()::close);
            }
            return false;
        };
        net.advance(SECOND);
        assertThat(passed).containsExactly(true);
        net.closeAndCheck();
    }

    private static boolean isFromA(Packet packet) {
        return packet.buffer().getInt(packet.offset() + 12) == 0xc0000201;
    }
}
