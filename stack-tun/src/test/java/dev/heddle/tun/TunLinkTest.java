package dev.heddle.tun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of an interface: made, found, moved, lost, given back. */
@InNamespace
@Timeout(30)
class TunLinkTest {

    private static final IpAddress KERNEL = IpAddress.parse("192.0.2.1");
    private static final IpAddress HEDDLE = IpAddress.parse("192.0.2.2");

    @Test
    void an_interface_is_made_as_described_and_leaves_nothing_behind() {
        try (TunLink warmUp = TunLink.open("heddle9")) {
            assertThat(warmUp.name()).isEqualTo("heddle9");
        }
        long descriptors = openDescriptors();
        String before = Shell.run("ip addr") + Shell.run("ip route") + Shell.run("ip -6 route show table all");

        try (TunLink link = TunLink.builder("heddle0")
                .address("192.0.2.1/24")
                .address("198.51.100.1/25")
                .address("fd00::1/64")
                .address("fd01::1/48")
                .mtu(1400)
                .open()) {
            assertThat(link.capabilities()).isEqualTo(new LinkCapabilities(1400, Packet.MAX_LENGTH, true));
            String addresses = Shell.run("ip addr show heddle0");
            assertThat(addresses)
                    .contains("mtu 1400", "qlen 4096", ",UP,", "inet 192.0.2.1/24 ", "inet 198.51.100.1/25 ")
                    .contains("inet6 fd00::1/64 ", "inet6 fd01::1/48 ")
                    .doesNotContain("tentative");
            assertThat(Shell.run("ip route")).contains("192.0.2.0/24 dev heddle0", "198.51.100.0/25 dev heddle0");
            assertThat(Shell.run("ip -6 route")).contains("fd00::/64 dev heddle0", "fd01::/48 dev heddle0");
        }

        String after = Shell.run("ip addr") + Shell.run("ip route") + Shell.run("ip -6 route show table all");
        assertThat(after).isEqualTo(before);
        assertThat(openDescriptors()).isEqualTo(descriptors);
    }

    @Test
    void an_interface_can_be_left_down_without_addresses() {
        try (TunLink link = TunLink.builder("heddle0").up(false).offload(false).open()) {
            assertThat(link.capabilities()).isEqualTo(LinkCapabilities.plain(1500));
            assertThat(Shell.run("ip addr show heddle0")).doesNotContain("UP").doesNotContain("inet");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "vnet_hdr", "multi_queue", "multi_queue vnet_hdr"})
    void a_persistent_interface_is_left_as_it_was(String flags) {
        Shell.run("ip tuntap add dev keep0 mode tun " + flags);
        Shell.run("ip addr add 203.0.113.1/24 dev keep0");
        Shell.run("ip link set keep0 addrgenmode none"); // a carrier alone would give it an address
        Shell.run("ip link set keep0 mtu 1300 up");
        String before = describe();
        long descriptors = openDescriptors();

        for (boolean offload : new boolean[] {true, false}) {
            try (TunLink link = TunLink.builder("keep0")
                    .address("192.0.2.1/24")
                    .mtu(1400)
                    .offload(offload)
                    .attach()) {
                assertThat(link.capabilities().mtu()).isEqualTo(1300);
                assertThat(Shell.run("ip addr show keep0"))
                        .contains("203.0.113.1/24", "mtu 1300", "LOWER_UP")
                        .doesNotContain("192.0.2.1");
                assertThat(Shell.run("ip -d link show keep0")).contains(offload ? "vnet_hdr on" : "vnet_hdr off");
                assertThat(openDescriptors()).isGreaterThan(descriptors);
            }
            assertThat(describe()).isEqualTo(before);
            assertThat(openDescriptors()).isEqualTo(descriptors);
        }
    }

    private static String describe() {
        return Shell.run("ip -d addr show keep0") + Shell.run("cat /sys/class/net/keep0/tun_flags");
    }

    @Test
    void attaching_needs_an_interface() {
        assertThatThrownBy(() -> TunLink.builder("heddle0").attach())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot attach to heddle0: there is no such interface; create it with:"
                        + " ip tuntap add mode tun name heddle0");
        assertThat(Shell.attempt("ip link show heddle0").exitCode()).isNotZero();
    }

    @Test
    void an_interface_in_use_is_refused() {
        try (TunLink link = TunLink.open("heddle0")) {
            long descriptors = openDescriptors();
            assertThatThrownBy(() -> TunLink.open(link.name()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessage("cannot open TUN interface heddle0: another process has it open:"
                            + " stop that or choose another name");
            assertThat(openDescriptors()).isEqualTo(descriptors);
        }
    }

    @Test
    void an_interface_of_another_kind_is_refused() {
        assertThatThrownBy(() -> TunLink.open("lo"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot open TUN interface lo: it exists and is no TUN interface: choose another name");
    }

    @Test
    void a_failure_halfway_leaves_nothing_behind() {
        Shell.run("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
        long descriptors = openDescriptors();
        assertThatThrownBy(() -> TunLink.builder("heddle0")
                        .address("192.0.2.1/24")
                        .address("fd00::1/64")
                        .open())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot give fd00::1/64 to heddle0: IPv6 is switched off (sysctl disable_ipv6)");
        assertThat(Shell.attempt("ip link show heddle0").exitCode()).isNotZero();
        assertThat(openDescriptors()).isEqualTo(descriptors);
    }

    @Test
    void an_address_given_twice_is_refused() {
        for (String address : List.of("192.0.2.1/24", "fd00::1/64")) {
            assertThatThrownBy(() -> TunLink.builder("heddle0")
                            .address(address)
                            .address(address)
                            .open())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessage("cannot give " + address + " to heddle0: File exists");
        }
    }

    @Test
    void a_machine_without_the_device_is_told_how_to_get_it() {
        Shell.run("mount -t tmpfs none /dev/net");
        assertThatThrownBy(() -> TunLink.open("heddle0"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith(
                        "cannot open TUN interface heddle0: no /dev/net/tun: load the module (modprobe tun)");
    }

    @Test
    void a_user_who_may_not_open_the_device_is_told_so() {
        Shell.run("mount -t tmpfs none /dev/net");
        Shell.run("mknod -m 600 /dev/net/tun c 10 200");
        TestLibC.becomeNobody();
        assertThatThrownBy(() -> TunLink.open("heddle0"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot open TUN interface heddle0: no permission for /dev/net/tun: run as root");
    }

    @Test
    void a_user_who_may_not_make_interfaces_is_told_so() {
        Shell.run("mount -t tmpfs none /dev/net");
        Shell.run("mknod -m 666 /dev/net/tun c 10 200");
        TestLibC.becomeNobody();
        assertThatThrownBy(() -> TunLink.open("heddle0"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot open TUN interface heddle0: no permission:"
                        + " run as root or give the process CAP_NET_ADMIN");
    }

    @Test
    void waiting_ends_at_the_time_of_the_given_clock() {
        AtomicLong offsetNs = new AtomicLong(TimeUnit.DAYS.toNanos(30));
        try (TunLink link = TunLink.builder("heddle0")
                .up(false)
                .clock(() -> System.nanoTime() + offsetNs.get())
                .open()) {
            long startNs = System.nanoTime();
            link.awaitWork(startNs + offsetNs.get() + TimeUnit.MILLISECONDS.toNanos(30));
            assertThat(System.nanoTime() - startNs)
                    .isBetween(TimeUnit.MILLISECONDS.toNanos(30), TimeUnit.SECONDS.toNanos(10));
            link.awaitWork(startNs); // long past
        }
    }

    @Test
    void a_wakeup_ends_the_current_or_next_wait() throws Exception {
        try (TunLink link = TunLink.builder("heddle0").up(false).open()) {
            link.wakeup();
            link.awaitWork(Long.MAX_VALUE);
            FutureTask<Object> waiting = inNative(() -> {
                link.awaitWork(Long.MAX_VALUE);
                return "woken";
            });
            link.wakeup();
            assertThat(waiting.get()).isEqualTo("woken");
        }
    }

    @Test
    void closing_ends_a_wait_and_every_later_call() throws Exception {
        TunLink link = TunLink.open("heddle0");
        FutureTask<Object> waiting = inNative(() -> failureOf(() -> waitForever(link)));

        link.close();

        assertThat(Shell.attempt("ip link show heddle0").exitCode()).isNotZero();
        assertThat(waiting.get()).isInstanceOf(LinkDownException.class).hasToString(closed());
        link.close();
        link.wakeup();
        assertThat(link.transmit(udp())).isTrue();
        assertThat(link.counters().get(TunCounter.TxDropped)).isEqualTo(1);
        assertThatThrownBy(() -> link.receive(new Packet(Packet.MAX_LENGTH))).hasToString(closed());
        assertThatThrownBy(() -> link.awaitWork(0)).hasToString(closed());
    }

    private static String closed() {
        return LinkDownException.class.getName() + ": heddle0 was closed";
    }

    @Test
    void an_interface_removed_by_others_brings_the_link_down() throws Exception {
        try (TunLink link = TunLink.builder("heddle0").address("192.0.2.1/24").open()) {
            FutureTask<Object> waiting = inNative(() -> failureOf(() -> waitForever(link)));

            Shell.run("ip link del heddle0");

            String removed = LinkDownException.class.getName() + ": heddle0 was removed from the system";
            assertThat(waiting.get()).hasToString(removed);
            assertThatThrownBy(() -> link.receive(new Packet(Packet.MAX_LENGTH)))
                    .hasToString(removed);
            assertThatThrownBy(() -> waitForever(link)).hasToString(removed);
            assertThat(link.transmit(udp())).isTrue();
            assertThat(link.counters().get(TunCounter.TxDropped)).isEqualTo(1);
        }
    }

    @Test
    void a_persistent_interface_removed_by_others_is_not_made_again() {
        Shell.run("ip tuntap add dev keep0 mode tun");
        try (TunLink link = TunLink.open("keep0")) {
            Shell.run("ip link del keep0");
            assertThatThrownBy(() -> waitForever(link)).isInstanceOf(LinkDownException.class);
        }
        assertThat(Shell.attempt("ip link show keep0").exitCode()).isNotZero();
    }

    @Test
    void packets_for_an_interface_that_is_down_are_counted_and_dropped() {
        try (TunLink link = TunLink.builder("heddle0").address("192.0.2.1/24").open()) {
            assertThat(link.transmit(udp())).isTrue();
            assertThat(link.counters().get(TunCounter.TxPackets)).isEqualTo(1);
            Shell.run("ip link set heddle0 down");
            assertThat(link.transmit(udp())).isTrue();
            assertThat(link.counters().get(TunCounter.TxDropped)).isEqualTo(1);
            Shell.run("ip link set heddle0 up");
            assertThat(link.transmit(udp())).isTrue();
            assertThat(link.counters().get(TunCounter.TxPackets)).isEqualTo(2);
            assertThat(link.counters().get(TunCounter.TxDropped)).isEqualTo(1);
        }
    }

    @Test
    void what_the_kernel_refuses_is_counted() {
        try (TunLink link = TunLink.builder("heddle0").address("192.0.2.1/24").open()) {
            Packet noIp = udp();
            noIp.buffer().put(noIp.offset(), (byte) 0x75);
            assertThat(link.transmit(noIp)).isTrue();
            assertThat(link.counters().get(TunCounter.TxErrors)).isEqualTo(1);
            assertThat(link.counters().get(TunCounter.TxPackets)).isZero();
        }
    }

    @Test
    void a_link_without_offloads_refuses_what_needs_them() {
        try (TunLink link = TunLink.builder("heddle0").offload(false).open()) {
            Packet packet = udp();
            packet.incompleteChecksum(20, 6);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> link.transmit(packet))
                    .withMessage("heddle0 was opened without offloads");
        }
    }

    @Test
    void a_packet_too_small_for_what_may_come_is_refused() {
        try (TunLink link = TunLink.open("heddle0")) {
            assertThatIllegalArgumentException().isThrownBy(() -> link.receive(new Packet(65_534)));
        }
        try (TunLink link = TunLink.builder("heddle0").offload(false).open()) {
            assertThatIllegalArgumentException().isThrownBy(() -> link.receive(new Packet(1_499)));
            link.receive(new Packet(1_500));
        }
    }

    private static Packet udp() {
        return TestPackets.udp(HEDDLE, KERNEL, 9, new byte[10], null);
    }

    /** Waits through the packets that the kernel sends unasked. */
    private static void waitForever(TunLink link) {
        Packet packet = new Packet(Packet.MAX_LENGTH);
        while (true) {
            link.awaitWork(Long.MAX_VALUE);
            link.receive(packet);
        }
    }

    private static Throwable failureOf(ThrowingCallable call) throws Exception {
        try {
            call.call();
        } catch (Throwable t) {
            return t;
        }
        throw new AssertionError("no failure");
    }

    /** Runs a call on a thread and returns when it is inside a system call. */
    private static FutureTask<Object> inNative(Callable<Object> call) throws Exception {
        FutureTask<Object> task = new FutureTask<>(call);
        Thread thread = Thread.ofPlatform().start(task);
        while (thread.getState() != Thread.State.RUNNABLE || !isPolling(thread)) {
            Thread.onSpinWait();
        }
        return task;
    }

    private static boolean isPolling(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length > 0 && stack[0].getMethodName().equals("ppoll");
    }

    /** How many descriptors of the kinds that a link uses the process has open. */
    private static long openDescriptors() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(fd -> {
                        try {
                            String target = Files.readSymbolicLink(fd).toString();
                            return target.matches("/dev/net/tun|anon_inode:\\[eventfd]|socket:.*");
                        } catch (IOException closedMeanwhile) {
                            return false;
                        }
                    })
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
