package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.tcp.TcpInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Watches the sender of a transfer for stalls that its retransmission timer does not explain.
 *
 * <p>While something is unacknowledged, the time without a new acknowledgement is at most that of the timeouts in a row so
 * far and of the one that is pending. With k timeouts and a timeout R now, which has doubled k times, these are
 * R/2ᵏ + … + R/2 + R = R·(2 − 2⁻ᵏ). The rest is {@link #SLACK}: a tail loss probe before the first timeout, and a machine that
 * has other things to do. A time counts from the first sample of a state to its last, so a late sample makes it shorter.
 *
 * <p>How often a timer may expire in a row is a matter of the path, see {@link #mostTimeoutsInARow}.
 */
final class StallWatch implements AutoCloseable {

    private static final Duration SLACK = Duration.ofMillis(1500);
    private static final long SAMPLE_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);

    /** How rarely chance alone may break a limit. */
    private static final double RARE = 1e-6;

    /** Even without loss: while the machine lets nobody run, timers expire. */
    private static final int LEAST_TIMEOUTS = 2;

    private static final Pattern UNACKNOWLEDGED = Pattern.compile(" unacked:(\\d+)");
    private static final Pattern ACKNOWLEDGED = Pattern.compile(" bytes_acked:(\\d+)");
    private static final Pattern BACK_OFF = Pattern.compile(" backoff:(\\d+)");
    private static final Pattern TIMEOUT_MS = Pattern.compile(" rto:([0-9.]+)");

    private record Sample(long timeNs, boolean waits, long acknowledgedBytes, int timeouts, double rtoNs) {

        double explainedNs() {
            return rtoNs * (2 - Math.pow(2, -timeouts)) + SLACK.toNanos();
        }
    }

    private final Thread thread;
    private final @Nullable RunningProcess process;
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile boolean closed;

    /* Of the watching thread; read after its end. */
    private @Nullable Sample first;
    private long longestNs;
    private int mostTimeouts;
    private String unexplained = "";
    private long samples;

    private StallWatch(@Nullable RunningProcess process, java.util.function.Consumer<StallWatch> watching) {
        this.process = process;
        thread = Thread.ofPlatform().daemon().unstarted(() -> watching.accept(this));
    }

    private static StallWatch start(StallWatch watch) {
        watch.thread.start();
        return watch;
    }

    /** Watches what Heddle sends on the connection that has most to send. */
    static StallWatch ofHeddle(TwoHosts hosts) {
        return start(new StallWatch(null, watch -> {
            while (!watch.closed) {
                hosts.infos().stream()
                        .max(Comparator.comparingLong(info -> info.unacknowledgedBytes() + info.unsentBytes()))
                        .ifPresent(info -> watch.add(sample(info)));
                LockSupport.parkNanos(SAMPLE_NS);
            }
        }));
    }

    private static Sample sample(TcpInfo info) {
        return new Sample(
                System.nanoTime(),
                info.unacknowledgedBytes() > 0,
                info.acknowledgedBytes(),
                info.retransmits(),
                info.rtoNs());
    }

    /** Watches what a namespace's kernel sends to Heddle on its only connection. */
    static StallWatch ofKernel(Namespace namespace, InetAddress heddle) {
        String loop = "while :; do echo \"$EPOCHREALTIME $(ss -tinHO state established dst '[" + heddle.getHostAddress()
                + "]' | head -1)\"; sleep 0.02; done";
        RunningProcess process = namespace.command("bash", "-c", loop).start();
        StallWatch watch = start(new StallWatch(process, self -> self.read(process)));
        watch.awaitBegin();
        return watch;
    }

    /** A short transfer must not be over before the program runs that looks at it. */
    private void awaitBegin() {
        try {
            if (!begun.await(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                close();
                throw new AssertionError("the watch does not begin");
            }
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void read(RunningProcess ss) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(ss.output(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                begun.countDown();
                Matcher timeout = TIMEOUT_MS.matcher(line);
                if (timeout.find()) {
                    long micros = Long.parseLong(line.split(" ", 2)[0].replaceAll("[.,]", ""));
                    add(new Sample(
                            TimeUnit.MICROSECONDS.toNanos(micros),
                            number(UNACKNOWLEDGED, line) > 0,
                            number(ACKNOWLEDGED, line),
                            (int) number(BACK_OFF, line),
                            Double.parseDouble(timeout.group(1)) * 1e6));
                }
            }
        } catch (IOException e) {
            // The program was killed: the watch is over.
        }
    }

    private static long number(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private void add(Sample sample) {
        samples++;
        Sample since = first;
        if (since == null || !sample.waits || !since.waits || sample.acknowledgedBytes != since.acknowledgedBytes) {
            first = sample;
            return;
        }
        long gapNs = sample.timeNs - since.timeNs;
        longestNs = Math.max(longestNs, gapNs);
        mostTimeouts = Math.max(mostTimeouts, sample.timeouts);
        if (gapNs > sample.explainedNs()) {
            unexplained = String.format(
                    Locale.ROOT,
                    "nothing acknowledged for %.3f s after %,d bytes: %d timeouts explain %.3f s",
                    gapNs / 1e9,
                    sample.acknowledgedBytes,
                    sample.timeouts,
                    sample.explainedNs() / 1e9);
        }
    }

    /**
     * How many timeouts in a row are still chance. Each but the last follows a retransmission that came to nothing, itself or
     * its acknowledgement lost, with probability q; of n packets each can be the first. Then n·qᵏ is how often k of them
     * follow each other, and the limit is the first k that makes it less than one in a million.
     *
     * @param q that a packet or its acknowledgement is lost
     */
    static int mostTimeoutsInARow(double q, long packets) {
        double expected = packets;
        int timeouts = 0;
        while (expected >= RARE && q > 0) {
            expected *= q;
            timeouts++;
        }
        return Math.max(timeouts, LEAST_TIMEOUTS);
    }

    /** Ends the watch and fails if there was a stall without explanation, or more timeouts in a row than chance makes. */
    void assertNoStall(int mostTimeoutsInARow) {
        close();
        assertThat(samples).as("samples").isPositive();
        assertThat(unexplained).isEmpty();
        assertThat(mostTimeouts).as("timeouts in a row").isLessThanOrEqualTo(mostTimeoutsInARow);
    }

    /** The longest time without progress. */
    double longestSeconds() {
        return longestNs / 1e9;
    }

    @Override
    public void close() {
        closed = true;
        if (process != null) {
            process.close();
        }
        try {
            assertThat(thread.join(END_TIMEOUT)).as("the watch has ended").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
