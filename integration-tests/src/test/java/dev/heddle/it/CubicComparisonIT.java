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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A CUBIC sender of Heddle's beside one of the kernel's: the same receiver on the kernel's TCP, the same path of two TUNs with the
 * same faults from the same seeds, packets of the MTU.
 */
@RealLinux
@Tag("goal")
final class CubicComparisonIT {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final int RUNS = Integer.getInteger("heddle.comparison.runs", 5);
    private static final long BITS_PER_SECOND = 50_000_000;
    private static final double LEAST_RATIO = 0.9;
    private static final int SEND_BUFFER_BYTES = 4 << 20;
    private static final Family FAMILY = Family.IPV4;

    /**
     * What one transfer came to.
     *
     * @param duplicates segments that the receiver had already, by its own count
     */
    private record Result(double bitsPerSecond, long duplicates, long retransmitted, long lost) {}

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
        String digest = GeneratedContent.sha256(bytes);
        List<Result> heddle = new ArrayList<>();
        List<Result> kernel = new ArrayList<>();
        // One that does not count: this JVM compiles while it learns, and the kernel's sender has nothing to compile.
        heddleSends(faults(lossPerMille, roundTripMs), roundTripMs, 0, bytes, digest);
        for (int seed = 1; seed <= RUNS; seed++) {
            kernel.add(kernelSends(faults(lossPerMille, roundTripMs), roundTripMs, seed, bytes));
            heddle.add(heddleSends(faults(lossPerMille, roundTripMs), roundTripMs, seed, bytes, digest));
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

    /** The path with its receiver's end in a namespace; the sender's end is the link. */
    private static FaultyLink wire(Namespace receiver, Faults faults, int roundTripMs, int seed) {
        String name = "hdlr" + ProcessHandle.current().pid() % 1_000_000;
        Link tun = TunLink.builder(name).up(false).offload(false).open();
        moveInto(receiver, name, FAMILY.kernelWithPrefix());
        FaultyLink wire = new FaultyLink(tun, Clock.system(), new SplittableRandom(seed), faults);
        wire.receiveFaults(Faults.builder()
                .delayNs(TimeUnit.MILLISECONDS.toNanos(roundTripMs) / 2)
                .build());
        return wire;
    }

    private static void moveInto(Namespace namespace, String interfaceName, String address) {
        Command.of("ip", "link", "set", interfaceName, "netns", namespace.name())
                .runOrFail();
        namespace.address(FAMILY, address, interfaceName);
        namespace.ip("link", "set", interfaceName, "up");
    }

    private static Result result(
            long bytes, long nanoseconds, Namespace receiver, FaultyLink wire, long retransmitted) {
        return new Result(
                8e9 * bytes / nanoseconds,
                receiver.count("TcpExtTCPDSACKOldSent") + receiver.count("TcpExtTCPDSACKOfoSent"),
                retransmitted,
                wire.transmitCounters().get(FaultCounter.LOST)
                        + wire.transmitCounters().get(FaultCounter.QUEUE_FULL));
    }

    private static Result heddleSends(Faults faults, int roundTripMs, int seed, long bytes, String digest)
            throws IOException {
        try (Namespace receiver = Namespace.create();
                KernelPeer peer = KernelPeer.start(receiver)) {
            FaultyLink wire = wire(receiver, faults, roundTripMs, seed);
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
                return result(
                        bytes,
                        nanoseconds,
                        receiver,
                        wire,
                        stack.counters().snapshot().getOrDefault("TcpRetransSegs", 0L));
            }
        }
    }

    @SuppressWarnings("try") // the relay only has to be open
    private static Result kernelSends(Faults faults, int roundTripMs, int seed, long bytes) {
        String name = "hdls" + ProcessHandle.current().pid() % 1_000_000;
        try (Namespace receiver = Namespace.create();
                Namespace sender = Namespace.create();
                KernelPeer peer = KernelPeer.start(receiver)) {
            FaultyLink wire = wire(receiver, faults, roundTripMs, seed);
            Link tun = TunLink.builder(name).up(false).offload(false).open();
            try (Relay relay = new Relay(tun, wire)) {
                moveInto(sender, name, FAMILY.heddleWithPrefix());
                // No namespace may choose CUBIC for its default everywhere; for a route it may.
                sender.ip(
                        "route", "replace", FAMILY.kernel().getHostAddress(), "dev", name, "congctl", "lock", "cubic");
                try (RunningProcess program = sender.java(
                                KernelSender.class,
                                FAMILY.kernel().getHostAddress(),
                                Integer.toString(peer.port()),
                                Long.toString(bytes))
                        .start()) {
                    awaitCubic(sender);
                    long nanoseconds = Long.parseLong(program.expectLine("took", Duration.ofSeconds(60)));
                    return result(bytes, nanoseconds, receiver, wire, sender.count("TcpRetransSegs"));
                }
            }
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
