package dev.heddle.core.host;

import static dev.heddle.core.host.HostPair.A4;
import static dev.heddle.core.host.HostPair.B4;
import static dev.heddle.core.host.HostPair.B6;
import static dev.heddle.core.host.HostPair.MILLISECOND;
import static dev.heddle.core.host.HostPair.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.Requirement;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.tcp.TcpState;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandDrivenHostTest {

    private final HostPair net = new HostPair();

    @AfterEach
    void nothing_is_left() {
        net.closeAndCheck();
    }

    private static TcpEndpoint accept(TcpListener listener) {
        return Objects.requireNonNull(listener.tryAccept());
    }

    private static byte[] bytes(int count, long seed) {
        byte[] all = new byte[count];
        new Random(seed).nextBytes(all);
        return all;
    }

    /** Writes everything and reads it at the other end, moving time when nothing goes on. */
    private void transfer(TcpEndpoint from, TcpEndpoint to, byte[] data) {
        byte[] received = new byte[data.length];
        int written = 0;
        int read = 0;
        for (int idle = 0; read < data.length; ) {
            int n = from.write(data, written, data.length - written);
            assertThat(n).isNotEqualTo(TcpEndpoint.FAILED);
            written += n;
            int m = to.read(received, read, data.length - read);
            assertThat(m).isNotNegative();
            read += m;
            if (n == 0 && m == 0) {
                assertThat(++idle).as("stuck at %d of %d", read, data.length).isLessThan(1000);
                net.advance(100 * MILLISECOND);
            } else {
                idle = 0;
            }
        }
        assertThat(received).isEqualTo(data);
    }

    @Test
    void when_connect_returns_the_whole_handshake_has_happened() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        assertThat(client.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(client.readiness().isAny(Readiness.CONNECTED)).isTrue();
        assertThat(listener.readiness().isAny(Readiness.ACCEPTABLE)).isTrue();
        TcpEndpoint server = accept(listener);
        assertThat(server.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(listener.tryAccept()).isNull();
        assertThat(listener.readiness().isAny(Readiness.ACCEPTABLE)).isFalse();
        assertThat(server.remoteAddress()).isEqualTo(A4).isEqualTo(client.localAddress());
        assertThat(server.remotePort()).isEqualTo(client.localPort());
        assertThat(net.packets).as("SYN, SYN-ACK, ACK").isEqualTo(3);
    }

    @Test
    void data_goes_both_ways_over_both_families() {
        TcpListener listener = net.listen(80);
        for (IpAddress address : List.of(B4, B6)) {
            TcpEndpoint client = net.connect(address, 80);
            TcpEndpoint server = accept(listener);
            transfer(client, server, bytes(300_000, 1));
            transfer(server, client, bytes(3_000_000, 2));
        }
    }

    @Test
    void data_arrives_over_a_link_that_loses_every_seventh_packet() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        net.lost = packet -> net.packets % 7 == 0;
        transfer(client, server, bytes(200_000, 3));
        transfer(server, client, bytes(200_000, 4));
        net.lost = packet -> false;
    }

    @Test
    @Requirement("RFC9293:MUST-13")
    void the_one_that_closes_first_is_in_time_wait_and_its_small_record_ends_after_two_msl() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        client.close();
        assertThat(server.read(new byte[1], 0, 1)).isEqualTo(TcpEndpoint.END_OF_STREAM);
        assertThat(server.readiness().isAny(Readiness.END_OF_STREAM)).isTrue();
        server.close();
        assertThat(client.state()).isEqualTo(TcpState.TIME_WAIT);
        assertThat(net.a.endpoints()).singleElement().matches(e -> e.state() == TcpState.TIME_WAIT);
        assertThat(net.b.endpoints()).singleElement().matches(e -> e.state() == TcpState.LISTEN);
        assertThat(net.a.table().entries()).singleElement().isInstanceOf(TimeWaitEntry.class);
        assertThat(net.a.ports().isUsed(client.localPort())).isTrue();
        net.advance(60 * SECOND);
        assertThat(net.a.endpoints()).isEmpty();
        assertThat(net.a.ports().isUsed(client.localPort())).isFalse();
        assertThat(net.a.nextDeadline()).isEqualTo(Clock.NEVER);
    }

    @Test
    void what_was_not_read_stays_readable_when_the_connection_has_become_a_record() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        client.shutdownOutput();
        byte[] data = bytes(40_000, 5);
        assertThat(server.write(data, 0, data.length)).isEqualTo(data.length);
        server.close();
        assertThat(client.state()).isEqualTo(TcpState.TIME_WAIT);
        assertThat(net.a.table().entries()).singleElement().isInstanceOf(TimeWaitEntry.class);
        byte[] read = new byte[50_000];
        int n = client.read(read, 0, read.length);
        assertThat(Arrays.copyOf(read, n)).isEqualTo(data);
        assertThat(client.read(read, 0, 1)).isEqualTo(TcpEndpoint.END_OF_STREAM);
        assertThat(net.a.bufferPool().usedBytes()).isZero();
    }

    @Test
    @Requirement("RFC9293:MAY-2")
    void a_new_syn_reopens_a_connection_in_time_wait() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.a.tcpEndpoint();
        client.bind(A4, 5000, true);
        client.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        server.close();
        client.close();
        assertThat(net.b.table().entries()).singleElement().isInstanceOf(TimeWaitEntry.class);
        net.advance(SECOND);
        TcpEndpoint again = net.a.tcpEndpoint();
        assertThat(again.bind(A4, 5000, true)).isEqualTo(Failure.NONE);
        assertThat(again.connect(B4, 80)).isEqualTo(Failure.NONE);
        assertThat(again.state()).isEqualTo(TcpState.ESTABLISHED);
        TcpEndpoint second = accept(listener);
        transfer(again, second, bytes(10_000, 6));
        assertThat(net.b.counters().tcp().get(TcpCounter.TcpExtTWRecycled)).isEqualTo(1);
    }

    @Test
    @Requirement("RFC9293:3.10.7.1")
    void a_connection_to_a_port_without_listener_is_refused_and_its_port_is_free_again() {
        TcpEndpoint client = net.connect(B4, 81);
        assertThat(client.failure()).isEqualTo(Failure.REFUSED);
        assertThat(client.readiness().bits()).isEqualTo(Readiness.FAILED | Readiness.FINISHED);
        assertThat(client.read(new byte[1], 0, 1)).isEqualTo(TcpEndpoint.FAILED);
        assertThat(net.a.endpoints()).isEmpty();
        assertThat(net.a.ports().isUsed(client.localPort())).isFalse();
    }

    @Test
    void an_abort_resets_the_peer_which_still_reads_what_had_arrived() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        client.write(new byte[] {1, 2, 3}, 0, 3);
        client.abort();
        byte[] read = new byte[10];
        assertThat(server.failure()).isEqualTo(Failure.RESET);
        assertThat(server.readiness().bits() & (Readiness.READABLE | Readiness.FAILED))
                .isEqualTo(Readiness.READABLE | Readiness.FAILED);
        assertThat(server.read(read, 0, 10)).isEqualTo(3);
        assertThat(server.read(read, 0, 10)).isEqualTo(TcpEndpoint.FAILED);
        assertThat(server.write(read, 0, 10)).isEqualTo(TcpEndpoint.FAILED);
        assertThat(client.failure()).isEqualTo(Failure.ABORTED);
    }

    @Test
    void callbacks_run_without_a_lock_and_may_use_every_endpoint() {
        TcpListener listener = net.listen(80);
        List<String> echoed = new ArrayList<>();
        listener.readiness().subscribe(() -> {
            for (TcpEndpoint server = listener.tryAccept(); server != null; server = listener.tryAccept()) {
                TcpEndpoint s = server;
                Runnable echo = () -> {
                    byte[] data = new byte[100];
                    for (int n = s.read(data, 0, 100); n > 0; n = s.read(data, 0, 100)) {
                        s.write(data, 0, n);
                    }
                };
                s.readiness().subscribe(echo);
                echo.run();
            }
        });
        for (int i = 0; i < 3; i++) {
            TcpEndpoint client = net.connect(B4, 80);
            client.readiness().subscribe(() -> {
                byte[] data = new byte[100];
                int n = client.read(data, 0, 100);
                if (n > 0) {
                    echoed.add(new String(data, 0, n, StandardCharsets.UTF_8));
                }
            });
            client.write(("hello " + i).getBytes(StandardCharsets.UTF_8), 0, 7);
        }
        assertThat(echoed).containsExactly("hello 0", "hello 1", "hello 2");
    }

    @Test
    void from_inside_a_sink_calls_without_result_wait_and_those_with_a_result_are_refused() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        List<String> seen = new ArrayList<>();
        net.lost = packet -> {
            net.lost = p -> false;
            assertThatThrownBy(() -> client.write(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> server.read(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
            client.shutdownOutput();
            seen.add("queued");
            return false;
        };
        assertThat(client.write(new byte[100], 0, 100)).isEqualTo(100);
        assertThat(seen).containsExactly("queued");
        assertThat(client.state()).isEqualTo(TcpState.FIN_WAIT_2);
        assertThat(server.available()).isEqualTo(100);
    }

    @Test
    @Requirement({"RFC9293:MUST-58", "RFC9293:MUST-59"})
    void a_batch_is_acknowledged_once_and_readers_are_woken_after_the_acknowledgement() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        net.held = true;
        client.write(new byte[9 * 1400], 0, 9 * 1400);
        int before = net.packets;
        List<Integer> packetsAtWake = new ArrayList<>();
        server.readiness().subscribe(() -> packetsAtWake.add(net.packets));
        net.b.beginBatch(net.interfaceB);
        // Only what waits now: the answers come at the end of the batch.
        net.deliver();
        assertThat(net.packets).isEqualTo(before);
        assertThat(packetsAtWake).isEmpty();
        net.b.endBatch(net.interfaceB);
        assertThat(net.packets).isEqualTo(before + 1);
        assertThat(packetsAtWake).containsExactly(before + 1);
        net.held = false;
        net.deliver();
        assertThat(server.available()).isEqualTo(9 * 1400);
    }

    @Test
    void a_full_link_stops_a_connection_until_it_has_room() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        net.full = true;
        client.write(new byte[5000], 0, 5000);
        assertThat(server.available()).isZero();
        net.full = false;
        net.a.linkReady(net.interfaceA);
        assertThat(server.available()).isEqualTo(5000);
    }

    @Test
    @Requirement("RFC9293:MUST-22")
    void a_lost_syn_is_sent_again_and_then_given_up() {
        net.lost = packet -> true;
        TcpEndpoint client = net.connect(B4, 80);
        net.advance(SECOND);
        assertThat(net.packets).isEqualTo(2);
        net.advance(300 * SECOND);
        assertThat(client.failure()).isEqualTo(Failure.TIMED_OUT);
        assertThat(net.a.endpoints()).isEmpty();
        assertThat(net.a.nextDeadline()).isEqualTo(Clock.NEVER);
    }

    @Test
    void connecting_without_a_route_fails_at_once() {
        TcpEndpoint client = net.a.tcpEndpoint();
        assertThat(client.connect(IpAddress.parse("203.0.113.1"), 80)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(client.connect(IpAddress.parse("224.0.0.1"), 80)).isEqualTo(Failure.NETWORK_UNREACHABLE);
        assertThat(client.bind(IpAddress.parse("192.0.2.9"), 0, false)).isEqualTo(Failure.ADDRESS_NOT_AVAILABLE);
        assertThat(net.packets).isZero();
    }

    @Test
    void a_bound_endpoint_connects_from_where_it_is_bound_and_gives_the_port_back() {
        net.listen(80);
        TcpEndpoint client = net.a.tcpEndpoint();
        assertThat(client.bind(IpAddress.ANY_V4, 4000, false)).isEqualTo(Failure.NONE);
        assertThat(client.connect(B4, 80)).isEqualTo(Failure.NONE);
        assertThat(client.localAddress()).isEqualTo(A4);
        assertThat(client.localPort()).isEqualTo(4000);
        assertThat(client.connect(B4, 80)).isEqualTo(Failure.INVALID_STATE);
        client.abort();
        assertThat(net.a.ports().isUsed(4000)).isFalse();
    }

    @Test
    void closing_an_endpoint_that_is_only_bound_frees_the_port() {
        TcpEndpoint endpoint = net.a.tcpEndpoint();
        endpoint.bind(A4, 4000, false);
        assertThat(net.a.tcpEndpoint().bind(A4, 4000, false)).isEqualTo(Failure.ADDRESS_IN_USE);
        endpoint.close();
        assertThat(endpoint.readiness().bits()).isEqualTo(Readiness.CLOSED);
        TcpEndpoint other = net.a.tcpEndpoint();
        assertThat(other.bind(A4, 4000, false)).isEqualTo(Failure.NONE);
        other.close();
    }

    @Test
    void closing_the_host_fails_everything_with_network_down() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        client.write(new byte[70_000], 0, 70_000);
        net.a.close();
        assertThat(client.failure()).isEqualTo(Failure.NETWORK_DOWN);
        assertThat(server.failure()).isEqualTo(Failure.RESET);
        assertThat(net.a.tcpEndpoint().connect(B4, 80)).isEqualTo(Failure.NETWORK_DOWN);
        net.b.close();
        assertThat(listener.readiness().bits()).isEqualTo(Readiness.CLOSED);
    }

    @Test
    void packets_are_counted() {
        net.listen(80);
        net.connect(B4, 80);
        assertThat(net.b.counters().ip().get(IpCounter.IpInReceives)).isEqualTo(2);
        assertThat(net.b.counters().tcp().get(TcpCounter.TcpInSegs)).isEqualTo(2);
        assertThat(net.a.counters().ip().get(IpCounter.IpOutRequests)).isEqualTo(2);
        assertThat(net.b.counters().snapshot()).containsEntry("TcpInSegs", 2L);
    }

    @Test
    void an_idle_connection_holds_no_memory() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        transfer(client, server, bytes(100_000, 7));
        net.advance(SECOND);
        assertThat(net.a.bufferPool().usedBytes()).isZero();
        assertThat(net.b.bufferPool().usedBytes()).isZero();
    }

    @Test
    void time_wait_records_are_bounded_and_the_oldest_go_first() {
        HostPair few = new HostPair(TcpConfig.builder().maxTimeWait(2).build());
        TcpListener listener = few.listen(80);
        for (int i = 0; i < 5; i++) {
            TcpEndpoint client = few.connect(B4, 80);
            TcpEndpoint server = accept(listener);
            client.close();
            server.close();
        }
        assertThat(few.a.endpoints()).hasSize(2);
        assertThat(few.a.counters().tcp().get(TcpCounter.TcpExtTCPTimeWaitOverflow))
                .isEqualTo(3);
        few.closeAndCheck();
    }

    @Test
    void a_batch_is_answered_at_its_end_on_every_interface() {
        HostInterface second = net.b.addInterface(
                "b1", LinkCapabilities.plain(1500), packet -> true, List.of(IpPrefix.parse("198.51.100.2/24")));
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        // Its data comes in by the other interface, as with two ways to the same network.
        net.toB = second;
        net.b.beginBatch(net.interfaceB);
        client.write(new byte[3000], 0, 3000);
        assertThat(client.info().unacknowledgedBytes()).isEqualTo(3000);
        net.b.endBatch(net.interfaceB);
        assertThat(client.info().unacknowledgedBytes()).isZero();
        assertThat(server.read(new byte[3000], 0, 3000)).isEqualTo(3000);
    }

    @Test
    void a_connection_that_has_ended_leaves_no_timer_behind() {
        TcpListener listener = net.listen(80);
        TcpEndpoint client = net.connect(B4, 80);
        TcpEndpoint server = accept(listener);
        client.options(client.options().with().keepAlive(true).build());
        net.advance(60 * SECOND);
        assertThat(net.a.nextDeadline()).isLessThan(Clock.NEVER);
        server.abort();
        assertThat(client.readiness().isAny(Readiness.FAILED)).isTrue();
        assertThat(net.a.nextDeadline()).isEqualTo(Clock.NEVER);
    }

    /** An application's thread has the role while it does what its call has left; the driving thread must get its turn. */
    @Test
    void the_driving_thread_waits_for_an_application_thread_that_ends_its_call() throws InterruptedException {
        Driver driver = net.interfaceA.driver();
        CountDownLatch taken = new CountDownLatch(1);
        Thread application = Thread.ofPlatform().start(() -> {
            assertThat(driver.takeRole()).isTrue();
            taken.countDown();
            LockSupport.parkNanos(20 * MILLISECOND);
            driver.giveRoleBack();
        });
        taken.await();
        net.a.runTimers();
        assertThat(driver.takeRole()).isTrue();
        driver.giveRoleBack();
        application.join();
    }
}
