package dev.heddle.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What a {@link LookupPolicy} asks of a host's addresses. */
final class AddressPolicy {

    private static final int BOTH = LookupPolicy.IPV4 | LookupPolicy.IPV6;

    private AddressPolicy() {}

    /** The one that {@link InetAddress} looks names up with, by the properties that the JDK documents. */
    static LookupPolicy ofJvm() {
        if (Boolean.getBoolean("java.net.preferIPv4Stack")) {
            return LookupPolicy.of(LookupPolicy.IPV4);
        }
        return switch (System.getProperty("java.net.preferIPv6Addresses", "false")) {
            case "true" -> LookupPolicy.of(BOTH | LookupPolicy.IPV6_FIRST);
            case "system" -> LookupPolicy.of(BOTH);
            default -> LookupPolicy.of(BOTH | LookupPolicy.IPV4_FIRST);
        };
    }

    static boolean wantsIpv4(LookupPolicy policy) {
        return (policy.characteristics() & LookupPolicy.IPV4) != 0;
    }

    static boolean wantsIpv6(LookupPolicy policy) {
        return (policy.characteristics() & LookupPolicy.IPV6) != 0;
    }

    /** Those of the families that are wanted, in the order that is wanted, and called by the host's name. */
    static List<InetAddress> apply(LookupPolicy policy, String host, Stream<InetAddress> addresses)
            throws UnknownHostException {
        Stream<InetAddress> wanted =
                addresses.filter(address -> address instanceof Inet4Address ? wantsIpv4(policy) : wantsIpv6(policy));
        if ((policy.characteristics() & LookupPolicy.IPV4_FIRST) != 0) {
            wanted = wanted.sorted(Comparator.comparing(address -> !(address instanceof Inet4Address)));
        } else if ((policy.characteristics() & LookupPolicy.IPV6_FIRST) != 0) {
            wanted = wanted.sorted(Comparator.comparing(address -> address instanceof Inet4Address));
        }
        List<InetAddress> named = new ArrayList<>();
        for (InetAddress address : wanted.toList()) {
            named.add(InetAddress.getByAddress(host, address.getAddress()));
        }
        return named;
    }
}
