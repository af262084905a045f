package dev.heddle.demo;

import dev.heddle.core.wire.IpPrefix;
import dev.heddle.demo.http.Site;
import dev.heddle.demo.http.WebServer;
import dev.heddle.demo.status.StatusSite;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.hc.core5.http.io.HttpServerRequestHandler;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code bin/demo}. */
@Command(
        name = "demo",
        synopsisHeading = "usage: ",
        customSynopsis = "bin/demo [DIR] [OPTION...]",
        description = {
            "",
            "Serves a directory, or a page of its own, over Heddle: a TCP/IP host in user space.",
            "",
            "Without --tun it needs no privileges: the server's host is on a link in memory, and a second Heddle "
                    + "host brings http://127.0.0.1:8080/ to it, so that every byte crosses Heddle's TCP twice.",
            "With --tun (root) the server's host is reached through a TUN interface by its own address.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  bin/demo",
            "  bin/demo ~/Downloads --port 9000 --loss 1%% --delay 20ms",
            "  bin/demo /srv --tun --capture demo.pcapng",
            "",
            "POST and PUT are answered with the body that was sent. Ctrl-C ends everything and leaves nothing behind."
        },
        sortOptions = false,
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
public final class DemoCommand implements Callable<Integer> {

    private static final int USAGE = 2;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
    /** What a new interface gets: 1 in most containers, and no such file in a kernel without IPv6. */
    private static final Path IPV6_SWITCH = Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6");

    private static final List<String> TUN_ADDRESSES = List.of("192.0.2.2/24", "2001:db8::2/64");

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "The directory to serve; without it a built-in page.")
    private @Nullable Path directory;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "The port to serve at: 8080 if not said, 80 with --tun.")
    private @Nullable Integer port;

    @ArgGroup(exclusive = false, heading = "%nOver a TUN interface:%n")
    private @Nullable TunFlags tun;

    @ArgGroup(validate = false, heading = "%nThe link:%n")
    private LinkFlags link = new LinkFlags();

    @ArgGroup(validate = false, heading = "%nFaults on the link, in each direction:%n")
    private FaultFlags faults = new FaultFlags();

    @ArgGroup(validate = false, heading = "%nOther:%n")
    private OtherFlags other = new OtherFlags();

    static final class TunFlags {
        @SuppressWarnings("UnusedVariable") // set by picocli
        @Option(names = "--tun", required = true, description = "Create (or attach to) a TUN interface; needs root.")
        private boolean on;

        @Option(
                names = "--name",
                paramLabel = "NAME",
                defaultValue = "heddle0",
                description = "Its name: ${DEFAULT-VALUE} if not said.")
        private String name = "heddle0";

        @Option(
                names = "--address",
                paramLabel = "ADDRESS/LENGTH",
                converter = Prefix.class,
                description = "Heddle's address; may be given several times, IPv4 and IPv6. The kernel gets the first "
                        + "other address of the prefix. 192.0.2.2/24 and (unless the kernel has IPv6 switched off) "
                        + "2001:db8::2/64 if not said.")
        private List<IpPrefix> addresses = List.of();

        List<IpPrefix> addresses() {
            if (!addresses.isEmpty()) {
                return addresses;
            }
            boolean withIpv6 = TunNetwork.kernelHasIpv6(IPV6_SWITCH);
            return TUN_ADDRESSES.stream()
                    .map(IpPrefix::parse)
                    .filter(address -> withIpv6 || address.isIpv4())
                    .toList();
        }
    }

    static final class LinkFlags {
        @Option(
                names = "--mtu",
                paramLabel = "BYTES",
                defaultValue = "1500",
                description = "The largest packet: ${DEFAULT-VALUE} if not said.")
        private int mtu;

        @Option(
                names = "--no-offload",
                description = "Without segmentation and checksum offload: each packet on its own.")
        private boolean noOffload;

        @Option(
                names = "--capture",
                paramLabel = "FILE.pcapng",
                description = "Record the packets of the server's host, for Wireshark.")
        private @Nullable Path capture;
    }

    static final class OtherFlags {
        @Option(
                names = "--no-metrics",
                description =
                        "Without /metrics (for Prometheus) and /status (for people), which show every connection.")
        private boolean noMetrics;

        @SuppressWarnings("UnusedVariable") // set by picocli
        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this text.")
        private boolean asked;
    }

    /** An address with the length of its prefix. */
    static final class Prefix implements ITypeConverter<IpPrefix> {
        @Override
        public IpPrefix convert(String text) {
            try {
                return IpPrefix.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' is not an address such as 192.0.2.2/24");
            }
        }
    }

    /** Runs the command until it is interrupted. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command with answers of one line to wrong flags and to what cannot be done. */
    static CommandLine commandLine() {
        return new CommandLine(new DemoCommand())
                .setParameterExceptionHandler((e, arguments) -> {
                    complain(e.getCommandLine(), e.getMessage() + " (bin/demo --help shows all options)");
                    return USAGE;
                })
                .setExecutionExceptionHandler((e, commandLine, result) -> {
                    complain(commandLine, message(e));
                    return 1;
                });
    }

    private static void complain(CommandLine commandLine, String message) {
        PrintWriter err = commandLine.getErr();
        err.println("demo: " + message.lines().findFirst().orElse(""));
        err.flush();
    }

    private static String message(Exception e) {
        Throwable cause = e.getCause();
        if (cause != null && cause.getMessage() != null && cause.toString().equals(e.getMessage())) {
            return cause.getMessage(); // without the name of its class
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Site site = site();
        try (DemoNetwork network = open();
                WebServer server = serve(network, other.noMetrics ? site : new StatusSite(site, network.stacks()))) {
            Thread stop = new Thread(() -> stop(server, network), "stop");
            Runtime.getRuntime().addShutdownHook(stop);
            announce(network);
            new CountDownLatch(1).await(); // until a signal starts the hook
        }
        return 0;
    }

    private Site site() throws IOException {
        if (directory == null) {
            return Site.builtIn();
        }
        if (!Files.isDirectory(directory)) {
            throw wrong(directory + " is not a directory");
        }
        return Site.of(directory);
    }

    private DemoNetwork open() throws IOException {
        int chosen = port != null ? port : tun != null ? 80 : 8080;
        if (chosen < 0 || chosen > 65_535) {
            throw wrong("a port is 0 to 65535: " + chosen);
        }
        if (chosen == 0 && tun != null) {
            throw wrong("with --tun a port is 1 to 65535: nobody would know which one 0 has chosen");
        }
        try {
            LinkPlan plan = new LinkPlan(link.mtu, !link.noOffload, faults.faults(), link.capture);
            return tun == null
                    ? new MemoryNetwork(plan, chosen)
                    : new TunNetwork(plan, tun.name, tun.addresses(), chosen);
        } catch (BindException e) {
            throw new IOException("port " + chosen + " of 127.0.0.1 cannot be had: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private static WebServer serve(DemoNetwork network, HttpServerRequestHandler site) throws IOException {
        return new WebServer(network.serverSocketFactory(), null, network.serverPort(), site);
    }

    private static void stop(WebServer server, DemoNetwork network) {
        server.close(ANSWER_TIMEOUT);
        network.close();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    private void announce(DemoNetwork network) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.println("Heddle serves " + (directory == null ? "its page" : directory) + " at "
                + String.join(" and ", network.urls()));
        out.println("  " + network.description());
        if (!other.noMetrics) {
            out.println("  what goes on in there: " + network.urls().getFirst() + "status, for Prometheus /metrics");
        }
        if (link.capture != null) {
            out.println("  packets are recorded in " + link.capture);
        }
        out.println("Ctrl-C ends it.");
        out.flush();
    }
}
