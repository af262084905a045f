package dev.heddle.otherresolver;

import java.net.InetAddress;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** A provider that never answers. */
public final class HangingResolvers extends InetAddressResolverProvider {

    /** Whether it was asked. */
    static final CountDownLatch ASKED = new CountDownLatch(1);

    /** For the JDK. */
    public HangingResolvers() {}

    @Override
    public InetAddressResolver get(Configuration configuration) {
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) {
                hang();
                return Stream.of();
            }

            @Override
            public String lookupByAddress(byte[] address) {
                hang();
                return "";
            }
        };
    }

    private static void hang() {
        ASKED.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String name() {
        return "hanging";
    }
}
