package dev.heddle.tun;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.wire.IpPrefix;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * How a device is to be opened. All but {@code name}, {@code offload} and {@code mustExist} are for a device that is
 * created: one that exists is left as it is.
 */
record TunSettings(String name, List<IpPrefix> addresses, int mtu, boolean offload, boolean up, boolean mustExist) {

    static final int DEFAULT_MTU = 1500;

    private static final int MAX_NAME_BYTES = InterfaceControl.NAME_BYTES - 1;

    /** RFC 8200 5. */
    private static final int MIN_IPV6_MTU = 1280;

    TunSettings {
        addresses = List.copyOf(addresses);
        checkName(name);
        if (mtu < LinkCapabilities.MIN_MTU || mtu > 65_535) {
            throw new IllegalArgumentException("MTU must be 68 to 65535: " + mtu);
        }
        Optional<IpPrefix> ipv6 = addresses.stream().filter(a -> !a.isIpv4()).findFirst();
        if (mtu < MIN_IPV6_MTU && ipv6.isPresent()) {
            throw new IllegalArgumentException("IPv6 address " + ipv6.get() + " needs an MTU of at least 1280: " + mtu);
        }
        if (!up && !addresses.isEmpty()) {
            throw new IllegalArgumentException("an interface with addresses must be up: " + name);
        }
    }

    private static void checkName(String name) {
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("an interface name has 1 to 15 characters: \"" + name + "\"");
        }
        boolean odd = name.chars().anyMatch(c -> c <= ' ' || c == '/' || c == ':' || c == '%' || c == 0x7f);
        if (odd || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException(
                    "an interface name has no spaces, control characters, '/', ':' or '%': \"" + name + "\"");
        }
    }
}
