package dev.heddle.net;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** A host that looks names up, and one with several addresses that DNS servers may have. */
final class NamedNetwork implements AutoCloseable {

    static final String FIRST = "192.0.2.53";
    static final String SECOND = "192.0.2.54";
    static final String THIRD = "2001:db8::53";

    /** A name that a test may let a server know. */
    static final String WWW = "www.example.org";

    /** Longer than a test may take: who waits for it fails. */
    static final Duration FOR_EVER = Duration.ofMinutes(10);

    static final LookupPolicy IPV4 = LookupPolicy.of(LookupPolicy.IPV4);

    private static final LookupPolicy BOTH =
            LookupPolicy.of(LookupPolicy.IPV4 | LookupPolicy.IPV6 | LookupPolicy.IPV4_FIRST);

    private final MemoryLink.Pair cable =
            MemoryLink.pair("client", "servers", LinkCapabilities.plain(1500), Clock.system());
    final NetworkStack client;
    final NetworkStack servers;

    NamedNetwork(UnaryOperator<NetworkStackBuilder> names) {
        servers = NetworkStack.builder()
                .link(cable.b())
                .address(FIRST + "/24")
                .address(SECOND + "/24")
                .address(THIRD + "/64")
                .build();
        try {
            client = names.apply(NetworkStack.builder()
                            .link(cable.a())
                            .address("192.0.2.1/24")
                            .address("2001:db8::1/64"))
                    .build();
        } catch (RuntimeException e) {
            servers.close(Duration.ZERO);
            throw e;
        }
    }

    /** A network whose client asks these servers, and takes this time for a lookup. */
    static NamedNetwork asking(Duration timeout, String... servers) {
        return new NamedNetwork(builder -> {
            Arrays.stream(servers).forEach(builder::dns);
            return builder.dnsTimeout(timeout);
        });
    }

    NameServer server(String address) throws IOException {
        return new NameServer(servers, address);
    }

    /** Looks a name up and returns its addresses as text. */
    List<String> find(String host) throws UnknownHostException {
        return find(host, BOTH);
    }

    List<String> find(String host, LookupPolicy policy) throws UnknownHostException {
        return client.resolver()
                .lookupByName(host, policy)
                .map(InetAddress::getHostAddress)
                .toList();
    }

    String name(String address) throws UnknownHostException {
        return client.resolver().lookupByAddress(InetAddress.getByName(address).getAddress());
    }

    @Override
    public void close() {
        client.close(Duration.ZERO);
        servers.close(Duration.ZERO);
    }
}
