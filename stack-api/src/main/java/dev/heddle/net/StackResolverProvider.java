package dev.heddle.net;

import dev.heddle.core.host.HostInterface;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.net.spi.InetAddressResolverProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Has the name of the local host lead to the addresses of the stack that is {@linkplain NetworkStack#installAsDefault the
 * JVM's default}, and those back to it. All other names, and all of them while no stack is installed, are left to the JDK's own
 * resolver. The JDK finds and makes it; it takes the first provider that it finds.
 */
public final class StackResolverProvider extends InetAddressResolverProvider {

    private static volatile boolean inUse;

    /** For the JDK. */
    public StackResolverProvider() {}

    /** Whether the JDK has taken this provider and not another. */
    static boolean isInUse() {
        return inUse;
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        inUse = true;
        return new Resolver(configuration);
    }

    @Override
    public String name() {
        return "Heddle";
    }

    private record Resolver(Configuration configuration) implements InetAddressResolver {

        @Override
        public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
            NetworkStack stack = DefaultStack.installed();
            if (stack == null || !host.equalsIgnoreCase(configuration.lookupLocalHostName())) {
                return configuration.builtinResolver().lookupByName(host, policy);
            }
            List<InetAddress> wanted = wanted(stack, policy.characteristics());
            if (wanted.isEmpty()) {
                throw new UnknownHostException(host + ": " + stack + " has no such address");
            }
            List<InetAddress> named = new ArrayList<>();
            for (InetAddress address : wanted) {
                named.add(InetAddress.getByAddress(host, address.getAddress()));
            }
            return named.stream();
        }

        @Override
        public String lookupByAddress(byte[] address) throws UnknownHostException {
            NetworkStack stack = DefaultStack.installed();
            if (stack != null && own(stack).anyMatch(own -> Arrays.equals(own.getAddress(), address))) {
                return configuration.lookupLocalHostName();
            }
            return configuration.builtinResolver().lookupByAddress(address);
        }

        private static List<InetAddress> wanted(NetworkStack stack, int characteristics) {
            @Nullable Comparator<InetAddress> order = null;
            if ((characteristics & LookupPolicy.IPV4_FIRST) != 0) {
                order = Comparator.comparing(address -> !(address instanceof Inet4Address));
            } else if ((characteristics & LookupPolicy.IPV6_FIRST) != 0) {
                order = Comparator.comparing(address -> address instanceof Inet4Address);
            }
            Stream<InetAddress> wanted = own(stack)
                    .filter(address -> (characteristics
                                    & (address instanceof Inet4Address ? LookupPolicy.IPV4 : LookupPolicy.IPV6))
                            != 0);
            return (order == null ? wanted : wanted.sorted(order)).toList();
        }

        /** What others reach the stack by. */
        private static Stream<InetAddress> own(NetworkStack stack) {
            return stack.host().interfaces().stream()
                    .map(HostInterface::prefixes)
                    .flatMap(List::stream)
                    .map(IpPrefix::address)
                    .map(IpAddress::toInetAddress)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress());
        }
    }
}
