package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.HostConfig;
import dev.heddle.core.link.FaultCounter;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.FaultyLink;
import dev.heddle.core.link.Link;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.congestion.Cubic;
import dev.heddle.core.time.Clock;
import dev.heddle.it.peer.GeneratedContent;
import dev.heddle.it.peer.KernelSender;
import dev.heddle.net.NetworkStack;
import dev.heddle.tun.TunLink;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A CUBIC sender of Heddle's beside one of the kernel's: the same receiver on the kernel's TCP, the same path of two TUNs with the
 * same faults from the same seeds, packets of the MTU. They take turns, so that what else the machine does meets both.
 *
 * <p>Only TCP is compared: both programs at the kernel's ends and what the path needs here have run before, so that nobody waits
 * for a virtual machine to start or a compiler to finish; and no kernel remembers what a connection before has found out.
 */
@RealLinux
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CubicComparisonIT {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(60);
    private static final int RUNS = Integer.getInteger("heddle.comparison.runs", 5);
    private static final long BITS_PER_SECOND = 50_000_000;
    private static final double LEAST_RATIO = 0.9;
    private static final int SEND_BUFFER_BYTES = 4 << 20;
    private static final int WARM_UP_BYTES = 40_000_000;
    private static final Family FAMILY = Family.IPV4;

    private Namespace receiver;
    private KernelPeer peer;
    private Namespace sender;
    private RunningProcess program;

    /**
     * What one transfer came to.
     *
     * @param duplicates segments that the receiver had already, by its own count
     */
    private record Result(double bitsPerSecond, long duplicates, long retransmitted, long timeouts, long lost) {}

    @BeforeAll
    void start() throws IOException {
        receiver = namespace();
        peer = KernelPeer.start(receiver);
        sender = namespace();
        program = sender.java(KernelSender.class).start();
        System.out.println(
                "comparison | loss, % | RTT, ms | kernel, Mbit/s | Heddle, Mbit/s | ratio | in vain, kernel | in vain, Heddle |");
        Faults fast = Faults.builder().delayNs(TimeUnit.MILLISECONDS.toNanos(1)).build();
        kernelSends(fast, fast, 0, WARM_UP_BYTES, true);
        heddleSends(fast, fast, 0, WARM_UP_BYTES);
    }

    @AfterAll
    @SuppressWarnings("try") // they only have to be closed
    void stop() {
        try (Namespace first = receiver;
                Namespace second = sender;
                KernelPeer third = peer;
                RunningProcess fourth = program) {
            // All of them, whatever the others do.
        }
    }

    private static Namespace namespace() {
        Namespace namespace = Namespace.create();
        namespace.sysctl("net.ipv4.tcp_no_metrics_save", "1");
        return namespace;
    }

    /** Loss in per mille, round-trip time in milliseconds, and as many kilobytes as take some seconds. */
    @ParameterizedTest
    @CsvSource({
        "0, 10, 12000", "0, 40, 12000", "0, 100, 12000",
        "1, 10, 12000", "1, 40, 8000", "1, 100, 6000",
        "10, 10, 4000", "10, 40, 2000", "10, 100, 1000",
    })
    @Timeout(300)
    void heddle_sends_as_fast_as_the_kernel_and_nothing_in_vain(int lossPerMille, int roundTripMs, int kilobytes)
            throws IOException {
        long bytes = kilobytes * 1000L;
        Faults data = faults(lossPerMille, roundTripMs);
        Faults acknowledgements = Faults.builder().delayNs(data.delayNs()).build();
        List<Result> heddle = new ArrayList<>();
        List<Result> kernel = new ArrayList<>();
        for (int seed = 1; seed <= RUNS; seed++) {
            kernel.add(kernelSends(data, acknowledgements, seed, bytes, false));
            heddle.add(heddleSends(data, acknowledgements, seed, bytes));
        }
        double ratio = median(heddle, Result::bitsPerSecond) / median(kernel, Result::bitsPerSecond);
        System.out.printf(
                Locale.ROOT,
                "comparison | %.1f | %d | %.2f | %.2f | %.2f | %.0f | %.0f |%n",
                lossPerMille / 10.0,
                roundTripMs,
                median(kernel, Result::bitsPerSecond) / 1e6,
                median(heddle, Result::bitsPerSecond) / 1e6,
                ratio,
                median(kernel, Result::duplicates),
                median(heddle, Result::duplicates));
        assertThat(ratio)
                .as("goodput beside the kernel's, %s and %s", heddle, kernel)
                .isGreaterThanOrEqualTo(LEAST_RATIO);
        assertThat(median(heddle, Result::duplicates))
                .as("segments that came in vain, %s and %s", heddle, kernel)
                .isLessThanOrEqualTo(median(kernel, Result::duplicates));
    }

    private static double median(List<Result> results, ToDoubleFunction<Result> value) {
        double[] sorted = results.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static Faults faults(int lossPerMille, int roundTripMs) {
        long product = BITS_PER_SECOND / 8 * roundTripMs / 1000;
        return Faults.builder()
                .bitsPerSecond(BITS_PER_SECOND)
                .delayNs(TimeUnit.MILLISECONDS.toNanos(roundTripMs) / 2)
                .queueBytes((int) Math.max(100_000, product))
                .loss(lossPerMille / 1000.0)
                .build();
    }

    /** The path with its receiver's end in that namespace; the sender's end is the link. */
    private FaultyLink wire(Faults data, Faults acknowledgements, int seed) {
        String name = "hdlr" + ProcessHandle.current().pid() % 1_000_000;
        Link tun = TunLink.builder(name).up(false).offload(false).open();
        moveInto(receiver, name, FAMILY.kernelWithPrefix());
        FaultyLink wire = new FaultyLink(tun, Clock.system(), new SplittableRandom(seed), data);
        wire.receiveFaults(acknowledgements);
        return wire;
    }

    private static void moveInto(Namespace namespace, String interfaceName, String address) {
        Command.of("ip", "link", "set", interfaceName, "netns", namespace.name())
                .runOrFail();
        namespace.address(FAMILY, address, interfaceName);
        namespace.ip("link", "set", interfaceName, "up");
    }

    private long duplicates() {
        return receiver.count("TcpExtTCPDSACKOldSent") + receiver.count("TcpExtTCPDSACKOfoSent");
    }

    private static long lost(FaultyLink wire) {
        return wire.transmitCounters().get(FaultCounter.LOST)
                + wire.transmitCounters().get(FaultCounter.QUEUE_FULL);
    }

    private Result heddleSends(Faults data, Faults acknowledgements, int seed, long bytes) throws IOException {
        String digest = GeneratedContent.sha256(bytes);
        long duplicatesBefore = duplicates();
        FaultyLink wire = wire(data, acknowledgements, seed);
        HostConfig config = HostConfig.builder()
                .tcp(TcpConfig.builder()
                        .connection(ConnectionOptions.DEFAULTS
                                .with()
                                .congestionControl(Cubic.NAME)
                                .sendBufferBytes(SEND_BUFFER_BYTES)
                                .build())
                        .build())
                .build();
        try (NetworkStack stack = NetworkStack.builder()
                        .hostConfig(config)
                        .link(wire)
                        .address(FAMILY.heddleWithPrefix())
                        .build();
                Socket socket = stack.socketFactory().createSocket(FAMILY.kernel(), peer.port())) {
            long nanoseconds = KernelSender.send(socket, bytes, digest);
            var counters = stack.counters().snapshot();
            return new Result(
                    8e9 * bytes / nanoseconds,
                    duplicates() - duplicatesBefore,
                    counters.getOrDefault("TcpRetransSegs", 0L),
                    counters.getOrDefault("TcpExtTCPTimeouts", 0L),
                    lost(wire));
        }
    }

    @SuppressWarnings("try") // the relay only has to be open
    private Result kernelSends(Faults data, Faults acknowledgements, int seed, long bytes, boolean inspect) {
        String name = "hdls" + ProcessHandle.current().pid() % 1_000_000;
        long duplicatesBefore = duplicates();
        long retransmittedBefore = sender.count("TcpRetransSegs");
        long timeoutsBefore = sender.count("TcpExtTCPTimeouts");
        FaultyLink wire = wire(data, acknowledgements, seed);
        Link tun = TunLink.builder(name).up(false).offload(false).open();
        try (Relay relay = new Relay(tun, wire)) {
            moveInto(sender, name, FAMILY.heddleWithPrefix());
            // No namespace may choose CUBIC for its default everywhere; for a route it may.
            sender.ip("route", "replace", FAMILY.kernel().getHostAddress(), "dev", name, "congctl", "lock", "cubic");
            program.say(FAMILY.kernel().getHostAddress() + " " + peer.port() + " " + bytes);
            if (inspect) {
                awaitCubic(sender);
            }
            long nanoseconds = Long.parseLong(program.expectLine("took", END_TIMEOUT));
            return new Result(
                    8e9 * bytes / nanoseconds,
                    duplicates() - duplicatesBefore,
                    sender.count("TcpRetransSegs") - retransmittedBefore,
                    sender.count("TcpExtTCPTimeouts") - timeoutsBefore,
                    lost(wire));
        }
    }

    /** Fails if the kernel's sender does not use CUBIC. */
    private static void awaitCubic(Namespace sender) {
        long untilNs = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < untilNs) {
            String sockets =
                    sender.command("ss", "-tinH", "state", "established").runOrFail();
            if (!sockets.isBlank()) {
                assertThat(sockets).contains(" cubic ");
                return;
            }
        }
        throw new AssertionError("the kernel's sender has made no connection");
    }
}
