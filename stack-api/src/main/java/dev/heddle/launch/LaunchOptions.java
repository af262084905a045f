package dev.heddle.launch;

import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program's stack is made of.
 *
 * @param tun the TUN interface's name
 * @param addresses the stack's own, with their networks; the kernel gets another address of each
 * @param gateways where to send what is in none of these networks
 * @param attach whether the interface must exist already, with the kernel's addresses
 * @param offload whether the kernel may hand over super-segments
 * @param faults what happens to packets
 * @param names where host names are looked up
 */
record LaunchOptions(
        String tun,
        List<IpPrefix> addresses,
        List<String> gateways,
        boolean attach,
        boolean offload,
        LaunchFaults faults,
        LaunchNames names) {

    /**
     * Parses {@code tun=NAME,address=ADDRESS/LENGTH[,address=…][,gateway=ADDRESS…][,attach][,plain]}, and what
     * {@link LaunchFaults#take} and {@link LaunchNames#take} know.
     *
     * @throws IllegalArgumentException if something is unknown, missing, twice or malformed
     */
    static LaunchOptions parse(String text) {
        String tun = "";
        List<IpPrefix> addresses = new ArrayList<>();
        List<String> gateways = new ArrayList<>();
        boolean attach = false;
        boolean offload = true;
        LaunchFaults faults = new LaunchFaults();
        LaunchNames names = new LaunchNames();
        for (String option : text.split(",", -1)) {
            int equals = option.indexOf('=');
            String name = equals < 0 ? option : option.substring(0, equals);
            String value = equals < 0 ? "" : option.substring(equals + 1);
            switch (name) {
                case "tun" -> {
                    if (!tun.isEmpty()) {
                        throw new IllegalArgumentException("two TUN interfaces: " + tun + " and " + value);
                    }
                    tun = value;
                }
                case "address" -> addresses.add(address(value));
                case "gateway" -> gateways.add(value);
                case "attach" -> {
                    refuseValue(option, equals);
                    attach = true;
                }
                case "plain" -> {
                    refuseValue(option, equals);
                    offload = false;
                }
                default -> {
                    if (!faults.take(name, value) && !names.take(name, value)) {
                        throw new IllegalArgumentException("unknown option \"" + option
                                + "\" (known: tun, address, gateway, attach, plain, loss, delay, seed, dns, hosts)");
                    }
                }
            }
        }
        if (tun.isEmpty()) {
            throw new IllegalArgumentException("which TUN interface? tun=NAME is missing");
        }
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("which address? address=ADDRESS/LENGTH is missing");
        }
        return new LaunchOptions(tun, List.copyOf(addresses), List.copyOf(gateways), attach, offload, faults, names);
    }

    private static void refuseValue(String option, int equals) {
        if (equals >= 0) {
            throw new IllegalArgumentException(option.substring(0, equals) + " takes no value: \"" + option + "\"");
        }
    }

    private static IpPrefix address(String text) {
        if (text.indexOf('/') < 0) {
            throw new IllegalArgumentException("address " + text + " needs the length of its network: " + text + "/24");
        }
        return IpPrefix.parse(text);
    }
}
