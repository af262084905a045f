package dev.heddle.tun;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets between a link and the kernel's own IP. */
@InNamespace
@Timeout(60)
class TunLinkTrafficTest {

    private static final IpAddress KERNEL = IpAddress.parse("192.0.2.1");
    private static final IpAddress HEDDLE = IpAddress.parse("192.0.2.2");
    private static final IpAddress KERNEL_V6 = IpAddress.parse("fd00::1");
    private static final IpAddress HEDDLE_V6 = IpAddress.parse("fd00::2");

    private static TunLink open(boolean offload) {
        return TunLink.builder("heddle0")
                .address(KERNEL + "/24")
                .address(KERNEL_V6 + "/64")
                .offload(offload)
                .open();
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.2, true", "192.0.2.2, false", "fd00::2, true", "fd00::2, false"})
    void ping_is_answered_at_once_after_opening(String address, boolean offload) throws Exception {
        try (TunLink link = open(offload);
                EchoHost host = new EchoHost(link)) {
            Shell.Result ping = Shell.attempt("ping -c 5 -i 0.02 -W 5 -s 1000 " + address);
            assertThat(ping.output()).contains("5 packets transmitted, 5 received, 0% packet loss");
            assertThat(host.answered()).isEqualTo(5);
        }
    }

    @Test
    void the_interface_can_move_to_another_namespace_while_the_link_is_open() throws Exception {
        Process sleeper = Shell.start("unshare -n sleep 300");
        String there = "nsenter -n -t " + sleeper.pid() + " ";
        try {
            while (Shell.run(there + "readlink /proc/self/ns/net").equals(Shell.run("readlink /proc/self/ns/net"))) {
                Thread.onSpinWait();
            }
            try (TunLink link = TunLink.builder("heddle0").up(false).open();
                    EchoHost host = new EchoHost(link)) {
                Shell.run("ip link set heddle0 netns " + sleeper.pid());
                Shell.run(there + "ip addr add 192.0.2.1/24 dev heddle0");
                Shell.run(there + "ip link set heddle0 up");
                assertThat(Shell.attempt(there + "ping -c 3 -i 0.02 -W 5 192.0.2.2")
                                .output())
                        .contains("3 received");
                assertThat(host.answered()).isEqualTo(3);
            }
            assertThat(Shell.attempt(there + "ip link show heddle0").exitCode()).isNotZero();
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_kernels_datagrams_arrive_whole(boolean offload) throws Exception {
        try (TunLink link = open(offload);
                DatagramSocket socket = new DatagramSocket()) {
            for (IpAddress to : List.of(HEDDLE, HEDDLE_V6)) {
                byte[] payload = new byte[1000];
                new Random(1).nextBytes(payload);
                socket.send(new DatagramPacket(payload, payload.length, to.toInetAddress(), 9));

                Packet packet = TestPackets.receive(link, p -> TestPackets.protocol(p) == TestPackets.UDP);

                int ip = TestPackets.ipHeaderBytes(to);
                assertThat(packet.offset()).isEqualTo(Packet.HEADROOM);
                assertThat(packet.length()).isEqualTo(ip + 8 + payload.length);
                byte[] arrived = new byte[payload.length];
                packet.buffer().get(Packet.HEADROOM + ip + 8, arrived);
                assertThat(arrived).isEqualTo(payload);
                assertThat(packet.gsoSize()).isZero();
                IpAddress from = to.isIpv4() ? KERNEL : KERNEL_V6;
                if (offload) {
                    assertThat(packet.checksumTrusted()).isTrue();
                    assertThat(packet.checksumStart()).isEqualTo(ip);
                    assertThat(packet.checksumOffset()).isEqualTo(6);
                    long pseudo = TestPackets.pseudoHeader(from, to, TestPackets.UDP, 8 + payload.length);
                    assertThat(packet.buffer().getShort(Packet.HEADROOM + ip + 6) & 0xffff)
                            .as("folded sum of the pseudo-header, not complemented")
                            .isEqualTo(Checksum.fold(pseudo));
                } else {
                    assertThat(packet.checksumTrusted()).isFalse();
                    assertThat(TestPackets.checksumIsRight(packet, from, to)).isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void datagrams_arrive_at_the_kernel_with_and_without_slices(boolean offload, boolean sliced) throws Exception {
        byte[] payload = new byte[1200];
        new Random(2).nextBytes(payload);
        BufferPool pool = sliced ? TestPackets.pool() : null;
        try (TunLink link = open(offload);
                DatagramSocket socket = new DatagramSocket(7777, InetAddress.getByName("192.0.2.1"))) {
            socket.setSoTimeout(10_000);
            assertThat(link.transmit(TestPackets.udp(HEDDLE, KERNEL, 7777, payload, pool)))
                    .isTrue();
            DatagramPacket arrived = new DatagramPacket(new byte[2000], 2000);
            socket.receive(arrived);
            assertThat(arrived.getLength()).isEqualTo(payload.length);
            assertThat(arrived.getData()).startsWith(payload);
            assertThat(arrived.getAddress()).isEqualTo(HEDDLE.toInetAddress());
        }
    }

    @Test
    void many_virtual_threads_transmit_at_once_and_no_packet_is_mixed_up() throws Exception {
        int threads = 100;
        int each = 200;
        long total = (long) threads * each;
        BufferPool pool = TestPackets.pool();
        try (TunLink link = open(true)) {
            long noPorts = Shell.snmp("Udp", "NoPorts");
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                byte[] payload = new byte[100 + i];
                new Random(i).nextBytes(payload);
                Packet packet = TestPackets.udp(HEDDLE, KERNEL, 4000 + i, payload, i % 2 == 0 ? pool : null);
                senders.add(Thread.ofVirtual().start(() -> {
                    for (int k = 0; k < each; k++) {
                        link.transmit(packet);
                        LockSupport.parkNanos(1);
                    }
                }));
            }
            for (Thread sender : senders) {
                sender.join();
            }
            assertThat(link.counters().get(TunCounter.TxPackets)).isEqualTo(total);
            assertThat(Shell.snmp("Udp", "NoPorts") - noPorts).isEqualTo(total);
            assertThat(Shell.snmp("Udp", "InCsumErrors")).isZero();
            assertThat(Shell.snmp("Ip", "InHdrErrors")).isZero();
        }
    }

    @Test
    void transmitting_receiving_and_waking_allocate_nothing() {
        try (TunLink link = open(true)) {
            Packet sliced = TestPackets.udp(HEDDLE, KERNEL, 9, new byte[1000], TestPackets.pool());
            Packet whole = TestPackets.udp(HEDDLE, KERNEL, 9, new byte[1000], null);
            Packet into = new Packet(Packet.MAX_LENGTH);
            Runnable round = () -> {
                link.transmit(sliced);
                link.transmit(whole);
                link.wakeup();
                link.awaitWork(Long.MAX_VALUE);
                link.receive(into);
            };
            repeat(2_000, round);
            long before = allocatedBytes();
            repeat(20_000, round);
            assertThat(allocatedBytes() - before).isLessThan(20_000);
        }
    }

    private static void repeat(int times, Runnable action) {
        for (int i = 0; i < times; i++) {
            action.run();
        }
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @RepeatedTest(20)
    void closing_is_safe_under_every_other_call() throws Exception {
        TunLink link = open(true);
        Packet packet = TestPackets.udp(HEDDLE, KERNEL, 9, new byte[100], TestPackets.pool());
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        CountDownLatch running = new CountDownLatch(4);
        List<Thread> threads = new ArrayList<>();
        threads.add(loop(running, failure, () -> link.transmit(packet)));
        threads.add(loop(running, failure, link::wakeup));
        Packet into = new Packet(Packet.MAX_LENGTH);
        threads.add(loop(running, failure, () -> {
            link.awaitWork(Long.MAX_VALUE);
            link.receive(into);
        }));
        threads.add(Thread.ofPlatform().start(() -> {
            running.countDown();
            link.close();
        }));
        running.await();
        link.close();
        assertThat(Shell.attempt("ip link show heddle0").exitCode()).isNotZero();
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
        assertThat(failure.get()).isNull();
    }

    /** Calls until interrupted or the link is down; anything else is a failure. */
    private static Thread loop(CountDownLatch running, AtomicReference<@Nullable Throwable> failure, Runnable call) {
        return Thread.ofPlatform().start(() -> {
            running.countDown();
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    call.run();
                }
            } catch (LinkDownException closed) {
                // what a closed link owes to whoever receives
            } catch (Throwable t) {
                failure.set(t);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void a_tcp_stream_passes_both_ways(boolean ipv6, boolean offload) throws Exception {
        IpAddress kernel = ipv6 ? KERNEL_V6 : KERNEL;
        IpAddress heddle = ipv6 ? HEDDLE_V6 : HEDDLE;
        try (TunLink link = open(offload);
                HandmadeConnection connection = HandmadeConnection.open(link, heddle, kernel, offload)) {
            byte[] up = new byte[40_000];
            new Random(3).nextBytes(up);
            long before = link.counters().get(TunCounter.TxPackets);
            connection.send(up);
            assertThat(connection.kernelReads(up.length)).isEqualTo(up);
            int packets = offload ? 1 : (up.length + HandmadeConnection.MSS - 1) / HandmadeConnection.MSS;
            assertThat(link.counters().get(TunCounter.TxPackets) - before).isEqualTo(packets);

            byte[] down = new byte[10 * HandmadeConnection.MSS];
            new Random(4).nextBytes(down);
            connection.kernelWrites(down);
            assertThat(connection.receive(down.length)).isEqualTo(down);
            if (offload) {
                assertThat(connection.largestReceived()).isGreaterThan(1500);
            } else {
                assertThat(connection.largestReceived()).isLessThanOrEqualTo(1500);
            }
        }
    }
}
