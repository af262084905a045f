package dev.heddle.net;

import dev.heddle.core.host.HostInterface;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.dns.HostNames;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.net.spi.InetAddressResolverProvider;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
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
        return resolver(configuration.builtinResolver(), configuration::lookupLocalHostName);
    }

    @Override
    public String name() {
        return "Heddle";
    }

    /** What stands between the JDK and the installed stack, if there is one. */
    static InetAddressResolver resolver(InetAddressResolver builtin, Supplier<String> localHostName) {
        return new Resolver(builtin, localHostName);
    }

    private record Resolver(InetAddressResolver builtin, Supplier<String> localHostName)
            implements InetAddressResolver {

        @Override
        public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
            NetworkStack stack = DefaultStack.installed();
            if (stack == null) {
                return builtin.lookupByName(host, policy);
            }
            if (!isOwnName(host)) {
                return resolver(stack).lookupByName(host, policy);
            }
            List<InetAddress> named = AddressPolicy.apply(policy, host, own(stack));
            if (named.isEmpty()) {
                throw new UnknownHostException(host + ": " + stack + " has no such address");
            }
            return named.stream();
        }

        /** Nobody is reached from outside by the name of loopback: a host that is called so has no name of its own. */
        private boolean isOwnName(String host) {
            return HostNames.withoutLastDot(host).equalsIgnoreCase(localHostName.get())
                    && !StackResolver.isLocalhost(host);
        }

        private InetAddressResolver resolver(NetworkStack stack) {
            StackResolver names = stack.names();
            return names == null ? builtin : names;
        }

        @Override
        public String lookupByAddress(byte[] address) throws UnknownHostException {
            NetworkStack stack = DefaultStack.installed();
            if (stack == null) {
                return builtin.lookupByAddress(address);
            }
            String name = localHostName.get();
            if (isOwnName(name) && own(stack).anyMatch(own -> Arrays.equals(own.getAddress(), address))) {
                return name;
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
