/** Heddle as Java programs see it: the sockets of {@code java.net} on a TCP/IP host in user space. */
module dev.heddle.net {
    requires transitive dev.heddle.core;
    requires transitive static org.jspecify;
    requires jdk.net;
    requires org.slf4j;

    exports dev.heddle.net;
}
