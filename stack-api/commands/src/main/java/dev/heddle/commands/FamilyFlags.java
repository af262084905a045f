package dev.heddle.commands;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import picocli.CommandLine.Option;

/** Which of a host's addresses is meant. */
public final class FamilyFlags {

    @Option(names = "-4", description = "Only IPv4.")
    private boolean four;

    @Option(names = "-6", description = "Only IPv6.")
    private boolean six;

    /**
     * The class of the addresses that are wanted.
     *
     * @throws Refusal if there are none such
     */
    public Class<? extends InetAddress> wanted() {
        if (four && six) {
            throw Refusal.usage("-4 and -6 exclude each other: give one of them, or none");
        }
        return four ? Inet4Address.class : six ? Inet6Address.class : InetAddress.class;
    }
}
