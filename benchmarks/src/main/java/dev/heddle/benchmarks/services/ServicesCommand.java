package dev.heddle.benchmarks.services;

import dev.heddle.core.wire.IpPrefix;
import dev.heddle.net.NetworkStack;
import dev.heddle.tun.TunLink;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The services as a program: on Heddle over a TUN interface, or on the JDK's own sockets. */
@Command(
        name = "services",
        mixinStandardHelpOptions = true,
        description = "Serves echo, discard and chargen (RFC 862, 863, 864) at the ports 7, 9 and 19.")
public final class ServicesCommand implements Callable<Integer> {

    @ArgGroup(exclusive = false)
    private @Nullable Tun tun;

    @Option(
            names = "--control",
            description =
                    "Say \"ready\", answer \"memory\" and \"compilation\" on the standard input, and end with it.")
    private boolean control;

    static final class Tun {
        @Option(
                names = "--tun",
                required = true,
                paramLabel = "NAME",
                description = "Heddle over this TUN interface, which is created (root); else the JDK's sockets.")
        private String name = "";

        @Option(
                names = "--address",
                required = true,
                paramLabel = "ADDRESS/LENGTH",
                description = "Heddle's address; the kernel gets the first other one of the prefix.")
        private String address = "";

        @Option(names = "--plain", description = "Without segmentation and checksum offload.")
        private boolean plain;

        NetworkStack open() {
            IpPrefix own = IpPrefix.parse(address);
            TunLink link = TunLink.builder(name)
                    .address(new IpPrefix(own.otherHost(), own.length()))
                    .offload(!plain)
                    .open();
            return NetworkStack.builder().link(link).address(address).build();
        }
    }

    /** Runs until it is interrupted, or its input ends if that controls it. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ServicesCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (tun == null) {
            try (ServiceHost services = new ServiceHost(ServerSocketFactory.getDefault(), null)) {
                run(services, null);
            }
            return 0;
        }
        try (NetworkStack stack = tun.open();
                ServiceHost services = new ServiceHost(stack.serverSocketFactory(), null)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stack.close(Duration.ZERO), "stop"));
            run(services, stack);
        }
        return 0;
    }

    private void run(ServiceHost services, @Nullable NetworkStack stack) throws IOException, InterruptedException {
        System.out.println("ready");
        if (!control) {
            new CountDownLatch(1).await(); // until a signal ends the process
        }
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            if (line.equals("memory")) {
                MemoryUse use = MemoryUse.afterCollection();
                long pool = stack == null ? 0 : stack.host().bufferPool().usedBytes();
                System.out.println("heap=" + use.heapBytes() + " resident=" + use.residentBytes() + " pool=" + pool
                        + " connections=" + services.openConnections());
            } else if (line.equals("compilation")) {
                System.out.println(
                        "ms=" + ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
            } else {
                System.out.println("unknown command");
            }
        }
    }
}
