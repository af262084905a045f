package dev.heddle.net;

import dev.heddle.core.wire.IpAddress;
import dev.heddle.dns.DnsClient;
import dev.heddle.dns.HostNames;
import dev.heddle.dns.HostsFile;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The names of a stack that has been told where they are: numeric addresses, {@code localhost}, the hosts file, and then the
 * DNS. The messages of its exceptions begin as the JDK's on Linux do.
 */
final class StackResolver implements InetAddressResolver {

    private static final List<InetAddress> LOOPBACK =
            List.of(IpAddress.LOOPBACK_V4.toInetAddress(), IpAddress.LOOPBACK_V6.toInetAddress());

    private final @Nullable HostsFile hosts;
    private final @Nullable DnsClient dns;

    StackResolver(@Nullable HostsFile hosts, @Nullable DnsClient dns) {
        this.hosts = hosts;
        this.dns = dns;
    }

    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
        return addresses(host, policy).stream();
    }

    /** Looks up; the result is never empty. */
    private List<InetAddress> addresses(String host, LookupPolicy policy) throws UnknownHostException {
        InetAddress numeric = numeric(host);
        if (numeric != null) {
            return found(host, AddressPolicy.apply(policy, host, Stream.of(numeric)));
        }
        if (isLocalhost(host)) {
            return found(host, AddressPolicy.apply(policy, host, LOOPBACK.stream()));
        }
        if (!HostNames.isValid(host)) {
            throw new UnknownHostException(host + ": " + DnsClient.UNKNOWN);
        }
        if (hosts != null) {
            List<InetAddress> listed = AddressPolicy.apply(policy, host, hosts.addresses(host).stream());
            if (!listed.isEmpty()) {
                return listed;
            }
        }
        if (dns == null) {
            throw new UnknownHostException(
                    host + ": " + DnsClient.UNKNOWN + ": it is not in " + hosts + ", and there is no DNS server");
        }
        return AddressPolicy.apply(
                policy,
                host,
                dns.addresses(host, AddressPolicy.wantsIpv4(policy), AddressPolicy.wantsIpv6(policy)).stream());
    }

    private static List<InetAddress> found(String host, List<InetAddress> addresses) throws UnknownHostException {
        if (addresses.isEmpty()) {
            throw new UnknownHostException(host + ": Address family for hostname not supported");
        }
        return addresses;
    }

    private static @Nullable InetAddress numeric(String host) {
        try {
            return IpAddress.parse(host).toInetAddress();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** RFC 6761 6.3: whatever others say of those names. */
    static boolean isLocalhost(String host) {
        String name = HostNames.withoutLastDot(host).toLowerCase(Locale.ROOT);
        return name.equals("localhost") || name.endsWith(".localhost");
    }

    /** The first address, in the order that the JVM prefers. */
    InetAddress first(String host) throws UnknownHostException {
        return addresses(host, AddressPolicy.ofJvm()).getFirst();
    }

    @Override
    public String lookupByAddress(byte[] bytes) throws UnknownHostException {
        InetAddress address;
        try {
            address = InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
        }
        String listed = hosts == null ? null : hosts.name(address);
        if (listed != null) {
            return listed;
        }
        // Nobody else's business.
        if (address.isLoopbackAddress()) {
            return "localhost";
        }
        if (dns == null) {
            throw new UnknownHostException(address.getHostAddress());
        }
        return dns.name(address);
    }

    @Override
    public String toString() {
        return "StackResolver[" + hosts + ", " + dns + "]";
    }
}
