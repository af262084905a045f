/** Sockets of {@code java.net} on Heddle's own TCP/IP host: {@link dev.heddle.net.NetworkStack} is the way in. */
@NullMarked
package dev.heddle.net;

import org.jspecify.annotations.NullMarked;
