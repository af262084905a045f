/** Heddle as Java programs see it: the sockets of {@code java.net} on a TCP/IP host in user space. */
module dev.heddle.net {
    requires transitive dev.heddle.core;
    requires transitive static org.jspecify;
    // Only whoever uses StackMetrics needs it.
    requires transitive static micrometer.core;
    requires heddle.dnsjava;
    requires jdk.jfr;
    requires jdk.net;
    requires org.slf4j;

    exports dev.heddle.control;
    exports dev.heddle.net;

    provides java.net.spi.InetAddressResolverProvider with
            dev.heddle.net.StackResolverProvider;
}
