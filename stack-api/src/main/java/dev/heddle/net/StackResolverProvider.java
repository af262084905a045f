package dev.heddle.net;

import dev.heddle.core.host.HostInterface;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.net.spi.InetAddressResolverProvider;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Has the name of the local host lead to the addresses of the stack that is {@linkplain NetworkStack#installAsDefault the
 * JVM's default}, and those back to it; all other names to that stack, too, if it has been told where names are
 * ({@link NetworkStackBuilder#dns}, {@link NetworkStackBuilder#hosts}). Otherwise, and while no stack is installed, names are
 * left to the JDK's own resolver. The JDK finds and makes it; it takes the first provider that it finds.
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
            if (stack == null) {
                return configuration.builtinResolver().lookupByName(host, policy);
            }
            if (!host.equalsIgnoreCase(configuration.lookupLocalHostName())) {
                return resolver(stack).lookupByName(host, policy);
            }
            List<InetAddress> named = AddressPolicy.apply(policy, host, own(stack));
            if (named.isEmpty()) {
                throw new UnknownHostException(host + ": " + stack + " has no such address");
            }
            return named.stream();
        }

        private InetAddressResolver resolver(NetworkStack stack) {
            StackResolver names = stack.names();
            return names == null ? configuration.builtinResolver() : names;
        }

        @Override
        public String lookupByAddress(byte[] address) throws UnknownHostException {
            NetworkStack stack = DefaultStack.installed();
            if (stack == null) {
                return configuration.builtinResolver().lookupByAddress(address);
            }
            if (own(stack).anyMatch(own -> Arrays.equals(own.getAddress(), address))) {
                return configuration.lookupLocalHostName();
            }
            return resolver(stack).lookupByAddress(address);
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
