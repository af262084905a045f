package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.B4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.Requirement;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpState;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an application hears of its connection without asking (RFC 9293 3.9.1.8). */
class AsynchronousReportsTest {

    private final HostPair net = new HostPair();
    private final TcpListener listener = net.listen(80);
    private final TcpEndpoint client = net.connect(B4, 80);
    private final TcpEndpoint server = Objects.requireNonNull(listener.tryAccept());

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    @Test
    @Requirement({"RFC9293:MUST-32", "RFC9293:MUST-33", "RFC9293:MUST-47"})
    void urgent_data_is_told_whenever_it_reaches_further() {
        AtomicInteger calls = new AtomicInteger();
        server.readiness().subscribe(calls::incrementAndGet);
        assertThat(client.writeUrgent(new byte[] {1, 2, 3}, 0, 3)).isEqualTo(3);
        assertThat(server.readiness().isAny(Readiness.URGENT)).isTrue();
        assertThat(server.urgentBytes()).isEqualTo(3);
        assertThat(calls.getAndSet(0)).isPositive();

        client.writeUrgent(new byte[] {4}, 0, 1);
        assertThat(server.urgentBytes()).isEqualTo(4);
        assertThat(calls.getAndSet(0)).isPositive();
        assertThat(server.takeOutOfBand()).isEqualTo(4);
        assertThat(server.takeOutOfBand()).isEqualTo(-1);

        client.write(new byte[] {5}, 0, 1);
        byte[] target = new byte[10];
        assertThat(server.read(target, 0, 10)).isEqualTo(3);
        assertThat(server.readiness().isAny(Readiness.URGENT)).isTrue();
        assertThat(server.read(target, 0, 10)).isEqualTo(1);
        assertThat(target[0]).isEqualTo((byte) 5);
        assertThat(server.readiness().isAny(Readiness.URGENT)).isFalse();
        assertThat(server.urgentBytes()).isZero();
    }

    @Test
    void an_urgent_octet_alone_makes_nothing_readable() {
        client.writeUrgent(new byte[] {1}, 0, 1);
        assertThat(server.readiness().isAny(Readiness.READABLE)).isFalse();
        client.shutdownOutput();
        assertThat(server.readiness().isAny(Readiness.END_OF_STREAM)).isTrue();
    }

    @Test
    @Requirement({"RFC9293:SHLD-9", "RFC9293:SHLD-20", "RFC9293:MUST-47"})
    void a_peer_that_does_not_answer_is_told_before_it_is_given_up() {
        net.lost = packet -> true;
        client.write(new byte[10], 0, 10);
        net.advance(300 * HostPair.MILLISECOND);
        assertThat(client.readiness().isAny(Readiness.SOFT_ERROR)).isFalse();
        AtomicInteger calls = new AtomicInteger();
        // Who does not subscribe, or does not look at the bit, is not told.
        client.readiness().subscribe(calls::incrementAndGet);
        net.advance(10 * HostPair.SECOND);
        assertThat(calls.get()).isEqualTo(1);
        assertThat(client.readiness().isAny(Readiness.SOFT_ERROR)).isTrue();
        assertThat(client.softFailure()).isEqualTo(Failure.TIMED_OUT);
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);

        net.lost = packet -> false;
        net.advance(30 * HostPair.SECOND);
        assertThat(client.readiness().isAny(Readiness.SOFT_ERROR)).isFalse();
        assertThat(client.softFailure()).isEqualTo(Failure.NONE);
        assertThat(server.available()).isEqualTo(10);
    }

    @Test
    void a_write_with_more_to_come_waits_for_the_next_one() {
        client.write(new byte[10], 0, 10, true);
        assertThat(server.available()).isZero();
        client.write(new byte[10], 0, 10);
        assertThat(server.available()).isEqualTo(20);
        client.write(new byte[10], 0, 10, true);
        net.advance(200 * HostPair.MILLISECOND);
        assertThat(server.available()).isEqualTo(30);
    }
}
