package dev.heddle.otherresolver;

import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;

/** A provider that does what the JDK does. */
public final class OtherResolvers extends InetAddressResolverProvider {

    /** For the JDK. */
    public OtherResolvers() {}

    @Override
    public InetAddressResolver get(Configuration configuration) {
        return configuration.builtinResolver();
    }

    @Override
    public String name() {
        return "other";
    }
}
