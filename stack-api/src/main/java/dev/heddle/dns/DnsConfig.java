package dev.heddle.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Whom to ask.
 *
 * @param servers recursive servers that know the same names, in the order in which they are asked
 * @param timeout how long a lookup waits for each of them at most
 * @param searchDomains what is appended to a name that does not end in a dot: before it is asked for as it is, if it has no
 *     dot, and otherwise after that
 */
public record DnsConfig(List<InetSocketAddress> servers, Duration timeout, List<String> searchDomains) {

    public DnsConfig {
        servers = List.copyOf(servers);
        searchDomains = List.copyOf(searchDomains);
    }
}
