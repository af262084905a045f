/**
 * How other processes of the same user look into a running stack, as {@code bin/heddle ss} does: a Unix-domain socket in a
 * directory that nobody else can enter.
 *
 * <p>A client sends one line and reads lines until {@code end} or {@code error}, then the connection is closed:
 *
 * <pre>
 * list                      every endpoint; "list info" with the figures of each connection
 * heddle 1 now=… program=…  the version of what follows, the host's clock in nanoseconds, what the JVM runs
 * link name=heddle0 addresses=192.0.2.2%2F24+…
 * tcp state=ESTABLISHED local=192.0.2.2 localPort=80 remote=… remotePort=… receiveQueue=0 sendQueue=0 timing.rtoNs=…
 * udp local=192.0.2.2 localPort=53 receiveQueue=0
 * end
 * </pre>
 *
 * Words are separated by spaces, values are encoded as in a URL's query. What a client does not know it passes over.
 */
@NullMarked
package dev.heddle.control;

import org.jspecify.annotations.NullMarked;
