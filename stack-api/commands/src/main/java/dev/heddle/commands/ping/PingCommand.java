package dev.heddle.commands.ping;

import dev.heddle.commands.FamilyFlags;
import dev.heddle.commands.OpenStack;
import dev.heddle.commands.Refusal;
import dev.heddle.commands.Seconds;
import dev.heddle.commands.StackFlags;
import dev.heddle.core.host.EchoAnswer;
import dev.heddle.net.EchoSocket;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a host for ICMP echoes from a stack of its own. */
@Command(
        name = "ping",
        sortOptions = false,
        description = {
            "",
            "Asks a host for ICMP echoes, from a network of its own, and prints what comes back as Linux's ping does. "
                    + "The exit status is 0 if there was a reply, 1 if there was none, 2 if it could not be done.",
            ""
        },
        footer = {"", "Example: bin/heddle ping --tun heddle0 --address 192.0.2.2/24 -c 3 192.0.2.1"})
public final class PingCommand implements Callable<Integer> {

    private static final int HEADER_BYTES = 8;
    private static final int IPV4_HEADER_BYTES = 20;
    private static final int IPV6_HEADER_BYTES = 40;
    private static final int MOST_BYTES = 65_507;
    private static final long NANOSECONDS_PER_MILLISECOND = 1_000_000;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "HOST", description = "A name or an address.")
    private String host = "";

    @Mixin
    private StackFlags flags = new StackFlags();

    @Mixin
    private FamilyFlags family = new FamilyFlags();

    @Option(
            names = {"-c", "--count"},
            paramLabel = "COUNT",
            description = "Ask so often; until Ctrl-C if not given.")
    private @Nullable Integer count;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            converter = Seconds.class,
            defaultValue = "1",
            description = "The time between two requests: ${DEFAULT-VALUE} if not given.")
    private Duration interval = Duration.ofSeconds(1);

    @Option(
            names = {"-s", "--size"},
            paramLabel = "BYTES",
            defaultValue = "56",
            description = "How much data a request brings: ${DEFAULT-VALUE} if not given.")
    private int size;

    @Option(
            names = {"-t", "--ttl"},
            paramLabel = "HOPS",
            defaultValue = "64",
            description = "The time to live of requests: ${DEFAULT-VALUE} if not given.")
    private int hopLimit;

    @Option(
            names = {"-W", "--timeout"},
            paramLabel = "SECONDS",
            converter = Seconds.class,
            defaultValue = "5",
            description = "How long to wait for the last answers: ${DEFAULT-VALUE} if not given.")
    private Duration timeout = Duration.ofSeconds(5);

    /** Excludes for the counts, which are printed at the end or by Ctrl-C, and only once. */
    private final ReentrantLock lock = new ReentrantLock();

    /* Under lock. */
    private boolean summarized;
    private @Nullable Pings pings;

    private long startNs;

    @Override
    public Integer call() throws IOException {
        check();
        Class<? extends InetAddress> wanted = family.wanted();
        try (OpenStack open = flags.open();
                EchoSocket echo = open.stack().echoSocket()) {
            InetAddress target = open.resolve(host, wanted);
            byte[] data = data();
            announce(target);
            startNs = System.nanoTime();
            open.beforeInterruptedEnd(this::summarize);
            ask(echo, target, data);
            return summarize();
        }
    }

    private void check() {
        require(count == null || count > 0, "-c takes a number of requests, not " + count);
        require(size >= 0 && size <= MOST_BYTES, "-s takes 0 to " + MOST_BYTES + " bytes, not " + size);
        require(hopLimit >= 1 && hopLimit <= 255, "-t takes 1 to 255 hops, not " + hopLimit);
        require(interval.toMillis() >= 2, "-i takes 0.002 seconds or more: more would be a flood");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw Refusal.usage(message);
        }
    }

    private byte[] data() {
        byte[] data = new byte[size];
        for (int i = 0; i < size; i++) {
            data[i] = (byte) i;
        }
        return data;
    }

    private void announce(InetAddress target) {
        int headers = HEADER_BYTES + (target.getAddress().length == 4 ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES);
        pings = new Pings(host);
        say("PING " + host + " (" + OpenStack.text(target) + ") " + size + "(" + (size + headers) + ") bytes of data.");
    }

    private void ask(EchoSocket echo, InetAddress target, byte[] data) throws IOException {
        for (int asked = 1; count == null || asked <= count; asked++) {
            send(echo, target, asked, data);
            boolean last = count != null && asked == count;
            long untilNs = last ? System.nanoTime() + timeout.toNanos() : startNs + asked * interval.toNanos();
            listen(echo, untilNs, last);
        }
    }

    private void send(EchoSocket echo, InetAddress target, int asked, byte[] data) throws IOException {
        lock.lock();
        try {
            counts().sent();
        } finally {
            lock.unlock();
        }
        try {
            echo.send(target, asked & 0xffff, data, hopLimit);
        } catch (SocketException e) {
            if ("Network is unreachable".equals(e.getMessage())) {
                throw OpenStack.noWay(target);
            }
            if (!"No buffer space available".equals(e.getMessage())) {
                throw Refusal.usage("cannot ask " + OpenStack.text(target) + ": " + e.getMessage());
            }
            print("ping: no room in the link");
        }
    }

    /** Prints the answers that come in some time, or until all are there. */
    private void listen(EchoSocket echo, long untilNs, boolean last) throws IOException {
        while (!(last && isComplete())) {
            EchoAnswer answer = echo.receive(Duration.ofNanos(Math.max(0, untilNs - System.nanoTime())));
            if (answer == null) {
                return;
            }
            lock.lock();
            try {
                if (!summarized) {
                    say(counts().answered(answer));
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean isComplete() {
        lock.lock();
        try {
            return counts().isComplete();
        } finally {
            lock.unlock();
        }
    }

    private Pings counts() {
        return Objects.requireNonNull(pings);
    }

    /** Prints the end, once, and returns the status. */
    private int summarize() {
        lock.lock();
        try {
            if (!summarized) {
                summarized = true;
                long elapsedMs = (System.nanoTime() - startNs) / NANOSECONDS_PER_MILLISECOND;
                print(counts().summary(elapsedMs).stripTrailing());
            }
            return counts().anyReceived() ? 0 : Refusal.FAILED;
        } finally {
            lock.unlock();
        }
    }

    /** Prints; the end if that comes to nobody, as it would be of a program that does not catch SIGPIPE. */
    private void say(String line) {
        if (print(line)) {
            throw Refusal.failed("nobody reads the output any more");
        }
    }

    /** Prints; true if that has failed, now or before. */
    private boolean print(String line) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.println(line);
        // The stream below keeps its failures to itself.
        return out.checkError() || System.out.checkError();
    }
}
