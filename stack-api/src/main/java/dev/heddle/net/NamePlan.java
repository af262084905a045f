package dev.heddle.net;

import dev.heddle.core.wire.IpAddress;
import dev.heddle.dns.DnsClient;
import dev.heddle.dns.DnsConfig;
import dev.heddle.dns.HostsFile;
import dev.heddle.dns.Sockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a stack that is being built shall know names from. */
final class NamePlan {

    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(6);

    /** More is for ever, and more than nanoseconds can count. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);

    private static final int DNS_PORT = 53;

    private final List<InetSocketAddress> servers = new ArrayList<>();
    private final List<String> searchDomains = new ArrayList<>();
    private Duration timeout = DEFAULT_TIMEOUT;
    private @Nullable Path hosts;

    void server(String addressAndPort) {
        servers.add(parse(addressAndPort));
    }

    private static InetSocketAddress parse(String text) {
        try {
            int bracket = text.lastIndexOf(']');
            int colon = text.lastIndexOf(':');
            boolean hasPort = text.startsWith("[") ? colon == bracket + 1 : text.indexOf(':') == colon && colon >= 0;
            String address = hasPort ? text.substring(0, colon) : text;
            if (bracket >= 0 && address.startsWith("[") && address.endsWith("]")) {
                address = address.substring(1, bracket);
            }
            int port = hasPort ? Integer.parseInt(text.substring(colon + 1)) : DNS_PORT;
            IpAddress parsed = IpAddress.parse(address);
            if (port < 1 || port > 65_535 || parsed.isAny() || parsed.isMulticast()) {
                throw new IllegalArgumentException("nobody is there");
            }
            return new InetSocketAddress(parsed.toInetAddress(), port);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "no DNS server: \"" + text + "\" (192.0.2.1, 192.0.2.1:5353, 2001:db8::1 or [2001:db8::1]:5353)",
                    e);
        }
    }

    void searchDomain(String domain) {
        searchDomains.add(domain);
    }

    void timeout(Duration perServer) {
        if (perServer.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("no time: " + perServer);
        }
        timeout = perServer.compareTo(LONGEST_TIMEOUT) < 0 ? perServer : LONGEST_TIMEOUT;
    }

    void hosts(Path file) {
        hosts = file;
    }

    /** Where names come from; null if nothing has been said about it. */
    @Nullable StackResolver resolver(Sockets sockets) {
        Path file = hosts;
        if (servers.isEmpty() && file == null) {
            return null;
        }
        return new StackResolver(
                file == null ? null : read(file),
                servers.isEmpty() ? null : new DnsClient(new DnsConfig(servers, timeout, searchDomains), sockets));
    }

    private static HostsFile read(Path file) {
        try {
            return new HostsFile(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("hosts file " + file + " cannot be read", e);
        }
    }
}
