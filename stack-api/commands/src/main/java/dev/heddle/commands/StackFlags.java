package dev.heddle.commands;

import dev.heddle.control.ControlSocket;
import dev.heddle.launch.ProcessStack;
import dev.heddle.net.NetworkStack;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The network of a command that has one of its own, with the flags of {@code bin/heddle run}. */
public final class StackFlags {

    @Option(
            names = "--tun",
            paramLabel = "NAME",
            required = true,
            description = "The TUN interface to create (needs root).")
    private String tun = "";

    @Option(
            names = "--address",
            paramLabel = "ADDRESS/LENGTH",
            required = true,
            description =
                    "The command's own address, IPv4 or IPv6, with its network; the kernel gets the network's first "
                            + "other address. More than one may be given.")
    private List<String> addresses = List.of();

    @Option(
            names = "--gateway",
            paramLabel = "ADDRESS",
            description = "Where packets go that are for no network of these addresses.")
    private List<String> gateways = List.of();

    @Option(
            names = "--dns",
            paramLabel = "ADDRESS[:PORT]",
            description =
                    "A DNS server to ask for host names; more than one may be given. Without one and without --hosts, "
                            + "names are looked up by the kernel's network.")
    private List<String> dns = List.of();

    @Option(
            names = "--hosts",
            paramLabel = "FILE",
            description = "Where host names are looked for before: a file as /etc/hosts.")
    private @Nullable String hosts;

    @Option(
            names = "--attach",
            description = "The interface exists already, with the kernel's addresses (needs no root).")
    private boolean attach;

    @Option(names = "--plain", description = "Without segmentation and checksum offload.")
    private boolean plain;

    @Option(names = "--loss", paramLabel = "1%%", description = "Lose packets, each with this probability, each way.")
    private @Nullable String loss;

    @Option(names = "--delay", paramLabel = "20ms", description = "Let each packet travel so long, each way.")
    private @Nullable String delay;

    @Option(names = "--seed", paramLabel = "NUMBER", description = "Lose other packets; 1 if not given.")
    private @Nullable String seed;

    /**
     * Starts the stack, which {@code bin/heddle ss} will find.
     *
     * @throws Refusal if it cannot be
     */
    public OpenStack open() {
        String options = options();
        // Before anything else.
        ControlSocket control = ProcessStack.openControl();
        try {
            NetworkStack stack = ProcessStack.build(options);
            if (control != null) {
                control.serve(stack);
            }
            return new OpenStack(stack, control);
        } catch (RuntimeException e) {
            if (control != null) {
                control.close();
            }
            throw Refusal.usage(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private String options() {
        StringBuilder options = new StringBuilder();
        add(options, "tun", tun);
        addresses.forEach(address -> add(options, "address", address));
        gateways.forEach(gateway -> add(options, "gateway", gateway));
        dns.forEach(server -> add(options, "dns", server));
        add(options, "hosts", hosts);
        add(options, "loss", loss);
        add(options, "delay", delay);
        add(options, "seed", seed);
        return options + (attach ? ",attach" : "") + (plain ? ",plain" : "");
    }

    private static void add(StringBuilder options, String name, @Nullable String value) {
        if (value == null) {
            return;
        }
        if (value.indexOf(',') >= 0) {
            throw Refusal.usage("--" + name + " takes one value: " + value);
        }
        options.append(options.isEmpty() ? "" : ",").append(name).append('=').append(value);
    }
}
