package dev.heddle.agent;

import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;

/** Leads the JDK, which looks for providers on the program's class path, to the one in Heddle's own class loader. */
public final class ResolverProvider extends InetAddressResolverProvider {

    /** For the JDK. */
    public ResolverProvider() {}

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolverProvider provider = Agent.resolvers();
        return provider == null ? configuration.builtinResolver() : provider.get(configuration);
    }

    @Override
    public String name() {
        return "Heddle";
    }
}
