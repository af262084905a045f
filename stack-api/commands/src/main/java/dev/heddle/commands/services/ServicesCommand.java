package dev.heddle.commands.services;

import dev.heddle.commands.OpenStack;
import dev.heddle.commands.Refusal;
import dev.heddle.commands.StackFlags;
import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Serves on a stack of its own until it is interrupted. */
@Command(
        name = "services",
        sortOptions = false,
        description = {
            "",
            "Serves echo (port 7), discard (9) and chargen (19) over TCP and UDP (RFC 862, 863, 864) on a network of its own, "
                    + "until Ctrl-C. Over UDP it answers no service's port, no broadcast, and never with more than came.",
            ""
        },
        footer = {"", "Example: bin/heddle services --tun heddle0 --address 192.0.2.2/24", "         nc 192.0.2.2 7"})
public final class ServicesCommand implements Callable<Integer> {

    private static final int BACKLOG = 1_024;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private StackFlags flags = new StackFlags();

    @Override
    public Integer call() throws InterruptedException {
        try (OpenStack open = flags.open()) {
            start(open.stack(), open.addresses());
            announce(open.addresses());
            new CountDownLatch(1).await(); // until a signal closes the stack
        }
        return 0;
    }

    /** Serves at the services' ports of a stack until that closes. */
    static void start(NetworkStack stack, List<InetAddress> addresses) {
        try {
            for (Service service : Service.values()) {
                int port = service.port();
                Thread.startVirtualThread(new ConnectionService(
                        service, stack.serverSocketFactory().createServerSocket(port, BACKLOG)));
                for (InetAddress address : addresses) {
                    Thread.startVirtualThread(new DatagramService(
                            service, stack.datagramSocketFactory().createDatagramSocket(port, address)));
                }
            }
        } catch (IOException e) {
            throw Refusal.usage("cannot serve: " + e.getMessage());
        }
    }

    private void announce(List<InetAddress> addresses) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.println("serving echo (7), discard (9) and chargen (19) over TCP and UDP at "
                + addresses.stream().map(OpenStack::text).collect(Collectors.joining(" and ")));
        out.flush();
    }
}
