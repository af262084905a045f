package dev.heddle.core.host;

import dev.heddle.core.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * One line of a host's list of UDP endpoints.
 *
 * @param remoteAddress null if it is not connected, and then the remote port is 0
 * @param waitingBytes what waits for the application
 */
public record DatagramEndpointInfo(
        IpAddress localAddress, int localPort, @Nullable IpAddress remoteAddress, int remotePort, int waitingBytes) {}
