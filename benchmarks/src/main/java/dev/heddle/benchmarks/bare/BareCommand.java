package dev.heddle.benchmarks.bare;

import dev.heddle.core.wire.IpPrefix;
import dev.heddle.tun.TunLink;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The responder as a program. */
@Command(
        name = "bare",
        mixinStandardHelpOptions = true,
        description = "Answers clients of echo, discard and chargen over a TUN interface, without TCP.")
public final class BareCommand implements Callable<Integer> {

    @Option(
            names = "--tun",
            required = true,
            paramLabel = "NAME",
            description = "The TUN interface, which is created; needs root.")
    private String name = "";

    @Option(
            names = "--address",
            required = true,
            paramLabel = "ADDRESS/LENGTH",
            description = "The responder's address (IPv4); the kernel gets the first other one of the prefix.")
    private String address = "";

    @Option(names = "--plain", description = "Without segmentation and checksum offload.")
    private boolean plain;

    /** Says "ready", and ends with the standard input. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BareCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        IpPrefix own = IpPrefix.parse(address);
        try (TunLink link = TunLink.builder(name)
                .address(new IpPrefix(own.otherHost(), own.length()))
                .offload(!plain)
                .open()) {
            BareResponder responder = new BareResponder(link, own.address().ipv4());
            Thread.ofPlatform().daemon().name("bare").start(responder::run);
            System.out.println("ready");
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return 0;
    }
}
