package dev.heddle.net;

import java.util.List;

/**
 * The name of a counter, such as {@code TcpExtListenDrops}, taken apart into its group and its name in the group, as
 * {@code /proc/net/netstat} and Prometheus' node exporter have it.
 */
record MibName(String group, String name) {

    /** Longer ones before those they begin with. */
    private static final List<String> GROUPS =
            List.of("TcpExt", "Tcp", "IpExt", "Ip6", "Ip", "Icmp6", "Icmp", "Udp6", "Udp");

    /**
     * Takes a name apart.
     *
     * @throws IllegalArgumentException if it begins with no known group
     */
    static MibName of(String counter) {
        for (String group : GROUPS) {
            if (counter.startsWith(group)) {
                return new MibName(group, counter.substring(group.length()));
            }
        }
        throw new IllegalArgumentException("a counter of no known group: " + counter);
    }

    /** {@code heddle.netstat.TcpExt_ListenDrops}: with {@code node} in place of {@code heddle} the node exporter's name. */
    String meterName() {
        return "heddle.netstat." + group + "_" + name;
    }
}
